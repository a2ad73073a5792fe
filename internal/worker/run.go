package worker

import (
	"context"
	"errors"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// Schedule tells when work is next due, in the zone of its argument; zero for never.
type Schedule interface{ Next(time.Time) time.Time }

// beatEvery is how often Run gives a sign of life, and the longest it sleeps in one go: a laptop that was asleep finds a missed
// night within it.
const beatEvery = time.Minute

// Run stays and works a night whenever the schedule says so, until ctx ends. Nights are kept by local date: a night that was
// missed while nobody ran is caught up once, and the two 02:30s of autumn are one night.
func (w *Worker) Run(ctx context.Context, m store.Merchant, schedule Schedule) error {
	loc, err := m.Location()
	if err != nil {
		return err
	}
	for {
		now := w.Now()
		if w.Beat != nil {
			if err := w.Beat(now); err != nil {
				w.Log.Warn("no sign of life could be left", "error", err)
			}
		}
		last, err := w.lastNight(ctx, m)
		if err != nil {
			return err
		}
		if due(schedule, last, now, loc) {
			w.night(ctx, m)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		if err := wait(ctx, beatEvery); err != nil {
			return err
		}
	}
}

// due says whether a night is owed: the schedule came due since the last one began, on another local date.
func due(s Schedule, last, now time.Time, loc *time.Location) bool {
	if last.IsZero() {
		return true
	}
	next := s.Next(last.In(loc))
	for !next.IsZero() && period.On(next, loc) == period.On(last, loc) {
		next = s.Next(next)
	}
	return !next.IsZero() && !now.Before(next)
}

// lastNight is when the last night began; zero if there was none.
func (w *Worker) lastNight(ctx context.Context, m store.Merchant) (time.Time, error) {
	runs, err := w.Store.Runs(ctx, m.ID, 100)
	if err != nil {
		return time.Time{}, err
	}
	var last time.Time
	for _, r := range runs {
		if r.StartedAt.After(last) && (!r.EndedAt.IsZero() || w.Now().Sub(r.StartedAt) < time.Hour) {
			last = r.StartedAt
		}
	}
	return last, nil
}

// night works one night and logs its outcome once, in one line.
func (w *Worker) night(ctx context.Context, m store.Merchant) {
	began := w.Now()
	report, err := w.Night(ctx, m)
	took := w.Now().Sub(began).Round(time.Second)
	switch {
	case errors.Is(err, context.Canceled):
		w.Log.Info("night interrupted; the next run goes on where it ended", "merchant", m.ID, "took", took)
	case err != nil:
		w.Log.Error("night failed", "merchant", m.ID, "took", took, "error", err)
	default:
		w.Log.Info("night done", "merchant", m.ID, "took", took, "snapshots", report.Snapshots, "restatements", report.Restatements)
	}
}
