package store

import (
	"context"
	"fmt"
	"slices"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/count"
)

// Cohort is how a month's new customers did k months later.
type Cohort struct {
	Month    period.Period // of their first purchase
	K        int           // months since; zero is that month itself
	Active   int64         // customers with a purchase in month k
	Orders   int64         // kept orders of theirs in it
	Revenue  money.Micros  // net sales of those orders, by order date, in the shop's currency
	Currency string
}

// CohortTable follows the customers of a store who first bought in one of the days, by calendar months of first purchase, up to the
// last month with an order. Rows come by cohort and k; a month in which none of a cohort bought has none.
func (s *Store) CohortTable(ctx context.Context, merchantID, connectionID int64, days period.Days) ([]Cohort, error) {
	var table []Cohort
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		acc, err := t.account(ctx, merchantID, connectionID)
		if err != nil {
			return err
		}
		r, err := newRecounter(ctx, t, acc)
		if err != nil {
			return err
		}
		table, err = r.cohorts(ctx, days)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("follow cohorts of customers: %w", err)
	}
	return table, nil
}

// cohortKey names a cell of the table.
type cohortKey struct{ first, month string }

func (r *recounter) cohorts(ctx context.Context, days period.Days) ([]Cohort, error) {
	cells := make(map[cohortKey]*Cohort)
	cell := func(first, month string) *Cohort {
		k := cohortKey{first, month}
		if cells[k] == nil {
			cells[k] = &Cohort{Currency: r.acc.connection.Currency}
		}
		return cells[k]
	}
	args := r.keys(count.Whole, days.From.String(), days.To.String())
	err := r.each(ctx, func(scan func(...any) error) error {
		var first, month string
		var customers, orders int64
		err := scan(&first, &month, &customers, &orders)
		c := cell(first, month)
		c.Active, c.Orders = customers, orders
		return err
	}, `SELECT SUBSTR(first_day, 1, 7), SUBSTR(day, 1, 7), COUNT(DISTINCT customer_id), CAST(SUM(orders) AS BIGINT) FROM customer_days
		WHERE `+ours+` AND channel = ? AND first_day >= ? AND first_day < ? GROUP BY SUBSTR(first_day, 1, 7), SUBSTR(day, 1, 7)`, args...)
	if err != nil {
		return nil, err
	}
	// SUBSTR keeps SQLite from looking the orders up by day instead of by customer.
	err = r.each(ctx, func(scan func(...any) error) error {
		var first, month string
		var net int64
		err := scan(&first, &month, &net)
		cell(first, month).Revenue = money.Micros(net)
		return err
	}, `SELECT SUBSTR(d.first_day, 1, 7), SUBSTR(d.day, 1, 7), CAST(SUM(s.total - s.tax) AS BIGINT) FROM customer_days d
		CROSS JOIN orders o CROSS JOIN agreements a CROSS JOIN sales s
		WHERE o.merchant_id = d.merchant_id AND o.connection_id = d.connection_id AND o.customer_id = d.customer_id AND SUBSTR(o.day, 1, 10) = d.day
		AND a.merchant_id = o.merchant_id AND a.connection_id = o.connection_id AND a.order_id = o.id
		AND s.merchant_id = a.merchant_id AND s.connection_id = a.connection_id AND s.agreement_id = a.id
		AND d.merchant_id = ? AND d.connection_id = ? AND d.channel = ? AND d.first_day >= ? AND d.first_day < ?
		AND s.line_type IN ('product', 'adjustment') AND o.test = FALSE AND o.gone_at IS NULL
		GROUP BY SUBSTR(d.first_day, 1, 7), SUBSTR(d.day, 1, 7)`, args...)
	if err != nil {
		return nil, err
	}
	var table []Cohort
	for k, c := range cells {
		first, err := period.ParseDay(k.first + "-01")
		if err != nil {
			return nil, err
		}
		month, err := period.ParseDay(k.month + "-01")
		if err != nil {
			return nil, err
		}
		c.Month, c.K = period.Of(period.Monthly, first, period.Calendar{}), months(month)-months(first)
		table = append(table, *c)
	}
	slices.SortFunc(table, func(a, b Cohort) int {
		if a.Month.From != b.Month.From {
			return int(a.Month.From - b.Month.From)
		}
		return a.K - b.K
	})
	return table, nil
}

// months counts calendar months.
func months(d period.Day) int {
	y, m, _ := d.UTC().Date()
	return 12*y + int(m)
}
