// Package book puts together what is shown and exported of a merchant: the scorecard of a period with its history, targets and proofs.
//
// All of it comes from what the store kept, mostly snapshots. Nothing that is told is worked out anew, but for what a running period is compared
// with: the same part of another one, of which nothing is kept. The command line, the pages and the exports say
// the same, because they all ask here.
package book

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// Maker makes books.
type Maker struct {
	Store      *store.Store
	Connectors []connectors.Connector
	Now        func() time.Time
}

// Request says what a book is to hold.
type Request struct {
	Period  string       // a name, or a word such as last-month; "" for the last month that has passed
	All     bool         // every KPI on the scorecard
	History bool         // the snapshots of earlier periods; otherwise only what the trends of one scope's scorecard need
	Scope   *kpi.Scope   // nil for all there are with History, and for the whole without
	Grain   period.Grain // of the history: periods of this length only; "" for all lengths
	// LastYear compares with the like period of the year before, and not with the period before.
	LastYear bool
}

// ErrAsked is in every error that the request itself is at fault for: a period that is none, a scope that nothing is counted for.
var ErrAsked = errors.New("what was asked for is not there")

// askedError says what is wrong with a request, in its own words alone.
type askedError struct{ error }

func (e askedError) Unwrap() []error { return []error{ErrAsked, e.error} }

// NoneError says that a period has no snapshots. Nothing has failed.
type NoneError struct {
	Period  period.Period
	Lack    Lack
	Through period.Day // the first day that the data do not reach
	First   period.Day // the first that they hold
}

// Lack is why a period has no snapshots.
type Lack string

// Reasons for want of snapshots.
const (
	NotLinked  Lack = "not linked"  // the merchant has linked nothing
	FirstPull  Lack = "first pull"  // it is not complete
	NotJudged  Lack = "not judged"  // the period is there, and will be judged with the next pull
	NotBegun   Lack = "not begun"   // it lies in the future
	NotOver    Lack = "not reached" // the data do not reach it yet
	BeforeData Lack = "before data" // nothing was sold yet
)

func (e *NoneError) Error() string {
	switch e.Lack {
	case NotLinked:
		return "nothing is linked"
	case FirstPull:
		return "there is nothing to show yet: the first pull is not complete"
	case NotBegun:
		return fmt.Sprintf("%s has not begun yet; the data reach to %s", e.Period, e.Through-1)
	case NotOver:
		return fmt.Sprintf("%s: the data reach to %s, the last day that is over and was pulled", e.Period, e.Through-1)
	case BeforeData:
		return fmt.Sprintf("%s is before the first day with data, %s", e.Period, e.First)
	}
	return fmt.Sprintf("there are no snapshots of %s yet", e.Period)
}

// Period is the period that a name or a word means to a merchant; "" means the last month that has passed.
func (k Maker) Period(m store.Merchant, name string) (period.Period, error) {
	today, err := k.today(m)
	if err != nil {
		return period.Period{}, err
	}
	if name == "" {
		return period.Of(period.Monthly, today, m.Calendar).Prev(m.Calendar), nil
	}
	at, err := period.Parse(name, today, m.Calendar)
	if err != nil {
		return at, askedError{err}
	}
	return at, nil
}

// Of is a merchant's book.
func (k Maker) Of(ctx context.Context, m store.Merchant, req Request) (export.Book, error) {
	b, at, err := k.Scorecards(ctx, m, req)
	if err != nil {
		return b, err
	}
	if b.Targets, err = k.Store.Targets(ctx, m.ID); err != nil {
		return b, err
	}
	if err := k.noteEvents(ctx, m, at, req.History, &b); err != nil {
		return b, err
	}
	return b, k.completeness(ctx, m, &b)
}

