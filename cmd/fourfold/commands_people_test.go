package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"fourfold/internal/store"
	"fourfold/internal/web"
)

// Whoever forgot their password gets back in with the help of somebody on the server, and whoever is to go goes.
func TestPeople(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	if out := sh.must("people", "list"); !strings.Contains(out, "fourfold run prints an address") {
		t.Errorf("with nobody there, people list says %q", out)
	}
	sh.refused(exitUsage, []string{"nobody signs in yet", "fourfold run"}, "people", "password", "anna")
	sh.must("merchant", "add", "Tea")

	var stdout, stderr bytes.Buffer
	a := sh.app(&stdout, &stderr)
	t.Cleanup(a.close)
	ctx := context.Background()
	db, err := a.store(ctx)
	if err != nil {
		t.Fatal(err)
	}
	anna, err := db.AddFirstPerson(ctx, store.Person{Name: "Anna", Password: "unknown"})
	if err != nil {
		t.Fatal(err)
	}
	bert, err := db.AddPerson(ctx, store.Person{Name: "bert B", Password: "unknown"})
	if err == nil {
		err = db.PutMember(ctx, 1, bert.ID, store.Editor)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out := sh.must("people", "list"); !strings.Contains(out, "anna") || !strings.Contains(out, "everything") || !strings.Contains(out, "editor of Tea") {
		t.Errorf("people list says\n%s", out)
	}
	var list []listedPerson
	sh.json(&list, "people", "list")
	if len(list) != 2 || !list[0].Admin || list[1].Parts["Tea"] != "editor" {
		t.Errorf("as JSON: %+v", list)
	}

	sh.refused(exitUsage, []string{`"carl"`, "fourfold people list"}, "people", "password", "carl")
	out := sh.must("people", "password", "BERT  b")
	address, err := url.Parse(strings.TrimSpace(out[strings.Index(out, "http"):]))
	if err != nil || address.Host != "127.0.0.1:8378" {
		t.Fatalf("the address is %v, %v", address, err)
	}
	l, err := a.linker(ctx)
	if err != nil {
		t.Fatal(err)
	}
	pages := (&web.Site{Store: db, Linker: l, Now: a.now, Log: a.logger(), Base: "http://127.0.0.1:8378"}).Handler()
	choose := func() int {
		req := httptest.NewRequest(http.MethodPost, address.Path, strings.NewReader("password=correct+horse+battery&again=correct+horse+battery"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		pages.ServeHTTP(rec, req)
		return rec.Code
	}
	if first, second := choose(), choose(); first != http.StatusSeeOther || second != http.StatusGone {
		t.Errorf("choosing a password is answered %d, and %d a second time", first, second)
	}

	sh.refused(exitUsage, []string{"only admin", "fourfold people password anna"}, "people", "remove", anna.Name, "--yes")
	sh.stdin = "anna\n"
	sh.refused(exitUsage, []string{"nobody was removed"}, "people", "remove", "bert b")
	sh.stdin = "Bert B\n"
	sh.must("people", "remove", "bert b")
	sh.must("people", "remove", "anna", "--yes") // the last one may go: then the first password is chosen anew
	if out := sh.must("audit", "--people"); strings.Count(out, "person removed") != 2 || !strings.Contains(out, "address for a new password made") || !strings.Contains(out, "bert b") {
		t.Errorf("the audit says\n%s", out)
	}
}

// Who comes by themselves gets a merchant of their own: no other's name, and nothing that the configuration says of one to come.
func TestNewcomers(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.write("fourfold.yml", sh.read("fourfold.yml")+secondInTheFile)
	sh.must("merchant", "add", "Coffee")
	var stdout, stderr bytes.Buffer
	a := sh.app(&stdout, &stderr)
	t.Cleanup(a.close)
	ctx := context.Background()
	if _, err := a.store(ctx); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, want string }{{"second & co", "one.myshopify.com"}, {"COFFEE", "two.myshopify.com"}, {"tea", "tea"}} {
		m, err := a.newcomer(ctx, c.name, c.want)
		if err != nil || m.Name != c.want || m.Currency != "" {
			t.Errorf("%s becomes %+v, %v", c.name, m, err)
		}
	}
	if m, err := a.newcomer(ctx, "tea", "Coffee"); err == nil {
		t.Errorf("two have a name: %+v", m)
	}
	own, others := a.appsAt("shopify")
	if own.ClientID != "corner-app" || len(others) != 1 || others[0].ClientID != "second-app" {
		t.Errorf("the apps are %v and %v", own.ClientID, others)
	}
}
