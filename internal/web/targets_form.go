package web

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// Parts of a target's form, as its fields are named: "aov.green".
const (
	partGreen     = "green"
	partRed       = "red"
	partRedLow    = "redlow"
	partGreenLow  = "greenlow"
	partGreenHigh = "greenhigh"
	partRedHigh   = "redhigh"
	partEnd       = "end"
)

var (
	oneSided = []string{partGreen, partRed}
	ranged   = []string{partRedLow, partGreenLow, partGreenHigh, partRedHigh}
)

// longestReason is in characters.
const longestReason = 300

// targetForm is what was typed, as it was typed, and what is wrong with it.
type targetForm struct {
	Fields               map[string]string // by name: aov.green
	From, Period, Reason string
	Faults               map[string]string // by name of a field; "" for what belongs to none
	Seen                 string            // of the changes that were shown before saving
}

// targetChange is one target that was typed otherwise than it is.
type targetChange struct {
	KPI kpi.KPI
	Old *kpi.Target // in force when the new one begins; nil for none
	New kpi.Target
	Put []kpi.Target // the versions that make it
	// Only says that it is for one period.
	Only bool
}

func fieldOf(id kpi.ID, part string) string { return string(id) + "." + part }

func partsOf(k kpi.KPI) []string {
	if k.Better == kpi.InRange {
		return ranged
	}
	return oneSided
}

// anchorPlaces are the anchors that the parts of a form stand for, in their order.
func anchorPlaces(k kpi.KPI, a *kpi.Anchors) []*float64 {
	if k.Better == kpi.InRange {
		return []*float64{&a.RedLow, &a.GreenLow, &a.GreenHigh, &a.RedHigh}
	}
	return []*float64{&a.Green, &a.Red}
}

func asPercent(k kpi.KPI) bool { return k.Unit == kpi.Ratio || k.Unit == kpi.Percent }

// put writes anchors into the fields of a KPI.
func (d *desk) put(f *targetForm, k kpi.KPI, a kpi.Anchors) {
	for i, at := range anchorPlaces(k, &a) {
		f.Fields[fieldOf(k.ID, partsOf(k)[i])] = d.locale.Typed(*at, asPercent(k))
	}
}

// blank is the form before anything was typed: each target as it is in force today.
func (d *desk) blank() targetForm {
	f := targetForm{Fields: map[string]string{}, Faults: map[string]string{}, From: d.today.String()}
	for _, k := range d.shown() {
		if t, ok := kpi.InForce(d.series(k.ID), d.today); ok && t.Anchors.Range == (k.Better == kpi.InRange) {
			d.put(&f, k, t.Anchors)
		}
	}
	return f
}

// typed is the form as it was sent. Targets that were not on it are as they are.
func (d *desk) typed(sent url.Values) targetForm {
	f := targetForm{Fields: map[string]string{}, Faults: map[string]string{}, From: sent.Get("from"), Period: sent.Get("period"), Reason: sent.Get("reason"), Seen: sent.Get("seen")}
	there := map[kpi.ID]bool{}
	for name := range sent {
		id, part, ok := strings.Cut(name, ".")
		if !ok || id == "" || part == "" {
			continue
		}
		f.Fields[name] = sent.Get(name)
		there[kpi.ID(id)] = there[kpi.ID(id)] || part != partEnd
	}
	for name, text := range d.blank().Fields {
		if id, _, _ := strings.Cut(name, "."); !there[kpi.ID(id)] {
			f.Fields[name] = text
		}
	}
	return f
}

// fill takes suggestions over: "aov:median" for one KPI, "median" for all that have no target yet.
func (d *desk) fill(f *targetForm, asked []string) {
	for _, text := range asked {
		id, basis, one := strings.Cut(text, ":")
		if !one {
			id, basis = "", text
		}
		for _, k := range d.shown() {
			if one && string(k.ID) != id || d.held(k) != nil {
				continue
			}
			if !one && f.Fields[fieldOf(k.ID, partsOf(k)[0])] != "" {
				continue
			}
			for _, p := range d.propose(k, d.firstFor(*f)) {
				if string(p.Basis) == basis {
					d.put(f, k, p.Anchors)
				}
			}
		}
	}
}

// firstFor is the first period that the form's targets are for.
func (d *desk) firstFor(f targetForm) period.Period {
	cal := d.merchant.Calendar
	if p, err := period.Parse(f.Period, d.today, cal); err == nil && p.Grain == d.grain {
		return p
	}
	if day, err := period.ParseDay(f.From); err == nil {
		return period.Of(d.grain, day, cal)
	}
	return period.Of(d.grain, d.today, cal)
}

