package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// bookRequest says what a book is to hold.
type bookRequest struct {
	period  string // a name, or a word such as last-month; "" for the last month that has passed
	all     bool   // every KPI on the scorecard
	history bool   // the snapshots of earlier periods; otherwise only what the scorecard's trends need
	scope   *kpi.Scope
}

// book puts together what `show` prints and `export` writes: all of it from snapshots, nothing worked out anew.
func (a *app) book(ctx context.Context, req bookRequest) (export.Book, error) {
	_, m, err := a.linked(ctx)
	if err != nil {
		return export.Book{}, err
	}
	return a.bookOf(ctx, m, req)
}

// bookOf is book for a merchant.
func (a *app) bookOf(ctx context.Context, m store.Merchant, req bookRequest) (export.Book, error) {
	db := a.db
	loc, err := m.Location()
	if err != nil {
		return export.Book{}, err
	}
	today := period.On(a.now(), loc)
	at := period.Of(period.Monthly, today, m.Calendar).Prev(m.Calendar)
	if req.period != "" {
		if at, err = period.Parse(req.period, today, m.Calendar); err != nil {
			return export.Book{}, usage(err)
		}
	}
	if req.scope != nil {
		if err := a.scopeExists(ctx, m, *req.scope); err != nil {
			return export.Book{}, err
		}
	}
	b := export.Book{
		Merchant: m.Name, Currency: m.Currency, Zone: loc, Calendar: m.Calendar,
		KPIs: kpi.Catalogue(), All: req.all, Scopes: map[kpi.Scope]string{},
	}
	if b.Targets, err = db.Targets(ctx, m.ID); err != nil {
		return b, err
	}
	scopes, err := db.Scopes(ctx, m.ID)
	if err != nil {
		return b, err
	}
	for _, s := range scopes {
		b.Scopes[s.Scope] = s.Title
		if req.scope != nil && s.Scope != *req.scope {
			continue
		}
		card, err := a.card(ctx, db, m, s.Scope, at, &b)
		if err != nil {
			return b, err
		}
		if card != nil {
			b.Cards = append(b.Cards, *card)
		}
	}
	if len(b.Cards) == 0 {
		return b, a.noSnapshots(ctx, db, m, at)
	}
	if b.History, err = a.history(ctx, db, m, at, req); err != nil {
		return b, err
	}
	if err := noteEvents(ctx, db, m, at, req.history, &b); err != nil {
		return b, err
	}
	if b.Currency != m.Currency {
		b.Notes = append(b.Notes, fmt.Sprintf("The currency is %s now: these figures are in %s until the next pull works them out anew.", m.Currency, b.Currency))
	}
	return b, a.completeness(ctx, db, m, &b)
}

// card recalls the scorecard of a scope from its snapshots; nil if there are none.
func (a *app) card(ctx context.Context, db *store.Store, m store.Merchant, scope kpi.Scope, at period.Period, b *export.Book) (*export.Card, error) {
	now, err := recall(ctx, db, m, scope, at, b)
	if err != nil || now == nil {
		return nil, err
	}
	before, err := recall(ctx, db, m, scope, at.Prev(m.Calendar), nil)
	if err != nil {
		return nil, err
	}
	card := &export.Card{Scorecard: *now}
	if !now.Running {
		card.Before = before
	}
	return card, nil
}

func recall(ctx context.Context, db *store.Store, m store.Merchant, scope kpi.Scope, at period.Period, b *export.Book) (*kpi.Scorecard, error) {
	snapshots, err := db.Snapshots(ctx, m.ID, store.SnapshotQuery{Scope: &scope, Grain: at.Grain, Period: at.Name, Latest: true})
	if err != nil || len(snapshots) == 0 {
		return nil, err
	}
	kept := map[kpi.ID]kpi.Snapshot{}
	through := at.From
	for _, s := range snapshots {
		kept[s.KPI] = s
		through = max(through, s.Through)
		if b != nil {
			if s.TakenAt.After(b.TakenAt) {
				b.TakenAt = s.TakenAt
			}
			if s.Currency != "" {
				b.Currency = s.Currency // it may not be the merchant's any more
			}
		}
	}
	card := kpi.Recall(kpi.Catalogue(), kpi.At{Scope: scope, Period: at, Through: through}, kept, kpi.Plan{})
	return &card, nil
}

