package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// past is how many periods the page of a KPI goes back.
const past = 26

// kpiView is the page of one KPI.
type kpiView struct {
	KPI          kpi.KPI
	Period       period.Period
	Scope        string
	Now          *pastRow // the period's own; nil where nothing is kept of it
	Why          string   // for want of a value
	Next, NextAt string   // what to do about it, and where
	Judged       bool     // whether the period's own value is held against them
	Signal       string   // why it is more than noise
	Limits       int      // by how many periods; zero where there are none
	Mean         export.Cell
	Lower, Upper export.Cell
	Chart        chart
	Rows         []pastRow // the latest first
	Parts        []partRow
	Origins      []originRow
	OriginsKnown float64
	Meanings     []kpi.MeasureInfo
	Theme        string
	Proofs       []proofRow
	Earlier      string
	Later        string
	Card         string // the scorecard of the period
	CSV          string
	Grains       []choice
}

// pastRow is one period of a KPI.
type pastRow struct {
	Period            period.Period
	At                string
	Value, Published  export.Cell // Published is nil where nothing was
	Target            export.Cell
	Status            kpi.Status
	Running, Restated bool
	Backfilled        bool
	Provisional       bool
	Cause             string
	value, published  float64 // NaN for none
	anchors           *kpi.Anchors
	fit               bool // to be judged: not running, not too early, rests on enough, by the present definition
	why               string
	changed           bool
	definition        int
}

type partRow struct {
	Title, At string
	Value     export.Cell
	Status    kpi.Status
}

type originRow struct {
	Channel                string
	Orders, New, Net, Cost export.Cell
}

type proofRow struct {
	Store, Stream string
	CompleteTo    time.Time
	Error         string
}

func showKPI(v *visit) error {
	ctx, cancel := within(v.r.Context())
	defer cancel()
	k, ok := kpi.Find(kpi.Catalogue(), kpi.ID(v.r.PathValue("kpi")))
	if !ok {
		return problem{http.StatusNotFound, "There is no such KPI", "The scorecard lists those there are.", v.at("")}
	}
	at, err := v.site.Books.Period(v.merchant, v.r.PathValue("period"))
	if err != nil {
		return err
	}
	scope, err := kpi.ParseScope(v.r.URL.Query().Get("scope"))
	if err != nil {
		return problem{http.StatusNotFound, "There is no such part", sentence(err.Error()), v.at(at.Name)}
	}
	if err := v.site.Books.ScopeExists(ctx, v.merchant, scope); err != nil {
		return err
	}
	view := kpiView{KPI: k, Period: at, Meanings: k.Measures(), Theme: capital(strings.ReplaceAll(k.Theme, "_", " "))}
	if err := v.kpiPast(ctx, &view, scope); err != nil {
		return err
	}
	view.judge(v.merchant.Calendar)
	view.Chart = v.draw(view)
	if err := v.kpiParts(ctx, &view, scope); err != nil {
		return err
	}
	if err := v.kpiProofs(ctx, &view, scope); err != nil {
		return err
	}
	v.kpiAround(&view, scope)
	return v.show("kpi", page{Title: k.Title, Tab: "scorecard"}, view)
}

// kpiPast reads what was kept of the KPI: its periods with what they were published with, and what came out later.
func (v *visit) kpiPast(ctx context.Context, view *kpiView, scope kpi.Scope) error {
	names := []string{view.Period.Name}
	for p := view.Period; len(names) < past; names = append(names, p.Name) {
		p = p.Prev(v.merchant.Calendar)
	}
	all, err := v.site.Store.Snapshots(ctx, v.merchant.ID, store.SnapshotQuery{Scope: &scope, Grain: view.Period.Grain, KPI: view.KPI.ID, Periods: names})
	if err != nil {
		return err
	}
	place := map[string]int{}
	for _, s := range all { // by period, definition and revision
		i, ok := place[s.Period.Name]
		if !ok {
			i = len(view.Rows)
			place[s.Period.Name] = i
			view.Rows = append(view.Rows, pastRow{})
		}
		if r := &view.Rows[i]; r.definition != s.Definition {
			*r = pastRow{Period: s.Period, published: math.NaN(), definition: s.Definition}
		}
		v.take(&view.Rows[i], view.KPI, s)
	}
	slices.SortFunc(view.Rows, func(a, b pastRow) int { return int(b.Period.From - a.Period.From) })
	for i := range view.Rows {
		r := &view.Rows[i]
		r.At = v.at(r.Period.Name+"/"+string(view.KPI.ID)) + scopeQuery(scope)
		if r.Period.Name == view.Period.Name {
			view.Now, view.Why = r, r.why
		}
	}
	if view.Now == nil {
		return v.kpiLacks(ctx, view, scope)
	}
	return nil
}

