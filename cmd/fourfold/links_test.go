package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fourfold/config"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// TestLinkingOnThePages goes from a fresh installation through the real redirects of a shop and of an ad platform to a first pull, watches it, and
// leaves again.
func TestLinkingOnThePages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		r := newLinksRig(t, dsn, nil)
		b := r.began()
		b.get(r.at("links")).says(200, "Nothing is linked yet", "Shopify", "Meta Ads", "CSV files")
		b.get(r.at("links/shopify")).says(200, "Dev Dashboard", "Through your browser", "read_orders", "With the app client-id , as configured")
		if own := `value="` + r.base + `/callback/shopify"`; !strings.Contains(b.body, own) {
			t.Errorf("the redirect address %s is not shown", own)
		}
		b.post(r.at("links/shopify"), "mode", "code", "f_shop", "tea", "f_leave_out", "", "redirect", r.base+"/callback/shopify")
		b.says(200, "Continue at Shopify", "tea.myshopify.com")
		to := b.goesOn()
		b.get(r.at("links")).says(200, "waiting for consent")
		b.get(to).says(200, "What Shopify opens", "tea.myshopify.com", "EUR", "Europe/Berlin")
		callbackCame := b.at.Path
		accounts := b.at.Path
		b.post(accounts).says(422, "Choose one account at least")
		b.post(accounts, "account", shopID(t, r)).says(200, "Shopify is linked", "How far back?")
		b.post(b.at.Path, "reach", "from", "since", "soon").says(422, "Write the day as 2024-01-31")
		b.post(b.at.Path, "reach", "from", "since", "2999-01-01").says(422, "has not come yet")
		b.post(b.at.Path, "reach", "all").says(200, "Pulling")
		last, count := b.events(r.at("links/progress/events"))
		if count < 2 || strings.TrimSpace(last["over"]) != "done" || !strings.Contains(last["progress"], "complete to") {
			t.Errorf("%d events, the last: %v", count, last)
		}
		b.get(r.at("links/progress")).says(200, "done", "orders", "complete to")
		b.get(r.at("links")).says(200, "linked", "up to date", "Complete to")
		if callbackCame == "" {
			t.Error("the callback led nowhere")
		}

		// An ad platform, whose login opens two accounts: one is chosen.
		b.post(r.at("links/meta"), "mode", "code", "f_login", "").says(200, "Continue at Meta Ads", "www.facebook.com")
		b.get(b.goesOn()).says(200, "Which accounts?", "Social 7001 <b>", "Social 7002 <b>")
		if strings.Contains(b.body, "7001 <b>") {
			t.Error("an account's name was taken for HTML")
		}
		b.post(b.at.Path, "account", metaAccount(b.body, "7001")).says(200, "Meta Ads is linked")
		b.post(b.at.Path, "reach", "all").says(200, "Pulling")
		last, _ = b.events(r.at("links/progress/events"))
		if strings.TrimSpace(last["over"]) != "done" {
			t.Errorf("the pull of both: %v", last)
		}
		b.get(r.at("links")).says(200, "Social 7001 <b>", "up to date")

		r.leaves(b)
	})
}

