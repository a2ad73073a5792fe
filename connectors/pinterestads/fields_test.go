package pinterestads

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
)

// Every path, parameter and word that the connector sends, and every field that it reads, is in testdata/fields.txt, which says where Pinterest
// describes it; and nothing is there that the connector does not use.
func TestFieldsAreThoseThatPinterestDescribes(t *testing.T) {
	used := adstest.Used{}
	use := func(what string) { used.Use(what) }
	w := simulate(t, 0, account(mainAccount, "Main", "EUR", "x"), account("549700002", "B", "EUR", "x"), account("549700003", "C", "EUR", "x"))
	w.Net = adstest.Tap(w.Net, func(r *http.Request, body []byte) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/oauth/token"):
			form(body, use)
		case r.URL.Host == "api.pinterest.com":
			sent(r, body, use)
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
	for path, answers := range map[string][]reflect.Type{
		"GET /ad_accounts":               {reflect.TypeFor[accountList](), reflect.TypeFor[problem]()},
		"GET /ad_accounts/{id}":          {reflect.TypeFor[adAccount]()},
		"POST /ad_accounts/{id}/reports": {reflect.TypeFor[ordered]()},
		"GET /ad_accounts/{id}/reports":  {reflect.TypeFor[status]()},
		"report":                         {reflect.TypeFor[row]()},
	} {
		for _, a := range answers {
			adstest.Reads(a, func(f string, leaf bool) {
				if leaf {
					used.Use("answer", path, f)
				}
			})
		}
	}
	for _, f := range []string{"access_token", "refresh_token", "expires_in", "refresh_token_expires_in", "scope"} { // by the library
		use("answer POST /oauth/token " + f)
	}
	for _, word := range []string{running, finished} {
		use("answer GET /ad_accounts/{id}/reports report_status=" + word)
	}
	for _, role := range readers {
		use("answer GET /ad_accounts permissions=" + role)
	}
	use("header " + headerReset)
	use("scope " + scope)
	use("page " + consent)
	used.Check(t)
}

// free are parameters whose values are the merchant's, a date or a number.
var free = map[string]bool{"start_date": true, "end_date": true, "bookmark": true, "page_size": true, "token": true, "code": true, "redirect_uri": true, "refresh_token": true}

func form(body []byte, use func(string)) {
	values, _ := url.ParseQuery(string(body))
	for name, v := range values {
		use("POST /oauth/token " + name)
		if !free[name] {
			use("POST /oauth/token " + name + "=" + v[0])
		}
	}
}

// sent tells what a request uses.
func sent(r *http.Request, body []byte, use func(string)) {
	path := strings.TrimPrefix(r.URL.Path, "/"+version)
	if rest, ok := strings.CutPrefix(path, pathAccounts+"/"); ok {
		_, below, more := strings.Cut(rest, "/")
		path = pathAccounts + "/{id}"
		if more {
			path += "/" + below
		}
	}
	at := r.Method + " " + path
	use(at)
	for name := range r.URL.Query() {
		use(at + " " + name)
	}
	var fields map[string]any
	_ = json.Unmarshal(body, &fields)
	for name, v := range fields {
		use(at + " " + name)
		if free[name] {
			continue
		}
		many, ok := v.([]any)
		if !ok {
			many = []any{v}
		}
		for _, one := range many {
			use(at + " " + name + "=" + fmt.Sprint(one))
		}
	}
}
