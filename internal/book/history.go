package book

import (
	"context"
	"slices"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// daysShown is how many days back a workbook holds snapshots of single days: all of them would be most of its rows, and a pivot
// table over years is made of weeks and months.
const daysShown = 92

// history reads the snapshots behind a book: those that trends need, or with req.History all that a pivot table may want, both
// the value at close and the latest where they differ.
func (k Maker) history(ctx context.Context, m store.Merchant, at period.Period, req Request, cards []export.Card) ([]kpi.Snapshot, error) {
	if !req.History {
		var names []string
		for p := at; len(names) < export.TrendLength(at.Grain); names = append(names, p.Name) {
			p = p.Prev(m.Calendar) // the period's own value is on the scorecard
		}
		return k.Store.Snapshots(ctx, m.ID, store.SnapshotQuery{Latest: true, Grain: at.Grain, Periods: names, Scope: req.Scope, KPIs: shown(cards, req.All)})
	}
	var all []kpi.Snapshot
	for _, g := range period.Grains {
		if req.Grain != "" && g != req.Grain {
			continue
		}
		q := store.SnapshotQuery{Grain: g}
		if g == period.Daily {
			q.From, q.To = at.To-daysShown, at.To
		}
		some, err := k.withRestated(ctx, m, q)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return withoutAwaiting(all), nil
}

// withoutAwaiting leaves out KPIs whose source there is no connector for yet.
func withoutAwaiting(all []kpi.Snapshot) []kpi.Snapshot {
	awaits := map[kpi.ID]bool{}
	for _, k := range kpi.Catalogue() {
		awaits[k.ID] = k.Awaits != ""
	}
	return slices.DeleteFunc(all, func(s kpi.Snapshot) bool { return awaits[s.KPI] })
}

// Values is the part of a book that one KPI's history is: its snapshots of a scope over periods of a length, both the value at close and the
// latest where they differ.
func (k Maker) Values(ctx context.Context, m store.Merchant, id kpi.ID, scope kpi.Scope, g period.Grain) (export.Book, error) {
	b := export.Book{Merchant: m.Name, Currency: m.Currency, Calendar: m.Calendar, KPIs: kpi.Catalogue(), Scopes: map[kpi.Scope]string{}}
	var err error
	if b.Zone, err = m.Location(); err != nil {
		return b, err
	}
	scopes, err := k.Store.Scopes(ctx, m.ID)
	if err != nil {
		return b, err
	}
	if err := known(scopes, scope); scope != kpi.Whole && err != nil {
		return b, err
	}
	for _, s := range scopes {
		b.Scopes[s.Scope] = s.Title
	}
	b.History, err = k.withRestated(ctx, m, store.SnapshotQuery{Scope: &scope, Grain: g, KPI: id})
	return b, err
}

// withRestated reads the latest of what a query asks for, and after it the values at close that are not the latest any more.
func (k Maker) withRestated(ctx context.Context, m store.Merchant, q store.SnapshotQuery) ([]kpi.Snapshot, error) {
	q.Latest = true
	latest, err := k.Store.Snapshots(ctx, m.ID, q)
	if err != nil {
		return nil, err
	}
	q.PublishedOnly = true
	published, err := k.Store.Snapshots(ctx, m.ID, q)
	if err != nil {
		return nil, err
	}
	return append(latest, restated(published, latest)...), nil
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
