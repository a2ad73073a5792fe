package tiktokads

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"fourfold/connectors"
)

// Every path, parameter and word that the connector sends, and every field that it reads, is in testdata/fields.txt, which says where TikTok
// describes it; and nothing is there that the connector does not use.
func TestFieldsAreThoseThatTikTokDescribes(t *testing.T) {
	described := map[string]bool{}
	f, err := os.Open("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
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
	g := w.link(t)
	acc := w.open(t, g, mainAccount)
	has := can(t, acc)
	for _, s := range []connectors.Stream{spend(), totals()} {
		newHeld().pull(t, s, acc, has, simStart.AddDate(0, 0, -40))
	}
	post, err := http.NewRequest(http.MethodPost, base+pathToken, strings.NewReader(`{"app_id":"","secret":"","auth_code":""}`))
	if err != nil {
		t.Fatal(err)
	}
	sent(post, use)
	for _, f := range read(reflect.TypeFor[tokenRequest](), "") {
		use("POST " + root + pathToken + " " + f)
	}
	for path, answers := range map[string]reflect.Type{
		pathToken: reflect.TypeFor[answer[tokenAnswer]](), pathAdvertisers: reflect.TypeFor[answer[advertisers]](), pathInfo: reflect.TypeFor[answer[infos]](),
		pathReport: reflect.TypeFor[answer[table]](), pathGMVMax: reflect.TypeFor[answer[table]](), pathShops: reflect.TypeFor[answer[shops]](),
	} {
		for _, f := range read(answers, "") {
			if path == pathReport && shopOnly[f] || path == pathGMVMax && ordinaryOnly[f] {
				continue
			}
			use("answer " + path + " " + f)
		}
	}
	use("header Access-Token")
	use("header " + headerCut)
	for what, used := range described {
		if !used {
			t.Errorf("%s is described and not used", what)
		}
	}
}

const inRow = "data.list[].metrics."

var (
	shopOnly     = map[string]bool{inRow + "cost": true, inRow + "orders": true, inRow + "gross_revenue": true}
	ordinaryOnly = map[string]bool{inRow + "spend": true, inRow + "impressions": true, inRow + "clicks": true, inRow + "complete_payment": true,
		inRow + "total_complete_payment_rate": true}
)

// free are parameters whose values are the merchant's or a date; of all others the values are TikTok's words.
var free = map[string]bool{"advertiser_id": true, "advertiser_ids": true, "store_ids": true, "start_date": true, "end_date": true, "page": true, "page_size": true,
	"app_id": true, "secret": true}

// sent tells what a request uses.
func sent(r *http.Request, use func(string)) {
	at := r.Method + " " + r.URL.Path
	use(at)
	for name, values := range r.URL.Query() {
		use(at + " " + name)
		if !free[name] {
			words(at+" "+name, values[0], use)
		}
	}
	if r.Body != nil {
		var fields map[string]any
		b, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(b, &fields)
		for f := range fields {
			use(at + " " + f)
		}
	}
}

// words takes JSON apart: TikTok's own in texts, too.
func words(at, text string, use func(string)) {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		use(at + "=" + text)
		return
	}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(at, e)
			}
		case map[string]any:
			for k, e := range v {
				use(at + "." + k)
				walk(at+"."+k, e)
			}
		case string:
			words(at, v, use)
		default:
			use(at + "=" + strconv.Quote(text))
		}
	}
	walk(at, v)
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
			below := name
			if at != "" {
				below = at + "." + name
			}
			all = append(all, read(f.Type, below)...)
		}
		return all
	}
	return []string{at}
}
