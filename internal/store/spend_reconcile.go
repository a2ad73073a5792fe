package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// SpendRow holds what we have of an account's spend over a run of days against the platform's own total of the same days, which was asked for by
// itself.
type SpendRow struct {
	Days         period.Days
	Theirs, Ours money.Amount
	// Whole says that we know all of these days: a difference is one then, and not what was not read yet.
	Whole bool
	// TheirsAt is when the total was read, OursAt when the youngest of our days was: the platform may have changed its figures in between.
	TheirsAt, OursAt time.Time
}

// Difference is what we have more than the platform says.
func (r SpendRow) Difference() money.Amount {
	return money.Amount{Micros: r.Ours.Micros - r.Theirs.Micros, Currency: r.Theirs.Currency}
}

// SpendReconciliation compares an ad account's spend with the platform's own totals that lie in the days, by the day they begin; by months, as
// they are asked for.
func (s *Store) SpendReconciliation(ctx context.Context, merchantID, connectionID int64, days period.Days) ([]SpendRow, error) {
	var rows []SpendRow
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		var whole period.Day
		if _, err := t.one(ctx, []any{(*civil)(&whole)}, "SELECT complete_day FROM streams WHERE merchant_id = ? AND connection_id = ? AND stream = 'spend'", merchantID, connectionID); err != nil {
			return err
		}
		err := t.each(ctx, func(scan func(...any) error) error {
			var r SpendRow
			var read instant
			err := scan(&r.Days.From, &r.Days.To, &r.Theirs.Currency, &r.Theirs.Micros, &read)
			r.Ours.Currency, r.TheirsAt, r.Whole = r.Theirs.Currency, read.Time, r.Days.To <= whole
			rows = append(rows, r)
			return err
		}, "SELECT day, day_to, currency, spend, read_at FROM ad_totals WHERE merchant_id = ? AND connection_id = ? AND day >= ? AND day_to <= ?",
			merchantID, connectionID, days.From.String(), days.To.String())
		if err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			var ours int64
			var read instant
			if _, err := t.one(ctx, []any{&ours, &read}, `SELECT CAST(COALESCE(SUM(spend), 0) AS BIGINT), MAX(read_at) FROM ad_days
				WHERE merchant_id = ? AND connection_id = ? AND day >= ? AND day < ? AND currency = ?`,
				merchantID, connectionID, r.Days.From.String(), r.Days.To.String(), r.Theirs.Currency); err != nil {
				return err
			}
			r.Ours.Micros, r.OursAt = money.Micros(ours), read.Time
		}
		return nil
	})
	slices.SortFunc(rows, func(a, b SpendRow) int {
		if a.Days.From != b.Days.From {
			return int(a.Days.From - b.Days.From)
		}
		return strings.Compare(a.Theirs.Currency, b.Theirs.Currency)
	})
	return rows, err
}
