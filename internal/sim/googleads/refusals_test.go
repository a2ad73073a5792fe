package googleads

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

func served(t *testing.T) *Server {
	t.Helper()
	from, to := period.Date(2026, time.January, 1), period.Date(2027, time.January, 1)
	made := func(id string) *ads.Account {
		return ads.Generate(ads.Account{ID: id, Name: "Shop", Currency: "EUR", Zone: "Europe/Berlin", Seed: 1, Settles: 30}, []string{"SEARCH"}, from, to, 10*money.Unit)
	}
	s := New(Options{Now: func() time.Time { return time.Date(2026, time.November, 14, 12, 0, 0, 0, time.UTC) },
		Accounts: []*ads.Account{made("5550001111")}, Managers: []Manager{{ID: "9990001111", Name: "Agency", Accounts: []*ads.Account{made("5550002222")}}}})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const fine = "SELECT campaign.id, segments.date, metrics.cost_micros FROM campaign WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-10'"

// A simulation that refuses nothing proves nothing: this one refuses what Google refuses, each in Google's form.
func TestRefusals(t *testing.T) {
	s := served(t)
	token := s.Token()
	net := &http.Client{Transport: s.Transport()}
	quoted := func(q string) string {
		b, _ := json.Marshal(map[string]string{"query": q})
		return string(b)
	}
	path := func(id string) string { return "https://" + Host + "/v25/customers/" + id + "/googleAds:searchStream" }
	for name, c := range map[string]struct {
		method, at, login, token, body, want string
		status                               int
	}{
		"answered":             {"POST", path("5550001111"), "", token, quoted(fine), `"costMicros":"`, 200},
		"through its manager":  {"POST", path("5550002222"), "9990001111", token, quoted(fine), `"costMicros":"`, 200},
		"past its manager":     {"POST", path("5550002222"), "", token, quoted(fine), "USER_PERMISSION_DENIED", 403},
		"another's manager":    {"POST", path("5550001111"), "9990001111", token, quoted(fine), "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION", 403},
		"a login that is none": {"POST", path("5550001111"), "555-000-1111", token, quoted(fine), "INVALID_LOGIN_CUSTOMER_ID", 400},
		"a manager's figures":  {"POST", path("9990001111"), "", token, quoted(fine), "REQUESTED_METRICS_FOR_MANAGER", 400},
		"no token":             {"POST", path("5550001111"), "", "ya29.stolen", quoted(fine), "UNAUTHENTICATED", 401},
		"another version":      {"POST", strings.Replace(path("5550001111"), "v25", "v22", 1), "", token, quoted(fine), "<html", 404},
		"another method":       {"GET", path("5550001111"), "", token, "", "<html", 404},
		"another field":        {"POST", path("5550001111"), "", token, quoted(strings.Replace(fine, "campaign.id", "campaign.spend", 1)), "UNRECOGNIZED_FIELD", 400},
		"another resource":     {"POST", path("5550001111"), "", token, quoted(strings.Replace(fine, "FROM campaign", "FROM campaigns", 1)), "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", 400},
		"no days":              {"POST", path("5550001111"), "", token, quoted("SELECT segments.date, metrics.clicks FROM campaign"), "EXPECTED_FILTERS_ON_DATE_RANGE", 400},
		"days the wrong way":   {"POST", path("5550001111"), "", token, quoted(strings.Replace(fine, "2026-11-10", "2026-10-10", 1)), "INVALID_VALUE_WITH_BETWEEN_OPERATOR", 400},
		"no query":             {"POST", path("5550001111"), "", token, quoted("give me all"), "QUERY_ERROR", 400},
		"a page size":          {"POST", path("5550001111"), "", token, `{"query":"x","pageSize":10}`, "Invalid JSON payload", 400},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, c.at, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		r.Header.Set("Content-Type", "application/json")
		if c.login != "" {
			r.Header.Set("login-customer-id", c.login)
		}
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
