package amazonads

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

var now = time.Date(2026, time.November, 12, 9, 0, 0, 0, time.UTC)

const ordered = `{"name":"r","startDate":"2026-11-01","endDate":"2026-11-11","configuration":{"adProduct":"SPONSORED_BRANDS","groupBy":["campaign"],` +
	`"columns":["date","campaignId","cost"],"reportTypeId":"sbCampaigns","timeUnit":"DAILY","format":"GZIP_JSON"}}`

func start(t *testing.T, o Options) func(method, url, body string, header map[string]string) (int, string) {
	t.Helper()
	o.Now = func() time.Time { return now }
	o.Accounts = []*ads.Account{ads.Generate(ads.Account{ID: "2501234", Name: "Shop", Currency: "EUR", Zone: "Europe/Paris", Unit: money.Unit / 100},
		Kinds, period.Date(2026, time.January, 1), period.Date(2027, time.January, 1), money.Unit)}
	s := New(o)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	access, _ := s.Desk().Issue(nil)
	return func(method, url, body string, header map[string]string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "https://"+url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"Authorization": "Bearer " + access, "Amazon-Advertising-API-ClientId": ClientID,
			"Amazon-Advertising-API-Scope": "2501234", "Content-Type": "application/vnd.createasyncreportrequest.v3+json"} {
			r.Header.Set(name, value)
		}
		for name, value := range header {
			r.Header.Set(name, value)
		}
		resp, err := s.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
}

func TestWhatAmazonRefusesIsRefused(t *testing.T) {
	ask := start(t, Options{Polls: 1})
	for _, c := range []struct {
		name, from, to string
		header         map[string]string
		status         int
		says           string
	}{
		{"as it should be", "", "", nil, 200, `"reportId"`},
		{"the same again", "", "", nil, 425, "is a duplicate of : "},
		{"the same days with other columns", `"date",`, "", nil, 425, "is a duplicate of : "},
		{"no token", "", "", map[string]string{"Authorization": ""}, 401, "UNAUTHORIZED"},
		{"another app", "", "", map[string]string{"Amazon-Advertising-API-ClientId": "other"}, 401, "UNAUTHORIZED"},
		{"another's profile", "", "", map[string]string{"Amazon-Advertising-API-Scope": "1"}, 401, "access scope 1"},
		{"plain JSON", "", "", map[string]string{"Content-Type": "application/json"}, 415, "content type"},
		{"an answer of plain JSON", "", "", map[string]string{"Accept": "application/json"}, 406, "content type"},
		{"a field that is none", `"name"`, `"title"`, nil, 400, "parse"},
		{"a type that is none", "sbCampaigns", "sbCampaign", nil, 400, "reportTypeId is unknown"},
		{"another product's type", "sbCampaigns", "spCampaigns", nil, 400, "adProduct"},
		{"another product's column", `"cost"`, `"sales14d"`, nil, 400, "(sales14d)"},
		{"a column twice", `"cost"`, `"date"`, nil, 400, "(date)"},
		{"a month and a day", "2026-11-01", "2026-10-11", nil, 400, "(32 days) must not exceed maximum range (31 days)"},
		{"too long ago", `"startDate":"2026-11-01","endDate":"2026-11-11"`, `"startDate":"2026-09-12","endDate":"2026-09-30"`, nil, 400, "60 days in the past"},
		{"tomorrow", `"endDate":"2026-11-11"`, `"endDate":"2026-11-13"`, nil, 400, "future"},
	} {
		status, body := ask(http.MethodPost, "advertising-api-eu.amazon.com/reporting/reports", strings.Replace(ordered, c.from, c.to, 1), c.header)
		if status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: HTTP %d %s, want %d %s", c.name, status, body, c.status, c.says)
		}
	}
	for url, want := range map[string]int{
		"advertising-api-eu.amazon.com/v2/profiles?apiProgram=report&accessLevel=view":    200,
		"advertising-api-eu.amazon.com/v2/profiles?apiProgram=reports":                    400,
		"advertising-api-eu.amazon.com/v2/profiles?access=view":                           400,
		"advertising-api-eu.amazon.com/reporting/reports/00000000-0000-0000-0000-000000":  404,
		"advertising-api-fe.amazon.com/reporting/reports/00000000-0000-0000-0000-000000":  401,
		"offline-report-storage-eu-west-1-prod.s3.amazonaws.com/reports/made-up?X-Amz-=1": 403,
	} {
		if status, body := ask(http.MethodGet, url, "", nil); status != want {
			t.Errorf("%s: HTTP %d %s, want %d", url, status, body, want)
		}
	}
}
