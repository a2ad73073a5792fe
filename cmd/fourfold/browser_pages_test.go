package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"fourfold/internal/web"
)

// notPages are the addresses that show nothing of their own: they lead on, bring a file or a stream.
var notPages = []string{
	"GET /{$}", "GET /{period}", "GET /m/{merchant}/{$}", "GET /m/{merchant}",
	"GET /callback/{connector}", "GET /m/{merchant}/links/progress/events",
	"GET /m/{merchant}/take/scorecard.xlsx", "GET /m/{merchant}/take/{sheet}", "GET /m/{merchant}/{period}/{kpi}/values.csv",
}

// pagesOf are the pages of the route table, each by an address at which a visitor who looks after merchant 1 sees it.
func pagesOf(t testing.TB, period string) []string {
	t.Helper()
	examples := map[string][]string{
		"GET /begin":                       {"/begin"},
		"GET /shopify":                     {"/shopify"}, // as nobody comes from there
		"GET /sign-in":                     {"/sign-in"}, // which who is signed in is led on from
		"GET /first/{ticket}":              {"/first/0000"},
		"GET /m/{merchant}/{period}":       {"/m/1/" + period, "/m/1/" + period[:4] + "-Q2", "/m/1/1999-01"},
		"GET /m/{merchant}/{period}/{kpi}": {"/m/1/" + period + "/net_sales", "/m/1/" + period + "/cac_blended"},
		"GET /me":                          {"/me"},

		"GET /m/{merchant}/links":                              {"/m/1/links"},
		"GET /m/{merchant}/links/{connector}":                  {"/m/1/links/shopify", "/m/1/links/google_ads", "/m/1/links/csv"},
		"GET /m/{merchant}/links/{connector}/continue":         {"/m/1/links/shopify/continue"},
		"GET /m/{merchant}/links/{connector}/{grant}/accounts": {"/m/1/links/shopify/1/accounts"},
		"GET /m/{merchant}/links/{connector}/{grant}/granted":  {"/m/1/links/shopify/1/granted"},
		"GET /m/{merchant}/links/progress":                     {"/m/1/links/progress"},
		"GET /m/{merchant}/accounts/{connection}":              {"/m/1/accounts/1"},

		"GET /m/{merchant}/targets":       {"/m/1/targets", "/m/1/targets?all=1&grain=week"},
		"GET /m/{merchant}/targets/{kpi}": {"/m/1/targets/aov"},

		"GET /m/{merchant}/people": {"/m/1/people"},
		"GET /people":              {"/people"},
		"GET /invited/{token}":     {"/invited/1.0000"},
		"GET /password/{ticket}":   {"/password/0000"},
		"GET /weekly/{ticket}":     {"/weekly/0000"},

		"GET /m/{merchant}/take":               {"/m/1/take"},
		"GET /m/{merchant}/take/feeds":         {"/m/1/take/feeds"},
		"GET /m/{merchant}/take/keys":          {"/m/1/take/keys"},
		"GET /m/{merchant}/take/sheets":        {"/m/1/take/sheets"},
		"GET /m/{merchant}/take/weekly":        {"/m/1/take/weekly"},
		"GET /m/{merchant}/truth":              {"/m/1/truth"},
		"GET /m/{merchant}/truth/{connection}": {"/m/1/truth/1"},
		"GET /m/{merchant}/reconciliation":     {"/m/1/reconciliation"},
		"GET /m/{merchant}/restatements":       {"/m/1/restatements"},
		"GET /m/{merchant}/audit":              {"/m/1/audit"},
	}
	addresses := []string{"/no-such-page", "/m/2"}
	for _, pattern := range web.Patterns() {
		if !strings.HasPrefix(pattern, "GET ") || slices.Contains(notPages, pattern) {
			continue
		}
		example, ok := examples[pattern]
		if !ok {
			t.Errorf("nobody looks at %s: say in pagesOf where it is seen, or that it is no page", pattern)
		}
		addresses = append(addresses, example...)
		delete(examples, pattern)
	}
	for pattern := range examples {
		t.Errorf("there is no address %s any more: leave it out of pagesOf", pattern)
	}
	return addresses
}

// looks are the ways in which every page is looked at.
var looks = []look{{390, 844, "light"}, {390, 844, "dark"}, {1280, 800, "light"}, {1280, 800, "dark"}}

type look struct {
	wide, high int64
	scheme     string
}

func (l look) String() string { return fmt.Sprintf("%d-%s", l.wide, l.scheme) }

func (x *tab) look(l look) {
	x.t.Helper()
	x.do(chromedp.EmulateViewport(l.wide, l.high), call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
	}))
}

// barrier is what axe-core has to say of a page.
type barrier struct {
	ID, Impact, Help string
	Nodes            []struct {
		Target  []string
		Summary string
	}
}

// examined opens an address and examines what is there.
func (x *tab) examined(address string) {
	x.t.Helper()
	x.opens(address)
	x.examinedHere(address)
}

// byColour are the rules of axe-core that the dark look may break and the light one not.
const byColour = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`

// examinedHere holds that a page, in all its looks, can be used by everybody: axe-core finds nothing serious, nothing needs to be pushed
// sideways on a telephone, and the console is quiet.
func (x *tab) examinedHere(what string) {
	x.t.Helper()
	axe, err := os.ReadFile(filepath.Join("testdata", "axe-core", "axe.min.js"))
	if err != nil {
		x.t.Fatal(err)
	}
	x.do(chromedp.Evaluate[chromedp.Void](string(axe))) // as a developer's console would: the page's policy keeps scripts of others out
	for _, l := range looks {
		x.look(l)
		var over float64
		x.read(&over, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
		if over > 0 {
			var widest string
			x.read(&widest, `[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, .tabs") && e.getBoundingClientRect().right > document.documentElement.clientWidth).map(e => e.outerHTML.slice(0, 120))[0] || ""`)
			x.t.Errorf("%s at %s is %.0f px too wide: %s", what, l, over, widest)
		}
		rules := "undefined"
		if l.scheme == "dark" {
			rules = byColour
		}
		var found []barrier
		x.read(&found, `axe.run(document, {resultTypes: ["violations"], runOnly: `+rules+`}).then(r => r.violations.map(v => ({
			ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.slice(0, 3).map(n => ({Target: n.target.map(String), Summary: n.failureSummary}))})))`)
		for _, f := range found {
			if f.Impact == "serious" || f.Impact == "critical" {
				x.t.Errorf("%s at %s: %s, %s: %s: %+v", what, l, f.Impact, f.ID, f.Help, f.Nodes)
			} else {
				x.t.Logf("%s at %s: %s, %s: %s: %+v", what, l, f.Impact, f.ID, f.Help, f.Nodes)
			}
		}
	}
	x.look(usual)
	var at string
	x.read(&at, "location.href")
	for _, fault := range x.wrong() {
		if !strings.HasPrefix(fault, "the console of "+at+" says: Failed to load resource: the server responded with a status of 4") { // as the page itself says
			x.t.Errorf("%s: %s", what, fault)
		}
	}
}

// usual is how a tab looks that nobody examines.
var usual = look{1280, 900, "light"}
