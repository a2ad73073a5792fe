package metaads

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

func TestTotalsAreOfTheMonthsThatWereAskedFor(t *testing.T) {
	month := func(from, last, spend string) string {
		return `{"account_currency":"EUR","date_start":"` + from + `","date_stop":"` + last + `","spend":"` + spend + `"}`
	}
	for name, c := range map[string]struct {
		rows   string
		totals []money.Micros
	}{
		"all":                 {month("2026-01-15", "2026-01-31", "10.5") + "," + month("2026-02-01", "2026-02-28", "20") + "," + month("2026-03-01", "2026-03-03", "0.01"), []money.Micros{10_500_000, 20_000_000, 10_000}},
		"one that cost none":  {month("2026-01-15", "2026-01-31", "10.5") + "," + month("2026-03-01", "2026-03-03", "0.01"), []money.Micros{10_500_000, 0, 10_000}},
		"none that cost any":  {"", []money.Micros{0, 0, 0}},
		"one that is cut":     {month("2026-02-03", "2026-02-20", "7"), []money.Micros{0, 7_000_000, 0}},
		"two months in one":   {month("2026-01-15", "2026-02-28", "10"), nil},
		"a month before":      {month("2025-12-01", "2025-12-31", "10"), nil},
		"more than the month": {month("2026-01-01", "2026-01-31", "10"), nil},
		"another currency":    {`{"account_currency":"USD","date_start":"2026-02-01","date_stop":"2026-02-28"}`, nil},
		"no day":              {`{"account_currency":"EUR","spend":"1"}`, nil},
	} {
		says := answers{`|{"data":[` + c.rows + `]}`}
		acc := berlin
		acc.Client, acc.Now = &http.Client{Transport: &says}, func() time.Time { return firstRun }
		var got []fact.Record
		var end error
		for p, err := range Connector().Streams[1].Pull(t.Context(), acc, connectors.Request{Since: period.Date(2026, time.January, 15).UTC()}) {
			got, end = append(got, p.Records...), errors.Join(end, err)
		}
		if f, _ := connectors.FaultOf(end); (f == connectors.Malformed) != (c.totals == nil) || len(got) != len(c.totals) {
			t.Errorf("%s: %v, %v", name, got, end)
			continue
		}
		for i, want := range c.totals {
			if total, _ := got[i].(fact.AdTotal); total.Spend != want || total.Currency != "EUR" || total.Days.From.UTC().Month() != time.Month(1+i) {
				t.Errorf("%s: month %d is %+v, want %d", name, i+1, got[i], want)
			}
		}
	}
}
