package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

const addTotals = "(merchant_id, connection_id, channel, measure, day, part, currency) DO UPDATE SET amount = totals.amount + excluded.amount"

// add adds the tally to the totals, and returns the keys it changed.
func (r *recounter) add(ctx context.Context, delta *count.Tally) ([]count.Key, error) {
	keys, totals, err := r.totalRows(delta)
	if err != nil {
		return nil, err
	}
	return keys, r.upsert(ctx, "totals", addTotals, totals)
}

// totalRows are the tally's totals as rows, in the order of their keys.
func (r *recounter) totalRows(t *count.Tally) ([]count.Key, rows, error) {
	sums, err := t.Sums()
	if err != nil {
		return nil, rows{}, err
	}
	keys := make([]count.Key, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareKeys)
	return keys, rowsOf(len(keys), func(i int, w *row) {
		k := keys[i]
		r.own(w)
		w.text("channel", k.Channel)
		w.text("measure", string(k.Measure))
		w.text("day", k.Day.String())
		w.text("part", k.Part)
		w.text("currency", k.Currency)
		w.int("amount", sums[k])
	}), nil
}

// own writes what begins the key of every row of ours.
func (r *recounter) own(w *row) {
	w.int("merchant_id", r.acc.merchant.ID)
	w.int("connection_id", r.acc.connection.ID)
}

func compareKeys(a, b count.Key) int {
	if c := strings.Compare(a.Channel, b.Channel); c != 0 {
		return c
	}
	if c := strings.Compare(string(a.Measure), string(b.Measure)); c != 0 {
		return c
	}
	if a.Day != b.Day {
		return int(a.Day - b.Day)
	}
	if c := strings.Compare(a.Part, b.Part); c != 0 {
		return c
	}
	return strings.Compare(a.Currency, b.Currency)
}

