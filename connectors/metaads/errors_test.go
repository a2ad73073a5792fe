package metaads

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/connectors/transport"
	"fourfold/internal/period"
)

func TestEachCodeIsItsFault(t *testing.T) {
	for _, c := range []struct {
		status, code, subcode int
		text                  string
		transient             bool
		want                  connectors.Fault
	}{
		{400, 1, 0, "An unknown error occurred", false, connectors.Unavailable},
		{500, 1, 99, "Please reduce the amount of data you're asking for, then retry your request", false, connectors.TooLarge},
		{500, 2, 0, "Service temporarily unavailable", false, connectors.Unavailable},
		{400, 2, 1504038, "timed out", false, connectors.TooLarge},
		{400, 2, 1504043, "intermittent", false, connectors.Unavailable},
		{400, -2, 2490547, "Report failed", false, connectors.Unavailable},
		{400, 100, 0, "Invalid parameter", false, connectors.Malformed},
		{400, 100, 33, "does not exist", false, connectors.Forbidden},
		{400, 100, 0, "API calls from the server require an appsecret_proof argument", false, connectors.Denied},
		{400, 100, 1504018, "timed out", false, connectors.TooLarge},
		{400, 100, 1487534, "too much data", false, connectors.TooLarge},
		{400, 2637, 1815107, "not ready", true, connectors.Unavailable},
		{400, 2637, 1815107, "not ready", false, connectors.Malformed},
		{400, 3, 0, "capability", false, connectors.Forbidden},
		{403, 10, 0, "permission", false, connectors.Forbidden},
		{403, 200, 0, "permission", false, connectors.Forbidden},
		{403, 294, 0, "permission", false, connectors.Forbidden},
		{403, 299, 0, "permission", false, connectors.Forbidden},
		{400, 300, 0, "something", false, connectors.Malformed},
		{400, 102, 0, "session", false, connectors.Denied},
		{401, 190, 463, "expired", false, connectors.Denied},
		{400, 2635, 0, "deprecated version", false, connectors.Malformed},
		{400, 4, 1504022, "too many", false, connectors.Throttled},
		{400, 4, 1504039, "too many", false, connectors.Throttled},
		{400, 17, 2446079, "too many", false, connectors.Throttled},
		{400, 32, 0, "too many", false, connectors.Throttled},
		{403, 613, 1487742, "too many", false, connectors.Throttled},
		{400, 80000, 0, "too many", false, connectors.Throttled},
		{400, 80004, 0, "too many", false, connectors.Throttled},
		{400, 80014, 0, "too many", false, connectors.Throttled},
		{429, 1, 0, "too many", false, connectors.Throttled},
		{200, 190, 467, "an error with status 200", false, connectors.Denied},
	} {
		body := fmt.Sprintf(`{"error":{"message":%q,"type":"OAuthException","code":%d,"error_subcode":%d,"is_transient":%t}}`, c.text, c.code, c.subcode, c.transient)
		err := judge(&transport.Call{Status: c.status, Body: []byte(body), Header: http.Header{}})
		if f, _ := connectors.FaultOf(err); f != c.want {
			t.Errorf("HTTP %d, %d/%d is %v, want %s", c.status, c.code, c.subcode, err, c.want)
		}
		if wait := connectors.RetryAfter(err); (c.want == connectors.Throttled) != (wait == unsaid) {
			t.Errorf("HTTP %d, %d/%d waits %s", c.status, c.code, c.subcode, wait)
		}
	}
}

func TestUsageIsTheMostThatIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		header, value string
		want          usage
		rest          time.Duration
	}{
		"by case":            {usageOfCase, `{"1":[{"type":"pages","call_count":3},{"type":"ads_insights","call_count":10,"total_cputime":76,"total_time":3}]}`, usage{76, 0}, 12 * time.Second},
		"by case, barred":    {usageOfCase, `{"1":[{"type":"ads_insights","call_count":100,"estimated_time_to_regain_access":17}]}`, usage{100, 17 * time.Minute}, 17 * time.Minute},
		"of the account":     {usageOfAccount, `{"acc_id_util_pct":9.67,"reset_time_duration":3000}`, usage{9.67, 0}, 0},
		"of a spent account": {usageOfAccount, `{"acc_id_util_pct":97.5,"reset_time_duration":3000}`, usage{97.5, 50 * time.Minute}, 50 * time.Minute},
		"of the app":         {usageOfApp, `{"call_count":28,"total_time":94.5,"total_cputime":25}`, usage{94.5, 0}, 123 * time.Second},
		"of insights":        {usageOfInsights, `{"app_id_util_pct":95,"acc_id_util_pct":0}`, usage{95, 0}, unsaid},
		"nothing readable":   {usageOfCase, `soon`, usage{}, 0},
		"nothing":            {"X-Other", "1", usage{}, 0},
	} {
		got := usageOf(http.Header{http.CanonicalHeaderKey(c.header): {c.value}})
		if got != c.want || got.rest() != c.rest {
			t.Errorf("%s: %+v, a rest of %s, want %+v and %s", name, got, got.rest(), c.want, c.rest)
		}
	}
}

