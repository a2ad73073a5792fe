package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/googlesheets"
	sim "fourfold/internal/sim/gsheets"
	"fourfold/internal/store"
)

// A Google account is linked by clicking, and what is written there paused, asked for, made anew and removed.
func TestSheetsAreLinkedAndKept(t *testing.T) {
	srv := sim.New(sim.Options{Now: func() time.Time { return rigNow }})
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	r := newRig(t, func(s *Site) {
		s.Destinations = []connectors.Connector{googlesheets.Connector()}
		s.Linker.Connectors, s.Linker.Transport = append(s.Linker.Connectors, s.Destinations...), srv.Transport()
	})
	m := r.merchant("Tea & Co")
	r.member("ann", m, store.Operator)
	r.member("vic", m, store.Viewer)
	ann, vic := r.as("ann"), r.as("vic")
	if page := vic.get("/m/1/take/sheets"); !strings.Contains(page.body, "Nobody has linked") || strings.Contains(page.body, "Link a Google account") {
		t.Errorf("a viewer sees\n%s", page.body)
	}
	if page := ann.get("/m/1/take/sheets"); !strings.Contains(page.body, `href="/m/1/links/google_sheets"`) {
		t.Errorf("an operator sees\n%s", page.body)
	}
	form := ann.get("/m/1/links/google_sheets")
	if form.status != http.StatusOK || !strings.Contains(form.body, "drive.file") || strings.Contains(form.body, "to read only") {
		t.Fatalf("the form is %d\n%s", form.status, form.body)
	}
	begun := ann.post("/m/1/links/google_sheets", "mode", "code", "client_id", "client-id", "client_secret", "client-secret", "redirect", r.Base+"/callback/google_sheets")
	if begun.status != http.StatusSeeOther {
		t.Fatalf("begun: %d\n%s", begun.status, begun.body)
	}
	consent := ann.get(begun.header.Get("Location"))
	i := strings.Index(consent.body, `href="https://accounts.google.com/`)
	if i < 0 {
		t.Fatalf("no way to Google:\n%s", consent.body)
	}
	at := strings.ReplaceAll(strings.Split(consent.body[i+6:], `"`)[0], "&amp;", "&")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	r.must(err)
	agreed, err := srv.Transport().RoundTrip(req)
	r.must(err)
	_ = agreed.Body.Close()
	back, err := url.Parse(agreed.Header.Get("Location"))
	r.must(err)
	if landed := ann.get(back.RequestURI()); landed.status != http.StatusSeeOther || landed.header.Get("Location") != "/m/1/take/sheets" {
		t.Fatalf("the callback: %d to %s\n%s", landed.status, landed.header.Get("Location"), landed.body)
	}
	only := func() store.Destination {
		t.Helper()
		all, err := r.Store.Destinations(t.Context(), m.ID)
		r.must(err)
		if len(all) != 1 {
			t.Fatalf("%d destinations", len(all))
		}
		return all[0]
	}
	d := only()
	if d.Title != "Tea & Co: scorecard" || d.AskedAt.IsZero() {
		t.Errorf("it is kept as %+v", d)
	}
	if page := ann.get("/m/1/take/sheets"); !strings.Contains(page.body, "asked for") || !strings.Contains(page.body, "Linked.") {
		t.Errorf("after linking:\n%s", page.body)
	}
	base := "/m/1/take/sheets/" + number(d.GrantID)
	d.Place, d.Address = "sheet-1", "https://docs.google.com/spreadsheets/d/sheet-1/edit"
	r.must(r.Store.TakePlace(t.Context(), d))
	r.pass(time.Minute)
	r.must(r.Store.MarkExported(t.Context(), d, nil))
	if page := vic.get("/m/1/take/sheets"); !strings.Contains(page.body, "up to date") || !strings.Contains(page.body, d.Address) || strings.Contains(page.body, base) {
		t.Errorf("a viewer sees\n%s", page.body)
	}
	for _, do := range []string{"export", "pause", "go-on", "new", "remove"} {
		if got := vic.post(base + "/" + do); got.status != http.StatusForbidden {
			t.Errorf("a viewer may %s: %d", do, got.status)
		}
		if got := ann.post("/m/1/take/sheets/99/" + do); got.status != http.StatusNotFound {
			t.Errorf("%s of none: %d", do, got.status)
		}
	}
	ann.post(base + "/pause")
	if only().State != store.StatePaused {
		t.Error("not paused")
	}
	r.pass(time.Minute)
	ann.post(base + "/go-on")
	if d := only(); d.State != store.StateActive || !d.AskedAt.Equal(r.clock()) {
		t.Errorf("gone on with as %+v", d)
	}
	r.must(r.Store.MarkExported(t.Context(), d, connectors.Errorf(connectors.Forbidden, "look at the spreadsheet", "<b>gone</b>")))
	if page := ann.get("/m/1/take/sheets"); !strings.Contains(page.body, "Make a new spreadsheet") || strings.Contains(page.body, "<b>gone") {
		t.Errorf("after a failure:\n%s", page.body)
	}
	ann.post(base + "/new")
	if only().Place != "" {
		t.Error("the old place stays")
	}
	ann.post(base + "/remove")
	if all, err := r.Store.Destinations(t.Context(), m.ID); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
	grants, err := r.Store.Grants(t.Context(), m.ID)
	r.must(err)
	if len(grants) != 1 || len(grants[0].Sealed) != 0 {
		t.Error("the tokens were not erased")
	}
}
