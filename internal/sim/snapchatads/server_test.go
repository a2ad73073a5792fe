package snapchatads

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

type place struct {
	*Server
	client *http.Client
	now    time.Time
	token  string
	a      *ads.Account
}

func start(t *testing.T) *place {
	t.Helper()
	p := &place{now: time.Date(2026, time.November, 20, 18, 0, 0, 0, time.UTC)}
	today := period.On(p.now, time.UTC)
	p.a = ads.Generate(ads.Account{ID: "a-1", Name: "Main", Currency: "USD", Zone: "America/Los_Angeles", Seed: 1, Settles: 9}, []string{"x", "x"}, today-100, today+100, 90*money.Unit)
	p.Server = New(Options{Now: func() time.Time { return p.now }, ClientID: "app", ClientSecret: "hush", Accounts: []*ads.Account{p.a}})
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	p.client = &http.Client{Transport: p.Transport()}
	p.token, _ = p.Grant()
	return p
}

func (p *place) ask(t *testing.T, path, token string, change ...string) (int, map[string]any) {
	t.Helper()
	q := url.Values{}
	if strings.HasSuffix(path, "/stats") {
		q = url.Values{"granularity": {"DAY"}, "fields": {"spend"}, "start_time": {"2026-10-31T00:00:00.000-07:00"}, "end_time": {"2026-11-03T00:00:00.000-08:00"}}
	}
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+api+path+"?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := p.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	var out map[string]any
	_ = json.Unmarshal(text, &out)
	return resp.StatusCode, out
}

func TestRefusals(t *testing.T) {
	p := start(t)
	const stats = "/v1/adaccounts/a-1/stats"
	for _, x := range []struct {
		why, token, path string
		change           []string
		status           int
		says             string
	}{
		{"as agreed", p.token, stats, nil, 200, ""},
		{"no token", "", stats, nil, 401, "E1002"},
		{"another's token", "snap-other", stats, nil, 401, "E1002"},
		{"another's account", p.token, "/v1/adaccounts/a-2/stats", nil, 404, "E3003"},
		{"midnight of UTC", p.token, stats, []string{"start_time", "2026-10-31T00:00:00.000Z"}, 400, "start of day"},
		{"the summer's midnight in winter", p.token, stats, []string{"end_time", "2026-11-03T00:00:00.000-07:00"}, 400, "start of day"},
		{"half past", p.token, stats, []string{"start_time", "2026-10-31T00:30:00.000-07:00"}, 400, "beginning of an hour"},
		{"no zone", p.token, stats, []string{"start_time", "2026-10-31T00:00:00"}, 400, "ISO 8601"},
		{"31 days and an hour", p.token, stats, []string{"start_time", "2026-10-03T00:00:00.000-07:00"}, 200, ""},
		{"32 days and an hour", p.token, stats, []string{"start_time", "2026-10-02T00:00:00.000-07:00"}, 400, "more than 32 days"},
		{"any days in one", p.token, stats, []string{"start_time", "2026-09-01T00:00:00.000-07:00", "granularity", "TOTAL"}, 200, ""},
		{"months", p.token, stats, []string{"granularity", "MONTH"}, 400, "granularity"},
		{"more than spend of an account", p.token, stats, []string{"fields", "spend,swipes"}, 400, "not available"},
		{"more than spend of campaigns", p.token, stats, []string{"fields", "spend,swipes", "breakdown", "campaign"}, 200, ""},
		{"a field that there is none of", p.token, stats, []string{"fields", "clicks", "breakdown", "campaign"}, 400, "clicks"},
		{"a breakdown that there is none of", p.token, stats, []string{"breakdown", "day"}, 400, "breakdown"},
		{"a window that there is none of", p.token, stats, []string{"swipe_up_attribution_window", "30_DAY"}, 400, "swipe_up"},
		{"a parameter that there is none of", p.token, stats, []string{"day", "1"}, 400, "Unknown parameter"},
		{"few campaigns at once", p.token, "/v1/adaccounts/a-1/campaigns", []string{"limit", "10"}, 400, "50 - 1000"},
		{"many campaigns at once", p.token, "/v1/adaccounts/a-1/campaigns", []string{"limit", "1000"}, 200, ""},
	} {
		status, said := p.ask(t, x.path, x.token, x.change...)
		if text, _ := json.Marshal(said); status != x.status || !strings.Contains(string(text), x.says) {
			t.Errorf("%s: HTTP %d %s, want %d", x.why, status, text, x.status)
		}
	}
}

// The day on which the clocks are put back has 25 hours, and what an account cost is the sum of its campaigns.
func TestDaysAndTotals(t *testing.T) {
	p := start(t)
	const stats = "/v1/adaccounts/a-1/stats"
	_, whole := p.ask(t, stats, p.token, "granularity", "TOTAL")
	total := whole["total_stats"].([]any)[0].(map[string]any)["total_stat"].(map[string]any)["stats"].(map[string]any)["spend"].(float64)
	p.SetFaults(Faults{Odd: true})
	_, byDay := p.ask(t, stats, p.token, "breakdown", "campaign")
	list := byDay["timeseries_stats"].([]any)[0].(map[string]any)["timeseries_stat"].(map[string]any)["breakdown_stats"].(map[string]any)["campaign"].([]any)
	sum, hours := 0.0, []float64{}
	for i, c := range list {
		for _, d := range c.(map[string]any)["timeseries"].([]any) {
			d := d.(map[string]any)
			sum += d["stats"].(map[string]any)["spend"].(float64)
			from, _ := time.Parse(time.RFC3339, d["start_time"].(string))
			to, _ := time.Parse(time.RFC3339, d["end_time"].(string))
			if i == 0 {
				hours = append(hours, to.Sub(from).Hours())
			}
		}
	}
	if len(list) != 2 || sum != total || total == 0 {
		t.Errorf("%d campaigns cost %f, the account %f", len(list), sum, total)
	}
	if len(hours) != 3 || hours[0] != 24 || hours[1] != 25 || hours[2] != 24 {
		t.Errorf("days of %v hours", hours)
	}
}
