package kpi

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"fourfold/internal/period"
)

var targetColumns = []string{"kpi", "scope", "grain", "valid_from", "version", "green", "red", "red_low", "green_low", "green_high", "red_high", "reason"}

// WriteTargets writes targets as CSV, one version a line, in the units of the values: money in major units, a ratio as 0.25. What is
// written reads back unchanged, but for the store's own numbers.
func WriteTargets(w io.Writer, targets []Target) error {
	out := csv.NewWriter(w)
	if err := out.Write(targetColumns); err != nil {
		return fmt.Errorf("write targets: %w", err)
	}
	for _, t := range targets {
		if err := out.Write(targetLine(t)); err != nil {
			return fmt.Errorf("write targets: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write targets: %w", err)
	}
	return nil
}

func targetLine(t Target) []string {
	line := []string{string(t.KPI), t.Scope.String(), string(t.Grain), t.From.String(), strconv.Itoa(t.Version), "", "", "", "", "", "", quoted(t.Reason)}
	a := t.Anchors
	switch {
	case a.Range:
		for i, x := range []float64{a.RedLow, a.GreenLow, a.GreenHigh, a.RedHigh} {
			line[7+i] = decimal(x)
		}
	case a != (Anchors{}):
		line[5], line[6] = decimal(a.Green), decimal(a.Red)
	}
	return line
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// ReadTargets reads what WriteTargets wrote, or what a person made of it: columns in any order, found by name; a missing red is
// the default one where there is such a thing; scope, version and reason may be left out. It finds every fault at once, each with its
// line, and then returns no targets.
func ReadTargets(r io.Reader, defs []KPI) ([]Target, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("read targets: the first line must name the columns %s: %w", strings.Join(targetColumns, ","), err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, must := range []string{"kpi", "grain", "valid_from"} {
		if _, ok := column[must]; !ok {
			return nil, fmt.Errorf("read targets: there is no column %q: the first line must name the columns %s", must, strings.Join(targetColumns, ","))
		}
	}
	var targets []Target
	var faults []error
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(append(faults, fmt.Errorf("read targets: %w", err))...)
		}
		line, _ := in.FieldPos(0)
		t, wrong := readTarget(func(name string) string {
			if i, ok := column[name]; ok && i < len(record) {
				return record[i]
			}
			return ""
		}, defs)
		for _, f := range wrong {
			faults = append(faults, fmt.Errorf("line %d: %w", line, f))
		}
		targets = append(targets, t)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return targets, nil
}

func readTarget(field func(string) string, defs []KPI) (Target, []error) {
	var faults []error
	keep := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	text := func(name string) string { return strings.TrimSpace(field(name)) }
	t := Target{KPI: ID(text("kpi")), Grain: period.Grain(text("grain")), Reason: unquoted(field("reason"))}
	var err error
	t.Scope, err = ParseScope(text("scope"))
	keep(err)
	t.From, err = period.ParseDay(text("valid_from"))
	keep(err)
	if v := text("version"); v != "" {
		if t.Version, err = strconv.Atoi(v); err != nil || t.Version < 0 {
			keep(fmt.Errorf("version: %q is not a whole number", v))
		}
	}
	given := map[string]bool{}
	number := func(name string) float64 {
		v := text(name)
		if v == "" {
			return 0
		}
		x, err := strconv.ParseFloat(v, 64)
		if err != nil {
			keep(fmt.Errorf("%s: %q is not a number: write 0.25 or 1200", name, v))
			return 0
		}
		given[name] = true
		return x
	}
	a := &t.Anchors
	*a = Anchors{Green: number("green"), Red: number("red"), RedLow: number("red_low"), GreenLow: number("green_low"),
		GreenHigh: number("green_high"), RedHigh: number("red_high")}
	a.Range = given["red_low"] || given["green_low"] || given["green_high"] || given["red_high"]
	if len(faults) > 0 {
		return t, faults
	}
	k, known := Find(defs, t.KPI)
	switch {
	case !known:
	case given["green"] && given["red"] && *a == (Anchors{}):
		return t, []error{fmt.Errorf("%s: green and red are both 0: leave a step between them, or leave both empty to end the target", t.KPI)}
	case given["red"] && !given["green"]:
		return t, []error{fmt.Errorf("%s: red is given and green is not: state where green starts", t.KPI)}
	case given["green"] && !given["red"] && !a.Range && k.Better != InRange:
		if a.Red, err = DefaultRed(k, a.Green); err != nil {
			return t, []error{err}
		}
	}
	return t, t.Check(defs)
}

// quoted keeps a spreadsheet from taking a text for a formula; unquoted undoes it.
func quoted(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

func unquoted(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && formula(rest) {
		return rest
	}
	return s
}

// formula says whether a spreadsheet would calculate the text, or our quoting would be mistaken for the text's own.
func formula(s string) bool {
	if rest, ok := strings.CutPrefix(s, "'"); ok {
		return formula(rest)
	}
	return s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0]))
}
