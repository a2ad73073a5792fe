package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// latest sends to the scorecard of the last month that has passed.
func latest(v *visit) error {
	at, err := v.site.Books.Period(v.merchant, "")
	if err != nil {
		return err
	}
	return v.see(v.at(at.Name))
}

// shortcut is /2026-11: the scorecard of a period of whichever merchant the visitor reads.
func shortcut(v *visit) error {
	theirs, err := v.theirs()
	if err != nil {
		return err
	}
	if len(theirs) == 0 {
		return v.see("/")
	}
	at, err := v.site.Books.Period(theirs[0], v.r.PathValue("period"))
	switch {
	case err != nil:
		return errNoPage
	case len(theirs) == 1:
		return v.see(merchantAt(theirs[0].ID, url.PathEscape(v.r.PathValue("period"))))
	}
	return v.show("merchants", page{Title: "Merchants"}, merchantsPage{theirs, at.Name})
}

// cardView is the page of a scorecard.
type cardView struct {
	Period    period.Period
	Running   bool
	Counted   period.Day // the last day that is counted
	Book      export.Book
	Quadrants []quadrant
	Signals   bool // whether a change has left natural limits
	Notes     []string
	Earlier   string // addresses
	Later     string
	Grains    []choice
	Scopes    []choice
	Against   []choice
	Which     []choice // KPIs
	Scope     string   // its title; "" for the whole
	None      string   // why there is nothing to show
	Next      string   // what to do about it, and where
	NextAt    string
}

// choice is one of several ways to look at the same.
type choice struct {
	Text, At string
	Here     bool
}

// quadrant is one perspective.
type quadrant struct {
	ID, Title, Note string
	Score           export.Cell
	Counts          []statusCount
	Rows            []cardRow // that have a value
	Missing         []cardRow
}

// statusCount is how many KPIs of a perspective have a status.
type statusCount struct {
	Status kpi.Status
	N      int
}

// count counts a KPI in its perspective.
func (q *quadrant) count(s kpi.Status) {
	for i := range q.Counts {
		if q.Counts[i].Status == s {
			q.Counts[i].N++
			return
		}
	}
}

// cardRow is one KPI.
type cardRow struct {
	Title, At             string
	Value, Target, Change export.Cell
	Signal                string // which natural limits the change has left; "" where it has not, or where that cannot be told
	Status                kpi.Status
	Spark                 template.HTML
	Badges                []badge
	Why, Mend, MendAt     string
}

type badge struct{ Text, Kind, Meaning string }

func showScorecard(v *visit) error {
	ctx, cancel := within(v.r.Context())
	defer cancel()
	q := v.r.URL.Query()
	scope, err := kpi.ParseScope(q.Get("scope"))
	if err != nil {
		return problem{http.StatusNotFound, "There is no such part", sentence(err.Error()), v.at("")}
	}
	req := book.Request{Period: v.r.PathValue("period"), Scope: &scope, All: q.Get("all") != "", LastYear: q.Get("against") == "year"}
	b, at, err := v.site.Books.Scorecards(ctx, v.merchant, req)
	view := cardView{Period: at, Book: b}
	if none := (*book.NoneError)(nil); errors.As(err, &none) {
		view.None, view.Next, view.NextAt = v.lacking(none)
		v.around(&view, b, scope, req)
		return v.show("scorecard", page{Title: v.locale.Period(at), Tab: "scorecard", Wide: true}, view)
	}
	if err != nil {
		return err
	}
	restated, err := v.site.Store.Restatements(ctx, v.merchant.ID, store.RestatementQuery{Scope: &scope, Period: at.Name})
	if err != nil {
		return err
	}
	card := b.Cards[0].Scorecard
	view.Running, view.Counted, view.Notes = card.Running, card.Through-1, b.Notes
	view.lay(v, restated, req.LastYear)
	v.around(&view, b, scope, req)
	return v.show("scorecard", page{Title: v.locale.Period(at), Tab: "scorecard", Wide: true}, view)
}

// lacking says in words why there is no scorecard, and where to go on.
func (v *visit) lacking(none *book.NoneError) (why, next, at string) {
	why = sentence(none.Error())
	switch none.Lack {
	case book.NotLinked:
		return "Nothing is linked yet. Link your store, and Fourfold reads what there is.", "Link your store", v.at("links")
	case book.FirstPull:
		return "The first pull is under way, or has not begun. The scorecard is here as soon as all of it has come in.", "See how far it is", v.at("links")
	case book.NotBegun, book.NotOver, book.BeforeData:
		return why, "The last month that is known", v.at("")
	case book.NotJudged:
	}
	return why + " It is worked out with the next pull.", "How the nights go", v.at("truth")
}

