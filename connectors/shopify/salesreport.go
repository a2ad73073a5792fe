package shopify

import (
	"fmt"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// salesReport is Shopify's own account of a day's sales, beside which ours is laid every night.
var salesReport = report{
	id: "sales_report", title: "Shopify's sales report", begins: period.Date(2006, time.January, 1), chunk: 365,
	query: func(first, last period.Day) string {
		return fmt.Sprintf("FROM sales SHOW gross_sales, discounts, sales_reversals, net_sales, total_sales, orders "+
			"TIMESERIES day SINCE %s UNTIL %s LIMIT %d", first, last, reportRows)
	},
	row: salesDayOf,
}

func salesDayOf(cells map[string]string, currency string) (fact.Record, error) {
	day, err := dayCell(cells)
	if err != nil {
		return nil, err
	}
	f := fact.ProviderSalesDay{Day: day, Currency: currency}
	for name, into := range map[string]*money.Micros{
		"gross_sales": &f.Gross, "discounts": &f.Discounts, "sales_reversals": &f.Reversals, "net_sales": &f.Net, "total_sales": &f.Total,
	} {
		if s := cells[name]; s != "" {
			if *into, err = money.Parse(s); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	f.Orders, err = wholeCell(cells, "orders")
	return f, err
}
