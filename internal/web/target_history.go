package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// targetHistory is the page of one KPI's targets: every version, who set it, when and why.
type targetHistory struct {
	KPI      kpi.KPI
	At, Back string // its own page, and the targets
	Series   []seriesView
	Editable bool
	Today    period.Day
}

// seriesView is the versions of one grain and scope, the latest to come into force first.
type seriesView struct {
	Grain          period.Grain
	Scope, ScopeID string
	Held           string // why it cannot be changed on the pages
	Standing       bool   // something is in force, or will be
	Versions       []versionView
}

type versionView struct {
	Version    int
	From, To   period.Day // To is zero for as long as nothing else is set
	Green, Red string
	Ends       bool
	State      string // in force, to come, over, never held
	By, Reason string
	File       bool
	At         time.Time
}

func showTarget(v *visit) error {
	ctx, cancel := within(v.r.Context())
	defer cancel()
	k, ok := kpi.Find(kpi.Catalogue(), kpi.ID(v.r.PathValue("kpi")))
	if !ok {
		return problem{http.StatusNotFound, "There is no such KPI", fmt.Sprintf("%q is none of the KPIs.", v.r.PathValue("kpi")), v.at("targets")}
	}
	d := &desk{visit: v, grain: period.Monthly}
	if err := d.readTargets(ctx); err != nil {
		return err
	}
	scopes, err := v.site.Store.Scopes(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	last := period.Of(period.Monthly, d.today, v.merchant.Calendar).Prev(v.merchant.Calendar)
	view := targetHistory{KPI: k, At: v.at(last.Name + "/" + string(k.ID)), Back: v.at("targets"), Editable: v.role.May(store.Editor), Today: d.today}
	var series []kpi.Target // one of each
	for _, t := range slices.Concat(d.versions, d.file) {
		if t.KPI == k.ID && !slices.ContainsFunc(series, t.SameSeries) {
			series = append(series, t)
		}
	}
	slices.SortStableFunc(series, func(a, b kpi.Target) int {
		if c := strings.Compare(a.Scope.String(), b.Scope.String()); c != 0 {
			return c
		}
		return slices.Index(period.Grains, a.Grain) - slices.Index(period.Grains, b.Grain)
	})
	for _, one := range series {
		d.grain, d.scope = one.Grain, one.Scope
		view.Series = append(view.Series, d.versionsOf(k, scopes))
	}
	return v.show("target", page{Title: "Targets of " + k.Title, Tab: "targets"}, view)
}

// versionsOf lays out the versions of the desk's grain and scope.
func (d *desk) versionsOf(k kpi.KPI, scopes []store.Scope) seriesView {
	s := seriesView{Grain: d.grain, Scope: scopeTitle(scopes, d.scope), ScopeID: d.scope.String()}
	if err := d.held(k); err != nil {
		s.Held = faultOf(k.ID, err)
	}
	series := d.series(k.ID)
	for i, t := range series {
		view := versionView{Version: t.Version, From: t.From, Ends: t.Ends(), By: t.By, Reason: t.Reason, At: t.At, File: d.fromFile(t)}
		if !t.Ends() {
			view.Green, view.Red = d.say(k, t.Anchors)
		}
		if i+1 < len(series) {
			view.To = series[i+1].From - 1
		}
		switch {
		case i+1 < len(series) && series[i+1].From == t.From:
			view.State, view.To = "replaced on its first day", 0
		case t.From > d.today:
			view.State = "to come"
		case view.To != 0 && view.To < d.today:
			view.State = "over"
		case !t.Ends():
			view.State, s.Standing = "in force", true
		}
		s.Versions = append(s.Versions, view)
	}
	slices.Reverse(s.Versions)
	return s
}

// Query is the page of targets that a series is set on.
func (s seriesView) Query() string {
	q := url.Values{"grain": {string(s.Grain)}}
	if s.ScopeID != "" {
		q.Set("scope", s.ScopeID)
	}
	return "?" + q.Encode()
}
