package metaads

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

// insightFields are those of Insights that may be asked for, with what they weigh.
var insightFields = map[string]int{
	"account_id": 0, "account_currency": 0, "account_name": 0, "campaign_id": 0, "campaign_name": 0, "date_start": 0, "date_stop": 0, "attribution_setting": 0,
	"spend": 1, "impressions": 1, "clicks": 1, "inline_link_clicks": 1, "reach": 5, "actions": 10, "action_values": 10,
}

// attributionWindows are those that Meta still has: 7d_view and 28d_view ended on 2026-01-12.
var attributionWindows = []string{"1d_click", "7d_click", "28d_click", "1d_view", "1d_ev", "default"}

var effectiveStatuses = []string{"ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES"}

// ask is a question to Insights.
type ask struct {
	fields    []string
	level     string
	increment string
	days      period.Days
	statuses  []string // nil for what is active or paused
	campaigns []string // nil for all
	windows   []string
}

// parse reads a question, or refuses it.
func (s *Server) parse(w http.ResponseWriter, q url.Values, a *ads.Account) (k ask, ok bool) {
	if !known(w, q, "fields", "level", "time_increment", "time_range", "filtering", "action_attribution_windows", "use_unified_attribution_setting", "limit", "after") {
		return k, false
	}
	var names []string
	for name := range insightFields {
		names = append(names, name)
	}
	if k.fields, ok = asked(w, q.Get("fields"), names); !ok {
		return k, false
	}
	k.level, k.increment = q.Get("level"), q.Get("time_increment")
	if k.level != "account" && k.level != "campaign" {
		parameter(w, "level must be one of: ad, adset, campaign, account")
		return k, false
	}
	if n, err := strconv.Atoi(k.increment); k.increment != "" && k.increment != "monthly" && k.increment != "all_days" && (err != nil || n != 1) {
		parameter(w, "time_increment is not played here: %s", k.increment)
		return k, false
	}
	if why := k.span(q.Get("time_range"), period.On(s.opts.Now(), a.Location())); why != "" {
		parameter(w, "%s", why)
		return k, false
	}
	if text := q.Get("action_attribution_windows"); text != "" {
		if json.Unmarshal([]byte(text), &k.windows) != nil || slices.ContainsFunc(k.windows, func(v string) bool { return !slices.Contains(attributionWindows, v) }) {
			parameter(w, "action_attribution_windows must be among %v", attributionWindows)
			return k, false
		}
	}
	if text := q.Get("use_unified_attribution_setting"); text != "" && text != "true" && text != "false" {
		parameter(w, "use_unified_attribution_setting must be a boolean")
		return k, false
	}
	if why := k.filter(q.Get("filtering")); why != "" {
		parameter(w, "%s", why)
		return k, false
	}
	return k, true
}

func (k *ask) span(text string, today period.Day) string {
	var span struct{ Since, Until period.Day }
	if json.Unmarshal([]byte(text), &span) != nil || span.Since > span.Until {
		return "time_range must be an object with since and until, since not after until"
	}
	y, m, d := today.UTC().Date()
	if span.Since < period.Date(y, m-37, d) {
		return "The start date of the time range cannot be beyond 37 months from the current date"
	}
	k.days = period.Days{From: span.Since, To: span.Until + 1}
	return ""
}

func (k *ask) filter(text string) string {
	if text == "" {
		return ""
	}
	var filters []struct {
		Field, Operator string
		Value           []string
	}
	if json.Unmarshal([]byte(text), &filters) != nil {
		return "filtering must be a list of objects"
	}
	for _, f := range filters {
		if f.Operator != "IN" || len(f.Value) == 0 {
			return "filtering: operator is not played here: " + f.Operator
		}
		switch f.Field {
		case "campaign.effective_status":
			k.statuses = f.Value
			if slices.ContainsFunc(f.Value, func(v string) bool { return !slices.Contains(effectiveStatuses, v) }) {
				return "filtering: no such status"
			}
		case "campaign.id":
			k.campaigns = f.Value
		default:
			return "filtering: no such field: " + f.Field
		}
	}
	return ""
}

// insights answers at once, where that is not too much.
func (s *Server) insights(w http.ResponseWriter, r *http.Request, a *ads.Account) {
	k, ok := s.parse(w, r.URL.Query(), a)
	if !ok || s.tellUsage(w, a.ID) {
		return
	}
	f, now := s.Faults(), s.opts.Now()
	if _, suspended := f.Suspended[a.ID]; suspended || f.Closed[a.ID] {
		refuse(w, refusal{403, 200, 0, "(#200) The ad account is not enabled for usage in Ads API.", false})
		return
	}
	if f.MostCells > 0 && k.cells(a, now) > f.MostCells {
		if f.Reduce {
			refuse(w, refusal{500, 1, 99, "Please reduce the amount of data you're asking for, then retry your request", false})
		} else {
			refuse(w, refusal{400, 100, 1504018, "(#100) The request timed out.", false})
		}
		return
	}
	s.page(w, r, k.rows(a, now))
}

// told is what the platform says of the campaigns that are asked for. Those that are over are archived, and left out unless asked for.
func (k ask) told(a *ads.Account, at time.Time) (rows []ads.Row) {
	today := period.On(at, a.Location())
	for _, r := range a.Report(k.days, at) {
		status := "ACTIVE"
		if r.Campaign.To <= today {
			status = "ARCHIVED"
		}
		named := k.campaigns == nil || slices.Contains(k.campaigns, r.Campaign.ID)
		if named && (k.level == "account" || slices.Contains(k.statuses, status) || k.statuses == nil && status == "ACTIVE") {
			rows = append(rows, r)
		}
	}
	return rows
}

// cells is how much a question asks for.
func (k ask) cells(a *ads.Account, at time.Time) int {
	weight := 0
	for _, f := range k.fields {
		weight += insightFields[f]
	}
	return weight * len(k.told(a, at))
}

// rows are what a question is answered with: campaigns by the day, or the account by runs of days.
func (k ask) rows(a *ads.Account, at time.Time) (out []any) {
	told := k.told(a, at)
	if k.level == "campaign" {
		for _, r := range told {
			out = append(out, k.row(a, r, period.Days{From: r.Day, To: r.Day + 1}))
		}
		return out
	}
	for from := k.days.From; from < k.days.To; {
		run := period.Days{From: from, To: k.days.To}
		switch y, m, _ := from.UTC().Date(); k.increment {
		case "monthly":
			run.To = min(run.To, period.Date(y, m+1, 1))
		case "1":
			run.To = from + 1
		}
		var sum ads.Row
		some := false
		for _, r := range told {
			if run.Has(r.Day) {
				some = true
				sum.Add(r)
			}
		}
		if some { // what had nothing has no row
			out = append(out, k.row(a, sum, run))
		}
		from = run.To
	}
	return out
}
