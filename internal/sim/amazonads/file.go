package amazonads

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strconv"
	"strings"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

// file is the report as it is fetched: a list of rows as packed JSON, as of when it was ordered.
func (r *report) file() []byte {
	rows := []map[string]any{}
	for _, told := range r.told() {
		row := map[string]any{}
		for _, c := range r.Configuration.Columns {
			row[c] = r.value(c, told)
		}
		rows = append(rows, row)
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if err := json.NewEncoder(z).Encode(rows); err != nil {
		panic(err)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// told is what the platform says of the product's campaigns, by day or in sum.
func (r *report) told() []ads.Row {
	var rows []ads.Row
	at := map[string]int{}
	for _, t := range r.account.Report(r.days, r.ordered) {
		if t.Campaign.Kind != r.Configuration.AdProduct {
			continue
		}
		i, again := at[t.Campaign.ID]
		if r.Configuration.TimeUnit == "DAILY" || !again {
			at[t.Campaign.ID] = len(rows)
			rows = append(rows, t)
			continue
		}
		rows[i].Add(t)
	}
	return rows
}

func (r *report) value(column string, t ads.Row) any {
	switch {
	case column == "date":
		return t.Day.String()
	case column == "startDate":
		return r.StartDate
	case column == "endDate":
		return r.EndDate
	case column == "campaignId":
		return json.Number(t.Campaign.ID)
	case column == "campaignName":
		return t.Campaign.Name
	case column == "campaignStatus":
		return "ENABLED"
	case column == "campaignBudgetCurrencyCode":
		return r.account.Currency
	case column == "impressions":
		return t.Impressions
	case column == "clicks":
		return t.Clicks
	case column == "cost" || column == "spend":
		return number(t.Spend, t.Day)
	case strings.HasPrefix(column, "purchases"):
		return t.Conversions
	case strings.HasPrefix(column, "sales") && t.Value == 0:
		return nil // as columns without a figure come
	default:
		return number(t.Value, t.Day)
	}
}

// number is an amount as Amazon's doubles leave it: with dust behind the last decimal now and then, and an exponent where it is small.
func number(m money.Micros, day period.Day) json.Number {
	f := m.Float()
	s := strconv.FormatFloat(f, 'f', -1, 64)
	switch {
	case day%5 == 0 && m > 0 && m < money.Unit*1000:
		s = strconv.FormatFloat(f, 'f', 6, 64) + "00000000001"
	case m > 0 && m < money.Unit/100:
		s = strconv.FormatFloat(f, 'E', -1, 64)
	}
	return json.Number(s)
}
