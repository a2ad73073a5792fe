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

// Exports is the chore of writing files after each night, for the merchants who want any. They are made of snapshots: an export that fails
// loses nothing, and is tried again as a night is that failed; then the next night's has its turn.
func (w *Worker) Exports() Chore {
	return Chore{Kind: ExportKind, Find: w.owedExports, Do: w.export}
}

func (w *Worker) owedExports(ctx context.Context) ([]Piece, error) {
	if w.ExportOf == nil {
		return nil, nil
	}
	return w.owedAfterNights(ctx, ExportKind, func(m store.Merchant) (time.Time, bool) { return time.Time{}, w.ExportOf(m) != nil })
}

// export writes the files of a merchant who is owed them.
func (w *Worker) export(ctx context.Context, p Piece) error {
	m, err := w.Store.Merchant(ctx, p.Merchant)
	if err != nil {
		return err
	}
	if w.ExportOf == nil || w.ExportOf(m) == nil {
		return nil // asked for by a process that is configured otherwise
	}
	return w.afterNight(ctx, m, ExportKind, time.Time{}, w.ExportOf(m))
}

// needsExport tells that a merchant's files could not be written the last time.
func (w *Worker) needsExport(ctx context.Context, m store.Merchant) ([]Need, error) {
	if w.ExportOf == nil || w.ExportOf(m) == nil {
		return nil, nil
	}
	return w.needsAfter(ctx, m, ExportKind, func(failed string) Need {
		return Need{NeedExport, fmt.Sprintf("The files of %s could not be written: %s", m.Name, failed),
			"Mend what it says; nothing is lost. It is tried again every hour, three times, then after the next night."}
	})
}
