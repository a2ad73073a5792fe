package ga4

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"fourfold/internal/period"
	"fourfold/internal/sim/google"
)

type named struct {
	Name string `json:"name"`
}

// question is the part of a RunReportRequest that is known here; anything else is refused.
type question struct {
	Ranges []struct {
		Start string `json:"startDate"`
		End   string `json:"endDate"`
	} `json:"dateRanges"`
	Dimensions []named `json:"dimensions"`
	Metrics    []named `json:"metrics"`
	Limit      string  `json:"limit"`
}

// metrics are what may be asked for, and how each is read from a day's visits.
var metrics = map[string]func(v Visits) int64{
	"sessions": func(v Visits) int64 { return v.Sessions }, "engagedSessions": func(v Visits) int64 { return v.Engaged },
	"totalUsers": func(v Visits) int64 { return v.Users }, "newUsers": func(v Visits) int64 { return v.NewUsers },
	"addToCarts": func(v Visits) int64 { return v.Carts }, "checkouts": func(v Visits) int64 { return v.Checkouts },
	"ecommercePurchases": func(v Visits) int64 { return v.Purchases },
	"purchaseRevenue":    func(v Visits) int64 { return int64(v.Revenue) },
}

// days reads the question's days, and says what is wrong with it.
func (q question) days() (days period.Days, wrong string) {
	var names []string
	for _, d := range q.Dimensions {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	switch {
	case len(q.Ranges) != 1:
		return days, "At least one dateRange and at most one is known here."
	case !slices.Equal(names, []string{"date", "sessionDefaultChannelGroup"}):
		return days, "Field is not a valid dimension."
	case len(q.Metrics) == 0 || len(q.Metrics) > 10:
		return days, fmt.Sprintf("Requests are limited to 10 metrics. This request is for %d metrics.", len(q.Metrics))
	}
	for _, m := range q.Metrics {
		if metrics[m.Name] == nil {
			return days, "Field " + m.Name + " is not a valid metric."
		}
	}
	from, err1 := period.ParseDay(q.Ranges[0].Start)
	to, err2 := period.ParseDay(q.Ranges[0].End)
	if err1 != nil || err2 != nil || from > to || from < earliest {
		return days, "Invalid startDate or endDate."
	}
	return period.Days{From: from, To: to + 1}, ""
}

func (s *Server) report(w http.ResponseWriter, r *http.Request, f Faults, id string) {
	p := s.find(id)
	if p == nil || f.NoAccess[id] {
		google.Refuse(w, http.StatusForbidden, "PERMISSION_DENIED", "User does not have sufficient permissions for this property. To learn more about Property ID, see "+
			"https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.")
		return
	}
	if f.Gone[id] {
		google.Refuse(w, http.StatusNotFound, "NOT_FOUND", "Requested entity was not found.")
		return
	}
	var q question
	d := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		google.Refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "Invalid JSON payload received. Unknown name.")
		return
	}
	days, wrong := q.days()
	limit := 10_000
	if q.Limit != "" {
		var err error
		if limit, err = strconv.Atoi(q.Limit); err != nil || limit <= 0 {
			wrong = "limit must be positive."
		}
	}
	if wrong != "" {
		google.Refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", wrong)
		return
	}
	today := period.On(s.opts.Now(), p.Location())
	rows := []any{}
	for day := days.From; day < days.To; day++ {
		for _, group := range p.groups() {
			v, ok := p.told(group, day, today)
			if !ok || f.Thresholded && v.Sessions < f.Least {
				continue
			}
			if f.NoRevenue {
				v.Revenue = 0
			}
			rows = append(rows, q.row(v))
		}
	}
	google.Answer(w, http.StatusOK, q.answer(p, f, rows, min(limit, 250_000)))
}

func (q question) row(v Visits) map[string]any {
	type value struct {
		Value string `json:"value"`
	}
	var ds, ms []value
	for _, d := range q.Dimensions {
		text := v.Group
		if d.Name == "date" {
			text = strings.ReplaceAll(v.Day.String(), "-", "")
		}
		ds = append(ds, value{text})
	}
	for _, m := range q.Metrics {
		text := strconv.FormatInt(metrics[m.Name](v), 10)
		if m.Name == "purchaseRevenue" {
			text = strconv.FormatFloat(v.Revenue.Float(), 'g', -1, 64)
		}
		ms = append(ms, value{text})
	}
	return map[string]any{"dimensionValues": ds, "metricValues": ms}
}

// answer is the report of rows. Zeros are left out, as the protocol's JSON does.
func (q question) answer(p *Property, f Faults, rows []any, limit int) map[string]any {
	meta := map[string]any{"currencyCode": p.Currency, "timeZone": p.zone(f)}
	if f.Thresholded {
		meta["subjectToThresholding"] = true
	}
	if f.OtherRow {
		meta["dataLossFromOtherRow"] = true
	}
	if f.Sampled {
		meta["samplingMetadatas"] = []any{map[string]any{"samplesReadCount": "500000", "samplingSpaceSize": "900000"}}
	}
	if f.NoRevenue {
		meta["schemaRestrictionResponse"] = map[string]any{"activeMetricRestrictions": []any{map[string]any{"metricName": "purchaseRevenue", "restrictedMetricTypes": []string{"REVENUE_DATA"}}}}
	}
	type header struct {
		Name string `json:"name"`
		Type string `json:"type,omitempty"`
	}
	var ds, ms []header
	for _, d := range q.Dimensions {
		ds = append(ds, header{Name: d.Name})
	}
	for _, m := range q.Metrics {
		kind := "TYPE_INTEGER"
		if m.Name == "purchaseRevenue" {
			kind = "TYPE_CURRENCY"
		}
		ms = append(ms, header{m.Name, kind})
	}
	a := map[string]any{"dimensionHeaders": ds, "metricHeaders": ms, "metadata": meta, "kind": "analyticsData#runReport"}
	if len(rows) > 0 {
		a["rowCount"] = len(rows)
		if f.Short {
			rows = rows[:len(rows)-1]
		}
		a["rows"] = rows[:min(limit, len(rows))]
	}
	return a
}
