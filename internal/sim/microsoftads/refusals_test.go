package microsoftads

import (
	"encoding/json"
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

const order = `{"ReportRequest":{"Type":"CampaignPerformanceReportRequest","ReportName":"r","Format":"Csv","FormatVersion":"2.0","ExcludeReportHeader":true,` +
	`"ExcludeReportFooter":true,"Aggregation":"Daily","Columns":["TimePeriod","CampaignId","Spend"],"Scope":{"AccountIds":["1501234"]},` +
	`"Time":{"CustomDateRangeStart":{"Day":1,"Month":11,"Year":2026},"CustomDateRangeEnd":{"Day":11,"Month":11,"Year":2026}}}}`

// start gives a way of asking for reports as an account's user.
func start(t *testing.T, o Options) (*Server, func(path, body string, header map[string]string) (int, string)) {
	t.Helper()
	o.Now = func() time.Time { return now }
	o.Accounts = []*ads.Account{ads.Generate(ads.Account{ID: "1501234", Currency: "EUR", Zone: "Europe/Berlin", Unit: money.Unit / 100},
		[]string{"Shopping"}, period.Date(2026, time.January, 1), period.Date(2027, time.January, 1), money.Unit)}
	s := New(o)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	access, _ := s.Desk().Issue(nil)
	return s, func(path, body string, header map[string]string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://reporting.api.bingads.microsoft.com/Reporting/v13/GenerateReport/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"Authorization": "Bearer " + access, "DeveloperToken": DeveloperToken, "CustomerId": "777000",
			"CustomerAccountId": "1501234", "Content-Type": "application/json"} {
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

func TestWhatMicrosoftRefusesIsRefused(t *testing.T) {
	_, ask := start(t, Options{})
	for _, c := range []struct {
		name, from, to string
		header         map[string]string
		status         int
		says           string
	}{
		{"as it should be", "", "", nil, 200, "ReportRequestId"},
		{"no token", "", "", map[string]string{"Authorization": ""}, 401, `"Code":109`},
		{"no developer token", "", "", map[string]string{"DeveloperToken": ""}, 401, `"Code":105`},
		{"no customer", "", "", map[string]string{"CustomerId": ""}, 400, `"Code":116`},
		{"another's customer", "", "", map[string]string{"CustomerId": "1"}, 400, `"Code":106`},
		{"another's account", "1501234", "1501299", nil, 400, `"Code":2003`},
		{"the discriminator of older programs", `"Type"`, `"__type"`, nil, 400, `"Code":100`},
		{"a type that is none", "CampaignPerformance", "Performance", nil, 400, `"Code":2002`},
		{"a column that is none", "CampaignId", "CampaignID", nil, 400, `"Code":100`},
		{"a column twice", "CampaignId", "Spend", nil, 400, `"Code":2016`},
		{"no day", `"TimePeriod",`, "", nil, 400, `"Code":2015`},
		{"no figures", `,"Spend"`, "", nil, 400, `"Code":2017`},
		{"an end before the start", `"Day":11`, `"Day":0`, nil, 400, `"Code":2011`},
		{"tomorrow", `"Day":11`, `"Day":13`, nil, 400, `"Code":2010`},
		{"four years ago", `"Day":1,"Month":11,"Year":2026`, `"Day":1,"Month":11,"Year":2022`, nil, 400, `"Code":2009`},
	} {
		status, body := ask("Submit", strings.Replace(order, c.from, c.to, 1), c.header)
		if status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: HTTP %d %s, want %d %s", c.name, status, body, c.status, c.says)
		}
	}
}

func TestReportsAreCountedAndEnd(t *testing.T) {
	s, ask := start(t, Options{AtOnce: 1, Polls: 1})
	var made struct {
		ReportRequestID string `json:"ReportRequestId"`
	}
	_, body := ask("Submit", order, nil)
	if err := json.Unmarshal([]byte(body), &made); err != nil {
		t.Fatal(err)
	}
	if _, body := ask("Submit", order, nil); !strings.Contains(body, `"Code":207`) {
		t.Errorf("a second report is answered by %s", body)
	}
	poll := `{"ReportRequestId":"` + made.ReportRequestID + `"}`
	for _, want := range []string{`"Pending"`, `"Success"`} {
		if _, body := ask("Poll", poll, nil); !strings.Contains(body, want) {
			t.Errorf("%s, want %s", body, want)
		}
	}
	if _, body := ask("Poll", `{"ReportRequestId":"3000"}`, nil); !strings.Contains(body, `"Code":2100`) {
		t.Errorf("a report that was never ordered is answered by %s", body)
	}
	if n := s.Requests()["/Reporting/v13/GenerateReport/Submit"]; n != 2 {
		t.Errorf("counted %d orders", n)
	}
}
