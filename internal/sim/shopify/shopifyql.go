package shopify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The part of ShopifyQL that is simulated:
//
//	FROM sales|sessions SHOW metric, … [GROUP BY dimension, …] [TIMESERIES day] [SINCE date] [UNTIL date] [LIMIT n]
//	[WITH TIMEZONE 'zone']

// qlAnswer is a response: rows, or what could not be read.
type qlAnswer struct {
	columns []qlColumn
	rows    []map[string]string
	errs    []string
}

type qlColumn struct{ name, kind string }

// metric kinds by name, for the two tables.
var (
	salesMetrics = map[string]string{
		"gross_sales": "MONEY", "discounts": "MONEY", "sales_reversals": "MONEY", "net_sales": "MONEY", "total_sales": "MONEY",
		"shipping_charges": "MONEY", "taxes": "MONEY", "duties": "MONEY", "additional_fees": "MONEY", "orders": "INTEGER",
		"quantity_ordered": "INTEGER", "reversed_quantity": "INTEGER",
	}
	sessionMetrics = map[string]string{
		"sessions": "INTEGER", "online_store_visitors": "INTEGER", "sessions_with_cart_additions": "INTEGER",
		"sessions_that_reached_checkout": "INTEGER", "sessions_that_completed_checkout": "INTEGER", "conversion_rate": "PERCENT",
		"bounce_rate": "PERCENT", "average_session_duration": "SECOND_DURATION",
	}
	sessionDimensions = []string{"landing_page_path", "referrer_source", "utm_campaign", "utm_medium", "utm_source"}
)

func ledgerReportFields() map[string]map[string]resolver {
	return map[string]map[string]resolver{
		"ShopifyqlQueryResponse": {
			"parseErrors":   of(func(a *qlAnswer) any { return strs(a.errs) }),
			"parseWarnings": of(func(*qlAnswer) any { return []string{} }),
			"tableData": of(func(a *qlAnswer) any {
				if len(a.errs) > 0 {
					return nil
				}
				return a
			}),
		},
		"ShopifyqlTableData": {
			"columns": of(func(a *qlAnswer) any {
				return list{len(a.columns), func(i int) any { return a.columns[i] }}
			}),
			"rows": of(func(a *qlAnswer) any { return rawJSON(mustJSON(a.rows)) }),
		},
		"ShopifyqlTableDataColumn": {
			"dataType":    of(func(c qlColumn) any { return c.kind }),
			"displayName": of(func(c qlColumn) any { return strings.ReplaceAll(c.name, "_", " ") }),
			"name":        of(func(c qlColumn) any { return c.name }),
			"subType":     of(func(qlColumn) any { return nil }),
		},
	}
}

// qlQuery is a parsed query.
type qlQuery struct {
	table        string
	show         []string
	group        []string
	byDay        bool
	since, until time.Time
	limit        int
	zone         *time.Location
}

func (x *exec) shopifyql(text string) any {
	if left := x.srv.qlBudget.take(x); left < 0 {
		return refuse("THROTTLED", "ShopifyQL rate limit exceeded.")
	}
	q, err := x.parseQL(text)
	if err != nil {
		return &qlAnswer{errs: []string{err.Error()}}
	}
	return x.answerQL(q)
}

