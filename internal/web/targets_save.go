package web

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// previewView is what saving would change.
type previewView struct {
	Changes []changeView
	Seen    string // stands for exactly these changes
	Moved   bool   // they are others than those that were shown before
}

type changeView struct {
	Title, At  string
	Old, New   string // where green and red start
	When, Then string // from when on it holds, and what does after it
	Ends       bool
	Kept       []markView // the last closed periods, as they are
	By         []markView // and as they would be by the new target
	Differ     int        // how many of them
	Judges     int        // backfilled periods that have no target, and take this one
	Far        string     // that it may be a slip
	Note       string
}

type markView struct{ Status, Meaning string }

func changeTargets(v *visit) error {
	ctx, cancel := within(v.r.Context())
	defer cancel()
	d, err := v.desk(ctx)
	if err != nil {
		return err
	}
	form := d.typed(v.r.PostForm)
	if asked := v.r.PostForm["suggest"]; len(asked) > 0 {
		d.fill(&form, asked)
		return d.show(http.StatusOK, form, nil)
	}
	changes := d.read(&form)
	if len(form.Faults) > 0 {
		return d.show(http.StatusUnprocessableEntity, form, nil)
	}
	seen := digestOf(changes)
	if v.r.PostFormValue("do") != "save" || form.Seen != seen {
		preview := d.preview(changes)
		preview.Seen, preview.Moved = seen, v.r.PostFormValue("do") == "save"
		return d.show(http.StatusOK, form, &preview)
	}
	var all []kpi.Target
	for _, c := range changes {
		all = append(all, c.Put...)
	}
	put, err := v.site.Store.PutTargets(ctx, v.merchant.ID, v.person.Name, all)
	if err != nil {
		return err
	}
	v.notice(savedTargets(len(changes)) + " " + v.judge(put))
	return v.see(d.here())
}

func savedTargets(n int) string {
	if n == 1 {
		return "The target is saved."
	}
	return fmt.Sprintf("%d targets are saved.", n)
}

// judge has what is open judged by new targets, and says whether it is.
func (v *visit) judge(put []kpi.Target) string {
	if v.site.Judge != nil {
		err := v.site.Judge(v.r.Context(), v.merchant, put)
		if err == nil {
			return "What is open is judged by it now; what was judged at its close keeps its colour."
		}
		v.site.Log.Warn("what is open is not judged by the new targets yet", "merchant", v.merchant.ID, "error", err)
	}
	return "What is open is judged by it with the next pull; what was judged at its close keeps its colour."
}

// digestOf stands for changes, so that what is saved is what was shown.
func digestOf(changes []targetChange) string {
	type line struct {
		Old int64
		Put []kpi.Target
	}
	lines := make([]line, len(changes))
	for i, c := range changes {
		lines[i].Put = c.Put
		if c.Old != nil {
			lines[i].Old = c.Old.ID
		}
	}
	b, err := json.Marshal(lines)
	if err != nil {
		return ""
	}
	return digest(string(b))
}

// preview says what changes would do. It scores values that were kept, and works none out.
func (d *desk) preview(changes []targetChange) previewView {
	var p previewView
	for _, c := range changes {
		p.Changes = append(p.Changes, d.previewOne(c))
	}
	return p
}

func (d *desk) previewOne(c targetChange) changeView {
	last := d.closed[len(d.closed)-1]
	view := changeView{Title: c.KPI.Title, At: d.at(last.Name+"/"+string(c.KPI.ID)) + scopeQuery(d.scope), Ends: c.New.Ends(), Old: "none", New: "none"}
	goal := func(a kpi.Anchors) string {
		green, red := d.say(c.KPI, a)
		return "green " + green + ", red " + red
	}
	if c.Old != nil {
		view.Old = goal(c.Old.Anchors)
	}
	if !view.Ends {
		view.New = goal(c.New.Anchors)
	}
	d.whenAndThen(&view, c, goal)
	first := len(d.series(c.KPI.ID)) == 0
	for _, p := range d.closed {
		sn, ok := d.kept[c.KPI.ID][p]
		before := markView{string(kpi.Grey), d.locale.Period(p)}
		after := before
		if ok && sn.Definition == c.KPI.Version {
			before.Status = string(sn.Status)
			if sn.Value.Has {
				value := ": " + d.locale.Cell(export.ValueOf(c.KPI, sn.Value, sn.Currency), nil, false)
				before.Meaning += value
				after.Meaning += value
			}
		}
		if v := d.scored(c.KPI, p); !math.IsNaN(v) && !view.Ends {
			after.Status = string(c.New.Anchors.Status(v))
		}
		if before.Status != after.Status {
			view.Differ++
		}
		if first && sn.Backfilled && sn.TargetID == 0 && after.Status != string(kpi.Grey) {
			view.Judges++
		}
		view.Kept, view.By = append(view.Kept, before), append(view.By, after)
	}
	if view.Ends {
		view.By, view.Differ = nil, 0
	}
	view.Far = d.far(c)
	if slices.ContainsFunc(d.file, func(t kpi.Target) bool { return t.SameSeries(c.New) }) {
		view.Note = fmt.Sprintf("%s holds a target from a day on, which stays beside this one: this is a version of its own, and no pull takes it back.", d.fileName)
	}
	return view
}

// far says that a target is so far from what is usual that it may be a slip: 6 for 6 %.
func (d *desk) far(c targetChange) string {
	usual := kpi.Median(d.past(c.KPI, d.closed[0]).Values)
	a := c.New.Anchors
	green := a.Green
	if a.Range {
		green = (a.GreenLow + a.GreenHigh) / 2
	}
	const times = 15
	if c.New.Ends() || math.IsNaN(usual) || usual <= 0 || green <= 0 || green < times*usual && green > usual/times {
		return ""
	}
	return fmt.Sprintf("That is far from what is usual, %s. Is it meant so?", d.locale.Cell(export.InUnit(c.KPI.Unit, usual, d.merchant.Currency), nil, true))
}

// whenAndThen says from when on a change holds, and what holds after it.
func (d *desk) whenAndThen(view *changeView, c targetChange, goal func(kpi.Anchors) string) {
	if !c.Only {
		view.When = "from " + d.locale.Day(c.New.From) + " on"
		for _, t := range d.series(c.KPI.ID) {
			if t.From > c.New.From {
				view.Then = "until " + d.locale.Day(t.From-1) + ": another version follows"
				break
			}
		}
		return
	}
	view.When = "for " + d.locale.Period(period.Of(d.grain, c.New.From, d.merchant.Calendar)) + " only"
	if len(c.Put) < 2 {
		return
	}
	after := c.Put[1]
	view.Then = "then none again"
	if !after.Ends() {
		view.Then = "then again " + goal(after.Anchors)
	}
}
