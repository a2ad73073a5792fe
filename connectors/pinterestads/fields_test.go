package pinterestads

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"fourfold/connectors"
)

// Every path, parameter and word that the connector sends, and every field that it reads, is in testdata/fields.txt, which says where Pinterest
// describes it; and nothing is there that the connector does not use.
func TestFieldsAreThoseThatPinterestDescribes(t *testing.T) {
	described := map[string]bool{}
	f, err := os.Open("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "# ")
		what, source, ok := strings.Cut(line, "|")
		if strings.Trim(line, "# ") == "" {
			continue
		}
		if !ok || strings.TrimSpace(source) == "" {
			t.Errorf("%q names no source", line)
		}
		described[strings.TrimSpace(what)] = false
	}
	use := func(what string) {
		if _, ok := described[what]; !ok {
			t.Errorf("%s is used and not described", what)
		}
		described[what] = true
	}

	w := simulate(t, 0, account(mainAccount, "Main", "EUR", "x"), account("549700002", "B", "EUR", "x"), account("549700003", "C", "EUR", "x"))
	w.seen = func(r *http.Request) { sent(r, use) }
	transport := w.client.Transport
	w.client.Transport = tap(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/oauth/token") {
			form(r, use)
		}
		return transport.RoundTrip(r)
	})
	l := w.link(t)
	w.Expire()
	acc := w.open(t, l, mainAccount)
	if _, err := probe(t.Context(), acc); err != nil {
		t.Fatal(err)
	}
	for _, s := range []connectors.Stream{spend.Stream(), totals.Stream()} {
		if err := newHeld().try(t, s, acc, month); err != nil {
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
			for _, f := range read(a, "") {
				use("answer " + path + " " + f)
			}
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
	for what, used := range described {
		if !used {
			t.Errorf("%s is described and not used", what)
		}
	}
}

type tap func(*http.Request) (*http.Response, error)

func (f tap) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// free are parameters whose values are the merchant's, a date or a number.
var free = map[string]bool{"start_date": true, "end_date": true, "bookmark": true, "page_size": true, "token": true, "code": true, "redirect_uri": true, "refresh_token": true}

func form(r *http.Request, use func(string)) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(strings.NewReader(string(body)))
	_ = copied.ParseForm()
	for name, values := range copied.PostForm {
		use("POST /oauth/token " + name)
		if !free[name] {
			use("POST /oauth/token " + name + "=" + values[0])
		}
	}
}

// sent tells what a request uses.
func sent(r *http.Request, use func(string)) {
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
	if r.Body == nil {
		return
	}
	var fields map[string]any
	_ = json.NewDecoder(r.Body).Decode(&fields)
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

// read lists the fields that a type is decoded from.
func read(t reflect.Type, at string) (all []string) {
	switch t.Kind() {
	case reflect.Pointer:
		return read(t.Elem(), at)
	case reflect.Slice:
		return read(t.Elem(), at+"[]")
	case reflect.Struct:
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if at != "" {
				name = at + "." + name
			}
			all = append(all, read(f.Type, name)...)
		}
		return all
	}
	return []string{at}
}