// leaves unlinks and forgets, and looks who is said to have done what.
func (r *linksRig) leaves(b *browser) {
	t := b.t
	conns, err := r.app.db.Connections(t.Context(), r.m.ID)
	if err != nil || len(conns) != 2 {
		t.Fatalf("%d connections, %v; want the shop and one ad account", len(conns), err)
	}
	shop, social := conns[0], conns[1]
	page := func(c store.Connection) string { return r.at(fmt.Sprintf("accounts/%d", c.ID)) }
	b.get(page(social)).says(200, "Unlink", "Forget", "spend")
	b.post(page(social)+"/unlink").says(200, "is unlinked. What was pulled stays")
	b.get(r.at("links")).says(200, "unlinked")
	b.post(page(social)+"/unlink").says(200, "is unlinked already")
	b.post(page(shop)+"/forget", "name", "Tee").says(422, "That is not its name")
	if !strings.Contains(b.body, `value="Tee"`) {
		t.Error("what was typed was not kept")
	}
	b.post(page(shop)+"/forget", "name", shop.Name).says(200, "is erased")
	b.get(page(shop)).says(404)
	b.post(page(shop)+"/forget", "name", shop.Name).says(404)
	conns, err = r.app.db.Connections(t.Context(), r.m.ID)
	if err != nil || len(conns) != 1 || conns[0].State != store.StateUnlinked {
		t.Errorf("left are %+v, %v", conns, err)
	}
	entries, err := r.app.db.AuditEntries(t.Context(), r.m.ID, 50)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range entries {
		if strings.EqualFold(e.Actor, "Ada") {
			told = append(told, e.Action)
		}
	}
	for _, want := range []string{store.AuditLinked, store.AuditAccounts, store.AuditUnlinked, store.AuditErasure} {
		if !strings.Contains(strings.Join(told, ", "), want) {
			t.Errorf("Ada's %q is not kept; kept are %v", want, told)
		}
	}
	grants, err := r.app.db.Grants(t.Context(), r.m.ID)
	if err != nil || len(grants) != 1 || len(grants[0].Sealed) != 0 {
		t.Errorf("tokens are left in %d logins, %v", len(grants), err)
	}
}

func shopID(t *testing.T, r *linksRig) string { return shopIDOf(t, r, "shopify") }

// shopIDOf is the first account that the merchant's login at a provider opens.
func shopIDOf(t *testing.T, r *linksRig, connector string) string {
	t.Helper()
	w, err := r.app.worker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	grants, err := r.app.db.Grants(t.Context(), r.m.ID)
	i := slices.IndexFunc(grants, func(g store.Grant) bool { return g.Connector == connector })
	if err != nil || i < 0 {
		t.Fatalf("%d grants, %v", len(grants), err)
	}
	c, err := r.app.connector(connector)
	if err != nil {
		t.Fatal(err)
	}
	infos, err := w.Accounts(t.Context(), c, grants[i])
	if err != nil {
		t.Fatal(err)
	}
	return infos[0].ID
}

// metaAccount is the value of the box of an account.
func metaAccount(body, part string) string {
	for piece := range strings.SplitSeq(body, `name="account"`) {
		_, value, _ := strings.Cut(piece, `value="`)
		value, _, _ = strings.Cut(value, `"`)
		if strings.Contains(value, part) {
			return value
		}
	}
	return ""
}

// TestFieldsThatLeadElsewhere: nothing that is typed makes the server ask a host that is not the provider's.
func TestFieldsThatLeadElsewhere(t *testing.T) {
	r := newLinksRig(t, storetest.SQLite(t), nil)
	b := r.began()
	before := r.wire.sent()
	for _, shop := range []string{"", "evil.com", "x.myshopify.com@evil.com", "127.0.0.1", "http://127.0.0.1/", "http://localhost/", "x.myshopify.com.evil.com", "evil.com/x.myshopify.com",
		"evil.com#.myshopify.com", "evil.com?.myshopify.com", "x.myshopify.com:8080", "[::1]", "169.254.169.254", "x.myshopify.com\r\nHost: evil.com", "../x"} {
		for _, mode := range []string{"code", "client", "token"} {
			b.post(r.at("links/shopify"), "mode", mode, "f_shop", shop, "token", "shpat_0123456789abcdef0123456789abcdef", "redirect", r.base+"/callback/shopify")
			b.says(422)
			if strings.Contains(b.body, "shpat_") {
				t.Error("the token is shown again")
			}
		}
	}
	for _, redirect := range []string{"javascript:alert(1)", "//evil.com", "evil", "https://", "https://a@b.example/c", "https://b.example/?x=1"} {
		b.post(r.at("links/shopify"), "mode", "code", "f_shop", "tea", "redirect", redirect).says(422, "Write a whole address")
	}
	if after := r.wire.sent(); after != before {
		t.Errorf("something was sent: %s, before %s", after, before)
	}
}

