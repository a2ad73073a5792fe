package store

import (
	"context"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// ReconciliationRow holds our sales of a day against the provider's own report of it.
type ReconciliationRow struct {
	Day                    period.Day
	TheirNet, OurNet       money.Amount
	TheirTotal, OurTotal   money.Amount
	TheirOrders, OurOrders int64
}

// Reconciliation compares a connection's days, for which the provider has reported, by the day.
func (s *Store) Reconciliation(ctx context.Context, merchantID, connectionID int64, days period.Days) ([]ReconciliationRow, error) {
	var rows []ReconciliationRow
	index := map[period.Day]int{}
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		err := t.each(ctx, func(scan func(...any) error) error {
			var r ReconciliationRow
			err := scan(&r.Day, &r.TheirNet.Currency, &r.TheirNet.Micros, &r.TheirTotal.Micros, &r.TheirOrders)
			r.TheirTotal.Currency, r.OurNet.Currency, r.OurTotal.Currency = r.TheirNet.Currency, r.TheirNet.Currency, r.TheirNet.Currency
			index[r.Day] = len(rows)
			rows = append(rows, r)
			return err
		}, `SELECT day, currency, net, total, orders FROM provider_sales_days
			WHERE merchant_id = ? AND connection_id = ? AND day >= ? AND day < ? ORDER BY day`, merchantID, connectionID, days.From, days.To)
		if err != nil {
			return err
		}
		return t.each(ctx, func(scan func(...any) error) error {
			var measure kpi.Measure
			var day period.Day
			var currency string
			var amount int64
			if err := scan(&measure, &day, &currency, &amount); err != nil {
				return err
			}
			if i, ok := index[day]; ok {
				rows[i].count(measure, currency, amount)
			}
			return nil
		}, `SELECT measure, day, currency, SUM(amount) FROM totals WHERE merchant_id = ? AND connection_id = ? AND day >= ? AND day < ? AND part = ''
			AND measure IN ('net_sales', 'shipping', 'taxes', 'duties', 'fees', 'orders') GROUP BY measure, day, currency`,
			merchantID, connectionID, days.From, days.To)
	})
	return rows, err
}

// count adds one of our totals: total sales are net sales with shipping, taxes, duties and fees.
func (r *ReconciliationRow) count(m kpi.Measure, currency string, amount int64) {
	switch {
	case m == kpi.Orders:
		r.OurOrders += amount
	case currency != r.TheirNet.Currency:
	default:
		r.OurTotal.Micros += money.Micros(amount)
		if m == kpi.NetSales {
			r.OurNet.Micros += money.Micros(amount)
		}
	}
}
