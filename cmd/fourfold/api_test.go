package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"fourfold/internal/store"
	"fourfold/kpi"
)

// served is the pages and the API of a shell's installation, with a key of its merchant's.
type served struct {
	*shell
	base     string
	merchant store.Merchant
	token    string
}

// serve answers as fourfold run does, on the shell's clock.
func (sh *shell) serve() *served {
	sh.t.Helper()
	ctx := sh.t.Context()
	a := sh.app(&bytes.Buffer{}, &bytes.Buffer{})
	sh.t.Cleanup(a.close)
	must := func(err error) {
		sh.t.Helper()
		if err != nil {
			sh.t.Fatal(err)
		}
	}
	c, err := a.config()
	must(err)
	w, err := a.worker(ctx)
	must(err)
	m, ok, err := a.merchant(ctx)
	if err != nil || !ok {
		sh.t.Fatalf("no merchant: %v", err)
	}
	s := &served{shell: sh, merchant: m, token: fmt.Sprintf("%d.%s", m.ID, strings.Repeat("t", 43))}
	p, err := a.db.AddPerson(ctx, store.Person{Name: "reader", Password: "-"})
	must(err)
	must(a.db.PutMember(ctx, m.ID, p.ID, store.Viewer))
	sum := sha256.Sum256([]byte(s.token))
	must(a.db.AddTicket(ctx, store.Ticket{MerchantID: m.ID, Token: hex.EncodeToString(sum[:]), Kind: store.APIKey, Title: "test", PersonID: p.ID}))
	srv := httptest.NewUnstartedServer(nil)
	s.base = "http://" + srv.Listener.Addr().String()
	site := a.site(ctx, w, c, nil)
	site.Base = s.base
	srv.Config.Handler = site.Handler()
	srv.Start()
	sh.t.Cleanup(srv.Close)
	return s
}

// get asks with the key.
func (s *served) get(path string) (status int, body string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// Every answer of the API is what the command prints, byte for byte, and what the OpenAPI document says it is.
func TestTheAPISaysWhatTheCommandsSay(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.linkAndPull()
	sh.must("targets", "set", "net_sales", "--green", "50000", "--red", "40000", "--from", "2026-01-01", "--reason", "a <plan> & more")
	sh.must("targets", "set", "aov", "--green", "65", "--from", "2026-02-01")
	sh.must("targets", "set", "aov", "--green", "70", "--from", "2026-04-01")
	s := sh.serve()
	s.restate()

	mine := fmt.Sprintf("/api/v1/merchants/%d/", s.merchant.ID)
	commands := map[string][]string{
		"scorecard/last-month":        {"show"},
		"scorecard/2026-05?all=true":  {"show", "2026-05", "--all"},
		"scorecard/this-month":        {"show", "this-month"},
		"scorecard/2026-Q1?scope=":    {"show", "2026-Q1"},
		"channels/last-month":         {"channels"},
		"channels/2026-05":            {"channels", "2026-05"},
		"targets":                     {"targets"},
		"targets?all=true":            {"targets", "--all"},
		"restatements":                {"restatements"},
		"restatements?period=2026-04": {"restatements", "2026-04"},
		"restatements?period=2026-05": {"restatements", "2026-05"},
		"proofs":                      {"proofs"},
		"proofs?limit=3":              {"proofs", "--limit", "3"},
	}
	doc := openDocument(t, s)
	checked := map[string]bool{}
	check := func(path, want string) {
		t.Helper()
		status, body := s.get(path)
		if status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, body)
			return
		}
		if want != "" && body != want {
			t.Errorf("%s differs from the command:\n%s\n%s", path, body, want)
		}
		checked[doc.holds(t, path, body)] = true
	}
	for path, command := range commands {
		check(mine+path, sh.must(append(command, "--json")...))
	}
	check("/api/v1/kpis", sh.must("kpis", "--json"))
	if _, body := s.get(mine + "restatements?period=2026-04"); !strings.Contains(body, "a refund came late") {
		t.Errorf("the restatement is not told: %s", body)
	}

	for _, path := range []string{"scorecard/", "channels/", "restatements?period="} {
		for at, why := range map[string]string{"2031-01": "has not begun yet", "2020-01": "before the first day with data"} {
			if status, body := s.get(mine + path + at); status != http.StatusNotFound || !strings.Contains(body, why) {
				t.Errorf("%s%s: %d %s", path, at, status, body)
			}
		}
	}

	// The list of one and the one; and the merchant with its number before the rest.
	var all []json.RawMessage
	sh.json(&all, "status")
	_, status := s.get(mine + "status")
	check(mine+"status", "")
	if got, want := compact(t, []byte(status)), compact(t, all[0]); got != want {
		t.Errorf("status differs from the command:\n%s\n%s", got, want)
	}
	sh.json(&all, "merchant", "list")
	_, list := s.get("/api/v1/merchants")
	check("/api/v1/merchants", "")
	if got, want := compact(t, []byte(list)), fmt.Sprintf(`[{"id":%d,%s]`, s.merchant.ID, compact(t, all[0])[1:]); got != want {
		t.Errorf("merchants are\n%s\n%s", got, want)
	}
	for path := range doc.Paths {
		if !checked[path] {
			t.Errorf("%s was not held to the document", path)
		}
	}
}

// What is downloaded is what fourfold export writes.
func TestFeedsEqualTheExport(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.linkAndPull()
	s := sh.serve()
	s.restate()
	sh.must("export", "--period", "2026-05")
	ctx := t.Context()
	a := sh.app(&bytes.Buffer{}, &bytes.Buffer{})
	t.Cleanup(a.close)
	db, err := a.store(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p, err := db.PersonNamed(ctx, "reader")
	if err != nil {
		t.Fatal(err)
	}
	feed := fmt.Sprintf("%d.%s", s.merchant.ID, strings.Repeat("f", 43))
	sum := sha256.Sum256([]byte(feed))
	if err := db.AddTicket(ctx, store.Ticket{MerchantID: s.merchant.ID, Token: hex.EncodeToString(sum[:]), Kind: store.Feed, Title: "test", PersonID: p.ID}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(sh.path("out/csv"))
	if err != nil || len(files) < 7 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	for _, f := range files {
		if status, body := s.get("/feed/" + feed + "/" + f.Name() + "?period=2026-05"); status != http.StatusOK || body != sh.read("out/csv/"+f.Name()) {
			t.Errorf("%s: %d, and it differs from the file", f.Name(), status)
		}
	}
}

// restate makes April's net sales come out differently than they were published.
func (s *served) restate() {
	s.t.Helper()
	a := s.app(&bytes.Buffer{}, &bytes.Buffer{})
	defer a.close()
	db, err := a.store(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	found, err := db.Snapshots(s.t.Context(), s.merchant.ID, store.SnapshotQuery{Scope: &kpi.Whole, Period: "2026-04", KPI: "net_sales", Latest: true})
	if err != nil || len(found) != 1 {
		s.t.Fatalf("net sales of April: %v %+v", err, found)
	}
	sn := found[0]
	sn.Revision, sn.Published, sn.Cause, sn.TakenAt = 0, false, string(kpi.CauseRefund)+": a refund came late", sn.TakenAt.Add(time.Hour)
	sn.Value.Num.Int -= 10_000_000
	sn.Value.V -= 10
	saved, err := db.SaveSnapshots(s.t.Context(), s.merchant.ID, []kpi.Snapshot{sn})
	if err != nil {
		s.t.Fatal(err, saved)
	}
}

func compact(t testing.TB, b []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
