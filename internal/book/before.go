package book

import (
	"context"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// card is the scorecard of a scope, with what to compare it with; nil if there are no snapshots of it.
func (k Maker) card(ctx context.Context, m store.Merchant, scope kpi.Scope, at period.Period, lastYear bool, b *export.Book) (*export.Card, error) {
	now, kept, err := k.recall(ctx, m, scope, at, b)
	if err != nil || now == nil {
		return nil, err
	}
	card := &export.Card{Scorecard: *now}
	like := at.Prev(m.Calendar)
	if lastYear {
		like = period.Of(at.Grain, at.YearBefore().From, m.Calendar)
	}
	switch {
	case now.Running:
		card.Before, err = k.samePart(ctx, m, scope, like, *now, kept, b.Currency)
	case lastYear:
		if card.Before, _, err = k.recall(ctx, m, scope, like, nil); card.Before == nil {
			card.Before = &kpi.Scorecard{}
		}
	}
	return card, err
}

// samePart is what a running scorecard is compared with: as many days of another period as have passed of its own, for each KPI by the days that
// are told of. Where a revision was kept of when the other period had come as far, it is that: what is provisional is held against what
// was as provisional then. Revisions of running periods are kept for some weeks only, and there are none from before the store was linked: otherwise
// the days are counted, as they are known today.
func (k Maker) samePart(ctx context.Context, m store.Merchant, scope kpi.Scope, like period.Period, now kpi.Scorecard, kept map[kpi.ID]kpi.Snapshot, currency string) (*kpi.Scorecard, error) {
	revisions, err := k.Store.Snapshots(ctx, m.ID, store.SnapshotQuery{Scope: &scope, Grain: like.Grain, Period: like.Name})
	if err != nil {
		return nil, err
	}
	elapsed := func(s kpi.Snapshot) period.Day { return s.Through - s.Period.From }
	then := map[kpi.ID]kpi.Snapshot{}
	for _, s := range revisions { // by revision
		if of := kept[s.KPI]; elapsed(s) == elapsed(of) && s.Definition == of.Definition {
			then[s.KPI] = s
		}
	}
	before := kpi.Recall(kpi.Catalogue(), kpi.At{Scope: scope, Period: like, Through: like.From + (now.Through - now.Period.From)}, then, kpi.Plan{})
	uncounted := map[period.Day][]kpi.KPI{} // by how many days
	for _, e := range now.Entries {
		if _, ok := then[e.KPI.ID]; !ok && e.Value.Has && !e.KPI.Composite() && kept[e.KPI.ID].Definition == e.KPI.Version {
			days := elapsed(kept[e.KPI.ID])
			uncounted[days] = append(uncounted[days], e.KPI)
		}
	}
	if len(uncounted) == 0 || currency != "" && currency != m.Currency { // counted in today's, they could not be compared
		return &before, nil
	}
	counter, err := k.Store.Counter(ctx, m.ID, scope)
	if err != nil {
		return nil, err
	}
	counted := map[kpi.ID]kpi.Entry{}
	for days, defs := range uncounted {
		at := kpi.At{Scope: scope, Period: like, Through: min(like.From+days, like.To)}
		card := kpi.Build(defs, at, counter.MeasuresTo(kpi.Needs(defs, like.Grain, scope), like, at.Through), nil, kpi.Plan{})
		for _, e := range card.Entries {
			counted[e.KPI.ID] = e
		}
	}
	for i, e := range before.Entries {
		if c, ok := counted[e.KPI.ID]; ok {
			before.Entries[i] = c
		}
	}
	return &before, counter.Err()
}
