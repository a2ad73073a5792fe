package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fourfold/internal/store"
)

// DestinationsKind is what the record of an export to destinations says it is.
const DestinationsKind = "destinations"

// NeedDestination is the need for a person where a destination cannot be exported to.
const NeedDestination = "destination"

// Destinations is the chore of bringing spreadsheets up to date after each night, and when somebody asks. What fails is tried again as
// files are.
func (w *Worker) Destinations() Chore {
	return Chore{Kind: DestinationsKind, Find: w.owedDestinations, Do: w.sendAll}
}

func (w *Worker) owedDestinations(ctx context.Context) ([]Piece, error) {
	if w.SendTo == nil {
		return nil, nil
	}
	all, err := w.Store.ActiveDestinations(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	asked := map[int64]time.Time{}
	for _, d := range all {
		if last, ok := asked[d.MerchantID]; !ok || d.AskedAt.After(last) {
			asked[d.MerchantID] = d.AskedAt
		}
	}
	return w.owedAfterNights(ctx, DestinationsKind, func(m store.Merchant) (time.Time, bool) {
		last, ok := asked[m.ID]
		return last, ok
	})
}

// sendAll exports to a merchant's destinations. One that fails keeps the others from nothing.
func (w *Worker) sendAll(ctx context.Context, p Piece) error {
	m, err := w.Store.Merchant(ctx, p.Merchant)
	if err != nil {
		return err
	}
	theirs, asked, err := w.destinationsOf(ctx, m)
	if err != nil || len(theirs) == 0 || w.SendTo == nil {
		return err
	}
	return w.afterNight(ctx, m, DestinationsKind, asked, func(ctx context.Context) (note string, err error) {
		var failures []error
		for _, d := range theirs {
			said, err := w.SendTo(ctx, m, d)
			failures = append(failures, err)
			note = joined(note, said)
		}
		return note, errors.Join(failures...)
	})
}

func joined(note, more string) string {
	if note == "" || more == "" {
		return note + more
	}
	return note + "; " + more
}

// destinationsOf are those of a merchant that are exported to, and when somebody last asked for it.
func (w *Worker) destinationsOf(ctx context.Context, m store.Merchant) (theirs []store.Destination, asked time.Time, err error) {
	all, err := w.Store.Destinations(ctx, m.ID)
	for _, d := range all {
		if d.State != store.StateActive {
			continue
		}
		theirs = append(theirs, d)
		if d.AskedAt.After(asked) {
			asked = d.AskedAt
		}
	}
	return theirs, asked, err
}

// needsDestinations tells that a destination could not be exported to the last time.
func (w *Worker) needsDestinations(ctx context.Context, m store.Merchant) ([]Need, error) {
	theirs, _, err := w.destinationsOf(ctx, m)
	if err != nil || len(theirs) == 0 {
		return nil, err
	}
	return w.needsAfter(ctx, m, DestinationsKind, func(failed string) Need {
		return Need{NeedDestination, fmt.Sprintf("The spreadsheet of %s could not be brought up to date: %s", m.Name, failed),
			"Do what it says, on the page Take along; until then it stays as it was. It is tried again every hour, three times, then after the next night."}
	})
}
