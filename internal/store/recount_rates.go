package store

import (
	"context"
	"slices"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// rateAge is how many days a rate serves after its own.
const rateAge = 7

// firstRates marks what is converted at rates of a connection of which nothing is counted yet.
func (w *pageWriter) firstRates(ctx context.Context, now time.Time, acc account) error {
	days := make(map[period.Day]bool)
	for i := range w.sorted.rates.records {
		days[w.sorted.rates.records[i].Day] = true
	}
	if len(days) == 0 {
		return nil
	}
	r, err := newRecounter(ctx, w.tx, acc)
	if err != nil {
		return err
	}
	return r.markRates(ctx, days, true, now)
}

// markRates marks what is converted at the rates of the days, whichever connection it was counted for: the totals of connections that have
// amounts in other currencies than the merchant's. backfill says that there were no rates of these days before.
func (r *recounter) markRates(ctx context.Context, days map[period.Day]bool, backfill bool, now time.Time) error {
	cause := kpi.CauseRate
	if backfill {
		cause = kpi.CauseBackfill
	}
	for _, run := range runsOf(days) {
		changed := make(map[int64][]count.Key)
		err := r.each(ctx, func(scan func(...any) error) error {
			var connection int64
			var k count.Key
			err := scan(&connection, &k.Channel, &k.Measure, &k.Day)
			changed[connection] = append(changed[connection], k)
			return err
		}, `SELECT DISTINCT t.connection_id, t.channel, t.measure, t.day FROM connections c CROSS JOIN totals t WHERE t.merchant_id = c.merchant_id AND t.connection_id = c.id
			AND c.merchant_id = ? AND (c.currency <> ? OR EXISTS (SELECT 1 FROM events e WHERE e.merchant_id = c.merchant_id AND e.connection_id = c.id AND e.kind LIKE 'currency %')
			OR EXISTS (SELECT 1 FROM ad_days a WHERE a.merchant_id = c.merchant_id AND a.connection_id = c.id)
			OR EXISTS (SELECT 1 FROM tariffs f WHERE f.merchant_id = c.merchant_id AND f.currency <> ?))
			AND t.day >= ? AND t.day < ? AND t.currency <> '' AND t.currency <> ?`,
			r.acc.merchant.ID, r.acc.merchant.Currency, r.acc.merchant.Currency, run.From.String(), (run.To + rateAge).String(), r.acc.merchant.Currency)
		if err != nil {
			return err
		}
		for connection, keys := range changed {
			of := *r
			of.acc.connection.ID = connection
			if err := of.mark(ctx, keys, because(cause), now); err != nil {
				return err
			}
		}
	}
	return nil
}

// runsOf puts days that follow on one another, or that the rates of the one before still serve, together.
func runsOf(days map[period.Day]bool) []period.Days {
	all := make([]period.Day, 0, len(days))
	for d := range days {
		all = append(all, d)
	}
	slices.Sort(all)
	var runs []period.Days
	for _, d := range all {
		if n := len(runs); n > 0 && d <= runs[n-1].To+rateAge {
			runs[n-1].To = d + 1
			continue
		}
		runs = append(runs, period.Days{From: d, To: d + 1})
	}
	return runs
}