// lay puts the rows of the book's first sheet into their quadrants: the page shows the same cells as the workbook.
func (view *cardView) lay(v *visit, restated []store.Restatement, lastYear bool) {
	b := view.Book
	card := b.Cards[0].Scorecard
	entries := map[kpi.ID]kpi.Entry{}
	for _, e := range card.Entries {
		entries[e.KPI.ID] = e
	}
	sheet := export.Scorecard(b)
	for row := range sheet.Rows {
		cell := func(key string) export.Cell { return row.Cells[sheet.Column(key)] }
		text := func(key string) string { t, _ := cell(key).(export.Text); return string(t) }
		status, _ := cell("status").(export.Light)
		switch row.Level {
		case export.PerspectiveRow:
			view.Quadrants = append(view.Quadrants, quadrant{ID: row.ID, Title: text("title"), Note: text("note"), Score: cell("score"),
				Counts: []statusCount{{kpi.Green, 0}, {kpi.Amber, 0}, {kpi.Red, 0}, {kpi.Grey, 0}}})
		case export.KPIRow:
			q := &view.Quadrants[len(view.Quadrants)-1]
			e := entries[kpi.ID(row.ID)]
			r := cardRow{Title: text("title"), At: v.at(view.Period.Name+"/"+row.ID) + scopeQuery(card.Scope), Status: kpi.Status(status),
				Value: cell("value"), Target: cell("target"), Change: cell("change")}
			by, _ := r.Change.(export.Change)
			if signal := text("signal"); !lastYear && (signal == kpi.AboveLimits && by.By > 0 || signal == kpi.BelowLimits && by.By < 0) {
				r.Signal, view.Signals = signal, true
			}
			q.count(r.Status)
			if !e.Value.Has {
				r.Why = text("note")
				r.Mend, r.MendAt = v.mend(e)
				q.Missing = append(q.Missing, r)
				continue
			}
			if t, ok := cell("trend").(export.Trend); ok {
				r.Spark = spark(t)
			}
			r.Badges = v.badges(e, b, slices.ContainsFunc(restated, func(x store.Restatement) bool { return x.Latest.KPI == e.KPI.ID }))
			q.Rows = append(q.Rows, r)
		case export.ObjectiveRow, export.SectionRow, export.PlainRow:
		}
	}
}

// badges say what a reader must know of a value.
func (v *visit) badges(e kpi.Entry, b export.Book, restated bool) []badge {
	var all []badge
	if e.Final > period.On(b.TakenAt, b.Zone) {
		all = append(all, badge{"provisional", "tell", "The source may change it until " + v.locale.Day(e.Final)})
	}
	if restated {
		all = append(all, badge{"restated", "warn", "It came out differently after it was published"})
	}
	switch e.Value.Gap {
	case kpi.BelowCoverage:
		all = append(all, badge{"low coverage", "warn", capital(e.Value.Why())})
	case kpi.ImmatureCohort, kpi.Censored:
		all = append(all, badge{"too early", "tell", capital(e.Value.Why())})
	case kpi.InsufficientSample:
		all = append(all, badge{"few", "warn", capital(e.Value.Why())})
	default:
	}
	return all
}

// mend says what would fill an empty place, and where.
func (v *visit) mend(e kpi.Entry) (text, at string) {
	switch e.Value.Gap {
	case kpi.NotConnected:
		if e.KPI.Awaits != "" {
			return "", ""
		}
		return "Link it", v.at("links")
	case kpi.NoRate:
		return "Link rates", v.at("links/ecb")
	case kpi.StaleSource:
		return "See why", v.at("truth")
	case kpi.InsufficientHist:
		return "How far back", v.at("truth")
	case kpi.BelowCoverage:
		if e.KPI.Costed() {
			return "Tell what goods cost", v.at("links/csv")
		}
		return "", ""
	default:
		return "", ""
	}
}

// around fills in the ways to other scorecards.
func (v *visit) around(view *cardView, b export.Book, scope kpi.Scope, req book.Request) {
	q := url.Values{}
	if s := scope.String(); s != "" {
		q.Set("scope", s)
	}
	if req.LastYear {
		q.Set("against", "year")
	}
	if req.All {
		q.Set("all", "1")
	}
	with := func(name string, set ...string) string {
		changed := url.Values{}
		for k, x := range q {
			changed[k] = x
		}
		for i := 0; i+1 < len(set); i += 2 {
			if changed.Set(set[i], set[i+1]); set[i+1] == "" {
				changed.Del(set[i])
			}
		}
		if len(changed) == 0 {
			return v.at(name)
		}
		return v.at(name) + "?" + changed.Encode()
	}
	cal, p := v.merchant.Calendar, view.Period
	view.Earlier, view.Later = with(p.Prev(cal).Name), with(p.Next(cal).Name)
	last := p.To - 1
	if view.Counted > 0 {
		last = min(last, view.Counted)
	}
	for _, g := range period.Grains {
		view.Grains = append(view.Grains, choice{string(g), with(period.Of(g, max(last, p.From), cal).Name), g == p.Grain})
	}
	before := p.Prev(cal)
	view.Against = []choice{
		{v.locale.Period(before), with(p.Name, "against", ""), !req.LastYear},
		{v.locale.Period(period.Of(p.Grain, p.YearBefore().From, cal)), with(p.Name, "against", "year"), req.LastYear},
	}
	view.Which = []choice{{"Objectives", with(p.Name, "all", ""), !req.All}, {"All KPIs", with(p.Name, "all", "1"), req.All}}
	if before == period.Of(p.Grain, p.YearBefore().From, cal) {
		view.Against = nil
	}
	var scopes []kpi.Scope
	for s := range b.Scopes {
		scopes = append(scopes, s)
	}
	slices.SortFunc(scopes, func(x, y kpi.Scope) int { return strings.Compare(x.String(), y.String()) })
	for _, s := range scopes {
		title := b.Scopes[s]
		if s == kpi.Whole {
			title = "Everything"
		}
		if s == scope && s != kpi.Whole {
			view.Scope = title
		}
		view.Scopes = append(view.Scopes, choice{title, with(p.Name, "scope", s.String()), s == scope})
	}
}
