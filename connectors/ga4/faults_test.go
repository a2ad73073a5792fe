package ga4

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/ga4"
)

func TestEachFaultSaysWhatToDo(t *testing.T) {
	id := map[string]bool{sites()[0].ID: true}
	for name, c := range map[string]struct {
		faults sim.Faults
		want   connectors.Fault
		says   string
		after  time.Duration
	}{
		// The day ends at midnight in California: 08:00 UTC in November.
		"the day's tokens are gone":  {sim.Faults{Quota: "tokens per day"}, connectors.Throttled, "comes back within 3h30m0s", 3*time.Hour + 30*time.Minute},
		"the hour's tokens are gone": {sim.Faults{Quota: "tokens per hour"}, connectors.Throttled, "within 1h0m0s", time.Hour},
		"too many errors":            {sim.Faults{Quota: "server errors per project per hour"}, connectors.Throttled, "number of errors", time.Hour},
		"no access":                  {sim.Faults{NoAccess: id}, connectors.Forbidden, "a Viewer of the property", 0},
		"deleted":                    {sim.Faults{Gone: id}, connectors.Forbidden, "pick another", 0},
		"the API is off":             {sim.Faults{Disabled: true}, connectors.Forbidden, "switch the API on", 0},
		"the version has died":       {sim.Faults{Dead: true}, connectors.Malformed, "upgrade fourfold", 0},
		"broken":                     {sim.Faults{Down: 1}, connectors.Unavailable, "503", time.Minute},
		"internal":                   {sim.Faults{Internal: 1}, connectors.Unavailable, "Internal error", time.Minute},
		"another zone":               {sim.Faults{Zone: "Europe/Lisbon"}, connectors.Malformed, "in EUR and Europe/Lisbon by now", 0},
		"fewer rows than promised":   {sim.Faults{Short: true}, connectors.Unavailable, "rows came", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := rigged(t, sim.Options{})
			r.SetFaults(c.faults)
			_, err := r.read(t, 0, 5)
			e := r.Refused(t, err, c.want)
			if !strings.Contains(e.Error(), c.says) || e.RetryAfter != c.after || !strings.Contains(e.Error(), "visits") {
				t.Errorf("says %q after %s", e, e.RetryAfter)
			}
			if n := r.Requests()["runReport"] + r.Requests()[""]; n != 1 {
				t.Errorf("asked %d times", n)
			}
			if c.faults.NoAccess != nil || c.faults.Gone != nil {
				if _, err := r.read(t, 1, 5); err != nil {
					t.Errorf("the other property does not go on: %v", err)
				}
			}
			r.SetFaults(sim.Faults{})
			if _, err := r.read(t, 0, 5); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestARefusedTokenIsDenied(t *testing.T) {
	r := rigged(t, sim.Options{})
	r.Desk().Revoke()
	_, err := r.read(t, 0, 5)
	r.Refused(t, err, connectors.Denied)

	access, _ := r.Desk().Issue([]string{"https://www.googleapis.com/auth/adwords"})
	r.Use(access)
	_, err = r.read(t, 0, 5)
	if e := r.Refused(t, err, connectors.Forbidden); e.Scope == "" || !strings.Contains(e.Hint, "leave the box ticked") {
		t.Errorf("says %q of the scope %q", e, e.Scope)
	}
}

func TestWhatGoogleDidToTheFiguresIsMarked(t *testing.T) {
	for want, f := range map[fact.WebQuality]sim.Faults{
		fact.QualityThresholded: {Thresholded: true, OtherRow: true, Sampled: true}, fact.QualitySampled: {Sampled: true, OtherRow: true}, fact.QualityOtherRow: {OtherRow: true}, fact.QualityOK: {},
	} {
		r := rigged(t, sim.Options{})
		r.SetFaults(f)
		h, err := r.read(t, 0, 5)
		if err != nil || h.HeldDays() != 5 {
			t.Fatal(h.HeldDays(), err)
		}
		for k, v := range h.Visits {
			if v.Quality != want {
				t.Errorf("%v is %s, want %s", k, v.Quality, want)
			}
		}
	}
}

// A day of which a thresholded report shows nothing is not said to have had no visits.
func TestADayThatIsHiddenIsNotEmpty(t *testing.T) {
	r := rigged(t, sim.Options{})
	r.SetFaults(sim.Faults{Thresholded: true, Least: 1 << 40})
	h, err := r.read(t, 0, 5)
	if err != nil || len(h.Visits) != 5 || h.HeldDays() != 5 {
		t.Fatal(h.Visits, err)
	}
	for k, v := range h.Visits {
		if k.Name != hidden || v.Day != k.Day || v.Quality != fact.QualityThresholded || v.Sessions != 0 || v.Channel != fact.OtherChannel {
			t.Errorf("%v: %+v", k, v)
		}
	}
}

const good = `{"metricHeaders":[{"name":"purchaseRevenue","type":"TYPE_CURRENCY"},{"name":"sessions"},{"name":"engagedSessions"},{"name":"totalUsers"},{"name":"newUsers"},
	{"name":"addToCarts"},{"name":"checkouts"},{"name":"ecommercePurchases"}],
	"dimensionHeaders":[{"name":"sessionDefaultChannelGroup"},{"name":"date"}],
	"rows":[{"dimensionValues":[{"value":"Paid Social"},{"value":"20261110"}],"metricValues":[{"value":"1.2345678E2"},{"value":"8"},{"value":"7"},{"value":"6"},{"value":"5"},{"value":"4"},{"value":"3"},{"value":"2"}]}],
	"rowCount":1,"metadata":{"currencyCode":"EUR","timeZone":"Europe/Berlin"}}`

func TestRowsAreReadByTheirHeaders(t *testing.T) {
	for name, c := range map[string][2]string{
		"good":          {good, ""},
		"another day":   {strings.Replace(good, "20261110", "20241110", 1), "not asked for"},
		"other row":     {strings.Replace(good, "20261110", "(other)", 1), "not asked for"},
		"no number":     {strings.Replace(good, `"8"`, `"many"`, 1), "sessions of 2026-11-10"},
		"no amount":     {strings.Replace(good, "1.2345678E2", "hush", 1), "purchaseRevenue of 2026-11-10"},
		"short row":     {strings.Replace(good, `,{"value":"2"}`, "", 1), "more or fewer values"},
		"a lost metric": {strings.Replace(good, `"checkouts"`, `"begins"`, 1), "checkouts of 2026-11-10"},
		"no report":     {`{}`, "no report"},
	} {
		r := rigged(t, sim.Options{})
		acc := r.account(sites()[0])
		acc.Client = adstest.Says(http.StatusOK, c[0])
		h := adstest.NewHeld()
		err := h.Once(t, r.Stream(t, "visits"), acc, r.Clock.Now().AddDate(0, 0, -10))
		if c[1] != "" {
			if e := r.Refused(t, err, connectors.Malformed); !strings.Contains(e.Error(), c[1]) || strings.Contains(e.Error(), "hush") {
				t.Errorf("%s says %q", name, e)
			}
			continue
		}
		day := period.Date(2026, time.November, 10)
		want := fact.WebDay{Day: day, Zone: "Europe/Berlin", Channel: fact.PaidSocial, Source: "Paid Social", Currency: "EUR", Sessions: 8, Engaged: 7, Users: 6, NewUsers: 5, Carts: 4,
			Checkouts: 3, Purchases: 2, Revenue: 123_456_780, Quality: fact.QualityOK, Final: day + 21}
		if got := h.Visits[adstest.Key{Day: day, Name: "Paid Social"}]; err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestMoreRowsThanFitAreHalved(t *testing.T) {
	r := report{Count: limit + 1}
	r.Rows = make([]struct {
		Dimensions []value `json:"dimensionValues"`
		Metrics    []value `json:"metricValues"`
	}, limit)
	if err := r.fits("read"); err == nil {
		t.Error("what did not fit is taken for whole")
	} else {
		adstest.Fault(t, err, connectors.TooLarge)
	}
	if err := (report{Count: 3}).fits("read"); err != nil {
		t.Error(err)
	}
}
