package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/shopify"
	"fourfold/internal/book"
	"fourfold/internal/fact"
	"fourfold/internal/link"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
)

// rig is a site on a database of its own, behind real HTTP, with a clock that the test moves.
type rig struct {
	*Site
	t      testing.TB
	server *httptest.Server
	logged *logged
	dsn    string

	mu  sync.Mutex
	now time.Time
}

var rigNow = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// newRig serves a site; change alters it first, and may be nil.
func newRig(t testing.TB, change func(*Site)) *rig {
	t.Helper()
	return newRigOn(t, storetest.SQLite(t), change)
}

func newRigOn(t testing.TB, dsn string, change func(*Site)) *rig {
	t.Helper()
	r := &rig{t: t, dsn: dsn, now: rigNow, logged: &logged{}}
	db, err := store.Open(t.Context(), dsn, store.Options{Now: r.clock})
	r.must(err)
	t.Cleanup(func() { _ = db.Close() })
	r.must(db.Migrate(t.Context()))
	ring, err := vault.Parse(vault.NewKey())
	r.must(err)
	r.server = httptest.NewUnstartedServer(nil)
	r.Site = &Site{
		Store: db, Linker: &link.Linker{Store: db, Vault: ring, Now: r.clock}, Books: book.Maker{Store: db, Now: r.clock}, Now: r.clock,
		Log: slog.New(slog.NewTextHandler(r.logged, nil)), Base: "http://" + r.server.Listener.Addr().String(),
	}
	r.Connectors = []connectors.Connector{shopify.Connector()}
	r.Linker.Connectors, r.Linker.Transport = r.Connectors, nowhere{}
	r.Linking = r.linking()
	if change != nil {
		change(r.Site)
	}
	r.server.Config.Handler = r.Handler()
	r.server.Start()
	t.Cleanup(r.server.Close)
	return r
}

// nowhere is a network on which nobody answers.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("this test has no network")
}

// linking is what the program brings about around a link, done with the connector alone.
func (r *rig) linking() Linking {
	return Linking{
		App: func(context.Context, int64, string) connectors.App {
			return connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}
		},
		Accounts: func(ctx context.Context, c connectors.Connector, g store.Grant) ([]connectors.AccountInfo, error) {
			open, err := r.Linker.Grant(c, g)
			if err != nil {
				return nil, err
			}
			return c.Accounts(ctx, open)
		},
		Take: func(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant, infos []connectors.AccountInfo) ([]store.Connection, error) {
			var all []store.Connection
			for _, info := range infos {
				if m.Zone == "" {
					was := m
					m.Name, m.Currency, m.Zone = cmp.Or(m.Name, info.Name), info.Currency, info.Zone
					if err := r.Store.UpdateMerchant(ctx, was, m); err != nil {
						return nil, err
					}
				}
				conn, err := r.Store.SaveConnection(ctx, store.Connection{MerchantID: m.ID, GrantID: g.ID, Connector: c.ID, AccountID: info.ID, Name: info.Name, Currency: info.Currency, Zone: info.Zone})
				if err != nil {
					return nil, err
				}
				all = append(all, conn)
			}
			return all, nil
		},
		Probe: func(context.Context, store.Merchant, store.Connection) ([]connectors.Capability, error) {
			return nil, nil
		},
		Since: func(context.Context, store.Merchant) (period.Day, string, error) { return 0, "", nil },
		Pull:  func(context.Context, store.Merchant) error { return nil },
	}
}

// logged is what the site has logged.
type logged struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) merchant(name string) store.Merchant {
	r.t.Helper()
	m, err := r.Store.CreateMerchant(context.Background(), store.Merchant{Name: name, Currency: "EUR", Zone: "Europe/Berlin"})
	r.must(err)
	return m
}

// linkedStore is one that a merchant has linked by a login with these fields, and from which nothing was pulled yet.
func (r *rig) linkedStore(m store.Merchant, accountID, name string, fields map[string]string) store.Connection {
	r.t.Helper()
	ctx := context.Background()
	g, err := r.Store.SaveGrant(ctx, store.Grant{MerchantID: m.ID, Connector: "shopify", Auth: connectors.AuthCode, State: store.StateActive, Fields: fields})
	r.must(err)
	conn, err := r.Store.SaveConnection(ctx, store.Connection{MerchantID: m.ID, GrantID: g.ID, Connector: "shopify", AccountID: accountID, Name: name, Currency: "EUR", Zone: "Europe/Berlin", State: store.StateActive})
	r.must(err)
	return conn
}

