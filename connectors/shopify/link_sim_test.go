package shopify

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
)

// linked goes through the merchant's browser: the address, the merchant's yes, the callback, the code.
func linked(t *testing.T, srv *sim.Server, fields map[string]string) connectors.Tokens {
	t.Helper()
	app := connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}
	at, err := begin(app, consent(fields))
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Transport: srv.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	back := resp.Header.Get("Location")
	cb, err := verify(app, httptest.NewRequest(http.MethodGet, back, nil), clock())
	if err != nil {
		t.Fatal(err)
	}
	if cb.State != "n0nce" || cb.Fields[fieldShop] != fields[fieldShop] {
		t.Errorf("the callback proves %+v", cb)
	}
	tokens, err := exchange(t.Context(), &http.Client{Transport: srv.Transport()}, app, consent(cb.Fields), cb.Code)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exchange(t.Context(), &http.Client{Transport: srv.Transport()}, app, consent(cb.Fields), cb.Code); !isDenied(err) {
		t.Errorf("a code used twice gave %v", err)
	}
	return tokens
}

func isDenied(err error) bool {
	f, ok := connectors.FaultOf(err)
	return ok && f == connectors.Denied
}

func TestCodeGrantWithTheSimulator(t *testing.T) {
	s := simulate(t, generated(t, 5), sim.Options{Now: clock})
	fields := map[string]string{fieldShop: s.acc.Fields[fieldShop], fieldLeaveOut: "read_all_orders"}
	first := linked(t, s.Server, fields)
	if first.Refresh.Empty() || first.AccessExpires.IsZero() || slices.Contains(first.Scopes, scopeAllOrders) || !slices.Contains(first.Scopes, scopeOrders) {
		t.Fatalf("got %v until %s", first.Scopes, first.AccessExpires)
	}
	app := connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}
	plain := &http.Client{Transport: s.Transport()}

	// The answer is lost after the pair has been rotated: it is asked for again, and is the same pair's successor.
	s.SetFaults(sim.Faults{LostRefresh: sim.Chance{Count: 2}})
	second, err := refresh(t.Context(), plain, app, fields, first)
	if err != nil || second.Refresh.Reveal() == first.Refresh.Reveal() {
		t.Fatalf("the pair was lost with its answer: %v", err)
	}
	s.SetFaults(sim.Faults{TokenBroken: sim.Chance{Count: 1}})
	third, err := refresh(t.Context(), plain, app, fields, second)
	if err != nil {
		t.Fatal(err)
	}
	// Once the new pair is in use, the old refresh token is dead for good.
	if _, err := refresh(t.Context(), plain, app, fields, first); !isDenied(err) {
		t.Errorf("a dead refresh token gave %v", err)
	}
	s.Uninstall()
	if _, err := refresh(t.Context(), plain, app, fields, third); !isDenied(err) {
		t.Errorf("an uninstalled app gave %v", err)
	}
}

func TestClientCredentialsWithTheSimulator(t *testing.T) {
	s := simulate(t, generated(t, 5), sim.Options{Now: clock})
	plain := &http.Client{Transport: s.Transport()}
	got, err := askAgain(t.Context(), plain, connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}, s.acc.Fields, connectors.Tokens{})
	if err != nil || got.Access.Empty() || !got.Refresh.Empty() || got.AccessExpires.IsZero() {
		t.Fatalf("got %v, %v", got, err)
	}
	_, err = askAgain(t.Context(), plain, connectors.App{ClientID: "client-id", ClientSecret: secret.New("wrong")}, s.acc.Fields, connectors.Tokens{})
	if !isDenied(err) {
		t.Errorf("a wrong secret gave %v", err)
	}
}

func TestAccountsWithTheSimulator(t *testing.T) {
	shop := generated(t, 5)
	s := simulate(t, shop, sim.Options{Now: clock})
	got, err := accounts(t.Context(), s.acc.Grant)
	if err != nil || len(got) != 1 {
		t.Fatalf("got %v, %v", got, err)
	}
	a := got[0]
	if a.ID == "" || a.Currency != "EUR" || a.Zone != "Europe/Berlin" || !a.Since.Equal(shop.CreatedAt.Time()) || a.Since.Location() != time.UTC {
		t.Errorf("got %+v", a)
	}
	s.Uninstall()
	if _, err := accounts(t.Context(), s.acc.Grant); !isDenied(err) {
		t.Errorf("a dead token gave %v", err)
	}
}

func TestClientOfAnotherVersionWithTheSimulator(t *testing.T) {
	s := simulate(t, generated(t, 5), sim.Options{Now: clock})
	c, err := newClient(s.acc, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A filter that Shopify ignores with a warning, which would bring every order.
	var out struct {
		Orders struct{ Nodes []struct{ ID string } }
	}
	_, err = c.do(t.Context(), "ask", `{orders(first:1,query:"bogus:1"){nodes{id}}}`, nil, &out)
	var warned *searchError
	if !errors.As(err, &warned) {
		t.Errorf("a filter that is not understood gave %v", err)
	}
	if _, err = c.do(t.Context(), "ask", `{orders(first:1){nodes{id bogus}}}`, nil, &out); !isFaultOf(err, connectors.Malformed) {
		t.Errorf("an unknown field gave %v", err)
	}
	dear := `{orders(first:250){nodes{id lineItems(first:250){nodes{id discountAllocations{allocatedAmountSet{shopMoney{amount}}} taxLines{priceSet{shopMoney{amount}}}}} agreements(first:250){nodes{id sales(first:250){nodes{id}}}}}}}`
	if _, err = c.do(t.Context(), "ask", dear, nil, &out); !isTooLarge(err) {
		t.Errorf("a query too dear gave %v", err)
	}
}

func isFaultOf(err error, f connectors.Fault) bool {
	got, ok := connectors.FaultOf(err)
	return ok && got == f
}
