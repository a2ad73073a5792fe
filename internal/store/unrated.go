package store

import (
	"context"
	"fmt"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// Unrated is a currency in which an account has amounts that cannot be converted, since there is no rate for their day.
type Unrated struct {
	Connection int64
	Currency   string
	Day        period.Day // the last day that has such an amount
}

// Unrated lists the currencies without a rate in which active ad accounts of a merchant have spent since a day, and stores sell.
func (s *Store) Unrated(ctx context.Context, m Merchant, since period.Day) ([]Unrated, error) {
	var all []Unrated
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		var abroad []Unrated
		err := t.each(ctx, func(scan func(...any) error) error {
			var u Unrated
			err := scan(&u.Connection, &u.Currency, &u.Day)
			abroad = append(abroad, u)
			return err
		}, `SELECT c.id, t.currency, MAX(t.day) FROM connections c CROSS JOIN totals t WHERE t.merchant_id = c.merchant_id AND t.connection_id = c.id
			AND c.merchant_id = ? AND c.state = ?
			AND (c.currency <> ? OR EXISTS (SELECT 1 FROM streams s WHERE s.merchant_id = c.merchant_id AND s.connection_id = c.id AND s.stream = ?))
			AND t.measure IN (?, ?) AND t.day >= ? AND t.currency <> '' AND t.currency <> ? AND t.amount <> 0
			GROUP BY c.id, t.currency ORDER BY c.id, t.currency`,
			m.ID, string(StateActive), m.Currency, kpi.SpendStream, string(kpi.AdSpend), string(kpi.GrossSales), since.String(), m.Currency)
		if err != nil {
			return err
		}
		for _, u := range abroad {
			var n int
			if _, err := t.one(ctx, []any{&n}, `SELECT COUNT(*) FROM rates WHERE merchant_id = ? AND from_currency = ? AND to_currency = ? AND day >= ? AND day <= ?`,
				m.ID, u.Currency, m.Currency, (u.Day - rateAge).String(), u.Day.String()); err != nil {
				return err
			}
			if n == 0 {
				all = append(all, u)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for currencies without a rate: %w", err)
	}
	return all, nil
}
