package tiktokads

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"testing"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
)

// Every path, parameter and word that the connector sends, and every field that it reads, is in testdata/fields.txt, which says where TikTok
// describes it; and nothing is there that the connector does not use.
func TestFieldsAreThoseThatTikTokDescribes(t *testing.T) {
	used := adstest.Used{}
	w := simulate(t)
	w.Net = adstest.Tap(w.Net, func(r *http.Request, body []byte) {
		if r.URL.Path != "/portal/auth" {
			sent(r, body, func(what string) { used.Use(what) })
		}
	})
	acc := w.open(t, mainAccount)
	h := holding(t, acc)
	for _, s := range []connectors.Stream{spend(), totals()} {
		pull(t, h, s, acc, simStart.AddDate(0, 0, -40))
	}
	adstest.Reads(reflect.TypeFor[tokenRequest](), func(f string, _ bool) { used.Use("POST", root+pathToken, f) })
	for path, answers := range map[string]reflect.Type{
		pathToken: reflect.TypeFor[answer[tokenAnswer]](), pathAdvertisers: reflect.TypeFor[answer[advertisers]](), pathInfo: reflect.TypeFor[answer[infos]](),
		pathReport: reflect.TypeFor[answer[table]](), pathGMVMax: reflect.TypeFor[answer[table]](), pathShops: reflect.TypeFor[answer[shops]](),
	} {
		adstest.Reads(answers, func(f string, leaf bool) {
			if leaf && (path != pathReport || !shopOnly[f]) && (path != pathGMVMax || !ordinaryOnly[f]) {
				used.Use("answer", path, f)
			}
		})
	}
	used.Use("header Access-Token")
	used.Use("header", headerCut)
	used.Check(t)
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
func sent(r *http.Request, body []byte, use func(string)) {
	at := r.Method + " " + r.URL.Path
	use(at)
	for name, values := range r.URL.Query() {
		use(at + " " + name)
		if !free[name] {
			words(at+" "+name, values[0], use)
		}
	}
	var fields map[string]any
	_ = json.Unmarshal(body, &fields)
	for f := range fields {
		use(at + " " + f)
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
