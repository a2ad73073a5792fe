package web

import (
	"fmt"
	"regexp"
	"strings"

	"fourfold/internal/store"
)

// world is two merchants with their people, and something real for each part of an address.
type world struct {
	*rig
	tea, coffee store.Merchant
	fill        map[string]string // by wildcard
	conn        store.Connection
}

// The people of a world, by what they are. Carl is another merchant's operator.
const (
	vera = "vera" // viewer
	eddy = "eddy" // editor
	olga = "olga" // operator
	carl = "carl"
	ada  = "ada" // admin
)

// evil is what somebody would write who wants to run a script, or leave its place, wherever it is shown.
const evil = `"'><script>xss()</script><img src=x onerror=xss()></textarea>{{.}}`

func newWorld(r *rig, title func(string) string) *world {
	w := &world{rig: r, tea: r.merchant(title("Tea")), coffee: r.merchant("Coffee")}
	r.admin(ada)
	for name, role := range map[string]store.Role{vera: store.Viewer, eddy: store.Editor, olga: store.Operator} {
		r.member(name, w.tea, role)
	}
	r.member(carl, w.coffee, store.Operator)
	w.conn = r.linkedStore(w.tea, "1", title("Tea shop"), map[string]string{"shop": "tea.myshopify.com"})
	token, hash := mint(w.tea.ID)
	r.must(r.Store.Invite(r.t.Context(), store.Ticket{MerchantID: w.tea.ID, Token: hash, Title: title("note"), Role: store.Viewer, PersonID: 1, ExpiresAt: r.clock().Add(invitedFor)}, olga))
	w.fill = map[string]string{
		"merchant": fmt.Sprint(w.tea.ID), "period": "2026-10", "kpi": "aov", "token": token, "ticket": "unknown", "connector": "shopify",
		"grant": fmt.Sprint(w.conn.GrantID), "connection": fmt.Sprint(w.conn.ID),
	}
	return w
}

var wildcard = regexp.MustCompile(`\{([a-z]*)[^}]*\}`)

// address is a route's, with something real in each place, but for what is said otherwise.
func (w *world) address(rt route, otherwise ...string) (method, address string) {
	method, pattern, _ := strings.Cut(rt.pattern, " ")
	fill := map[string]string{"": ""}
	for name, value := range w.fill {
		fill[name] = value
	}
	for i := 0; i+1 < len(otherwise); i += 2 {
		fill[otherwise[i]] = otherwise[i+1]
	}
	return method, wildcard.ReplaceAllStringFunc(pattern, func(part string) string {
		name := wildcard.FindStringSubmatch(part)[1]
		if part == "{$}" {
			return ""
		}
		if value, ok := fill[name]; ok {
			return value
		}
		return "1"
	})
}

func plain(s string) string { return s }
