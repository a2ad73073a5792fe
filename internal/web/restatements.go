package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// restatedMost is how many restated periods are listed, the latest.
const restatedMost = 60

type restatementsPage struct {
	Asked, Fault string // the period as it was typed
	One          bool   // of one period, each KPI
	Period       period.Period
	Periods      []restatedPeriod
	More         int
	Scopes       []store.Scope // to choose from, where there are several
	Scope        kpi.Scope
}

type restatedPeriod struct {
	shapes.RestatedPeriod
	Of   period.Period
	KPIs []restatedValue
}

type restatedValue struct {
	shapes.RestatedKPI
	Was, Is export.Cell
	By      string // with its sign
}

// showRestatements lists published values that came out differently later: summed up by period, or of one period each.
func showRestatements(v *visit) error {
	p := restatementsPage{Asked: v.r.URL.Query().Get("period")}
	scopes, err := v.site.Store.Scopes(v.r.Context(), v.merchant.ID)
	if err != nil {
		return err
	}
	p.Scope, err = kpi.ParseScope(v.r.URL.Query().Get("scope"))
	if err != nil || !slices.ContainsFunc(scopes, func(s store.Scope) bool { return s.Scope == p.Scope }) {
		return errNoPage
	}
	if len(scopes) > 1 {
		p.Scopes = scopes
	}
	q := store.RestatementQuery{Scope: &p.Scope}
	status := http.StatusOK
	if p.Asked != "" {
		at, err := v.site.Books.Period(v.merchant, p.Asked)
		switch {
		case errors.Is(err, book.ErrAsked):
			status, p.Fault = http.StatusUnprocessableEntity, sentence(err.Error())
		case err != nil:
			return err
		default:
			p.One, p.Period, q.Period = true, at, at.Name
		}
	}
	found, err := v.site.Store.Restatements(v.r.Context(), v.merchant.ID, q)
	if err != nil {
		return err
	}
	periods := shapes.RestatedPeriods(found)
	if p.More = len(periods) - restatedMost; p.More > 0 {
		periods = periods[:restatedMost]
	}
	for _, r := range periods {
		p.Periods = append(p.Periods, v.restated(r))
	}
	return v.render(status, "restatements", page{Title: "Restatements", Tab: "truth"}, p)
}

func (v *visit) restated(r shapes.RestatedPeriod) restatedPeriod {
	out := restatedPeriod{RestatedPeriod: r}
	for _, k := range r.KPIs {
		row := restatedValue{RestatedKPI: k}
		var by export.Cell
		row.Was, row.Is, by = export.Restated(k.Def, k.Row.Published, k.Row.Latest)
		out.Of = k.Row.Published.Period
		if by != nil {
			row.By = signed(v.locale.Cell(by, nil, false))
		}
		out.KPIs = append(out.KPIs, row)
	}
	return out
}

// signed writes a difference with its sign.
func signed(text string) string {
	if strings.HasPrefix(text, "−") || strings.HasPrefix(text, "+") || !strings.ContainsAny(text, "123456789") {
		return text
	}
	return "+" + text
}