// kpiLacks says why nothing is kept of the period: as the scorecard of the same period says it.
func (v *visit) kpiLacks(ctx context.Context, view *kpiView, scope kpi.Scope) error {
	view.Why = "Nothing is kept of this period"
	b, _, err := v.site.Books.Scorecards(ctx, v.merchant, book.Request{Period: view.Period.Name, Scope: &scope})
	if none := (*book.NoneError)(nil); errors.As(err, &none) {
		view.Why, view.Next, view.NextAt = v.lacking(none)
		view.Why = strings.TrimSuffix(view.Why, ".")
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range b.Cards[0].Scorecard.Entries {
		if e.KPI.ID == view.KPI.ID {
			view.Why = capital(e.Value.Why())
		}
	}
	return nil
}

func scopeQuery(scope kpi.Scope) string {
	if s := scope.String(); s != "" {
		return "?scope=" + url.QueryEscape(s)
	}
	return ""
}

// take adds a revision to what is known of its period.
func (v *visit) take(r *pastRow, k kpi.KPI, s kpi.Snapshot) {
	r.Value, r.value = export.ValueOf(k, s.Value, s.Currency), math.NaN()
	if s.Value.Has {
		r.value = s.Value.V
	}
	r.why = capital(s.Value.Why())
	r.Target, r.anchors = nil, nil
	if s.TargetID != 0 {
		r.anchors = &s.Anchors
		r.Target = export.GoalOf(k, &kpi.Target{Anchors: s.Anchors}, s.Currency)
	}
	r.Status, r.Running = s.Status, s.Running
	r.fit = s.Value.Has && s.Value.Gap == "" && !s.Running && s.Definition == k.Version
	r.Provisional = s.Value.Has && s.Final > period.On(v.site.Now(), v.zone())
	switch {
	case s.Published:
		r.published, r.Published, r.Backfilled, r.changed, r.Restated, r.Cause = r.value, r.Value, s.Backfilled, true, false, ""
	case r.changed: // a revision of what was published
		r.Restated, r.Cause = true, strings.Trim(r.Cause+"; "+s.Cause, "; ")
	}
	if !r.Restated {
		return
	}
	if same := r.value == r.published || math.IsNaN(r.value) && math.IsNaN(r.published); same {
		r.Restated, r.Cause = false, ""
	}
}

// judge says whether the period's value is more than noise: by the natural limits of the periods before it, as many as the scorecard's trend has.
func (view *kpiView) judge(calendar period.Calendar) {
	rows := map[string]pastRow{}
	for _, r := range view.Rows {
		rows[r.Period.Name] = r
	}
	values := make([]float64, export.TrendLength(view.Period.Grain)-1)
	p := view.Period
	for i := range slices.Backward(values) {
		p = p.Prev(calendar)
		if values[i] = math.NaN(); rows[p.Name].fit {
			values[i] = rows[p.Name].value
		}
	}
	l, ok := kpi.NaturalLimits(values)
	if !ok {
		return
	}
	if view.Judged = view.Now != nil && view.Now.fit; view.Judged {
		view.Signal = l.Signal(append(values, view.Now.value))
	}
	for _, x := range values {
		if !math.IsNaN(x) {
			view.Limits++
		}
	}
	currency := view.currency()
	view.Mean, view.Lower, view.Upper = export.InUnit(view.KPI.Unit, l.Mean, currency), export.InUnit(view.KPI.Unit, l.Lower, currency), export.InUnit(view.KPI.Unit, l.Upper, currency)
	view.Chart.limits = &l
}

// currency is that of the latest amount; "" where there are none.
func (view *kpiView) currency() string {
	for _, r := range view.Rows {
		if m, ok := r.Value.(export.Money); ok {
			return m.Currency
		}
	}
	return ""
}

// ofOrigins are the KPIs on whose pages stands what came by which kind of channel.
var ofOrigins = []kpi.ID{"net_sales", "new_customers", "ad_spend", "cac_blended"}

// kpiParts tells the KPI of the stores, channels and accounts that it is kept for, and what came by which kind of channel.
func (v *visit) kpiParts(ctx context.Context, view *kpiView, scope kpi.Scope) error {
	parts, err := v.site.Store.Snapshots(ctx, v.merchant.ID, store.SnapshotQuery{KPI: view.KPI.ID, Period: view.Period.Name, Grain: view.Period.Grain, Latest: true})
	if err != nil {
		return err
	}
	titles := map[kpi.Scope]string{}
	if len(parts) > 1 {
		scopes, err := v.site.Store.Scopes(ctx, v.merchant.ID)
		if err != nil {
			return err
		}
		for _, s := range scopes {
			titles[s.Scope] = s.Title
		}
		for _, s := range parts {
			title, ok := titles[s.Scope]
			if !ok {
				continue // of a store that is gone
			}
			if s.Scope == kpi.Whole {
				title = "Everything"
			}
			if s.Scope == scope && scope != kpi.Whole {
				view.Scope = title
			}
			view.Parts = append(view.Parts, partRow{Title: title, At: v.at(view.Period.Name+"/"+string(view.KPI.ID)) + scopeQuery(s.Scope), Value: export.ValueOf(view.KPI, s.Value, s.Currency), Status: s.Status})
		}
	}
	if scope != kpi.Whole || !slices.Contains(ofOrigins, view.KPI.ID) {
		return nil
	}
	counter, err := v.site.Store.Counter(ctx, v.merchant.ID, scope)
	if missing(err) {
		return nil // nothing is linked, so nothing came from anywhere
	}
	if err != nil {
		return err
	}
	b := counter.Breakdown(view.Period.Days)
	if err := counter.Err(); err != nil || b.Gap != "" {
		return err
	}
	view.OriginsKnown = b.Coverage()
	for _, r := range b.Rows {
		o := originRow{Channel: channelTitle(r.Channel), Orders: export.Count(r.Orders), New: export.Count(r.NewCustomers), Net: export.Money{Micros: r.NetSales, Currency: v.merchant.Currency}}
		if b.SpendGap == "" {
			o.Cost = export.Money{Micros: r.Spend, Currency: v.merchant.Currency}
		}
		view.Origins = append(view.Origins, o)
	}
	return nil
}

func channelTitle[T ~string](c T) string { return capital(strings.ReplaceAll(string(c), "_", " ")) }

// kpiProofs says of every stream behind the KPI how far it is proven complete.
func (v *visit) kpiProofs(ctx context.Context, view *kpiView, scope kpi.Scope) error {
	needed := map[string]bool{}
	for _, m := range view.Meanings {
		for _, s := range m.Streams {
			needed[s] = true
		}
		needed[m.Else] = m.Else != ""
	}
	conns, err := v.site.Store.Connections(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	for _, c := range conns {
		if scope.Connection != 0 && scope.Connection != c.ID {
			continue
		}
		states, err := v.site.Store.Streams(ctx, v.merchant.ID, c.ID)
		if err != nil {
			return err
		}
		for _, s := range states {
			if needed[s.Stream] {
				view.Proofs = append(view.Proofs, proofRow{c.Name, streamTitle(v.site.connectorOf(c), s.Stream), s.CompleteTo, s.LastError})
			}
		}
	}
	return nil
}

func (v *visit) kpiAround(view *kpiView, scope kpi.Scope) {
	cal, p, id, q := v.merchant.Calendar, view.Period, "/"+string(view.KPI.ID), scopeQuery(scope)
	view.Earlier, view.Later, view.Card = v.at(p.Prev(cal).Name+id)+q, v.at(p.Next(cal).Name+id)+q, v.at(p.Name)+q
	view.CSV = v.at(p.Name+id+"/values.csv") + q
	for _, g := range period.Grains {
		if view.KPI.At(g, scope) {
			view.Grains = append(view.Grains, choice{string(g), v.at(period.Of(g, min(p.To-1, period.On(v.site.Now(), v.zone())), cal).Name+id) + q, g == p.Grain})
		}
	}
}
