package book

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// card is the scorecard of a scope, with what to compare it with; nil if there are no snapshots of it.
func (k Maker) card(ctx context.Context, m store.Merchant, scope kpi.Scope, at period.Period, req Request, b *export.Book) (*export.Card, error) {
	now, kept, err := k.recall(ctx, m, scope, at, b)
	if err != nil || now == nil {
		return nil, err
	}
	card := &export.Card{Scorecard: *now}
	like := now.Period.Prev(m.Calendar)
	if req.LastYear {
		like = period.Of(at.Grain, now.Period.YearBefore().From, m.Calendar)
	}
	switch {
	case now.Running:
		var all []kpi.ID
		if !req.History {
			all = shown([]export.Card{*card}, req.All)
		}
		// Of another currency, or another calendar, nothing can be compared until the next pull works the period out anew.
		alike := func(e kpi.Entry) bool {
			s := kept[e.KPI.ID]
			return e.Value.Has && (len(all) == 0 || slices.Contains(all, e.KPI.ID)) && s.Period == at && s.Definition == e.KPI.Version && (s.Currency == "" || s.Currency == m.Currency)
		}
		card.Before, err = k.samePart(ctx, m, like, *now, alike)
		if err != nil && ctx.Err() == nil {
			b.Notes = append(b.Notes, fmt.Sprintf("Changes are not shown, because as many days of %s cannot be counted: %v.", like, err))
			err = nil
		}
	case req.LastYear:
		if card.Before, _, err = k.recall(ctx, m, scope, like, nil); card.Before == nil {
			card.Before = &kpi.Scorecard{}
		}
	}
	return card, err
}

// samePart is what a running scorecard is compared with: as many days of another period as have passed of its own, for each KPI by the days that
// it is told of. Snapshots are of whole periods, or of however much had passed on a day on which something changed, so the days are counted here: as they are
// known today. KPIs that do not sum up from days are left out: counting them takes as long as judging them does.
func (k Maker) samePart(ctx context.Context, m store.Merchant, like period.Period, now kpi.Scorecard, alike func(kpi.Entry) bool) (*kpi.Scorecard, error) {
	before := &kpi.Scorecard{Scope: now.Scope, Period: like, Through: min(like.From+(now.Through-now.Period.From), like.To), Running: true}
	counter, err := k.Store.Counter(ctx, m.ID, now.Scope)
	if errors.Is(err, store.ErrMissing) {
		return before, nil // all its stores are forgotten
	}
	if err != nil {
		return before, err
	}
	byDays := map[period.Day][]kpi.KPI{}
	for _, e := range now.Entries {
		if alike(e) && e.KPI.ByDays() {
			days := min(counter.ThroughOf(e.KPI), now.Through) - now.Period.From
			byDays[days] = append(byDays[days], e.KPI)
		}
	}
	for days, defs := range byDays {
		at := kpi.At{Scope: now.Scope, Period: like, Through: min(like.From+days, like.To)}
		card := kpi.Build(defs, at, counter.MeasuresTo(kpi.Needs(defs, like.Grain, now.Scope), like, at.Through), nil, kpi.Plan{})
		before.Entries = append(before.Entries, card.Entries...)
	}
	if err := counter.Err(); err != nil {
		before.Entries = nil
		return before, err
	}
	return before, nil
}
