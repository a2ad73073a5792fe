package ga4

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const fine = `{"dateRanges":[{"startDate":"2026-11-01","endDate":"2026-11-10"}],"dimensions":[{"name":"date"},{"name":"sessionDefaultChannelGroup"}],"metrics":[{"name":"sessions"}],"limit":"5"}`

// A simulation that refuses nothing proves nothing: this one refuses what Google refuses, each in Google's form.
func TestRefusals(t *testing.T) {
	s := New(Options{Now: func() time.Time { return time.Date(2026, time.November, 14, 12, 0, 0, 0, time.UTC) },
		Accounts: []*Account{{ID: "12", Name: "Shops", Properties: []*Property{{ID: "111", Name: "Shop", Currency: "EUR", Zone: "Europe/Berlin", Settles: 3}}}}})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	token := s.Token()
	net := &http.Client{Transport: s.Transport()}
	const report, admin = "https://" + DataHost + "/v1beta/properties/111:runReport", "https://" + AdminHost + "/v1beta/"
	for name, c := range map[string]struct {
		method, at, token, body, want string
		status                        int
	}{
		"answered":              {"POST", report, token, fine, `"rowCount":`, 200},
		"no token":              {"POST", report, "ya29.stolen", fine, "UNAUTHENTICATED", 401},
		"another property":      {"POST", strings.Replace(report, "111", "112", 1), token, fine, "sufficient permissions", 403},
		"another version":       {"POST", strings.Replace(report, "v1beta", "v1", 1), token, fine, "<html", 404},
		"on the other host":     {"POST", strings.Replace(report, DataHost, AdminHost, 1), token, fine, "<html", 404},
		"another metric":        {"POST", report, token, strings.Replace(fine, `"sessions"`, `"visits"`, 1), "not a valid metric", 400},
		"another dimension":     {"POST", report, token, strings.Replace(fine, `"date"`, `"day"`, 1), "not a valid dimension", 400},
		"too many metrics":      {"POST", report, token, strings.Replace(fine, `{"name":"sessions"}`, strings.TrimSuffix(strings.Repeat(`{"name":"sessions"},`, 11), ","), 1), "limited to 10 metrics", 400},
		"an unknown word":       {"POST", report, token, strings.Replace(fine, `"limit"`, `"pageSize"`, 1), "Invalid JSON payload", 400},
		"no limit":              {"POST", report, token, strings.Replace(fine, `"5"`, `"0"`, 1), "limit must be positive", 400},
		"days the wrong way":    {"POST", report, token, strings.Replace(fine, "2026-11-10", "2026-10-10", 1), "Invalid startDate", 400},
		"days before there was": {"POST", report, token, strings.Replace(fine, "2026-11-01", "2015-08-13", 1), "Invalid startDate", 400},
		"all properties":        {"GET", admin + "properties?filter=ancestor:accounts/12", token, "", `"timeZone":"Europe/Berlin"`, 200},
		"no filter":             {"GET", admin + "properties", token, "", "PERMISSION_DENIED", 403},
		"an unknown parameter":  {"GET", admin + "accountSummaries?page_token_=1", token, "", "INVALID_ARGUMENT", 400},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, c.at, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		resp, err := net.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != c.status || !strings.Contains(string(text), c.want) {
			t.Errorf("%s: HTTP %d %.300s", name, resp.StatusCode, text)
		}
	}
}
