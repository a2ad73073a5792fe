package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fourfold/internal/store"
)

// Schedule tells when work is next due, in the zone of its argument; zero for never.
type Schedule interface{ Next(time.Time) time.Time }

const (
	// beatEvery is how often Run gives a sign of life, and the longest it sleeps in one go: a laptop that was asleep finds a missed
	// night within it.
	beatEvery = time.Minute
	// A night that failed is tried again, so many times, after so long; then it is left to the next one.
	againTimes = 3
	againAfter = time.Hour
)

// Run stays and works a night whenever the schedule says so, until ctx ends. A night that was missed while nobody ran is caught up
// once, and one that was cut off is gone on with.
func (w *Worker) Run(ctx context.Context, m store.Merchant, schedule Schedule) error {
	began := w.Now()
	stop := w.beats(ctx)
	defer stop()
	for {
		m, err := w.merchant(ctx, m.ID) // its zone or calendar may have been changed meanwhile
		if err != nil {
			return err
		}
		loc, err := m.Location()
		if err != nil {
			return err
		}
		nights, err := w.nights(ctx, m)
		if err != nil {
			return err
		}
		if owed(schedule, nights, w.Now(), began, loc) {
			w.night(ctx, m)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if err := wait(ctx, beatEvery); err != nil {
			return err
		}
	}
}

// owed says whether a night is to be worked now. nights are those on record, the latest first.
func owed(s Schedule, nights []store.Run, now, began time.Time, loc *time.Location) bool {
	if len(nights) == 0 {
		return true
	}
	last := nights[0]
	if last.EndedAt.IsZero() && last.StartedAt.Before(began) {
		return true // cut off
	}
	if due(s, last.StartedAt, now, loc) {
		return true
	}
	failed := 0
	for failed < len(nights) && nights[failed].Error != "" {
		failed++
	}
	return failed > 0 && failed <= againTimes && !now.Before(last.EndedAt.Add(againAfter))
}

// due says whether the schedule came due since last.
func due(s Schedule, last, now time.Time, loc *time.Location) bool {
	at := dueAfter(s, last, loc)
	return !at.IsZero() && !now.Before(at)
}

// dueAfter is when the schedule first comes due after last, zero for never. It is read off the merchant's wall clock: half past two comes
// once on the night on which the clocks go back, and on the one on which they skip it, too.
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

// firstAt is the first instant at which clocks in a zone show what wall shows, or would if they did not skip it.
func firstAt(wall time.Time, loc *time.Location) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, loc)
	const shows = "2006-01-02 15:04:05"
	for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} { // as far as clocks are set back anywhere
		if earlier := at.Add(-back); earlier.Format(shows) == at.Format(shows) {
			return earlier
		}
	}
	return at
}

// nights lists the nights on record, the latest first.
func (w *Worker) nights(ctx context.Context, m store.Merchant) ([]store.Run, error) {
	runs, err := w.Store.Runs(ctx, m.ID, 100)
	if err != nil {
		return nil, err
	}
	var nights []store.Run
	for _, r := range runs {
		if r.Kind == nightKind {
			nights = append(nights, r)
		}
	}
	return nights, nil
}

func (w *Worker) merchant(ctx context.Context, id int64) (store.Merchant, error) {
	all, err := w.Store.Merchants(ctx)
	if err != nil {
		return store.Merchant{}, err
	}
	for _, m := range all {
		if m.ID == id {
			return m, nil
		}
	}
	return store.Merchant{}, fmt.Errorf("merchant %d: %w", id, store.ErrMissing)
}

// beats gives signs of life, through a night of hours as well, until stop is called.
func (w *Worker) beats(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for w.Beat != nil {
			if err := w.Beat(w.Now()); err != nil {
				w.Log.Warn("no sign of life could be left", "error", err)
			}
			if wait(ctx, beatEvery) != nil {
				return
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// night works one night and logs its outcome once, in one line.
func (w *Worker) night(ctx context.Context, m store.Merchant) {
	began := w.Now()
	report, err := w.Night(ctx, m)
	took := w.Now().Sub(began).Round(time.Second)
	switch {
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		w.Log.Info("night interrupted; the next run goes on where it ended", "merchant", m.ID, "took", took)
	case err != nil:
		w.Log.Error("night failed", "merchant", m.ID, "took", took, "error", err)
	default:
		w.Log.Info("night done", "merchant", m.ID, "took", took, "snapshots", report.Snapshots, "restatements", report.Restatements)
	}
}