// answers are what a provider says, one after the other.
type answers []string

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(*a) == 0 {
		return nil, errors.New("asked once too often")
	}
	head, body, _ := strings.Cut((*a)[0], "|")
	*a = (*a)[1:]
	h := http.Header{}
	if head != "" {
		h.Set(usageOfApp, head)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: h, Request: r, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func TestPages(t *testing.T) {
	const one = `{"account_id":"1","name":"A","currency":"EUR","timezone_name":"Europe/Berlin","account_status":1}`
	more := func(after string) string {
		return `,"paging":{"cursors":{"after":"` + after + `"},"next":"https://graph.facebook.com/v26.0/me/adaccounts?access_token=EAAB"}}`
	}
	for name, c := range map[string]struct {
		says answers
		want connectors.Fault
		n    int
	}{
		"one":                  {answers{`|{"data":[` + one + `]}`}, "", 1},
		"one on two pages":     {answers{`|{"data":[` + one + `]` + more("a"), `|{"data":[` + one + `]}`}, "", 1},
		"an empty page before": {answers{`|{"data":[]` + more("a"), `|{"data":[` + one + `]}`}, "", 1},
		"no cursor":            {answers{`|{"data":[]` + more("")}, connectors.Malformed, 0},
		"the same cursor":      {answers{`|{"data":[]` + more("a"), `|{"data":[]` + more("a")}, connectors.Malformed, 0},
		"no allowance":         {answers{`{"call_count":96}|{"data":[]` + more("a")}, connectors.Throttled, 0},
		"enough allowance":     {answers{`{"call_count":90}|{"data":[]` + more("a"), `{"call_count":96}|{"data":[` + one + `]}`}, "", 1},
		"an account of nobody": {answers{`|{"data":[{"name":"A"}]}`}, connectors.Malformed, 0},
	} {
		says := c.says
		infos, err := accounts(t.Context(), connectors.Grant{Client: &http.Client{Transport: &says}})
		if f, _ := connectors.FaultOf(err); f != c.want || len(infos) != c.n || len(says) > 0 {
			t.Errorf("%s: %d accounts, %d answers left, %v", name, len(infos), len(says), err)
		}
	}
}

func TestRowsThatShiftedAreReadAgain(t *testing.T) {
	const row = `{"account_currency":"EUR","campaign_id":"1","date_start":"2026-03-03","date_stop":"2026-03-03","spend":"1"}`
	for name, c := range map[string]struct {
		rows string
		want connectors.Fault
	}{
		"twice":       {row + "," + row, connectors.Unavailable},
		"another day": {strings.ReplaceAll(row, "03-03", "03-05"), connectors.Malformed},
		"once":        {row, ""},
	} {
		says := answers{`|{"data":[` + c.rows + `]}`}
		acc := berlin
		acc.Client, acc.Now = &http.Client{Transport: &says}, func() time.Time { return firstRun }
		err := once(t, adstest.NewHeld(), acc, Connector().Streams[0], period.Date(2026, time.March, 3))
		if f, _ := connectors.FaultOf(err); f != c.want || len(says) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAccountInAZoneThatIsNotKnownIsBarred(t *testing.T) {
	says := answers{`|{"data":[{"account_id":"1","currency":"EUR","timezone_name":"TZ_OTHER","account_status":1},{"account_id":"2","currency":"","timezone_name":"Europe/Berlin","account_status":3}]}`}
	infos, err := accounts(t.Context(), connectors.Grant{Client: &http.Client{Transport: &says}})
	if err != nil || len(infos) != 2 || !strings.Contains(infos[0].Barred, `"TZ_OTHER"`) || !strings.Contains(infos[1].Barred, "currency is not told") || infos[0].Name != "Ad account 1" {
		t.Errorf("%+v, %v", infos, err)
	}
}

// What passes is tried again here, and a person hears nothing of it.
func TestWhatPassesIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		says := answers{`|{"error":{"message":"An unexpected error has occurred","code":2,"is_transient":true}}`, `|{"error":{"message":"unknown","code":1}}`,
			`|{"data":[{"account_id":"1","currency":"EUR","timezone_name":"Europe/Berlin"}]}`}
		if infos, err := accounts(t.Context(), connectors.Grant{Client: &http.Client{Transport: &says}}); err != nil || len(infos) != 1 {
			t.Errorf("%d accounts, %v", len(infos), err)
		}
	})
}
