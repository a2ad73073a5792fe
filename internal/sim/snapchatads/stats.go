package snapchatads

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

const longest = 32 // days of 24 hours

var (
	metrics = []string{"spend", "impressions", "swipes", "conversion_purchases", "conversion_purchases_value", "video_views"}
	windows = map[string][]string{
		"swipe_up_attribution_window": {"1_DAY", "7_DAY", "28_DAY"},
		"view_attribution_window":     {"none", "1_HOUR", "3_HOUR", "6_HOUR", "1_DAY", "7_DAY", "28_DAY"},
		"action_report_time":          {"conversion", "impression"},
	}
)

// query is a question of measurement that was found to be one.
type query struct {
	start, end time.Time
	days       period.Days
	fields     []string
	byCampaign bool
	byDay      bool
}

func bad(format string, args ...any) any {
	return no{http.StatusBadRequest, "E1008", "Unsupported Stats Query: " + fmt.Sprintf(format, args...)}
}

// asked reads a question, or refuses it in Snapchat's words where these are known.
func (s *Server) asked(r *http.Request, a *ads.Account, f Faults) (out query, refused any) {
	q := r.URL.Query()
	known := []string{"granularity", "fields", "start_time", "end_time", "breakdown", "limit", "cursor"}
	for name, values := range windows {
		known = append(known, name)
		if v := q.Get(name); v != "" && !slices.Contains(values, v) {
			return out, bad("%s", name)
		}
	}
	if n, odd := unknown(q, known...); odd {
		return out, n
	}
	var err1, err2 error
	out.start, err1 = time.Parse(time.RFC3339, q.Get("start_time"))
	out.end, err2 = time.Parse(time.RFC3339, q.Get("end_time"))
	loc := a.Location()
	out.start, out.end = out.start.In(loc), out.end.In(loc)
	out.days = period.Days{From: period.On(out.start, loc), To: period.On(out.end, loc)}
	out.fields, out.byCampaign = strings.Split(q.Get("fields"), ","), q.Get("breakdown") == "campaign"
	most := longest
	if f.Longest > 0 {
		most = f.Longest
	}
	switch granularity := q.Get("granularity"); {
	case err1 != nil || err2 != nil || !out.start.Before(out.end):
		return out, bad("start_time, end_time: ISO 8601")
	case out.start.Minute() != 0 || out.end.Minute() != 0:
		return out, bad("Start time should start at the beginning of an hour.")
	case granularity == "TOTAL":
	case granularity != "DAY":
		return out, bad("granularity")
	case !out.start.Equal(out.days.From.Start(loc)):
		return out, bad("Timeseries queries with DAY granularity must have a start time that is the start of day (00:00:00) for the account's timezone. This account's timezone is: %s", a.Zone)
	case !out.end.Equal(out.days.To.Start(loc)):
		return out, bad("Timeseries queries with DAY granularity must have an end time that is the start of day (00:00:00) for the account's timezone. This account's timezone is: %s", a.Zone)
	case out.end.Sub(out.start) > time.Duration(most)*24*time.Hour:
		return out, bad("Timeseries queries with DAY granularity cannot query time intervals of more than %d days", most)
	default:
		out.byDay = true
	}
	// The simulation tells whole days, and totals of whole days.
	if !out.byDay && (!out.start.Equal(out.days.From.Start(loc)) || !out.end.Equal(out.days.To.Start(loc))) {
		return out, bad("the simulation knows whole days only")
	}
	if b := q.Get("breakdown"); b != "" && b != "campaign" {
		return out, bad("breakdown")
	}
	for _, field := range out.fields {
		if !slices.Contains(metrics, field) || field != "spend" && !out.byCampaign {
			return out, bad("field %s is not available for AD_ACCOUNT", field)
		}
	}
	return out, nil
}

func (s *Server) stats(r *http.Request, f Faults) any {
	a, refused := s.account(r, f)
	if refused != nil {
		return refused
	}
	q, refused := s.asked(r, a, f)
	if refused != nil {
		return refused
	}
	if f.Flat {
		q.byCampaign = false
	}
	zone := a.Location()
	if f.Odd {
		zone = time.UTC
	}
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02T15:04:05.000Z07:00") }
	told := map[string]any{"id": a.ID, "type": "AD_ACCOUNT", "granularity": r.URL.Query().Get("granularity"), "start_time": at(q.start), "end_time": at(q.end),
		"finalized_data_end_time": at(s.o.Now().Add(-48 * time.Hour).Truncate(time.Hour))}
	rows := a.Report(q.days, s.o.Now())
	// series are the days of some rows, each with its own times, which are an hour apart from 24 where the clocks change.
	series := func(rows []ads.Row) []any {
		out := []any{}
		for day := q.days.From; day < q.days.To; day++ {
			var sum ads.Row
			found := f.Odd || f.Flat
			for _, r := range rows {
				if r.Day == day {
					found = true
					sum.Add(r)
				}
			}
			if found { // empty days are left out
				out = append(out, map[string]any{"start_time": at(day.Start(a.Location())), "end_time": at((day + 1).Start(a.Location())), "stats": q.figures(sum, f)})
			}
		}
		return out
	}
	paging := map[string]any{}
	switch {
	case q.byCampaign:
		from, to, next, refused := s.part(r, len(a.Campaigns), 1, 1000)
		if refused != nil {
			return refused
		}
		paging = next
		list := []any{}
		for _, c := range a.Campaigns[from:to] {
			own := slices.DeleteFunc(slices.Clone(rows), func(r ads.Row) bool { return r.Campaign.ID != c.ID })
			if len(own) == 0 && !f.Odd {
				continue
			}
			one := map[string]any{"id": c.ID, "type": "CAMPAIGN", "granularity": told["granularity"]}
			if q.byDay {
				one["timeseries"] = series(own)
			} else {
				one["stats"] = q.figures(summed(own), f)
			}
			list = append(list, one)
		}
		told["breakdown_stats"] = map[string]any{"campaign": list}
		if !f.Odd { // measurement goes on within the entry
			told["paging"], paging = next, map[string]any{}
		}
	case q.byDay:
		told["timeseries"] = series(rows)
	default:
		told["stats"] = q.figures(summed(rows), f)
	}
	name := "total_stat"
	if q.byDay {
		name = "timeseries_stat"
	}
	return map[string]any{name + "s": []any{entry(f, name, told, "success")}, "paging": paging}
}

func summed(rows []ads.Row) (sum ads.Row) {
	for _, r := range rows {
		sum.Add(r)
	}
	return sum
}

// figures are those that were asked for. A zero is left out now and then.
func (q query) figures(r ads.Row, f Faults) map[string]any {
	out := map[string]any{}
	for name, v := range map[string]int64{"spend": int64(r.Spend), "impressions": r.Impressions, "swipes": r.Clicks, "conversion_purchases": r.Conversions,
		"conversion_purchases_value": int64(r.Value)} {
		if !slices.Contains(q.fields, name) || v == 0 && !f.Odd {
			continue
		}
		out[name] = v
		if f.Odd {
			out[name] = json.RawMessage(fmt.Sprintf("%d.0", v))
		}
	}
	return out
}