// held says why the configuration leaves no target of a KPI to the page, whatever the day.
func (d *desk) held(k kpi.KPI) error {
	return kpi.Target{KPI: k.ID, Scope: d.scope, Grain: d.grain, From: math.MaxInt32}.HeldBy(d.file, d.fileName)
}

// read finds out what was changed, and everything that is wrong with it.
func (d *desk) read(f *targetForm) []targetChange {
	var only *period.Period
	from, err := period.ParseDay(strings.TrimSpace(f.From))
	switch {
	case strings.TrimSpace(f.Period) != "":
		p, err := period.Parse(strings.TrimSpace(f.Period), d.today, d.merchant.Calendar)
		if err == nil && p.Grain != d.grain {
			err = fmt.Errorf("%s is a %s, and these are targets of a %s", p, p.Grain, d.grain)
		}
		if err != nil {
			f.Faults["period"] = faultOf("", err)
		}
		only, from = &p, p.From
	case err != nil:
		f.Faults["from"] = "Write a day such as " + d.today.String() + "."
	}
	reason := strings.TrimSpace(f.Reason)
	if utf8.RuneCountInString(reason) > longestReason {
		f.Faults["reason"] = fmt.Sprintf("Use %d characters or fewer.", longestReason)
	}
	if len(f.Faults) > 0 {
		from, only = d.today, nil // so that the targets are checked, too
	}
	defs := kpi.Catalogue()
	var ids []kpi.ID
	for name := range f.Fields {
		id, part, _ := strings.Cut(name, ".")
		k, known := kpi.Find(defs, kpi.ID(id))
		if !known || part != partEnd && !slices.Contains(partsOf(k), part) {
			d.strange(f, name, kpi.ID(id))
			continue
		}
		if !slices.Contains(ids, k.ID) {
			ids = append(ids, k.ID)
		}
	}
	var changes []targetChange
	for _, k := range defs {
		if !slices.Contains(ids, k.ID) {
			continue
		}
		t := kpi.Target{KPI: k.ID, Scope: d.scope, Grain: d.grain, From: from, Reason: reason, By: d.person.Name}
		if c, ok := d.readOne(f, k, t, only); ok {
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 && len(f.Faults) == 0 {
		f.Faults[""] = "Nothing was changed: write another number beside a KPI, or take a suggestion over."
	}
	return changes
}

// strange says what is wrong with a field that the page does not have.
func (d *desk) strange(f *targetForm, name string, id kpi.ID) {
	text := fmt.Sprintf("There is no field %q here.", name)
	if _, known := kpi.Find(kpi.Catalogue(), id); !known {
		text = faultOf("", errors.Join(kpi.Target{KPI: id}.Check(kpi.Catalogue())...))
	}
	if f.Faults[""] == "" || text < f.Faults[""] {
		f.Faults[""] = text
	}
}

// readOne reads the target of one KPI; ok is false where it was not changed, or is at fault.
func (d *desk) readOne(f *targetForm, k kpi.KPI, t kpi.Target, only *period.Period) (c targetChange, ok bool) {
	first := fieldOf(k.ID, partsOf(k)[0])
	fault := func(name string, err error) { f.Faults[name] = faultOf(k.ID, err) }
	series := d.series(k.ID)
	now, standing := kpi.InForce(series, d.today)
	if f.Fields[fieldOf(k.ID, partEnd)] != "" {
		if _, any := kpi.InForce(series, t.From); !any {
			fault(fieldOf(k.ID, partEnd), fmt.Errorf("there is no target of %s for a %s that could end then", k.ID, t.Grain))
			return c, false
		}
		if only != nil {
			fault(fieldOf(k.ID, partEnd), errors.New("a target ends from a day on, and not for one period only"))
			return c, false
		}
	} else {
		var some bool
		if t.Anchors, some, ok = d.readAnchors(f, k); !ok || !some && !standing {
			return c, false
		}
		if !some {
			fault(first, errors.New("write where green starts; to have no target any more, end it"))
			return c, false
		}
		if standing && sameAnchors(t.Anchors, now.Anchors) {
			return c, false
		}
	}
	for _, err := range append(t.Check(kpi.Catalogue()), t.HeldBy(d.file, d.fileName)) {
		switch {
		case err == nil:
			continue
		case strings.ContainsFunc(t.Reason, unicode.IsControl):
			f.Faults["reason"] = "The reason must be one line of plain text."
		default:
			fault(first, err)
		}
		return c, false
	}
	c = targetChange{KPI: k, New: t, Put: []kpi.Target{t}}
	if old, ok := kpi.InForce(series, t.From); ok {
		c.Old = &old
	}
	if only != nil {
		c.Put, c.Only = kpi.OnePeriod(series, t, *only), true
	}
	return c, true
}
