package metaads

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

var now = time.Date(2026, time.November, 21, 5, 0, 0, 0, time.UTC)

func start(t *testing.T) (*Server, string) {
	t.Helper()
	today := period.On(now, time.UTC)
	acc := ads.Generate(ads.Account{ID: "7001", Name: "Ads", Currency: "EUR", Zone: "Europe/Berlin", Seed: 1, Settles: 28, Unit: money.Unit / 100},
		[]string{"one", "two", "three"}, today-200, today-30, 50*money.Unit)
	s := New(Options{Now: func() time.Time { return now }, ClientID: "1", ClientSecret: "hush", Accounts: []*ads.Account{acc}, Prepares: time.Minute})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, s.SystemToken(0, "ads_read")
}

// query asks for a path with parameters, and gives status, error code, subcode and body.
func query(t *testing.T, s *Server, token, method, path string, q url.Values) (status, code, subcode int, body map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "https://graph.facebook.com/"+path+"?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := (&http.Client{Transport: s.Transport()}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if e, ok := body["error"].(map[string]any); ok {
		c, _ := e["code"].(float64)
		sub, _ := e["error_subcode"].(float64)
		code, subcode = int(c), int(sub)
	}
	return resp.StatusCode, code, subcode, body
}

func good() url.Values {
	return url.Values{"fields": {"campaign_id,spend"}, "level": {"campaign"}, "time_increment": {"1"}, "time_range": {`{"since":"2026-09-01","until":"2026-09-30"}`}}
}

func with(name, value string) url.Values {
	q := good()
	q.Set(name, value)
	return q
}

func TestWhatMetaRefusesIsRefused(t *testing.T) {
	s, token := start(t)
	for name, c := range map[string]struct {
		token, path   string
		q             url.Values
		code, subcode int
	}{
		"an unknown parameter":        {token, Version + "/act_7001/insights", with("method", "get"), 100, 0},
		"a token in the address":      {token, Version + "/act_7001/insights", with("access_token", token), 100, 0},
		"an unknown field":            {token, Version + "/act_7001/insights", with("fields", "campaign_id,cost"), 100, 0},
		"a window that ended in 2026": {token, Version + "/act_7001/insights", with("action_attribution_windows", `["7d_view"]`), 100, 0},
		"a level that is none":        {token, Version + "/act_7001/insights", with("level", "everything"), 100, 0},
		"more than 37 months ago":     {token, Version + "/act_7001/insights", with("time_range", `{"since":"2023-10-20","until":"2023-10-30"}`), 100, 0},
		"since after until":           {token, Version + "/act_7001/insights", with("time_range", `{"since":"2026-10-20","until":"2026-10-19"}`), 100, 0},
		"a filter on nothing known":   {token, Version + "/act_7001/insights", with("filtering", `[{"field":"campaign.colour","operator":"IN","value":["red"]}]`), 100, 0},
		"a cursor of another":         {token, Version + "/act_7001/insights", with("after", "MTIzIDEgZmFsc2U"), 100, 0},
		"too many rows":               {token, Version + "/act_7001/insights", with("limit", "100000"), 100, 0},
		"another version":             {token, "v24.0/act_7001/insights", good(), 2635, 0},
		"an account of another":       {token, Version + "/act_9999/insights", good(), 100, 33},
		"a report of nobody":          {token, Version + "/123", url.Values{"fields": {"async_status"}}, 100, 33},
		"no token":                    {"", Version + "/act_7001/insights", good(), 190, 0},
		"a false proof":               {token, Version + "/act_7001/insights", with("appsecret_proof", "00"), 100, 0},
		"a token that may not read":   {s.SystemToken(0, "pages_show_list"), Version + "/act_7001/insights", good(), 200, 0},
	} {
		status, code, subcode, _ := query(t, s, c.token, http.MethodGet, c.path, c.q)
		if status < 400 || code != c.code || subcode != c.subcode {
			t.Errorf("%s: HTTP %d, code %d/%d, want %d/%d", name, status, code, subcode, c.code, c.subcode)
		}
	}
}

func TestArchivedCampaignsComeWhereTheyAreAskedFor(t *testing.T) {
	s, token := start(t)
	_, _, _, body := query(t, s, token, http.MethodGet, Version+"/act_7001/insights", good())
	if rows, _ := body["data"].([]any); len(rows) != 0 {
		t.Errorf("%d rows of campaigns that are over", len(rows))
	}
	all := with("filtering", `[{"field":"campaign.effective_status","operator":"IN","value":["ACTIVE","ARCHIVED"]}]`)
	_, _, _, body = query(t, s, token, http.MethodGet, Version+"/act_7001/insights", all)
	paging, _ := body["paging"].(map[string]any)
	next, _ := paging["next"].(string)
	if rows, _ := body["data"].([]any); len(rows) != 25 || !strings.Contains(next, "access_token=") {
		t.Errorf("%d rows, then %q", len(rows), next)
	}
	// The account's own total has them whatever is asked for.
	total := url.Values{"fields": {"spend"}, "level": {"account"}, "time_increment": {"monthly"}, "time_range": {`{"since":"2026-08-15","until":"2026-09-30"}`}}
	_, _, _, body = query(t, s, token, http.MethodGet, Version+"/act_7001/insights", total)
	rows, _ := body["data"].([]any)
	if len(rows) != 2 {
		t.Fatalf("%d months", len(rows))
	}
	first, _ := rows[0].(map[string]any)
	want := s.opts.Accounts[0].Spend(period.Days{From: period.Date(2026, 8, 15), To: period.Date(2026, 9, 1)}, now)
	if first["date_start"] != "2026-08-15" || first["date_stop"] != "2026-08-31" || first["spend"] != decimal(want) {
		t.Errorf("the first month is %v, want %s", first, decimal(want))
	}
}

func TestAmountsAreWrittenExactly(t *testing.T) {
	for m, want := range map[money.Micros]string{0: "0", 128_370_000: "128.37", 5_000_000: "5", 1: "0.000001", 12_500_000: "12.5", 100 * money.Unit: "100"} {
		if got := decimal(m); got != want {
			t.Errorf("%d is written %s, want %s", m, got, want)
		}
	}
}