func (x *exec) parseQL(text string) (*qlQuery, error) {
	today := x.now.Time().In(x.srv.zone)
	q := &qlQuery{limit: 1000, zone: x.srv.zone, since: today.AddDate(0, 0, -30), until: today}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == ',' || r == '\r' })
	keywords := []string{"FROM", "SHOW", "GROUP", "TIMESERIES", "SINCE", "UNTIL", "LIMIT", "WITH", "ORDER", "WHERE"}
	var err error
	take := func(i int) ([]string, int) {
		k := i
		for k < len(words) && !slices.Contains(keywords, strings.ToUpper(words[k])) {
			k++
		}
		return words[i:k], k
	}
	for i := 0; i < len(words); {
		key := strings.ToUpper(words[i])
		var rest []string
		rest, i = take(i + 1)
		one := ""
		if len(rest) > 0 {
			one = rest[0]
		}
		switch key {
		case "FROM":
			q.table = strings.ToLower(one)
		case "SHOW":
			q.show = rest
		case "GROUP":
			if strings.EqualFold(one, "BY") {
				q.group = rest[1:]
			}
		case "TIMESERIES":
			if one != "day" {
				return nil, fmt.Errorf("Unsupported time dimension `%s`", one) //nolint:staticcheck // worded as the provider does
			}
			q.byDay = true
		case "SINCE":
			q.since, err = qlDate(one, today)
		case "UNTIL":
			q.until, err = qlDate(one, today)
		case "LIMIT":
			q.limit, err = strconv.Atoi(one)
		case "WITH":
			if strings.EqualFold(one, "TIMEZONE") && len(rest) > 1 {
				q.zone, err = time.LoadLocation(strings.Trim(rest[1], `'"`))
			}
		default:
			return nil, fmt.Errorf("Syntax error near `%s`", key) //nolint:staticcheck // worded as the provider does
		}
		if err != nil {
			return nil, fmt.Errorf("Invalid value `%s` for %s", one, key) //nolint:staticcheck // worded as the provider does
		}
	}
	metrics, dimensions := salesMetrics, []string(nil)
	switch q.table {
	case "sales":
	case "sessions":
		metrics, dimensions = sessionMetrics, sessionDimensions
	default:
		return nil, fmt.Errorf("Table `%s` does not exist", q.table) //nolint:staticcheck // worded as the provider does
	}
	for _, m := range q.show {
		if metrics[m] == "" {
			return nil, fmt.Errorf("Column `%s` does not exist in table `%s`", m, q.table) //nolint:staticcheck // worded as the provider does
		}
	}
	for _, g := range q.group {
		if !slices.Contains(dimensions, g) {
			return nil, fmt.Errorf("Column `%s` does not exist in table `%s`", g, q.table) //nolint:staticcheck // worded as the provider does
		}
	}
	if len(q.show) == 0 {
		return nil, fmt.Errorf("SHOW needs at least one column") //nolint:staticcheck // worded as the provider does
	}
	return q, nil
}

// qlDate reads 2026-11-21, today, yesterday or -30d.
func qlDate(s string, today time.Time) (time.Time, error) {
	switch {
	case s == "today":
		return today, nil
	case s == "yesterday":
		return today.AddDate(0, 0, -1), nil
	case strings.HasPrefix(s, "-") && strings.HasSuffix(s, "d"):
		n, err := strconv.Atoi(s[1 : len(s)-1])
		return today.AddDate(0, 0, -n), err
	}
	return time.Parse(time.DateOnly, s)
}

// days are the civil days of the query, until included.
func (q *qlQuery) days() (out []string) {
	y, m, d := q.since.Date()
	last := q.until.Format(time.DateOnly)
	for t := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); t.Format(time.DateOnly) <= last && len(out) < 4000; t = t.AddDate(0, 0, 1) {
		out = append(out, t.Format(time.DateOnly))
	}
	return out
}

func (x *exec) answerQL(q *qlQuery) *qlAnswer {
	a := &qlAnswer{rows: []map[string]string{}}
	if q.byDay {
		a.columns = append(a.columns, qlColumn{"day", "DAY_TIMESTAMP"})
	}
	for _, g := range q.group {
		a.columns = append(a.columns, qlColumn{g, "STRING"})
	}
	metrics := salesMetrics
	if q.table == "sessions" {
		metrics = sessionMetrics
	}
	for _, m := range q.show {
		a.columns = append(a.columns, qlColumn{m, metrics[m]})
	}
	if q.table == "sales" {
		x.answerSales(q, a)
	} else {
		x.answerSessions(q, a)
	}
	if len(a.rows) > q.limit {
		a.rows = a.rows[:q.limit]
	}
	return a
}
