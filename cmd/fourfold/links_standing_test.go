package main

import (
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// TestStandingsInWords: how each login and account stands, from the first day to the last, is said in words.
func TestStandingsInWords(t *testing.T) {
	r := newLinksRigOf(t, storetest.SQLite(t), nil, sim.Options{Scopes: without(sim.AllScopes, "read_all_orders", "read_returns")})
	b := r.began()
	links := func(texts ...string) {
		t.Helper()
		b.get(r.at("links")).says(200, texts...)
	}
	// An ad platform gives no currency and no zone to a scorecard.
	b.post(r.at("links/meta"), "mode", "token", "token", r.meta.SystemToken(10*24*time.Hour, "ads_read")).says(200, "Which accounts?")
	accounts := b.at.Path
	b.post(accounts, "account", metaAccount(b.body, "7001")).says(409, "Link the store first")

	b.post(r.at("links/shopify"), "mode", "token", "f_shop", "tea", "token", r.srv.IssueToken()).says(200, "What Shopify opens")
	links("no account chosen")
	b.get(b.at.Path).post(r.at("links/shopify/2/accounts"), "account", shopIDOf(t, r, "shopify"))
	b.says(200, "Shopify is linked", "not granted", "history limited to 60 days", "The provider shows nothing from before")
	granted := b.at.Path
	links("nothing pulled yet")
	b.get(r.at("links/progress")).says(200, "Nothing was pulled so far")
	b.post(granted, "reach", "all").says(200, "Pulling")
	b.events(r.at("links/progress/events"))
	links("history limited to 60 days", "Complete to")

	b.get(accounts).post(accounts, "account", metaAccount(b.body, "7001"))
	links("needs relink until", "gives logins for a limited time")
	r.meta.Revoke(463)
	b.post(r.at("links/pull")).says(200, "Pulling")
	last, _ := b.events(r.at("links/progress/events"))
	if got := last["over"]; got != "failed\n" {
		t.Errorf("the pull with a revoked login is %q: %s", got, last["progress"])
	}
	b.get(r.at("links/progress")).says(200, "not all was read")
	links("needs relink", "refused the login", "Link again")
	b.get(accounts).says(409, "has to be linked again")
	b.post(r.at("links/meta"), "mode", "token", "token", r.meta.SystemToken(0, "ads_read")).says(200, "Social 7001")
	links("linked")

	m, err := r.app.db.Merchant(t.Context(), r.m.ID)
	r.must(err)
	was := m
	m.State = store.StatePaused
	r.must(r.app.db.UpdateMerchant(t.Context(), was, m))
	links("paused", "nothing is pulled until")
	b.post(r.at("links/pull")).says(409, "is paused")
}
