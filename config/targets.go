package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"fourfold/internal/period"
	"fourfold/kpi"
)

const targetShape = "expected kpi, grain, green and red (or range: four numbers), and if need be scope, from and reason"

// targets reads the list of targets. A number may carry a percent sign: 8 % is 0.08.
func (r *reader) targets(n ast.Node) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if n.Type() != ast.NullType {
			r.fail(n, "targets", "", "expected a list; each entry begins with \"- kpi: …\"")
		}
		return
	}
	for i, entry := range list.Values {
		path := "targets[" + strconv.Itoa(i) + "]"
		values, ok := pairs(entry)
		if !ok {
			r.fail(entry, path, scalar(entry), targetShape)
			continue
		}
		before := len(r.faults)
		t := r.target(path, values)
		if len(r.faults) > before {
			continue
		}
		if slices.ContainsFunc(r.config.Targets, func(o kpi.Target) bool {
			return o.KPI == t.KPI && o.Scope == t.Scope && o.Grain == t.Grain && o.From == t.From
		}) {
			r.fail(entry, path, "", "%s stands twice for the same scope, grain and day; keep one, or say with from since when the other is valid", t.KPI)
			continue
		}
		for _, fault := range t.Check(r.catalogue()) {
			r.fail(entry, path, "", "%v", fault)
		}
		if len(r.faults) > before {
			continue
		}
		r.config.Targets = append(r.config.Targets, t)
	}
}

func (r *reader) target(path string, values []*ast.MappingValueNode) kpi.Target {
	t := kpi.Target{Grain: period.Monthly, Reason: "configuration"}
	seen := map[string]bool{}
	k := r.kpiOf(values)
	for _, v := range values {
		name, text := v.Key.String(), scalar(v.Value)
		at := path + "." + name
		if seen[name] {
			r.fail(v.Key, at, "", "stands twice; keep one")
			continue
		}
		seen[name] = true
		switch name {
		case "kpi":
			t.KPI = kpi.ID(text)
		case "grain":
			t.Grain = period.Grain(text)
			if !slices.Contains(period.Grains, t.Grain) {
				r.fail(v.Value, at, text, "expected day, week, month, quarter or year")
			}
		case "scope":
			scope, err := kpi.ParseScope(text)
			if err != nil {
				r.fail(v.Value, at, text, "expected store:1, channel:1/pos or account:5; the whole merchant if it is left out")
			}
			t.Scope = scope
		case "green":
			t.Anchors.Green = r.number(k, v.Value, at)
		case "red":
			t.Anchors.Red = r.number(k, v.Value, at)
		case "range":
			r.anchors(k, v.Value, at, &t.Anchors)
		case "from":
			day, err := period.ParseDay(text)
			if err != nil {
				r.fail(v.Value, at, text, "expected a day such as 2026-01-01")
			}
			t.From = day
		case "reason":
			t.Reason = text
		default:
			r.fail(v.Key, at, "", "is no setting; "+targetShape)
		}
	}
	if len(values) > 0 && (!seen["kpi"] || seen["green"] == seen["range"]) {
		r.fail(values[0], path, "", targetShape)
	}
	if k.ID != "" && seen["green"] && !seen["red"] {
		a, err := kpi.Fill(k, t.Anchors.Green, nil)
		if err != nil {
			r.fail(values[0], path, "", "%v", err)
		}
		t.Anchors = a
	}
	return t
}

// kpiOf is the KPI that a target is of, wherever it is named; the zero KPI where there is no such one.
func (r *reader) kpiOf(values []*ast.MappingValueNode) kpi.KPI {
	for _, v := range values {
		if v.Key.String() == "kpi" {
			k, _ := kpi.Find(r.catalogue(), kpi.ID(scalar(v.Value)))
			return k
		}
	}
	return kpi.KPI{}
}

// Threshold reads where a colour of a KPI starts. Only a share may be given in per cent: of an amount, 5% would be five cents.
func Threshold(k kpi.KPI, text string) (float64, error) {
	n, err := kpi.ParseNumber(text)
	if err == nil && k.ID != "" && k.Unit != kpi.Ratio && k.Unit != kpi.Percent && strings.Contains(text, "%") {
		return 0, &percentError{k.ID, text}
	}
	return n, err
}

type percentError struct {
	id   kpi.ID
	text string
}

func (e *percentError) Error() string { return fmt.Sprintf("%q: %s", e.text, e.why()) }

func (e *percentError) why() string {
	return fmt.Sprintf("%s is no share, so it takes no percentage: write a plain number", e.id)
}

func (r *reader) catalogue() []kpi.KPI {
	if r.kpis == nil {
		r.kpis = kpi.Catalogue()
	}
	return r.kpis
}

func (r *reader) number(k kpi.KPI, n ast.Node, path string) float64 {
	f, err := Threshold(k, scalar(n))
	var percent *percentError
	switch {
	case errors.As(err, &percent):
		r.fail(n, path, scalar(n), "%s", percent.why())
	case err != nil:
		r.fail(n, path, scalar(n), "expected a number, or a percentage such as 8%%")
	}
	return f
}

func (r *reader) anchors(k kpi.KPI, n ast.Node, path string, a *kpi.Anchors) {
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != 4 {
		r.fail(n, path, scalar(n), "expected four numbers from low red to high red, such as [20, 30, 60, 90]")
		return
	}
	a.Range = true
	for i, place := range []*float64{&a.RedLow, &a.GreenLow, &a.GreenHigh, &a.RedHigh} {
		*place = r.number(k, list.Values[i], path)
	}
}