// TestFilesOfTheMachine: a place on the machine, or in its network, may be given by those alone who look after it.
func TestFilesOfTheMachine(t *testing.T) {
	r := newLinksRig(t, storetest.SQLite(t), nil)
	admin := r.began()
	b := r.member("Olga", store.Operator)
	b.get(r.at("links/csv")).says(200, "only who looks after it can link this")
	for _, file := range []string{"/etc/passwd", "https://127.0.0.1/", "https://evil.example/x.csv"} {
		b.post(r.at("links/csv"), "mode", "open", "f_kind", "spend", "f_file", file, "f_currency", "EUR").says(422, "ask who looks after it")
	}
	admin.post(r.at("links/csv"), "mode", "open", "f_kind", "spend", "f_file", "/nowhere/at/all.csv", "f_currency", "EUR").says(422)
	if !strings.Contains(admin.body, "/nowhere/at/all.csv") {
		t.Error("what was typed was not kept")
	}
	if sent := r.wire.sent(); sent != "map[]" {
		t.Errorf("something was sent: %s", sent)
	}
}

// member is a person with a role, signed in.
func (r *linksRig) member(name string, role store.Role) *browser {
	r.t.Helper()
	ada, err := r.app.db.PersonNamed(r.t.Context(), "Ada")
	r.must(err)
	p, err := r.app.db.AddPerson(r.t.Context(), store.Person{Name: name, Password: ada.Password})
	r.must(err)
	r.must(r.app.db.PutMember(r.t.Context(), r.m.ID, p.ID, role))
	b := r.browser()
	b.post("/sign-in", "name", name, "password", "four words in a row")
	return b
}

// TestCallbacksThatAreRefused: every callback that is not the answer to what this person began in this browser is a page in plain words, and
// links nothing.
func TestCallbacksThatAreRefused(t *testing.T) {
	r := newLinksRig(t, storetest.SQLite(t), nil)
	b := r.began()
	olga := r.member("Olga", store.Operator)
	begin := func() url.Values {
		t.Helper()
		b.post(r.at("links/shopify"), "mode", "code", "f_shop", "tea", "redirect", r.base+"/callback/shopify").says(200, "Continue at Shopify")
		return r.landed(b.goesOn())
	}
	again := func(q url.Values) url.Values { q.Set("hmac", sim.Sign(q, "client-secret")); return q }
	back := func(who *browser, q url.Values) *browser { return who.get("/callback/shopify?" + q.Encode()) }

	q := begin()
	changed := url.Values{}
	for name := range q {
		changed.Set(name, q.Get(name))
	}
	changed.Set("hmac", strings.Repeat("0", 64))
	back(b, changed).says(400, "This answer was not taken", "Begin again")
	changed.Set("shop", "other.myshopify.com")
	back(b, again(changed)).says(400, "This answer was not taken")
	changed.Set("state", "unknown")
	back(b, again(changed)).says(400, "This link was not begun here")
	back(olga, q).says(400, "This link was not begun here")
	b.get("/callback/meta?"+q.Encode()).says(400, "This link was not begun here")
	b.get("/callback/nobody?" + q.Encode()).says(404)
	b.get("/callback/shopify").says(400, "This link was not begun here")
	back(r.browser(), q).says(400, "This link was not begun here")
	if grants, err := r.app.db.Grants(t.Context(), r.m.ID); err != nil || len(grants) > 0 {
		t.Fatalf("%d logins, %v", len(grants), err)
	}
	// None of that has spoilt it, and it is good once.
	back(b, q).says(200, "What Shopify opens")
	back(b, q).says(410, "This is linked already")

	// The person did not agree.
	b.post(r.at("links/meta"), "mode", "code").says(200, "Continue at Meta Ads")
	u, err := url.Parse(b.goesOn())
	r.must(err)
	state := u.Query().Get("state")
	b.get("/callback/meta?error=access_denied&error_reason=user_denied&state="+state).says(403, "Nothing was linked", "begin again and agree")
	b.get("/callback/meta?error=access_denied&state="+state).says(400, "This link was not begun here")
	b.post(r.at("links/meta"), "mode", "code").says(200, "Continue at Meta Ads")
	u, err = url.Parse(b.goesOn())
	r.must(err)
	b.get("/callback/meta?error=%3Cscript%3Ealert(1)%3C/script%3E&state="+u.Query().Get("state")).says(400, "Meta Ads refused the link", "<script>alert(1)</script>")
	if strings.Contains(b.body, "<script>alert") {
		t.Error("the provider's word was taken for HTML")
	}

	// It took too long.
	q = begin()
	r.clock.set(r.clock.now().Add(11 * 60e9))
	q.Set("timestamp", fmt.Sprint(r.clock.now().Unix()))
	back(b, again(q)).says(410, "That took too long")
	b.get(r.at("links/shopify/continue")).says(410, "Nothing waits here")

	// The provider is down, and comes back: the same answer is good still.
	q = begin()
	r.wire.set(true)
	back(b, q).says(502, "Shopify does not answer", "Reload this page")
	r.wire.set(false)
	back(b, q).says(200, "What Shopify opens")
	r.wire.set(true)
	b.get(b.at.Path).says(502, "Shopify does not answer", "nothing is lost")
	r.wire.set(false)
}