// noneError says that a period has no snapshots, and why: nothing has failed.
type noneError struct{ error }

func (e noneError) Unwrap() error { return e.error }

// noSnapshots says why a period has none, with a noneError unless that cannot be found out.
func (a *app) noSnapshots(ctx context.Context, db *store.Store, m store.Merchant, at period.Period) error {
	conns, err := db.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	if len(conns) == 0 {
		return a.notLinked(ctx, m)
	}
	counter, err := db.Counter(ctx, m.ID, kpi.Whole)
	if err != nil {
		return err
	}
	today, err := a.today(m)
	if err != nil {
		return err
	}
	pull := a.next(ctx, m, "pull")
	why := fmt.Errorf("there are no snapshots of %s yet: run `%s`", at, pull)
	switch through := counter.Through(); {
	case through <= counter.First():
		why = fmt.Errorf("there is nothing to show yet: the first pull is not complete; run `%s`", pull)
	case at.From > today:
		why = usage(fmt.Errorf("%s has not begun yet; the data reach to %s", at, through-1))
	case at.From >= through:
		why = fmt.Errorf("%s: the data reach to %s, the last day that is over and was pulled; run `%s` once %s is over", at, through-1, pull, at.From)
	case at.To <= counter.First():
		why = usage(fmt.Errorf("%s is before the first day with data, %s", at, counter.First()))
	}
	return noneError{why}
}

// scopeExists refuses a scope that nothing is counted for.
func (a *app) scopeExists(ctx context.Context, m store.Merchant, scope kpi.Scope) error {
	scopes, err := a.db.Scopes(ctx, m.ID)
	if err != nil {
		return err
	}
	var names []string
	for _, s := range scopes {
		if s.Scope == scope {
			return nil
		}
		if s.Scope != kpi.Whole {
			names = append(names, s.Scope.String())
		}
	}
	if len(names) == 0 {
		return usage(fmt.Errorf("there is no scope %q: with one store and one channel there is the whole only", scope.String()))
	}
	return usage(fmt.Errorf("there is no scope %q; there are: %s", scope.String(), strings.Join(names, ", ")))
}

// trendLength is how many earlier periods a trend shows.
const trendLength = 13

// daysShown is how many days back a workbook holds snapshots of single days: all of them would be most of its rows, and a pivot
// table over years is made of weeks and months.
const daysShown = 92

