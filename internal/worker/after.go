package worker

import (
	"context"
	"time"

	"fourfold/internal/store"
)

// Export writes something of a merchant's after a night, and says what it wrote.
type Export func(ctx context.Context) (note string, err error)

// owedAfterNights finds the merchants for whom work of a kind is to be done now: since it is owed after a night, or since somebody has asked
// for it. wants says who wants any, and when somebody last asked; zero for nobody.
func (w *Worker) owedAfterNights(ctx context.Context, kind string, wants func(store.Merchant) (asked time.Time, ok bool)) ([]Piece, error) {
	nights, err := w.Store.Nights(ctx, NightKind, 1)
	if err != nil {
		return nil, err
	}
	runs, err := w.Store.Nights(ctx, kind, againTimes+1)
	if err != nil {
		return nil, err
	}
	done := make(map[int64][]store.Run, len(runs))
	for _, e := range runs {
		done[e.Merchant.ID] = e.Last
	}
	var pieces []Piece
	for _, n := range nights {
		asked, ok := wants(n.Merchant)
		if ok && (owesExport(n.Last, done[n.Merchant.ID], w.Now()) || askedSince(asked, done[n.Merchant.ID])) {
			pieces = append(pieces, Piece{Merchant: n.Merchant.ID})
		}
	}
	return pieces, nil
}

// owesExport says whether work after nights is to be done now: a night has ended since it last was, or that failed, or was cut off, a while
// ago. Both are on record with the latest first.
func owesExport(nights, exports []store.Run, now time.Time) bool {
	if len(nights) == 0 || nights[0].EndedAt.IsZero() {
		return false
	}
	failed := 0
	for _, e := range exports {
		if e.StartedAt.Before(nights[0].EndedAt) {
			break
		}
		if !e.EndedAt.IsZero() && e.Error == "" {
			return false
		}
		failed++
	}
	return failed == 0 || failed <= againTimes && !now.Before(exports[0].StartedAt.Add(againAfter))
}

// askedSince says whether somebody asked after the work was last begun.
func askedSince(asked time.Time, runs []store.Run) bool {
	return !asked.IsZero() && (len(runs) == 0 || runs[0].StartedAt.Before(asked))
}

// afterNight does work of a kind for a merchant, if it is owed still, puts it on record, and notes whether that needs a person.
func (w *Worker) afterNight(ctx context.Context, m store.Merchant, kind string, asked time.Time, do Export) error {
	nights, err := w.Store.RunsOf(ctx, m.ID, 1, NightKind)
	if err != nil {
		return err
	}
	runs, err := w.Store.RunsOf(ctx, m.ID, againTimes+1, kind)
	if err != nil || !owesExport(nights, runs, w.Now()) && !askedSince(asked, runs) {
		return err
	}
	night := ""
	if len(nights) > 0 {
		night = nights[0].Night
	}
	err = w.recorded(ctx, m, kind, night, func() (string, error) { return do(ctx) })
	if ctx.Err() != nil {
		return err
	}
	if examineErr := w.Examine(ctx, m); examineErr != nil {
		w.Log.Warn("what needs a person is not known", "merchant", m.ID, "error", examineErr)
	}
	return err
}

// needsAfter tells that work of a kind failed the last time it was done.
func (w *Worker) needsAfter(ctx context.Context, m store.Merchant, kind string, need func(failed string) Need) ([]Need, error) {
	last, err := w.Store.RunsOf(ctx, m.ID, 1, kind)
	if err != nil || len(last) == 0 || last[0].Error == "" {
		return nil, err
	}
	return []Need{need(last[0].Error)}, nil
}