// Scorecards is the part of a book that a page of it shows: the scorecards with their trends, and not what proves them.
func (k Maker) Scorecards(ctx context.Context, m store.Merchant, req Request) (export.Book, period.Period, error) {
	loc, err := m.Location()
	if err != nil {
		return export.Book{}, period.Period{}, err
	}
	at, err := k.Period(m, req.Period)
	if err != nil {
		return export.Book{}, at, err
	}
	b := export.Book{
		Merchant: m.Name, Currency: m.Currency, Zone: loc, Calendar: m.Calendar,
		KPIs: kpi.Catalogue(), All: req.All, Scopes: map[kpi.Scope]string{},
	}
	if req.Scope == nil && !req.History {
		req.Scope = &kpi.Whole
	}
	scopes, err := k.Store.Scopes(ctx, m.ID)
	if err != nil {
		return b, at, err
	}
	if req.Scope != nil {
		if err := known(scopes, *req.Scope); err != nil {
			return b, at, err
		}
	}
	for _, s := range scopes {
		b.Scopes[s.Scope] = s.Title
		if req.Scope != nil && s.Scope != *req.Scope {
			continue
		}
		card, err := k.card(ctx, m, s.Scope, at, req, &b)
		if err != nil {
			return b, at, err
		}
		if card != nil {
			b.Cards = append(b.Cards, *card)
		}
	}
	if len(b.Cards) == 0 {
		return b, at, k.none(ctx, m, at)
	}
	if cut := b.Cards[0].Scorecard.Period; cut != at {
		b.Notes = append(b.Notes, fmt.Sprintf("By today's calendar %s is from %s to %s: these figures are from %s to %s until the next pull works them out anew.", at, at.From, at.To-1, cut.From, cut.To-1))
		at = cut
	}
	if b.History, err = k.history(ctx, m, at, req, b.Cards); err != nil {
		return b, at, err
	}
	if b.Currency != m.Currency {
		b.Notes = append(b.Notes, fmt.Sprintf("The currency is %s now: these figures are in %s until the next pull works them out anew.", m.Currency, b.Currency))
	}
	return b, at, nil
}

// recall recalls the scorecard of a scope from its snapshots, which it also returns; nil if there are none.
func (k Maker) recall(ctx context.Context, m store.Merchant, scope kpi.Scope, at period.Period, b *export.Book) (*kpi.Scorecard, map[kpi.ID]kpi.Snapshot, error) {
	snapshots, err := k.Store.Snapshots(ctx, m.ID, store.SnapshotQuery{Scope: &scope, Grain: at.Grain, Period: at.Name, Latest: true})
	if err != nil || len(snapshots) == 0 {
		return nil, nil, err
	}
	kept := map[kpi.ID]kpi.Snapshot{}
	if !slices.ContainsFunc(snapshots, func(s kpi.Snapshot) bool { return s.Period == at }) {
		at = snapshots[0].Period // as it was cut by the calendar of the time
	}
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
	return &card, kept, nil
}

// OutOfReach says why there is nothing to tell of a period that lies in the future, or before the first day with data; nil of any other.
func (k Maker) OutOfReach(ctx context.Context, m store.Merchant, at period.Period) error {
	_, _, err := k.Scorecards(ctx, m, Request{Period: at.Name})
	var none *NoneError
	if errors.As(err, &none) && none.Lack != NotBegun && none.Lack != BeforeData || errors.Is(err, ErrAsked) {
		return nil
	}
	return err
}

// none says why a period has no snapshots.
func (k Maker) none(ctx context.Context, m store.Merchant, at period.Period) error {
	e := &NoneError{Period: at, Lack: NotJudged}
	conns, err := k.Store.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	if len(conns) == 0 {
		e.Lack = NotLinked
		return e
	}
	counter, err := k.Store.Counter(ctx, m.ID, kpi.Whole)
	if err != nil {
		return err
	}
	today, err := k.today(m)
	if err != nil {
		return err
	}
	e.Through, e.First = counter.Through(), counter.First()
	switch {
	case e.Through <= e.First:
		e.Lack = FirstPull
	case at.From > today:
		e.Lack = NotBegun
	case at.From >= e.Through:
		e.Lack = NotOver
	case at.To <= e.First:
		e.Lack = BeforeData
	}
	return e
}

// ScopeExists refuses a scope that nothing is counted for.
func (k Maker) ScopeExists(ctx context.Context, m store.Merchant, scope kpi.Scope) error {
	scopes, err := k.Store.Scopes(ctx, m.ID)
	if err != nil {
		return err
	}
	return known(scopes, scope)
}

func known(scopes []store.Scope, scope kpi.Scope) error {
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
		return askedError{fmt.Errorf("there is no scope %q: with one store and one channel there is the whole only", scope.String())}
	}
	return askedError{fmt.Errorf("there is no scope %q; there are: %s", scope.String(), strings.Join(names, ", "))}
}

// today is the civil day on the merchant's calendar.
func (k Maker) today(m store.Merchant) (period.Day, error) {
	loc, err := m.Location()
	if err != nil {
		return 0, err
	}
	return period.On(k.Now(), loc), nil
}

func (k Maker) connector(id string) (connectors.Connector, bool) {
	i := slices.IndexFunc(k.Connectors, func(c connectors.Connector) bool { return c.ID == id })
	if i < 0 {
		return connectors.Connector{}, false
	}
	return k.Connectors[i], true
}
