package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// street is a site and a simulated shop whose owner opens the app there.
type street struct {
	*rig
	shop *sim.Server
	own  connectors.App
	rest []connectors.App
}

const teaShop = "tea.myshopify.com"

func newStreet(t *testing.T, dsn string) *street {
	t.Helper()
	s := &street{own: connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}}
	shop, err := sim.Generate(sim.Config{Seed: 1, Orders: 3, Since: rigNow.AddDate(0, 0, -3), Until: rigNow, Products: 2, Domain: teaShop, Zone: "Europe/Berlin", Currency: "EUR", Presentments: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	s.rig = newRigOn(t, dsn, func(site *Site) {
		s.shop = sim.New(shop, sim.Options{Now: site.Now, ClientID: "client-id", ClientSecret: "client-secret", RestoreRate: 10_000})
		if err := s.shop.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		site.Linker.Transport = s.shop.Transport()
		site.Apps = func(string) (connectors.App, []connectors.App) { return s.own, s.rest }
		site.NewMerchant = func(ctx context.Context, names ...string) (m store.Merchant, err error) {
			for _, name := range names {
				if m, err = site.Store.CreateMerchant(ctx, store.Merchant{Name: name}); err == nil {
					return m, nil
				}
			}
			return m, err
		}
	})
	t.Cleanup(s.shop.Close)
	return s
}

// opens is the query with which the app is opened from the shop's admin; pairs change it before it is signed.
func (s *street) opens(key string, pairs ...string) string {
	q := url.Values{"shop": {teaShop}, "timestamp": {strconv.FormatInt(s.clock().Unix(), 10)}, "host": {"YWRtaW4"}, "embedded": {"1"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	q.Set("hmac", sim.Sign(q, key))
	return "/shopify?" + q.Encode()
}

// agrees is the shop's owner saying yes: the address that the browser is sent back to.
func (s *street) agrees(a answer) string {
	s.t.Helper()
	at, err := url.Parse(a.header.Get("Location"))
	if err != nil || at.Host != teaShop || a.status != http.StatusSeeOther {
		s.t.Fatalf("sent to %q, status %d: %s", at, a.status, a.text())
	}
	client := &http.Client{Transport: s.shop.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(at.String())
	s.must(err)
	resp.Body.Close()
	back := resp.Header.Get("Location")
	if !strings.HasPrefix(back, s.Base+"/callback/shopify?") {
		s.t.Fatalf("sent back to %q", back)
	}
	return back
}

// arrives goes the whole way.
func (s *street) arrives(b *browser) answer {
	s.t.Helper()
	return b.get(s.agrees(b.get(s.opens("client-secret"))))
}

func (s *street) merchants() []store.Merchant {
	s.t.Helper()
	all, err := s.Store.Merchants(context.Background())
	s.must(err)
	return all
}

func TestArriving(t *testing.T) {
	s := newStreet(t, storetest.SQLite(t))
	other := s.merchant("Coffee")
	s.member("carl", other, store.Operator)
	b := s.browser()
	a := s.arrives(b)
	all := s.merchants()
	if len(all) != 2 || all[1].Name != "tea" || all[1].Zone != "Europe/Berlin" || all[1].Currency != "EUR" {
		t.Fatalf("the merchants are %+v", all)
	}
	home := fmt.Sprintf("/m/%d", all[1].ID)
	a.leads(t, home+"/links/shopify/1/granted")
	b.get(home+"/links/shopify/1/granted").sees(t, 200)
	b.get(home+"/people").sees(t, 200, teaShop, "operator")
	b.get("/").leads(t, home)
	s.audited(all[1].ID, teaShop, store.AuditLinked, "shopify "+teaShop)
	for _, hidden := range []string{fmt.Sprintf("/m/%d", other.ID), fmt.Sprintf("/m/%d/people", other.ID), "/people"} {
		b.get(hidden).sees(t, 404)
	}
	// Nobody signs in as them by a password, not even an empty one.
	for _, password := range []string{"", "x"} {
		s.browser().post("/sign-in", "name", teaShop, "password", password).sees(t, 401)
	}

	b.get("/me").sees(t, 200, "You have none")
	b.post("/me/password", "present", "", "password", thePassword, "again", thePassword).sees(t, 422)

	again := s.browser()
	s.arrives(again).leads(t, home)
	again.get(home+"/people").sees(t, 200)
	if people, err := s.Store.People(t.Context()); err != nil || len(people) != 2 || len(s.merchants()) != 2 {
		t.Errorf("the second time made somebody new: %+v, %v", people, err)
	}
	if conns, err := s.Store.Connections(t.Context(), all[1].ID); err != nil || len(conns) != 1 {
		t.Errorf("%d stores are linked, %v", len(conns), err)
	}

	// What an operator made of them stays: a viewer who arrives again is a viewer.
	members, err := s.Store.Members(t.Context(), all[1].ID)
	s.must(err)
	s.must(s.Store.ChangeRole(t.Context(), all[1].ID, members[0].PersonID, store.Viewer, store.Person{Admin: true}))
	third := s.browser()
	s.arrives(third).leads(t, home)
	third.get(home+"/people").sees(t, 403)
}

// Where the shop is linked, its people come to whoever linked it, and to nobody else.
func TestArrivingWhereItIsLinked(t *testing.T) { storetest.Each(t, testArrivingWhereItIsLinked) }

func testArrivingWhereItIsLinked(t *testing.T, dsn string) {
	s := newStreet(t, dsn)
	tea := s.merchant("Tea & Co.")
	s.merchant("Coffee")
	w := s.link(tea)
	b := s.browser()
	s.arrives(b).leads(t, fmt.Sprintf("/m/%d", tea.ID))
	b.get(fmt.Sprintf("/m/%d/people", tea.ID)).sees(t, 200, teaShop)
	if n := len(s.merchants()); n != 2 {
		t.Errorf("there are %d merchants", n)
	}
	// Unlinked, the shop may have been sold: who comes now begins anew.
	w.State = store.StateUnlinked
	_, err := s.Store.SaveConnection(t.Context(), w)
	s.must(err)
	buyer := s.browser()
	s.arrives(buyer)
	all := s.merchants()
	if len(all) != 3 {
		t.Fatalf("there are %d merchants", len(all))
	}
	s.audited(all[2].ID, teaShop, store.AuditLinked, "shopify "+teaShop)
}

// link makes the shop a merchant's, as the page of links does.
func (s *street) link(m store.Merchant) store.Connection {
	s.t.Helper()
	return s.linkedStore(m, "1", "Tea", map[string]string{"shop": teaShop, "leave_out": "read_all_orders"})
}

// Names that others took before give them nothing.
func TestArrivingUnderATakenName(t *testing.T) { storetest.Each(t, testArrivingUnderATakenName) }

func testArrivingUnderATakenName(t *testing.T, dsn string) {
	s := newStreet(t, dsn)
	squatter := s.person(teaShop)
	s.merchant("TEA")
	b := s.browser()
	s.arrives(b)
	all := s.merchants()
	if len(all) != 2 || all[1].Name != teaShop {
		t.Fatalf("the merchants are %+v", all)
	}
	b.get("/me").sees(t, 200, teaShop+" (2)")
	if parts, err := s.Store.MembershipsOf(t.Context(), squatter.ID); err != nil || len(parts) != 0 {
		t.Errorf("who had the name has a part in %+v, %v", parts, err)
	}
	s.as(teaShop).get(fmt.Sprintf("/m/%d/people", all[1].ID)).sees(t, 404)
}

// Whoever was signed in in that browser is not any more, unless they are an operator there anyway.
func TestArrivingWhileSignedIn(t *testing.T) {
	s := newStreet(t, storetest.SQLite(t))
	tea, coffee := s.merchant("Tea"), s.merchant("Coffee")
	s.link(tea)
	s.member("carl", coffee, store.Operator)
	s.member("vera", tea, store.Viewer)
	s.admin("ada")
	for name, stays := range map[string]bool{"carl": false, "vera": false, "ada": true} {
		b := s.as(name)
		before := b.token()
		s.arrives(b).leads(t, fmt.Sprintf("/m/%d", tea.ID))
		want := teaShop
		if stays {
			want = name
		}
		b.get("/me").sees(t, 200, "<h1>"+want+"</h1>")
		b.get(fmt.Sprintf("/m/%d/people", coffee.ID)).sees(t, map[bool]int{true: 200, false: 404}[stays])
		if !stays && b.token() == before {
			t.Errorf("%s: the session goes on under its old token", name)
		}
	}
}

// A query that was forged, changed or kept is a page in words, and leaves nothing behind.
func TestArrivingByAForgedLink(t *testing.T) {
	s := newStreet(t, storetest.SQLite(t))
	good := s.opens("client-secret")
	s.keeps("forged links", func() {
		for what, address := range map[string]string{
			"another secret": s.opens("other-secret"),
			"another shop":   strings.Replace(good, "tea.myshopify", "evil.myshopify", 1),
			"another host":   s.opens("client-secret", "shop", teaShop+".evil.example"),
			"old":            s.opens("client-secret", "timestamp", strconv.FormatInt(s.clock().Add(-2*time.Minute).Unix(), 10)),
			"unsigned":       "/shopify?shop=" + teaShop,
			"nothing":        "/shopify",
		} {
			b := s.browser()
			if a := b.get(address).sees(t, 400, "was not taken", "Open the app once more"); a.header.Get("Location") != "" || b.token() != "" {
				t.Errorf("%s: leads to %q, with a session %v", what, a.header.Get("Location"), b.token() != "")
			}
		}
	})
	// A good one that nobody agrees to leaves nothing behind, however often it is sent; nor does a callback of another browser, or a second one.
	s.keeps("unfinished arrivals", func() {
		b := s.browser()
		back := s.agrees(b.get(good))
		for range 3 {
			b.get(good)
		}
		s.browser().get(back).sees(t, 400, "was not begun here")
		s.pass(11 * time.Minute)
		b.get(back).sees(t, 400, "was not taken")
	})
	b := s.browser()
	back := s.agrees(b.get(s.opens("client-secret")))
	if a := b.get(back); a.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.status, a.text())
	}
	s.keeps("a second callback", func() { b.get(back).sees(t, 400) })
	s.own.ClientSecret = secret.Text{}
	s.browser().get(s.opens("")).sees(t, 400)
	if strings.Contains(s.logged.String(), "client-secret") || strings.Contains(s.logged.String(), "hmac=") {
		t.Errorf("the log tells secrets: %s", s.logged)
	}
}

// By the app of one merchant nobody comes to another, and nobody new.
func TestArrivingByAMerchantsOwnApp(t *testing.T) {
	s := newStreet(t, storetest.SQLite(t))
	tea, coffee := s.merchant("Tea"), s.merchant("Coffee")
	s.rest, s.own = []connectors.App{s.own}, connectors.App{ClientID: "installation", ClientSecret: secret.New("another secret")}
	apps := map[int64]string{tea.ID: "client-id", coffee.ID: "installation"}
	s.Site.App = func(_ context.Context, id int64, _ string) connectors.App {
		return connectors.App{ClientID: cmp.Or(apps[id], "installation")}
	}
	s.link(coffee) // under the installation's app
	s.browser().get(s.opens("client-secret")).sees(t, 409, "is not linked yet")
	s.link(tea)
	s.arrives(s.browser()).leads(t, fmt.Sprintf("/m/%d", tea.ID))
}

// What a new shop is asked for is what others under the same app were, whatever is asked for under another app.
func TestArrivingAsksForWhatTheAppMay(t *testing.T) {
	s := newStreet(t, storetest.SQLite(t))
	cake, coffee := s.merchant("Cake"), s.merchant("Coffee")
	s.Site.App = func(_ context.Context, id int64, _ string) connectors.App {
		if id == coffee.ID {
			return connectors.App{ClientID: "coffee's own"}
		}
		return s.own
	}
	asked := func() string {
		t.Helper()
		at, err := url.Parse(s.browser().get(s.opens("client-secret")).header.Get("Location"))
		s.must(err)
		return at.Query().Get("scope")
	}
	if all := asked(); !strings.Contains(all, "read_all_orders") {
		t.Fatalf("at first it asks for %q", all)
	}
	s.linkedStore(cake, "1", "Cake", map[string]string{"shop": "cake.myshopify.com", "leave_out": "read_all_orders"})
	s.linkedStore(coffee, "1", "Coffee", map[string]string{"shop": "coffee.myshopify.com"})
	if less := asked(); strings.Contains(less, "read_all_orders") || !strings.Contains(less, "read_orders") {
		t.Errorf("it asks for %q", less)
	}
}

// What was begun and has ended does not stay in the session of who opens the app again and again.
func TestArrivalsThatEndedAreLetGo(t *testing.T) {
	s := newStreet(t, storetest.SQLite(t))
	b := s.browser()
	for range 5 {
		b.get(s.opens("client-secret"))
		s.pass(11 * time.Minute)
	}
	back := s.agrees(b.get(s.opens("client-secret")))
	base, err := url.Parse(s.Base)
	s.must(err)
	ctx, err := s.sessions.Load(t.Context(), b.client.Jar.Cookies(base)[0].Value)
	s.must(err)
	if keys := s.sessions.Keys(ctx); len(keys) != 1 {
		t.Errorf("the session holds %d arrivals", len(keys))
	}
	if a := b.get(back); a.status != http.StatusSeeOther {
		t.Errorf("%d %s", a.status, a.text())
	}
}
