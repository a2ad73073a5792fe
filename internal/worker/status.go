package worker

import (
	"context"
	"slices"
	"time"

	"fourfold/internal/store"
)

// LastNight is a merchant's latest night on record; its ID is zero before the first.
func (w *Worker) LastNight(ctx context.Context, m store.Merchant) (store.Run, error) {
	last, err := w.Store.RunsOf(ctx, m.ID, 1, NightKind)
	if err != nil || len(last) == 0 {
		return store.Run{}, err
	}
	return last[0], nil
}

// NextNight is when a merchant's next night begins, or the last one is tried again, on its own clock: now if that is overdue, or if the
// last one was cut off; zero for never, as for a merchant who is paused or has no store. A night that has no end is taken for one that is
// under way, and so the next for the one that follows it, until it is much too late for that.
func (w *Worker) NextNight(ctx context.Context, m store.Merchant) (time.Time, error) {
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return time.Time{}, err
	}
	linked := slices.ContainsFunc(conns, func(c store.Connection) bool { return c.State == store.StateActive })
	schedule, loc, err := w.scheduleOf(m)
	if err != nil || m.State == store.StatePaused || !linked {
		return time.Time{}, err
	}
	nights, err := w.Store.RunsOf(ctx, m.ID, againTimes+1, NightKind)
	if err != nil {
		return time.Time{}, err
	}
	now := w.Now().In(loc)
	if len(nights) > 0 && nights[0].EndedAt.IsZero() && now.Sub(nights[0].StartedAt) < missedAfter {
		nights[0].EndedAt = now
	}
	next, ever := owedAt(schedule, nights, jitter(m.ID, w.Spread), loc, func(store.Run) bool { return false })
	switch {
	case !ever:
		return time.Time{}, nil
	case next.Before(now):
		return now, nil
	}
	return next.In(loc), nil
}
