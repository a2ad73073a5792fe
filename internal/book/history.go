package book

import (
	"context"
	"slices"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// trendLength is how many earlier periods a trend shows.
const trendLength = 13

// daysShown is how many days back a workbook holds snapshots of single days: all of them would be most of its rows, and a pivot
// table over years is made of weeks and months.
const daysShown = 92

// history reads the snapshots behind a book: those that trends need, or with req.History all that a pivot table may want, both
// the value at close and the latest where they differ.
func (k Maker) history(ctx context.Context, m store.Merchant, at period.Period, req Request, cards []export.Card) ([]kpi.Snapshot, error) {
	if !req.History {
		names := []string{at.Name}
		for p := at; len(names) <= trendLength; names = append(names, p.Name) {
			p = p.Prev(m.Calendar)
		}
		scope := &kpi.Whole
		if req.Scope != nil {
			scope = req.Scope
		}
		return k.Store.Snapshots(ctx, m.ID, store.SnapshotQuery{Latest: true, Grain: at.Grain, Periods: names, Scope: scope, KPIs: shown(cards, req.All)})
	}
	var all []kpi.Snapshot
	for _, g := range period.Grains {
		q := store.SnapshotQuery{Latest: true, Grain: g}
		if g == period.Daily {
			q.From, q.To = at.To-daysShown, at.To
		}
		latest, err := k.Store.Snapshots(ctx, m.ID, q)
		if err != nil {
			return nil, err
		}
		q.PublishedOnly = true
		published, err := k.Store.Snapshots(ctx, m.ID, q)
		if err != nil {
			return nil, err
		}
		all = append(all, latest...)
		all = append(all, restated(published, latest)...)
	}
	awaits := map[kpi.ID]bool{}
	for _, k := range kpi.Catalogue() {
		awaits[k.ID] = k.Awaits != ""
	}
	return slices.DeleteFunc(all, func(s kpi.Snapshot) bool { return awaits[s.KPI] }), nil
}

// shown are the KPIs whose trends a scorecard shows; none stands for all.
func shown(cards []export.Card, all bool) (ids []kpi.ID) {
	if all {
		return nil
	}
	for _, c := range cards {
		for _, p := range c.Scorecard.Perspectives {
			for _, o := range p.Children {
				ids = append(ids, o.KPIs...)
			}
		}
	}
	return ids
}

// restated keeps the published values that are not the latest any more.
func restated(published, latest []kpi.Snapshot) []kpi.Snapshot {
	type key struct {
		scope    kpi.Scope
		kpi      kpi.ID
		period   string
		def, rev int
	}
	seen := make(map[key]bool, len(latest))
	for _, s := range latest {
		seen[key{s.Scope, s.KPI, s.Period.Name, s.Definition, s.Revision}] = true
	}
	return slices.DeleteFunc(published, func(s kpi.Snapshot) bool {
		return seen[key{s.Scope, s.KPI, s.Period.Name, s.Definition, s.Revision}]
	})
}
