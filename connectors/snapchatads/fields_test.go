package snapchatads

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
)

// Every path, parameter and word that the connector sends, and every field that it reads, is in testdata/fields.txt, which says where Snapchat
// describes it; and nothing is there that the connector does not use.
func TestFieldsAreThoseThatSnapchatDescribes(t *testing.T) {
	used := adstest.Used{}
	use := func(what string) { used.Use(what) }
	w := simulate(t)
	w.Net = adstest.Tap(w.Net, func(r *http.Request, body []byte) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/access_token"):
			form(r.URL.Path, body, use)
		case !strings.HasSuffix(r.URL.Path, "/authorize"):
			sent(r, use)
		}
	})
	w.Link(t)
	w.Desk().Expire()
	acc := w.Open(t, mainAccount)
	if _, err := probe(t.Context(), acc); err != nil {
		t.Fatal(err)
	}
	for _, s := range []connectors.Stream{spend.Stream(), totals.Stream()} {
		if err := adstest.NewHeld().Once(t, s, acc, month); err != nil {
			t.Fatal(err)
		}
	}
	for path, answer := range map[string]reflect.Type{
		"refusal":                               reflect.TypeFor[problem](),
		"GET /me/organizations":                 reflect.TypeFor[organizations](),
		"GET /adaccounts/{id}":                  reflect.TypeFor[adAccounts](),
		"GET /adaccounts/{id}/campaigns":        reflect.TypeFor[campaigns](),
		"GET /adaccounts/{id}/stats":            reflect.TypeFor[series](),
		"GET /adaccounts/{id}/stats of no days": reflect.TypeFor[total](),
	} {
		adstest.Reads(answer, func(f string, leaf bool) {
			if leaf {
				used.Use("answer", path, f)
			}
		})
	}
	for _, f := range []string{"access_token", "refresh_token", "expires_in", "scope"} { // by the library
		use("answer POST /login/oauth2/access_token " + f)
	}
	use("scope " + scope)
	use("page " + logins + "/authorize")
	used.Check(t)
}

// free are parameters whose values are the merchant's, or a time.
var free = map[string]bool{"start_time": true, "end_time": true, "client_id": true, "client_secret": true, "code": true, "redirect_uri": true, "refresh_token": true}

func form(path string, body []byte, use func(string)) {
	values, _ := url.ParseQuery(string(body))
	for name, v := range values {
		use("POST " + path + " " + name)
		if !free[name] {
			use("POST " + path + " " + name + "=" + v[0])
		}
	}
}

// sent tells what a request uses.
func sent(r *http.Request, use func(string)) {
	path := strings.TrimPrefix(r.URL.Path, "/"+version)
	if rest, ok := strings.CutPrefix(path, pathAccounts); ok {
		_, below, more := strings.Cut(rest, "/")
		path = pathAccounts + "{id}"
		if more {
			path += "/" + below
		}
	}
	at := r.Method + " " + path
	use(at)
	for name, values := range r.URL.Query() {
		use(at + " " + name)
		if free[name] {
			continue
		}
		for _, one := range strings.Split(values[0], ",") {
			use(at + " " + name + "=" + one)
		}
	}
}
