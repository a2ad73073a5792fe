package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// open are the addresses that nobody has to sign in for. Each asks for something else that only some have: a password, a link that was sent to
// them, a consent that was begun in their browser.
var open = []string{"/sign-in", "/sign-out", "/first/{ticket}", "/invited/{token}", "/password/{ticket}", "/callback/{connector}", "/shopify", "/weekly/{ticket}"}

// What somebody makes or ends for themselves alone stands below these; everything else that changes a merchant's needs an editor at least.
var ofOneself = []string{"/m/{merchant}/take/"}

// What the table asks of visitors is what the tests of it rest on. A new address that is open to all, or lets a viewer change something, is
// to be thought about here first.
func TestWhatRoutesNeed(t *testing.T) {
	for _, rt := range routes {
		method, path, _ := strings.Cut(rt.pattern, " ")
		ofMerchant := strings.Contains(path, "{merchant}")
		if rt.need == anyone && !slices.Contains(open, path) {
			t.Errorf("%s is open to all", rt.pattern)
		}
		if ofMerchant != (rt.need == viewing || rt.need == editing || rt.need == operating) {
			t.Errorf("%s: an address of a merchant needs a part in it, and no other address does", rt.pattern)
		}
		if own := slices.ContainsFunc(ofOneself, func(p string) bool { return strings.HasPrefix(path, p) }); method != http.MethodGet && ofMerchant && rt.need == viewing && !own {
			t.Errorf("%s: a viewer may change something", rt.pattern)
		}
		if strings.Contains(path, "/people") && ofMerchant && rt.need != operating || strings.HasPrefix(path, "/people") && rt.need != governing {
			t.Errorf("%s: who is let in is for operators and admins to say", rt.pattern)
		}
		if method != http.MethodGet && method != http.MethodPost {
			t.Errorf("%s: pages are asked for and forms are sent; nothing else is guarded", rt.pattern)
		}
	}
}
