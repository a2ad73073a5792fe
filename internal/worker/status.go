package worker

import (
	"context"
	"time"

	"fourfold/internal/store"
)

// LastNight is a merchant's latest night on record; its ID is zero before the first.
func (w *Worker) LastNight(ctx context.Context, m store.Merchant) (store.Run, error) {
	last, err := w.Store.RunsOf(ctx, m.ID, NightKind, 1)
	if err != nil || len(last) == 0 {
		return store.Run{}, err
	}
	return last[0], nil
}

// NextNight is when a merchant's next night begins, on its own clock: now if one is overdue, zero for never.
func (w *Worker) NextNight(m store.Merchant, last store.Run) (time.Time, error) {
	if m.State == store.StatePaused {
		return time.Time{}, nil
	}
	schedule, loc, err := w.scheduleOf(m)
	if err != nil {
		return time.Time{}, err
	}
	now := w.Now().In(loc)
	if last.ID == 0 {
		return now, nil
	}
	next := dueAfter(schedule, last.StartedAt, loc)
	if next.IsZero() {
		return next, nil
	}
	if next = next.Add(jitter(m.ID, w.Spread)); next.Before(now) {
		return now, nil
	}
	return next.In(loc), nil
}

// dueAfter is when a schedule first comes due after last; zero for never. It is read off the merchant's wall clock, as due does.
func dueAfter(s Schedule, last time.Time, loc *time.Location) time.Time {
	wall := last.In(loc)
	next := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), time.UTC)
	for {
		if next = s.Next(next); next.IsZero() {
			return next
		}
		if at := firstAt(next, loc); at.After(last) {
			return at
		}
	}
}