// dropZeros deletes those of the totals that came to zero.
func (r *recounter) dropZeros(ctx context.Context, keys []count.Key) error {
	const one = "DELETE FROM totals WHERE " + ours + " AND channel = ? AND measure = ? AND day = ? AND part = ? AND currency = ? AND amount = 0"
	if r.dialect == sqlite {
		for _, k := range keys {
			if _, err := r.exec(ctx, one, r.keys(k.Channel, string(k.Measure), k.Day.String(), k.Part, k.Currency)...); err != nil {
				return err
			}
		}
		return nil
	}
	for chunk := range slices.Chunk(keys, 5000) {
		columns := make([][]string, 5)
		for _, k := range chunk {
			for i, v := range []string{k.Channel, string(k.Measure), k.Day.String(), k.Part, k.Currency} {
				columns[i] = append(columns[i], v)
			}
		}
		_, err := r.exec(ctx, `DELETE FROM totals t USING unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) AS k (channel, measure, day, part, currency)
			WHERE t.merchant_id = ? AND t.connection_id = ? AND t.channel = k.channel AND t.measure = k.measure AND t.day = k.day
			AND t.part = k.part AND t.currency = k.currency AND t.amount = 0`,
			append([]any{columns[0], columns[1], columns[2], columns[3], columns[4]}, r.keys()...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// markKey is a mark without when it was made, and why.
type markKey struct {
	channel string
	measure kpi.Measure
	day     period.Day
}

// because is the cause of all that changed, where there is one.
func because(c kpi.Cause) func(count.Key) kpi.Cause { return func(count.Key) kpi.Cause { return c } }

// mark says of every changed total, and of every measure and day that it moves, that it has to be judged again, and why. Days that have
// not come yet need none: nothing is judged for them so far. What comes of a day that was not complete before needs no cause.
func (r *recounter) mark(ctx context.Context, changed []count.Key, cause func(count.Key) kpi.Cause, now time.Time) error {
	today := period.On(now, r.zone)
	marked := make(map[markKey]kpi.Cause)
	put := func(k markKey, c kpi.Cause) {
		if k.day >= r.complete {
			c = ""
		}
		if had, ok := marked[k]; !ok || c.Before(had) {
			marked[k] = c
		}
	}
	for _, k := range changed {
		why := cause(k)
		put(markKey{k.Channel, k.Measure, k.Day}, why)
		for _, reach := range k.Reaches() {
			channel := k.Channel
			if info, ok := kpi.Info(reach.Measure); ok && !info.Channels && channel != count.Whole {
				channel = ""
			}
			for d := reach.Days.From; d < reach.Days.To; d++ {
				if d <= today || d == k.Day {
					put(markKey{channel, reach.Measure, d}, why)
				}
			}
		}
	}
	return r.writeMarks(ctx, marked, now)
}

// addMark leaves a mark that is there with the cause that is told first.
var addMark = "(merchant_id, connection_id, channel, measure, day) DO UPDATE SET marked_at = excluded.marked_at, times = marks.times + 1," +
	" cause = CASE WHEN " + placeOfCause("excluded.cause") + " < " + placeOfCause("marks.cause") + " THEN excluded.cause ELSE marks.cause END"

// placeOfCause is kpi.Cause.Before in SQL: of two causes the one with the lower place is told.
func placeOfCause(column string) string {
	text := "CASE " + column
	causes := kpi.Causes()
	for i, c := range causes {
		text += fmt.Sprintf(" WHEN '%s' THEN %d", strings.ReplaceAll(string(c), "'", "''"), i)
	}
	return text + fmt.Sprintf(" ELSE %d END", len(causes))
}

func (r *recounter) writeMarks(ctx context.Context, marked map[markKey]kpi.Cause, now time.Time) error {
	keys := make([]markKey, 0, len(marked))
	for k := range marked {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b markKey) int {
		return compareKeys(count.Key{Channel: a.channel, Measure: a.measure, Day: a.day}, count.Key{Channel: b.channel, Measure: b.measure, Day: b.day})
	})
	return r.upsert(ctx, "marks", addMark, rowsOf(len(keys), func(i int, w *row) {
		k := keys[i]
		r.own(w)
		w.text("channel", k.channel)
		w.text("measure", string(k.measure))
		w.text("day", k.day.String())
		w.at("marked_at", now)
		w.int("times", 1)
		w.text("cause", string(marked[k]))
	}))
}

// customerDayKey names a customer day.
type customerDayKey struct {
	channel, customer string
	day               period.Day
}

// relink writes the customer days that changed and deletes those that are no more.
func (r *recounter) relink(ctx context.Context, before, after []count.CustomerDay) error {
	was := make(map[customerDayKey]count.CustomerDay, len(before))
	for _, d := range before {
		was[customerDayKey{d.Channel, d.Customer, d.Day}] = d
	}
	var changed []count.CustomerDay
	for _, d := range after {
		k := customerDayKey{d.Channel, d.Customer, d.Day}
		if was[k] != d {
			changed = append(changed, d)
		}
		delete(was, k)
	}
	for k := range was {
		if _, err := r.exec(ctx, "DELETE FROM customer_days WHERE "+ours+" AND channel = ? AND customer_id = ? AND day = ?",
			r.keys(k.channel, k.customer, k.day.String())...); err != nil {
			return err
		}
	}
	return r.upsert(ctx, "customer_days", `(merchant_id, connection_id, channel, customer_id, day)
		DO UPDATE SET prev_day = excluded.prev_day, first_day = excluded.first_day, ordinal = excluded.ordinal, orders = excluded.orders`, r.dayRows(changed))
}

func (r *recounter) dayRows(days []count.CustomerDay) rows {
	return rowsOf(len(days), func(i int, w *row) {
		d := days[i]
		prev := ""
		if d.Ordinal > 1 {
			prev = d.Prev.String()
		}
		r.own(w)
		w.text("channel", d.Channel)
		w.text("customer_id", d.Customer)
		w.text("day", d.Day.String())
		w.text("prev_day", prev)
		w.text("first_day", d.First.String())
		w.int("ordinal", d.Ordinal)
		w.int("orders", d.Orders)
	})
}