// sold keeps one order of an account, and that its orders are complete to a moment.
func (r *rig) sold(conn store.Connection, at, completeTo time.Time) {
	r.t.Helper()
	ctx := context.Background()
	state, err := r.Store.Stream(ctx, conn.MerchantID, conn.ID, "orders")
	r.must(err)
	_, err = r.Store.SavePage(ctx, conn.MerchantID, conn.ID, "orders", state.Number, connectors.Page{ReadAt: r.clock(), Next: connectors.Cursor("1"), Records: []fact.Record{
		fact.Order{ID: "1", CreatedAt: at, ProcessedAt: at, UpdatedAt: at, Currency: "EUR", Presentment: "EUR", CustomerID: "c", Channel: "online_store", Shippable: true, Total: 20 * money.Unit},
		fact.OrderLine{ID: "1", OrderID: "1", ProductID: "tea", Quantity: 1, CurrentQuantity: 1, UnitPrice: 20 * money.Unit, Shippable: true},
		fact.Agreement{ID: "1", OrderID: "1", HappenedAt: at, Reason: fact.ReasonOrder},
		fact.Sale{ID: "1", AgreementID: "1", Line: fact.LineProduct, Action: "order", LineID: "1", Quantity: 1, Total: 20 * money.Unit},
	}, Proof: &connectors.Proof{Started: r.clock(), From: at, To: completeTo, CompleteTo: completeTo}})
	r.must(err)
	r.must(r.Store.FinishPull(ctx, conn.MerchantID, conn.ID, "orders", nil, time.Time{}))
	r.must(r.Store.Derive(ctx, conn.MerchantID, conn.ID))
}

const thePassword = "correct horse battery"

// cheapHash is of thePassword, without the work that makes guessing dear.
const cheapHash = "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$COasZSyMm5hc6dqbItVb+IZaGwOa3IHiB0qT62pEreo"

// person adds somebody who signs in with thePassword.
func (r *rig) person(name string) store.Person {
	r.t.Helper()
	p, err := r.Store.AddPerson(context.Background(), store.Person{Name: name, Password: cheapHash})
	r.must(err)
	return p
}

func (r *rig) admin(name string) store.Person {
	r.t.Helper()
	p, err := r.Store.AddPerson(context.Background(), store.Person{Name: name, Password: cheapHash, Admin: true})
	r.must(err)
	return p
}

// member adds somebody with a part in a merchant.
func (r *rig) member(name string, m store.Merchant, role store.Role) store.Person {
	r.t.Helper()
	p := r.person(name)
	r.must(r.Store.PutMember(context.Background(), m.ID, p.ID, role))
	return p
}

// browser is a visitor with cookies, who follows no redirect by themselves.
type browser struct {
	*rig
	client *http.Client
	header http.Header // on every request
}

func (r *rig) browser() *browser {
	jar, err := cookiejar.New(nil)
	r.must(err)
	return &browser{r, &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, http.Header{}}
}

// as is a browser in which somebody has signed in.
func (r *rig) as(name string) *browser {
	r.t.Helper()
	b := r.browser()
	if a := b.post("/sign-in", "name", name, "password", thePassword); a.status != http.StatusSeeOther {
		r.t.Fatalf("%s could not sign in: %d %s", name, a.status, a.text())
	}
	return b
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// text is the body without its tags, for messages.
func (a answer) text() string {
	_, main, _ := strings.Cut(a.body, "<main")
	return strings.Join(strings.Fields(tags.ReplaceAllString(main, " ")), " ")
}

func (b *browser) do(method, address string, form url.Values) answer {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	if !strings.HasPrefix(address, "http") {
		address = b.server.URL + address
	}
	req, err := http.NewRequest(method, address, body)
	b.must(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range b.header {
		req.Header[name] = values
	}
	resp, err := b.client.Do(req)
	b.must(err)
	defer resp.Body.Close()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return answer{resp.StatusCode, resp.Header, ""} // it has no end
	}
	read, err := io.ReadAll(resp.Body)
	b.must(err)
	return answer{resp.StatusCode, resp.Header, string(read)}
}

func (b *browser) get(address string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, address, nil)
}

// post sends a form, given as names and values in turn.
func (b *browser) post(address string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, address, form)
}

// sees asks that an answer has a status and says something.
func (a answer) sees(t testing.TB, status int, texts ...string) answer {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, expected %d: %s", a.status, status, a.text())
	}
	for _, text := range texts {
		if !strings.Contains(a.text(), text) && !strings.Contains(a.body, text) {
			t.Errorf("the page does not say %q: %s", text, a.text())
		}
	}
	return a
}

// leads asks that an answer sends the browser on to an address.
func (a answer) leads(t testing.TB, to string) answer {
	t.Helper()
	if got := a.header.Get("Location"); a.status != http.StatusSeeOther || got != to {
		t.Errorf("status %d to %q, expected %d to %q: %s", a.status, got, http.StatusSeeOther, to, a.text())
	}
	return a
}
