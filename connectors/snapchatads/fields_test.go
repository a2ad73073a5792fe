package snapchatads

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
)

// Every path, parameter and word that the connector sends, and every field that it reads, is in testdata/fields.txt, which says where Snapchat
// describes it; and nothing is there that the connector does not use.
func TestFieldsAreThoseThatSnapchatDescribes(t *testing.T) {
	described := map[string]bool{}
	f, err := os.Open("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "# ")
		what, source, ok := strings.Cut(line, "|")
		if strings.TrimSpace(line) == "" {
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

	w := simulate(t)
	w.seen = func(r *http.Request) { sent(r, use) }
	transport := w.client.Transport
	w.client.Transport = tap(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/access_token") {
			form(t, r, use)
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
		if err := newHeld().pull(t, s, acc, month); err != nil {
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
		for _, f := range read(answer, "") {
			use("answer " + path + " " + f)
		}
	}
	for _, f := range []string{"access_token", "refresh_token", "expires_in", "scope"} { // by the library
		use("answer POST /login/oauth2/access_token " + f)
	}
	use("scope " + scope)
	use("page " + logins + "/authorize")
	for what, used := range described {
		if !used {
			t.Errorf("%s is described and not used", what)
		}
	}
}

type tap func(*http.Request) (*http.Response, error)

func (f tap) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// free are parameters whose values are the merchant's, or a time.
var free = map[string]bool{"start_time": true, "end_time": true, "client_id": true, "client_secret": true, "code": true, "redirect_uri": true, "refresh_token": true}

func form(t *testing.T, r *http.Request, use func(string)) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(strings.NewReader(string(body)))
	if err := copied.ParseForm(); err != nil {
		t.Fatal(err)
	}
	for name, values := range copied.PostForm {
		use("POST " + r.URL.Path + " " + name)
		if !free[name] {
			use("POST " + r.URL.Path + " " + name + "=" + values[0])
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

// read lists the fields that a type is decoded from.
func read(t reflect.Type, at string) (all []string) {
	switch {
	case t == reflect.TypeFor[time.Time]():
	case t.Kind() == reflect.Pointer:
		return read(t.Elem(), at)
	case t.Kind() == reflect.Slice:
		return read(t.Elem(), at+"[]")
	case t.Kind() == reflect.Struct:
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous:
				name = at
			case at != "":
				name = at + "." + name
			}
			all = append(all, read(f.Type, name)...)
		}
		return all
	}
	return []string{at}
}
