package metaads

import (
	"encoding/json"
	"net/http"
	"time"
)

// Headers in which Meta tells how much of its allowance is used, in per cent. There is no Retry-After.
const (
	usageOfCase     = "X-Business-Use-Case-Usage"
	usageOfAccount  = "X-Ad-Account-Usage"
	usageOfApp      = "X-App-Usage"
	usageOfInsights = "X-Fb-Ads-Insights-Throttle"
)

// From slowAt per cent on we slow down, from stopAt on nothing more is asked for until the allowance has come back.
const (
	slowAt = 75
	stopAt = 95
	// unsaid is how long to wait where Meta does not say: it blocks for five minutes at least.
	unsaid = 5 * time.Minute
)

// What the headers hold.
type (
	caseUsage struct {
		Calls  float64 `json:"call_count"`
		CPU    float64 `json:"total_cputime"`
		Time   float64 `json:"total_time"`
		Regain float64 `json:"estimated_time_to_regain_access"` // minutes
	}
	accountUsage struct {
		Account float64 `json:"acc_id_util_pct"`
		Reset   float64 `json:"reset_time_duration"` // seconds
	}
	appUsage struct {
		Calls float64 `json:"call_count"`
		CPU   float64 `json:"total_cputime"`
		Time  float64 `json:"total_time"`
	}
	insightsUsage struct {
		App     float64 `json:"app_id_util_pct"`
		Account float64 `json:"acc_id_util_pct"`
	}
)

// usage is the most that any of the headers tells. Percentages are no amounts: they may be floats.
type usage struct {
	percent float64
	regain  time.Duration // when there is something to ask for again; zero where that is now, or not told
}

func usageOf(h http.Header) (u usage) {
	note := func(regain time.Duration, percents ...float64) {
		u.regain = max(u.regain, regain)
		for _, p := range percents {
			u.percent = max(u.percent, p)
		}
	}
	var byCase map[string][]caseUsage // by the business or the account
	if json.Unmarshal([]byte(h.Get(usageOfCase)), &byCase) == nil {
		for _, cases := range byCase {
			for _, c := range cases {
				note(time.Duration(c.Regain*float64(time.Minute)), c.Calls, c.CPU, c.Time)
			}
		}
	}
	var account accountUsage
	if json.Unmarshal([]byte(h.Get(usageOfAccount)), &account) == nil {
		var reset time.Duration
		if account.Account >= stopAt { // told all the time, and meant only where there is something to reset
			reset = time.Duration(account.Reset * float64(time.Second))
		}
		note(reset, account.Account)
	}
	var app appUsage
	if json.Unmarshal([]byte(h.Get(usageOfApp)), &app) == nil {
		note(0, app.Calls, app.CPU, app.Time)
	}
	var insights insightsUsage
	if json.Unmarshal([]byte(h.Get(usageOfInsights)), &insights) == nil {
		note(0, insights.App, insights.Account)
	}
	return u
}

// regains is how long to wait after a refusal.
func (u usage) regains() time.Duration { return max(u.regain, unsaid) }

// spent says that nothing more may be asked for now.
func (u usage) spent() bool { return u.percent >= stopAt || u.regain > 0 }

// rest is how long to leave the account alone before the next question: not at all, up to two minutes, or until it has its allowance again.
func (u usage) rest() time.Duration {
	switch {
	case u.spent():
		return u.regains()
	case u.percent >= slowAt:
		return time.Duration((u.percent - slowAt + 1) * float64(6*time.Second))
	}
	return 0
}
