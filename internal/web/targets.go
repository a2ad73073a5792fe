package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

var targetRoutes = []route{
	{"GET /m/{merchant}/targets", viewing, showTargets},
	{"POST /m/{merchant}/targets", editing, changeTargets},
	{"GET /m/{merchant}/targets/{kpi}", viewing, showTarget},
}

// looksBack is how many closed periods targets are drawn from, and shown against.
const looksBack = 12

// desk is what targets of a grain and a scope are set by: the versions there are, and what the KPIs came to.
type desk struct {
	*visit
	grain    period.Grain
	scope    kpi.Scope
	all      bool // every KPI, and not only the starter set and what has a target
	today    period.Day
	scopes   []store.Scope
	versions []kpi.Target // of all series
	file     []kpi.Target // that the configuration holds
	fileName string
	closed   []period.Period // the last ones that have closed, oldest first
	kept     map[kpi.ID]map[period.Period]kpi.Snapshot
	first    period.Day      // the first with data; zero where there are none
	typedOf  map[kpi.ID]bool // that something was typed or suggested for
}

// desk reads what an address asks for: ?grain=week&scope=store:3&all=1.
func (v *visit) desk(ctx context.Context) (*desk, error) {
	d := &desk{visit: v, grain: period.Monthly, all: v.r.FormValue("all") != ""}
	if g := v.r.FormValue("grain"); g != "" {
		d.grain = period.Grain(g)
	}
	if !slices.Contains(period.Grains, d.grain) {
		return nil, problem{http.StatusNotFound, "There is no such length", fmt.Sprintf("%q is no length of a period: there are day, week, month, quarter and year.", d.grain), v.at("targets")}
	}
	var err error
	if d.scope, err = kpi.ParseScope(v.r.FormValue("scope")); err != nil {
		return nil, problem{http.StatusNotFound, "There is no such part", err.Error() + ".", v.at("targets")}
	}
	if err := v.site.Books.ScopeExists(ctx, v.merchant, d.scope); err != nil {
		return nil, err
	}
	if d.scopes, err = v.site.Store.Scopes(ctx, v.merchant.ID); err != nil {
		return nil, err
	}
	if err := d.readTargets(ctx); err != nil {
		return nil, err
	}
	d.asked()
	return d, d.readPast(ctx)
}

// asked notes the KPIs that something was typed or suggested for: they are shown, whatever else is.
func (d *desk) asked() {
	d.typedOf = map[kpi.ID]bool{}
	for name, values := range d.r.Form {
		if id, _, ok := strings.Cut(name, "."); ok && values[0] != "" {
			d.typedOf[kpi.ID(id)] = true
		}
	}
	for _, text := range d.r.Form["suggest"] {
		if id, _, ok := strings.Cut(text, ":"); ok {
			d.typedOf[kpi.ID(id)] = true
		}
	}
}

func (d *desk) readTargets(ctx context.Context) error {
	loc, err := d.merchant.Location()
	if err != nil {
		return err
	}
	d.today = period.On(d.site.Now(), loc)
	if d.versions, err = d.site.Store.Targets(ctx, d.merchant.ID); err != nil {
		return err
	}
	if d.site.FileTargets != nil {
		d.file, d.fileName, err = d.site.FileTargets(ctx, d.merchant)
	}
	return err
}

// readPast reads what was kept of the last closed periods, and of the same ones a year before.
func (d *desk) readPast(ctx context.Context) error {
	cal := d.merchant.Calendar
	running := period.Of(d.grain, d.today, cal)
	for p := running; len(d.closed) < looksBack; {
		p = p.Prev(cal)
		d.closed = append(d.closed, p)
	}
	slices.Reverse(d.closed)
	d.kept = map[kpi.ID]map[period.Period]kpi.Snapshot{}
	names := []string{d.yearBefore(running).Name}
	for _, p := range d.closed {
		names = append(names, p.Name, d.yearBefore(p).Name)
	}
	slices.Sort(names)
	q := store.SnapshotQuery{Scope: &d.scope, Grain: d.grain, Periods: slices.Compact(names), Latest: true}
	for _, k := range d.shown() {
		q.KPIs = append(q.KPIs, k.ID)
	}
	if len(q.KPIs) == 0 {
		return nil
	}
	counter, err := d.site.Store.Counter(ctx, d.merchant.ID, d.scope)
	if err != nil && !missing(err) {
		return err
	}
	if err == nil {
		d.first = counter.First()
	}
	all, err := d.site.Store.Snapshots(ctx, d.merchant.ID, q)
	for _, sn := range all {
		if d.kept[sn.KPI] == nil {
			d.kept[sn.KPI] = map[period.Period]kpi.Snapshot{}
		}
		if old, ok := d.kept[sn.KPI][sn.Period]; !ok || old.Definition < sn.Definition {
			d.kept[sn.KPI][sn.Period] = sn
		}
	}
	return err
}