// landed is the query with which a provider sends the browser back.
func (r *linksRig) landed(address string) url.Values {
	r.t.Helper()
	b := r.browser()
	var at *url.URL
	b.c.CheckRedirect = stopAt(&at)
	b.get(address)
	if at == nil {
		r.t.Fatalf("%s sent the browser nowhere", address)
	}
	return at.Query()
}

// TestOtherWaysOfLinking: credentials of an app that is typed in, a pasted token, and a pasted address.
func TestOtherWaysOfLinking(t *testing.T) {
	r := newLinksRig(t, storetest.SQLite(t), func(c *config.Config) { c.Apps = nil })
	b := r.began()
	b.post(r.at("links/shopify"), "mode", "client", "f_shop", "tea").says(422, "client ID is needed", "client secret is needed")
	b.post(r.at("links/shopify"), "mode", "client", "f_shop", "tea", "client_id", "client-id", "client_secret", "wrong-secret").says(422)
	if strings.Contains(b.body, "wrong-secret") || !strings.Contains(b.body, `value="client-id"`) {
		t.Error("the secret was shown again, or the ID was not kept")
	}
	b.post(r.at("links/shopify"), "mode", "client", "f_shop", "tea", "client_id", "client-id", "client_secret", "client-secret").says(200, "What Shopify opens")
	// The app is known from now on, as the login has it.
	b.get(r.at("links/shopify")).says(200, "With the app client-id , as an earlier login")
	if strings.Contains(b.body, "client-secret\"") {
		t.Error("the secret is shown")
	}
	b.post(r.at("links/shopify"), "mode", "token", "f_shop", "tea", "token", "").says(422, "Paste the token")
	b.post(r.at("links/shopify"), "mode", "token", "f_shop", "tea", "token", "shpat_00000000000000000000000000000000").says(422, "was tried and not kept")
	b.post(r.at("links/shopify"), "mode", "token", "f_shop", "tea", "token", r.srv.IssueToken()).says(200, "What Shopify opens")
	b.post(r.at("links/shopify"), "mode", "nonsense", "f_shop", "tea").says(422, "Choose one of these")

	// A provider that takes localhost alone: the browser comes back by itself.
	local := strings.Replace(r.base, "127.0.0.1", "localhost", 1)
	b.post(r.at("links/shopify"), "mode", "code", "f_shop", "tea", "redirect", local+"/callback/shopify").says(200, "Then you come back here by yourself")
	b.get(local+"/callback/shopify?"+r.landed(b.goesOn()).Encode()).says(200, "What Shopify opens")
	if b.at.Hostname() != "127.0.0.1" {
		t.Errorf("landed on %s", b.at.Host)
	}

	const elsewhere = "https://tea.example/back"
	b.post(r.at("links/shopify"), "mode", "code", "f_shop", "tea", "redirect", elsewhere).says(200, "Then paste the address you landed on", elsewhere)
	q := r.landed(b.goesOn())
	for _, text := range []string{"", "hello", elsewhere, "https://evil.example/back?" + q.Encode(), elsewhere + "?code=1&state=other"} {
		b.post(r.at("links/shopify/paste"), "address", text).says(422, "That is not the address")
	}
	b.post(r.at("links/shopify/paste"), "address", " "+elsewhere+"?"+q.Encode()+"\n").says(200, "What Shopify opens")

	// While the provider is down, what was typed stays.
	r.wire.set(true)
	b.post(r.at("links/shopify"), "mode", "client", "f_shop", "tea").says(502, "does not answer")
	if !strings.Contains(b.body, `value="tea"`) {
		t.Error("what was typed was not kept")
	}
}

