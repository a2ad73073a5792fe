package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// wicked fills a world with names of merchants, people, accounts, products, campaigns and channels that would run a script, or leave their
// place, on a page that shows them as they are.
func wicked(t *testing.T) *world {
	w := newWorld(newRig(t, nil), func(name string) string { return name + evil })
	ctx := t.Context()
	w.member(evil, w.tea, store.Viewer)
	var snapshots []kpi.Snapshot
	for _, scope := range []kpi.Scope{kpi.Whole, {Connection: w.conn.ID}, {Connection: w.conn.ID, Channel: evil}} {
		for _, grain := range []period.Grain{period.Monthly, period.Weekly} {
			for back := range 3 {
				snapshots = append(snapshots, kpi.Snapshot{KPI: "aov", Definition: 1, Scope: scope, Period: period.Of(grain, period.Date(2026, 10, 20)-period.Day(31*back), period.Calendar{}),
					TakenAt: w.clock(), CompleteTo: w.clock(), Through: period.Date(2026, 11, 20), Currency: "EUR", Status: kpi.Amber, Published: true,
					Value: kpi.Value{Num: kpi.Number{Float: 40, Exact: true}, Den: 3, N: 40, Coverage: 1, Has: true, V: 40}})
			}
		}
	}
	_, err := w.Store.SaveSnapshots(ctx, w.tea.ID, snapshots)
	w.must(err)
	pages := map[string][]fact.Record{
		"products": {fact.Product{ID: "1", Type: evil, Status: evil}},
		"spend":    {fact.AdDay{Day: period.Date(2026, 10, 2), Campaign: evil, Name: evil, Channel: fact.AdChannel(evil), Action: evil, Currency: "EUR", Spend: 7 * money.Unit}},
	}
	for stream, records := range pages {
		_, err := w.Store.SavePage(ctx, w.tea.ID, w.conn.ID, stream, 0, connectors.Page{Records: records, ReadAt: w.clock(), Next: connectors.Cursor("{}")})
		w.must(err)
	}
	run, err := w.Store.StartRun(ctx, w.tea.ID, "night", "2026-11-21")
	w.must(err)
	w.must(w.Store.EndRun(ctx, run, errText(evil), evil))
	w.must(w.Store.FinishPull(ctx, w.tea.ID, w.conn.ID, "orders", errText(evil), w.clock()))
	w.must(w.Store.PutAlerts(ctx, w.tea.ID, map[string]string{"relink": evil}))
	w.must(w.Store.Audit(ctx, store.AuditEntry{MerchantID: w.tea.ID, Actor: evil, Action: evil, Detail: evil}))
	_, err = w.Store.PutTarget(ctx, w.tea.ID, kpi.Target{KPI: "aov", Grain: period.Monthly, From: period.Date(2026, 1, 1), Anchors: kpi.Anchors{Green: 10}, Reason: evil})
	w.must(err)
	return w
}

type errText string

func (e errText) Error() string { return string(e) }

// sound asks that a page has no script but the site's own files, no handler in an attribute, and no address of a script.
func sound(t *testing.T, at, body string) (links []string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return nil
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				t.Errorf("%s: <%s %s=%q>", at, n.Data, a.Key, a.Val)
			}
			if slices.Contains([]string{"href", "src", "action", "formaction", "data", "poster"}, a.Key) {
				u, err := url.Parse(a.Val)
				if err != nil || u.Host != "" && n.Data != "a" || u.Scheme != "" && u.Scheme != "https" && u.Scheme != "http" {
					t.Errorf("%s: <%s> leads to %q", at, n.Data, a.Val)
				}
			}
		}
		switch n.Data {
		case "script":
			if kind := attr["type"]; n.FirstChild != nil && kind != "application/json" || n.FirstChild == nil && !strings.HasPrefix(attr["src"], "/assets/") {
				t.Errorf("%s: a script that is not of a file of ours", at)
			}
		case "img", "iframe", "object", "embed", "base", "style", "frame", "marquee":
			t.Errorf("%s: <%s %v>", at, n.Data, attr)
		case "a":
			if strings.HasPrefix(attr["href"], "/") && !strings.HasPrefix(attr["href"], "//") {
				links = append(links, attr["href"])
			}
		}
	}
	return links
}

// Every page that an operator comes to by a link, and every address there is, shows what others have named as text.
func TestScriptsInNames(t *testing.T) {
	w := wicked(t)
	b, a := w.as(olga), w.as(ada)
	queue := []string{"/", "/people", "/m/" + w.fill["merchant"]}
	for _, rt := range routes {
		if method, address := w.address(rt); method == http.MethodGet {
			queue = append(queue, address)
		}
	}
	seen, shown := map[string]bool{}, 0
	for len(queue) > 0 && len(seen) < 150 {
		at, _, _ := strings.Cut(queue[0], "#")
		queue = queue[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		for _, visitor := range []*browser{b, a} {
			answer := visitor.get(at)
			if to := answer.header.Get("Location"); strings.HasPrefix(to, "/") {
				queue = append(queue, to)
			}
			if answer.status >= 500 {
				t.Errorf("%s: status %d: %s\n%s", at, answer.status, answer.text(), w.logged)
			}
			if !strings.HasPrefix(answer.header.Get("Content-Type"), "text/html") || answer.body == "" {
				continue
			}
			if strings.Contains(answer.body, "&lt;script&gt;xss()") {
				shown++
			}
			if strings.Contains(strings.ToLower(answer.body), strings.ToLower("<script>xss")) {
				t.Errorf("%s: a name stands there as it is", at)
			}
			queue = append(queue, sound(t, at, answer.body)...)
		}
	}
	t.Logf("%d addresses, %d pages that show such a name", len(seen), shown)
	if shown < 10 {
		t.Errorf("only %d pages show such a name", shown)
	}
}

// What a visitor sends comes back as text, too.
func TestScriptsInForms(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	for _, visitor := range []*browser{w.browser(), w.as(olga), w.as(ada)} {
		for _, rt := range routes {
			method, address := w.address(rt)
			form := url.Values{}
			for _, name := range []string{"name", "password", "again", "next", "note", "role", "person", "period", "value", "green", "since", "title", "address", "f_shop", "client_id", "mode", "invitation", "language", "token", "email"} {
				form.Set(name, evil)
			}
			if method == http.MethodGet {
				address += "?" + form.Encode()
				form = nil
			}
			if rt.pattern == "POST /sign-out" {
				continue
			}
			if a := visitor.do(method, address, form); strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				sound(t, rt.pattern, a.body)
			}
		}
	}
	sound(t, "an unknown address", w.as(olga).get("/m/1/"+url.PathEscape(evil)+"/"+url.PathEscape(evil)).body)
}
