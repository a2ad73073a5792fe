package shopify

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// Two stores behind one address answer for themselves: each to its own host, a host that neither has to nobody, and a token of the
// one opens nothing at the other.
func TestSeveral(t *testing.T) {
	one, two := rich(t, 3), rich(t, 5)
	one.Domain, two.Domain = "one.myshopify.com", "two.myshopify.com"
	a, b := New(one, Options{Protected: 2}), New(two, Options{Protected: 2})
	s := NewSeveral(a, b)
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	client := &http.Client{Transport: TransportTo(s.Addr(), s.CA())}
	ask := func(domain, token string) int {
		body := strings.NewReader(`{"query":"{ shop { myshopifyDomain } }"}`)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+domain+"/admin/api/"+Version+"/graphql.json", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Shopify-Access-Token", token)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	token := a.IssueToken()
	if got := ask(one.Domain, token); got != http.StatusOK {
		t.Errorf("its own host answers %d", got)
	}
	if got := ask(two.Domain, token); got != http.StatusUnauthorized {
		t.Errorf("the other's host answers %d", got)
	}
	if got := ask("three.myshopify.com", token); got != http.StatusNotFound {
		t.Errorf("nobody's host answers %d", got)
	}
	if n := a.Stats().Requests; n != 1 {
		t.Errorf("%d requests reached the first store", n)
	}
}
