package web

import (
	"net/http"
	"strings"
	"testing"

	"fourfold/internal/store"
)

// refusedTo says how a route answers somebody with a role for its merchant (or NoRole), who signs in or does not: "sign in", "hidden",
// "forbidden", or "" where they may have it.
func refusedTo(rt route, signs, admin bool, role store.Role) string {
	ofMerchant := rt.need == viewing || rt.need == editing || rt.need == operating
	switch {
	case rt.need == anyone:
		return ""
	case !signs:
		return "sign in"
	case rt.need == governing && !admin, ofMerchant && role == store.NoRole && !admin:
		return "hidden"
	case ofMerchant && !admin && !role.May(rt.need.role()):
		return "forbidden"
	}
	return ""
}

// Every address there is, as everybody there is. What is expected follows from the table itself, so that a new address is tried as well.
func TestEveryRouteAsEverybody(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	visitors := []struct {
		name   string
		signs  bool
		admin  bool
		role   store.Role
		client *browser
	}{
		{"nobody", false, false, store.NoRole, w.browser()},
		{"another merchant's operator", true, false, store.NoRole, w.as(carl)},
		{"a viewer", true, false, store.Viewer, w.as(vera)},
		{"an editor", true, false, store.Editor, w.as(eddy)},
		{"an operator", true, false, store.Operator, w.as(olga)},
		{"an admin", true, true, store.Operator, w.as(ada)},
	}
	for _, rt := range routes {
		method, address := w.address(rt)
		for _, visitor := range visitors {
			what := rt.pattern + " as " + visitor.name
			refused := refusedTo(rt, visitor.signs, visitor.admin, visitor.role)
			if refused == "" && method != http.MethodGet {
				continue // below
			}
			w.keeps(what, func() {
				a := visitor.client.do(method, address, formFor(method))
				switch to, _, _ := strings.Cut(a.header.Get("Location"), "?"); {
				case a.status >= 500:
					t.Errorf("%s: status %d: %s\n%s", what, a.status, a.text(), w.logged)
				case refused == "sign in" && (a.status != http.StatusSeeOther || to != "/sign-in"):
					t.Errorf("%s: status %d to %q, expected to be asked to sign in", what, a.status, to)
				case refused == "forbidden" && a.status != http.StatusForbidden:
					t.Errorf("%s: status %d, expected %d", what, a.status, http.StatusForbidden)
				case refused == "hidden":
					none := visitor.client.do(method, strings.Replace(address, "/m/"+w.fill["merchant"], "/m/424242", 1), formFor(method))
					if a.status != http.StatusNotFound || none.status != http.StatusNotFound || a.body != none.body {
						t.Errorf("%s: status %d and %d: it is told from what does not exist", what, a.status, none.status)
					}
				case refused == "" && (a.status == http.StatusForbidden || to == "/sign-in" && visitor.signs):
					t.Errorf("%s: status %d to %q, though they may", what, a.status, to)
				}
			})
		}
	}
	// Those who may change something are let in, too; an empty form is refused in words, or does nothing.
	for _, rt := range routes {
		method, address := w.address(rt)
		if method == http.MethodGet {
			continue
		}
		for _, visitor := range visitors {
			if visitor.signs && rt.pattern != "POST /sign-out" && refusedTo(rt, true, visitor.admin, visitor.role) == "" {
				if a := visitor.client.do(method, address, formFor(method)); a.status == http.StatusForbidden || a.status >= 500 || strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
					t.Errorf("%s as %s: status %d to %q: %s", rt.pattern, visitor.name, a.status, a.header.Get("Location"), a.text())
				}
			}
		}
	}
}

// A merchant that is not the visitor's is told from none by nothing at all, whatever the number is.
func TestNoMerchantIsGuessed(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	b := w.as(carl)
	want := b.get("/m/424242/2026-10")
	for _, id := range []string{w.fill["merchant"], "0", "-1", "9223372036854775807", "9223372036854775808", "1e1", "%31", "x", "1%00"} {
		if a := b.get("/m/" + id + "/2026-10"); a.status != http.StatusNotFound || a.body != want.body {
			t.Errorf("merchant %s: status %d: %s", id, a.status, a.text())
		}
	}
}