// scored is the value of a period as far as it is fit to be scored; NaN where there is none, or it was worked out by another definition.
func (d *desk) scored(k kpi.KPI, p period.Period) float64 {
	sn, ok := d.kept[k.ID][p]
	if !ok || sn.Definition != k.Version || !sn.Value.Has || sn.Value.Gap != "" || sn.Running {
		return math.NaN()
	}
	return sn.Value.V
}

func (d *desk) yearBefore(p period.Period) period.Period {
	return period.Of(d.grain, p.YearBefore().From, d.merchant.Calendar)
}

// past is what targets of a KPI are proposed by; the first of them is for a period.
func (d *desk) past(k kpi.KPI, at period.Period) kpi.Past {
	p := kpi.Past{Base: d.whole(k, d.yearBefore(at))}
	for _, c := range d.closed {
		p.Values = append(p.Values, d.whole(k, c))
		p.YearBefore = append(p.YearBefore, d.whole(k, d.yearBefore(c)))
	}
	return p
}

// whole is scored of a period that has data from its first day on. One that began before is a part: nothing is like it, or grows from it.
func (d *desk) whole(k kpi.KPI, p period.Period) float64 {
	if p.From < d.first {
		return math.NaN()
	}
	return d.scored(k, p)
}

// propose draws targets of a KPI from the past. Things that are counted are proposed whole, and one of them at least: nobody launches a part
// of a product.
func (d *desk) propose(k kpi.KPI, at period.Period) []kpi.Proposal {
	all := kpi.Propose(k, d.past(k, at))
	if k.Unit != kpi.Count || k.Better == kpi.InRange {
		return all
	}
	var whole []kpi.Proposal
	for _, p := range all {
		if green := max(1, math.Round(p.Anchors.Green)); green != p.Anchors.Green {
			a, err := kpi.Fill(k, green, nil)
			if err != nil {
				continue
			}
			p.Anchors = a
		}
		whole = append(whole, p)
	}
	return whole
}

// series are the versions of a KPI's target here.
func (d *desk) series(id kpi.ID) []kpi.Target {
	return kpi.Series(d.versions, kpi.Target{KPI: id, Scope: d.scope, Grain: d.grain})
}

// address is the page itself, for a grain and a scope.
func (d *desk) address(grain period.Grain, scope kpi.Scope, all bool) string {
	q := url.Values{}
	if grain != period.Monthly {
		q.Set("grain", string(grain))
	}
	if scope != kpi.Whole {
		q.Set("scope", scope.String())
	}
	if all {
		q.Set("all", "1")
	}
	if len(q) == 0 {
		return d.at("targets")
	}
	return d.at("targets") + "?" + q.Encode()
}

func (d *desk) here() string { return d.address(d.grain, d.scope, d.all) }

// scopeTitle names a part of the merchant.
func scopeTitle(scopes []store.Scope, scope kpi.Scope) string {
	for _, s := range scopes {
		if s.Scope == scope && s.Title != "" {
			return s.Title
		}
	}
	if scope == kpi.Whole {
		return "Everything"
	}
	return scope.String()
}

func showTargets(v *visit) error {
	ctx, cancel := within(v.r.Context())
	defer cancel()
	d, err := v.desk(ctx)
	if err != nil {
		return err
	}
	form := d.blank()
	if v.role.May(store.Editor) {
		d.fill(&form, v.r.URL.Query()["suggest"])
	}
	return d.show(http.StatusOK, form, nil)
}
