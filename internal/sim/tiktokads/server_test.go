package tiktokads

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

var now = time.Date(2026, time.November, 20, 8, 0, 0, 0, time.UTC)

func start(t *testing.T) (*Server, *http.Client, *ads.Account) {
	t.Helper()
	today := period.On(now, time.UTC)
	a := ads.Generate(ads.Account{ID: "6900001", Name: "Main", Currency: "JPY", Zone: "Asia/Tokyo", Seed: 1, Settles: 14},
		[]string{"x", "x", Product, Live}, today-200, today+100, 900*money.Unit)
	s := New(Options{Now: func() time.Time { return now }, ClientID: "app", ClientSecret: "hush", Accounts: []*ads.Account{a}})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, &http.Client{Transport: s.Transport()}, a
}

type said struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    struct {
		List []struct {
			Dimensions, Metrics map[string]string
		} `json:"list"`
	} `json:"data"`
}

func get(t *testing.T, c *http.Client, token, path string, q url.Values) (out said) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+name+root+path+"?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Access-Token", token)
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d", resp.StatusCode)
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func ordinary(change ...string) url.Values {
	q := url.Values{"advertiser_id": {"6900001"}, "report_type": {"BASIC"}, "data_level": {"AUCTION_CAMPAIGN"}, "dimensions": {`["campaign_id","stat_time_day"]`},
		"metrics": {`["spend"]`}, "start_date": {"2026-10-01"}, "end_date": {"2026-10-30"}, "page_size": {"1000"}}
	return with(q, change...)
}

func gmv(change ...string) url.Values {
	q := url.Values{"advertiser_id": {"6900001"}, "store_ids": {`["7496900001"]`}, "dimensions": {`["campaign_id","stat_time_day"]`}, "metrics": {`["cost"]`},
		"filtering": {`{"gmv_max_promotion_types":["LIVE"]}`}, "start_date": {"2026-10-01"}, "end_date": {"2026-10-30"}, "page_size": {"1000"}}
	return with(q, change...)
}

func with(q url.Values, change ...string) url.Values {
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return q
}

// It refuses what TikTok refuses, and with HTTP 200.
func TestRefusals(t *testing.T) {
	s, c, _ := start(t)
	token := s.Grant()
	const report, shops = "/report/integrated/get/", "/gmv_max/report/get/"
	for _, x := range []struct {
		why, token, path string
		q                url.Values
		code             int
	}{
		{"as agreed", token, report, ordinary(), 0},
		{"as agreed", token, shops, gmv(), 0},
		{"no token", "", report, ordinary(), 40104},
		{"a Bearer before it", "Bearer " + token, report, ordinary(), 40105},
		{"31 days", token, report, ordinary("end_date", "2026-10-31"), 40002},
		{"366 days", token, report, ordinary("dimensions", `["campaign_id"]`, "start_date", "2025-10-30"), 40002},
		{"a page of 1001", token, report, ordinary("page_size", "1001"), 40002},
		{"a parameter that there is none of", token, report, ordinary("filters", "x"), 40002},
		{"a metric of the other report", token, report, ordinary("metrics", `["cost"]`), 40002},
		{"a name of no campaign", token, report, ordinary("data_level", "AUCTION_ADVERTISER", "dimensions", `["advertiser_id"]`, "metrics", `["campaign_name"]`), 40002},
		{"another's account", token, report, ordinary("advertiser_id", "1"), 40001},
		{"two shops", token, shops, gmv("store_ids", `["7496900001","2"]`), 40002},
		{"another's shop", token, shops, gmv("store_ids", `["2"]`), 40001},
		{"campaigns of both kinds", token, shops, gmv("filtering", `{"gmv_max_promotion_types":["LIVE","PRODUCT"]}`), 40002},
		{"a filter in a list", token, shops, gmv("filtering", `[]`), 40002},
		{"impressions of GMV Max", token, shops, gmv("metrics", `["impressions"]`), 40002},
		{"the wrong secret", token, "/oauth2/advertiser/get/", url.Values{"app_id": {"app"}, "secret": {"no"}}, 40002},
	} {
		if got := get(t, c, x.token, x.path, x.q); got.Code != x.code {
			t.Errorf("%s: %d %s, want %d", x.why, got.Code, got.Message, x.code)
		}
	}
	s.Desk().Revoke()
	if got := get(t, c, token, report, ordinary()); got.Code != 40105 {
		t.Errorf("a token that was taken back: %d", got.Code)
	}
}

// Deleted campaigns are told where they are asked for, and each kind in its own report.
func TestWhichCampaignsAreTold(t *testing.T) {
	s, c, a := start(t)
	token := s.Grant()
	told := func(path string, q url.Values) string {
		ids := map[string]bool{}
		for _, r := range get(t, c, token, path, q).Data.List {
			ids[r.Dimensions["campaign_id"]] = true
			if v := r.Metrics["spend"] + r.Metrics["cost"]; strings.Contains(v, ".") || v == "" {
				t.Errorf("yen are told as %q", v)
			}
		}
		var all []string
		for _, campaign := range a.Campaigns {
			if ids[campaign.ID] {
				all = append(all, campaign.ID[len(a.ID)+1:])
			}
		}
		return strings.Join(all, " ")
	}
	days := []string{"start_date", "2026-09-01", "end_date", "2026-09-20"} // the second has ended since
	all := append(days, "filtering", `[{"field_name":"campaign_status","filter_type":"IN","filter_value":"[\"STATUS_ALL\"]"}]`)
	for _, x := range []struct{ got, want string }{
		{told("/report/integrated/get/", ordinary(days...)), "1"},
		{told("/report/integrated/get/", ordinary(all...)), "1 2"},
		{told("/gmv_max/report/get/", gmv("filtering", `{"gmv_max_promotion_types":["PRODUCT"]}`)), "3"},
		{told("/gmv_max/report/get/", gmv()), "4"},
	} {
		if x.got != x.want {
			t.Errorf("told %q, want %q", x.got, x.want)
		}
	}
}