// TestWhoMayLink: those who may look see how things stand; only operators change it, and others' merchants do not exist.
func TestWhoMayLink(t *testing.T) {
	r := newLinksRig(t, storetest.SQLite(t), nil)
	b := r.began()
	b.post(r.at("links/shopify"), "mode", "client", "f_shop", "tea").says(200, "What Shopify opens")
	accounts := b.at.Path
	b.post(accounts, "account", shopID(t, r)).says(200)
	granted := b.at.Path
	for _, role := range []store.Role{store.Viewer, store.Editor} {
		v := r.member("Person "+string(role), role)
		v.get(r.at("links")).says(200, "nothing pulled yet")
		v.get(r.at("links/shopify")).says(200, "An operator of Tea & Co can link it")
		v.get(r.at("links/progress")).says(200)
		v.get(r.at("accounts/1")).says(200, "What can be read")
		if strings.Contains(v.body, "<button class=\"danger\"") {
			t.Errorf("a %s is offered to unlink", role)
		}
		for _, path := range []string{"links/shopify", "links/shopify/paste", "links/pull", "accounts/1/unlink", "accounts/1/forget"} {
			v.post(r.at(path)).says(403, "Not yours to change")
		}
		v.get(accounts).says(403)
		v.post(accounts).says(403)
		v.post(granted).says(403)
	}
	other, err := r.app.db.CreateMerchant(t.Context(), store.Merchant{Name: "Other"})
	r.must(err)
	o := r.member("Olga", store.Operator)
	for _, path := range []string{"links", "links/shopify", "links/progress", "links/progress/events", "accounts/1"} {
		o.get(fmt.Sprintf("/m/%d/%s", other.ID, path)).says(404)
	}
	o.post(fmt.Sprintf("/m/%d/links/pull", other.ID)).says(404)
	r.must(r.app.db.PutMember(t.Context(), other.ID, mustPerson(t, r, "Olga").ID, store.Operator))
	// A login and an account of one merchant are not to be had under another's address.
	o.get(fmt.Sprintf("/m/%d/links/shopify/1/accounts", other.ID)).says(404)
	o.get(fmt.Sprintf("/m/%d/accounts/1", other.ID)).says(404)
	o.post(fmt.Sprintf("/m/%d/accounts/1/forget", other.ID), "name", "x").says(404)
	o.post(fmt.Sprintf("/m/%d/links/pull", other.ID)).says(409, "There is nothing to pull yet")
}

func mustPerson(t *testing.T, r *linksRig, name string) store.Person {
	t.Helper()
	p, err := r.app.db.PersonNamed(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
