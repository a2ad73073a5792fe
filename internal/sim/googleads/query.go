package googleads

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"fourfold/internal/period"
)

// query is a question in Google's query language, as far as it is known here.
type query struct {
	fields []string
	from   string
	days   period.Days // none where it is not asked by days
}

// selectable is what may be selected from a resource: fields of its own, of those it belongs to, segments and metrics. These lists are longer than what
// is asked for, and shorter than Google's.
var selectable = map[string][]string{
	"customer_client": {
		"customer_client.client_customer", "customer_client.id", "customer_client.descriptive_name", "customer_client.currency_code", "customer_client.time_zone",
		"customer_client.manager", "customer_client.level", "customer_client.status", "customer_client.hidden", "customer_client.test_account",
	},
	"customer": {
		"customer.id", "customer.descriptive_name", "customer.currency_code", "customer.time_zone", "customer.manager", "customer.status",
		"segments.date", "segments.month", "metrics.cost_micros", "metrics.impressions", "metrics.clicks", "metrics.conversions", "metrics.conversions_value",
	},
	"campaign": {
		"customer.id", "customer.descriptive_name", "customer.currency_code", "customer.time_zone", "customer.manager", "customer.status",
		"campaign.id", "campaign.name", "campaign.status", "campaign.advertising_channel_type",
		"segments.date", "segments.month", "metrics.cost_micros", "metrics.impressions", "metrics.clicks", "metrics.conversions", "metrics.conversions_value",
	},
}

var (
	shape = regexp.MustCompile(`^SELECT ([a-z_., ]+) FROM ([a-z_]+)(?: WHERE (.+))?$`)
	dated = regexp.MustCompile(`^segments\.date BETWEEN '(\d{4}-\d\d-\d\d)' AND '(\d{4}-\d\d-\d\d)'$`)
)

// fromOf is the resource that a query asks for, to count it by.
func fromOf(text string) string {
	if m := shape.FindStringSubmatch(text); m != nil {
		return m[2]
	}
	return "unknown"
}

// parse reads a query; code is queryError's where it cannot be answered.
func parse(text string) (q query, code, message string) {
	m := shape.FindStringSubmatch(text)
	if m == nil {
		return q, "QUERY_ERROR", "The query cannot be read."
	}
	q.from = m[2]
	known, ok := selectable[q.from]
	if !ok {
		return q, "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", fmt.Sprintf("'%s' is not a valid resource name.", q.from)
	}
	for f := range strings.SplitSeq(m[1], ",") {
		if f = strings.TrimSpace(f); !slices.Contains(known, f) {
			return q, "UNRECOGNIZED_FIELD", fmt.Sprintf("Unrecognized field in the query: '%s'.", f)
		}
		q.fields = append(q.fields, f)
	}
	if m[3] == "" {
		if q.selects("segments.date") || q.selects("segments.month") {
			return q, "EXPECTED_FILTERS_ON_DATE_RANGE", "The filters in the query must limit the date range."
		}
		return q, "", ""
	}
	d := dated.FindStringSubmatch(m[3])
	if d == nil || !slices.Contains(known, "segments.date") {
		return q, "PROHIBITED_FIELD_IN_WHERE_CLAUSE", "The filter is not known."
	}
	from, err1 := period.ParseDay(d[1])
	to, err2 := period.ParseDay(d[2])
	if err1 != nil || err2 != nil {
		return q, "INVALID_DATE_FORMAT", "A date is none."
	}
	if from > to {
		return q, "INVALID_VALUE_WITH_BETWEEN_OPERATOR", "The first date lies behind the last."
	}
	q.days = period.Days{From: from, To: to + 1}
	return q, "", ""
}

func (q query) selects(field string) bool { return slices.Contains(q.fields, field) }

func (q query) metrics() bool {
	return slices.ContainsFunc(q.fields, func(f string) bool { return strings.HasPrefix(f, "metrics.") })
}
