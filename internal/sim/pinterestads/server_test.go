package pinterestads

import (
	"bytes"
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

type place struct {
	*Server
	client *http.Client
	now    time.Time
	token  string
}

func start(t *testing.T) *place {
	t.Helper()
	p := &place{now: time.Date(2026, time.November, 20, 8, 0, 0, 0, time.UTC)}
	today := period.On(p.now, time.UTC)
	a := ads.Generate(ads.Account{ID: "549700001", Name: "Main", Currency: "EUR", Seed: 1}, []string{"x"}, today-100, today+100, 90*money.Unit)
	p.Server = New(Options{Now: func() time.Time { return p.now }, ClientID: "app", ClientSecret: "hush", Accounts: []*ads.Account{a}, Prepares: 10 * time.Minute})
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	p.client = &http.Client{Transport: p.Transport()}
	p.token, _ = p.Grant()
	return p
}

func (p *place) ask(t *testing.T, method, address, token string, body any) (int, map[string]any) {
	t.Helper()
	var b bytes.Buffer
	if body != nil {
		_ = json.NewEncoder(&b).Encode(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, &b)
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

const orders = "https://" + api + "/v5/ad_accounts/549700001/reports"

func ordinary(change ...any) map[string]any {
	o := map[string]any{"start_date": "2026-10-01", "end_date": "2026-10-31", "granularity": "DAY", "level": "CAMPAIGN", "columns": []string{"SPEND_IN_MICRO_DOLLAR"},
		"report_format": "JSON", "conversion_report_time": "TIME_OF_AD_ACTION"}
	for i := 0; i < len(change); i += 2 {
		o[change[i].(string)] = change[i+1]
	}
	return o
}

func TestRefusals(t *testing.T) {
	p := start(t)
	for _, x := range []struct {
		why, token, address string
		body                any
		status              int
	}{
		{"as agreed", p.token, orders, ordinary(), 200},
		{"no token", "", orders, ordinary(), 401},
		{"another's token", "pina_other", orders, ordinary(), 401},
		{"another's account", p.token, strings.Replace(orders, "549700001", "1", 1), ordinary(), 404},
		{"187 days", p.token, orders, ordinary("start_date", "2026-04-28"), 400},
		{"too long ago", p.token, orders, ordinary("start_date", "2024-05-01", "end_date", "2024-05-31"), 400},
		{"parameters in the address", p.token, orders + "?level=CAMPAIGN", ordinary(), 400},
		{"a column that there is none of", p.token, orders, ordinary("columns", []string{"SPEND"}), 400},
		{"no column", p.token, orders, ordinary("columns", []string{}), 400},
		{"a window that there is none of", p.token, orders, ordinary("click_window_days", 28), 400},
		{"a field that there is none of", p.token, orders, ordinary("columms", 1), 400},
		{"months by another name", p.token, orders, ordinary("granularity", "MONTHLY"), 400},
	} {
		if status, said := p.ask(t, http.MethodPost, x.address, x.token, x.body); status != x.status {
			t.Errorf("%s: HTTP %d %v, want %d", x.why, status, said, x.status)
		}
	}
}

// A report takes its time, is kept for an hour, and its link for five minutes; the storage wants no token.
func TestTheLifeOfAReport(t *testing.T) {
	p := start(t)
	_, said := p.ask(t, http.MethodPost, orders, p.token, ordinary())
	look := func() (state, link string) {
		_, said := p.ask(t, http.MethodGet, orders+"?token="+said["token"].(string), p.token, nil)
		link, _ = said["url"].(string)
		return said["report_status"].(string), link
	}
	if state, _ := look(); state != "IN_PROGRESS" {
		t.Errorf("at once: %s", state)
	}
	p.now = p.now.Add(10 * time.Minute)
	state, link := look()
	if state != "FINISHED" || link == "" {
		t.Fatalf("after ten minutes: %s %s", state, link)
	}
	if status, rows := p.ask(t, http.MethodGet, link, "", nil); status != 200 || len(rows) != 1 {
		t.Errorf("the report: HTTP %d, %d campaigns", status, len(rows))
	}
	if status, _ := p.ask(t, http.MethodGet, link, p.token, nil); status != 400 || p.Leaked() != 1 {
		t.Errorf("with a token: HTTP %d", status)
	}
	p.now = p.now.Add(6 * time.Minute)
	if status, _ := p.ask(t, http.MethodGet, link, "", nil); status != 403 {
		t.Errorf("six minutes later: HTTP %d", status)
	}
	p.now = p.now.Add(time.Hour)
	if state, _ := look(); state != "EXPIRED" {
		t.Errorf("an hour later: %s", state)
	}
}