// history reads the snapshots behind a book: those that trends need, or with req.history all that a pivot table may want, both
// the value at close and the latest where they differ.
func (a *app) history(ctx context.Context, db *store.Store, m store.Merchant, at period.Period, req bookRequest) ([]kpi.Snapshot, error) {
	if !req.history {
		from := at
		for range trendLength {
			from = from.Prev(m.Calendar)
		}
		scope := &kpi.Whole
		if req.scope != nil {
			scope = req.scope
		}
		return db.Snapshots(ctx, m.ID, store.SnapshotQuery{Latest: true, Grain: at.Grain, From: from.From, To: at.To, Scope: scope})
	}
	var all []kpi.Snapshot
	for _, g := range period.Grains {
		q := store.SnapshotQuery{Latest: true, Grain: g}
		if g == period.Daily {
			q.From, q.To = at.To-daysShown, at.To
		}
		latest, err := db.Snapshots(ctx, m.ID, q)
		if err != nil {
			return nil, err
		}
		q.PublishedOnly = true
		published, err := db.Snapshots(ctx, m.ID, q)
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

// proofsShown is how many proofs of a connection a book holds, the newest.
const proofsShown = 500

// completeness fills in what was proven, what is allowed, and how our sales compare with the provider's own.
func (a *app) completeness(ctx context.Context, db *store.Store, m store.Merchant, b *export.Book) error {
	today, err := a.today(m)
	if err != nil {
		return err
	}
	conns, err := db.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, conn := range conns {
		title := map[string]string{}
		if c, err := a.connector(conn.Connector); err == nil {
			for _, s := range c.Streams {
				title[s.ID] = s.Title
			}
		}
		proofs, err := db.Proofs(ctx, m.ID, conn.ID, proofsShown)
		if err != nil {
			return err
		}
		states, err := db.Streams(ctx, m.ID, conn.ID)
		if err != nil {
			return err
		}
		for _, s := range states {
			if s.Stream == ratesStream && !slices.Contains(b.Notes, carried) {
				b.Notes = append(b.Notes, carried)
			}
			row := export.Stream{Store: conn.Name, Title: title[s.Stream], CompleteTo: s.CompleteTo, Backfilled: s.Backfilled}
			if row.Title == "" {
				row.Title = s.Stream
			}
			for _, p := range proofs {
				if p.Stream == s.Stream {
					row.Proofs = append(row.Proofs, export.Proof{
						Range: p.Slice, Method: p.Method, Version: p.Version, At: p.Started,
						Promised: export.Amounts(p.Promised), Read: export.Amounts(p.Read),
					})
				}
			}
			b.Streams = append(b.Streams, row)
			if !s.CompleteTo.IsZero() && (b.CompleteTo.IsZero() || s.CompleteTo.Before(b.CompleteTo)) {
				b.CompleteTo = s.CompleteTo
			}
		}
		caps, err := db.Capabilities(ctx, m.ID, conn.ID)
		if err != nil {
			return err
		}
		for _, c := range caps {
			b.Capabilities = append(b.Capabilities, export.Capability{
				Store: conn.Name, Name: c.ID, Granted: c.Granted, Detail: c.Detail, Costs: c.Costs, Remedy: c.Remedy, Since: c.Since,
			})
		}
		checks, err := a.reconcile(ctx, db, m, conn)
		if err != nil {
			return err
		}
		b.Checks = append(b.Checks, checks...)
		if err := a.reconcileSpend(ctx, db, conn, today, b); err != nil {
			return err
		}
	}
	if m.CostsHistory == "current" {
		b.Notes = append(b.Notes, "Sales from before the first unit cost was read take that cost: their margins are estimated.")
	}
	return nil
}

// noteEvents tells what happened to the merchant or a store in the period, or in the one it is compared with; with the whole history,
// whatever happened until its end. Of what came later it tells what the page is read by: the merchant's zone and currency stand on it as
// they are now, and the period was cut by another zone, or published in another currency. What a store changed later is nothing to it.
func noteEvents(ctx context.Context, db *store.Store, m store.Merchant, at period.Period, whole bool, b *export.Book) error {
	events, err := db.Events(ctx, m.ID)
	for _, e := range events {
		early, later := e.Day < at.Prev(m.Calendar).From, e.Day >= at.To
		if later && e.Connection == 0 || !later && (whole || !early) {
			b.Notes = append(b.Notes, e.Text)
		}
	}
	return err
}

// reconcileDays is how far back our sales are held against the provider's own.
const reconcileDays = 35

// reconcile compares our sales of each of the last days with the provider's own report of them.
func (a *app) reconcile(ctx context.Context, db *store.Store, m store.Merchant, conn store.Connection) ([]export.Check, error) {
	today, err := a.today(m)
	if err != nil {
		return nil, err
	}
	rows, err := db.Reconciliation(ctx, m.ID, conn.ID, period.Days{From: today - reconcileDays, To: today})
	if err != nil {
		return nil, err
	}
	var checks []export.Check
	for _, r := range rows {
		money := func(title string, theirs, ours export.Money) {
			c := export.Check{Store: conn.Name, Title: title, Range: r.Day.String(), Theirs: theirs, Ours: ours}
			checks = append(checks, c)
		}
		money("Net sales", export.Money(r.TheirNet), export.Money(r.OurNet))
		money("Total sales", export.Money(r.TheirTotal), export.Money(r.OurTotal))
		checks = append(checks, export.Check{Store: conn.Name, Title: "Orders", Range: r.Day.String(), Theirs: export.Count(r.TheirOrders), Ours: export.Count(r.OurOrders)})
	}
	return checks, nil
}
