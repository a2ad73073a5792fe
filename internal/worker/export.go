package worker

import (
	"context"
	"fmt"
	"time"

	"fourfold/internal/store"
)

// ExportKind is what the record of an export says it is.
const ExportKind = "export"

// NeedExport is the need for a person where files cannot be written after a night.
const NeedExport = "export"

// Export writes a merchant's files and says what it wrote.
type Export func(ctx context.Context) (note string, err error)

// Exports is the chore of writing files after each night, for the merchants who want any. They are made of snapshots: an export that fails
// loses nothing, and is tried again as a night is that failed; then the next night's has its turn.
func (w *Worker) Exports() Chore {
	return Chore{Kind: ExportKind, Find: w.owedExports, Do: w.export}
}

func (w *Worker) owedExports(ctx context.Context) ([]Piece, error) {
	if w.ExportOf == nil {
		return nil, nil
	}
	nights, err := w.Store.Nights(ctx, NightKind, 1)
	if err != nil {
		return nil, err
	}
	exports, err := w.Store.Nights(ctx, ExportKind, againTimes+1)
	if err != nil {
		return nil, err
	}
	done := make(map[int64][]store.Run, len(exports))
	for _, e := range exports {
		done[e.Merchant.ID] = e.Last
	}
	var pieces []Piece
	for _, n := range nights {
		if w.ExportOf(n.Merchant) != nil && owesExport(n.Last, done[n.Merchant.ID], w.Now()) {
			pieces = append(pieces, Piece{Merchant: n.Merchant.ID})
		}
	}
	return pieces, nil
}

// owesExport says whether files are to be written now: a night has ended since they last were, or that failed, or was cut off, a while ago.
// Both are on record with the latest first.
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

// export writes the files of a merchant who is owed them, and notes whether that needs a person.
func (w *Worker) export(ctx context.Context, p Piece) error {
	m, err := w.Store.Merchant(ctx, p.Merchant)
	if err != nil {
		return err
	}
	if w.ExportOf == nil || w.ExportOf(m) == nil {
		return nil // asked for by a process that is configured otherwise
	}
	nights, err := w.Store.RunsOf(ctx, m.ID, NightKind, 1)
	if err != nil {
		return err
	}
	exports, err := w.Store.RunsOf(ctx, m.ID, ExportKind, againTimes+1)
	if err != nil || !owesExport(nights, exports, w.Now()) {
		return err
	}
	err = w.recorded(ctx, m, ExportKind, nights[0].Night, func() (string, error) { return w.ExportOf(m)(ctx) })
	if ctx.Err() != nil {
		return err
	}
	if examineErr := w.Examine(ctx, m); examineErr != nil {
		w.Log.Warn("what needs a person is not known", "merchant", m.ID, "error", examineErr)
	}
	return err
}

// needsExport tells that a merchant's files could not be written the last time.
func (w *Worker) needsExport(ctx context.Context, m store.Merchant) ([]Need, error) {
	if w.ExportOf == nil || w.ExportOf(m) == nil {
		return nil, nil
	}
	last, err := w.Store.RunsOf(ctx, m.ID, ExportKind, 1)
	if err != nil || len(last) == 0 || last[0].Error == "" {
		return nil, err
	}
	return []Need{{NeedExport, fmt.Sprintf("The files of %s could not be written: %s", m.Name, last[0].Error),
		"Mend what it says; nothing is lost. It is tried again every hour, three times, then after the next night."}}, nil
}
