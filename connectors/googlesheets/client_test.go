package googlesheets

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"fourfold/connectors"
	"fourfold/internal/secret"
	"fourfold/internal/sim/gsheets"
)

// bearer sends requests with a token that a test gives.
type bearer struct {
	base  http.RoundTripper
	token string
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.base.RoundTrip(r)
}

func serve(t *testing.T, o gsheets.Options) (*gsheets.Server, Client) {
	t.Helper()
	srv := gsheets.New(o)
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return srv, New(connectors.Grant{Client: &http.Client{Transport: bearer{srv.Transport(), srv.Token()}}}, nil)
}

// All changes of an update are made, or none.
func TestUpdatesAreWholeOrNotAtAll(t *testing.T) {
	srv, c := serve(t, gsheets.Options{})
	made, err := c.Create(t.Context(), Spreadsheet{Properties: Properties{Title: "Scorecard", Locale: "en_GB", Zone: "Europe/Berlin"}, Sheets: []Sheet{{SheetProperties{ID: 5, Title: "One"}}}})
	if err != nil {
		t.Fatal(err)
	}
	text := "=1+1"
	row, err := Row([]Cell{{Value: &Value{Text: &text}}})
	if err != nil {
		t.Fatal(err)
	}
	write := Change{Cells: &UpdateCells{Rows: []json.RawMessage{row}, Fields: "userEnteredValue", Start: &Place{Sheet: 5}}}
	before := srv.Seen(made.ID)
	err = c.Update(t.Context(), made.ID, []Change{write, {Delete: &DeleteSheet{Sheet: 99}}})
	if f, _ := connectors.FaultOf(err); f != connectors.Malformed || !strings.Contains(err.Error(), "No grid with id: 99") || srv.Seen(made.ID) != before {
		t.Errorf("an update of which one half cannot be made: %v", err)
	}
	if err := c.Update(t.Context(), made.ID, []Change{write}); err != nil {
		t.Fatal(err)
	}
	if v, err := srv.See(made.ID, "One", "A1"); v != "=1+1" || err != nil || len(srv.Formulas(made.ID)) > 0 {
		t.Errorf("the text became %v, %v", v, err)
	}
	got, err := c.Get(t.Context(), made.ID)
	if err != nil || got.Properties.Title != "Scorecard" || len(got.Sheets) != 1 || got.Sheets[0].Properties.ID != 5 || got.Sheets[0].Properties.Grid.Rows != 1000 {
		t.Errorf("read as %+v, %v", got, err)
	}
	if _, err := c.Get(t.Context(), "unknown/../x"); !errors.Is(err, ErrGone) {
		t.Errorf("one that is not there: %v", err)
	}
}

// A lost answer to an update is not asked for again: nobody knows whether it was made.
func TestUpdatesAreSentOnce(t *testing.T) {
	srv, c := serve(t, gsheets.Options{})
	made, err := c.Create(t.Context(), Spreadsheet{Properties: Properties{Title: "Scorecard"}})
	if err != nil {
		t.Fatal(err)
	}
	asked := len(srv.Came())
	srv.Fail(gsheets.Faults{Cut: 1, After: true})
	err = c.Update(t.Context(), made.ID, []Change{{AddSheet: &AddSheet{SheetProperties{ID: 7, Title: "Two"}}}})
	if f, _ := connectors.FaultOf(err); f != connectors.Unavailable || len(srv.Came()) != asked+1 || len(srv.Tabs(made.ID)) != 2 {
		t.Errorf("asked %d times: %v", len(srv.Came())-asked, err)
	}
	srv.Fail(gsheets.Faults{Cut: 1})
	if _, err := c.Get(t.Context(), made.ID); err != nil {
		t.Errorf("a reading is asked for again: %v", err)
	}
}

// The token goes to the Sheets API over HTTPS, and nowhere else; the declaration is as others are, but for what it does not have.
func TestTheLogin(t *testing.T) {
	c := Connector()
	a := c.Auth[0]
	if len(c.Streams) != 0 || c.Accounts != nil || a.Kind != connectors.AuthCode || strings.Join(a.Scopes.Required, " ") != gsheets.Scope || len(c.Steps) == 0 {
		t.Errorf("declared as %+v", c)
	}
	for _, address := range []string{"https://sheets.googleapis.com.evil.example/", "http://sheets.googleapis.com/", "https://www.googleapis.com/drive/v3/files"} {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Authorise(r, connectors.App{}, nil, secret.New("token")); err == nil || len(r.Header) > 0 {
			t.Errorf("the token is sent to %s", address)
		}
	}
}
