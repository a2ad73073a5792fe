package kpi

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Docs writes the catalogue as Markdown: every KPI with its formula, sources, notes and gaps, then the measures behind them.
// docs/kpis.md is this text.
func Docs(w io.Writer, defs []KPI) error {
	out := bufio.NewWriter(w)
	say := func(format string, args ...any) { fmt.Fprintf(out, format, args...) } // a fault of the writer stays with it until Flush
	say("# KPIs\n\nWritten by `fourfold kpis` from the declarations in package kpi: change them there.\n\n")
	say("%d KPIs, %d of them in the starter set (★). A value that is missing says why: absent is never zero.\n", len(defs), len(Starters(defs)))
	for _, p := range Perspectives {
		say("\n## %s\n", p.Title())
		theme := ""
		for _, k := range byTheme(defs, p) {
			if k.Theme != theme {
				theme = k.Theme
				say("\n### %s\n", themeTitle(p, theme))
			}
			describe(say, k)
		}
	}
	say("\n## Measures\n\nWhat is counted. Formulas put these together; a window in brackets says over which days, where it is not the period.\n\n")
	say("| measure | counted by | what |\n|---|---|---|\n")
	for _, m := range AllMeasures {
		say("| %s | %s | %s |\n", strings.ReplaceAll(string(m.Measure), "_", " "), m.Day, strings.ReplaceAll(m.Text, "|", "\\|"))
	}
	say("\n## Gaps\n\nWhy there is no value, or why the value shown is not scored.\n\n| gap | meaning |\n|---|---|\n")
	for _, g := range Gaps {
		say("| `%s` | %s |\n", g, g.Text())
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the catalogue: %w", err)
	}
	return nil
}

// byTheme brings KPIs of one theme together, in the order in which the themes first appear.
func byTheme(defs []KPI, p Perspective) []KPI {
	var themes []string
	var some []KPI
	for _, k := range defs {
		if k.Perspective == p {
			some = append(some, k)
			if !slices.Contains(themes, k.Theme) {
				themes = append(themes, k.Theme)
			}
		}
	}
	slices.SortStableFunc(some, func(a, b KPI) int { return slices.Index(themes, a.Theme) - slices.Index(themes, b.Theme) })
	return some
}

func describe(say func(string, ...any), k KPI) {
	star := ""
	if k.Starter {
		star = " ★"
	}
	say("\n**%s**%s `%s`  \n", k.Title, star, k.ID)
	say("%s.  \n", k.Formula)
	if t, ok := k.Formula.(Term); ok {
		if info, ok := Info(t.Measure); ok {
			say("That is: %s.  \n", info.Text)
		}
	}
	say("*Kind:* %s, %s, %s.", k.Role, k.Unit, k.Better.Text())
	if k.VariantOf != "" {
		say(" A reading of `%s`.", k.VariantOf)
	}
	if w := k.windows(); len(w) > 0 {
		say(" *Window:* %s.", strings.Join(w, ", "))
	}
	say(" *Kept for:* %s%s.", join(k.Grains), k.parts())
	if k.Maturity > 0 {
		say(" *Mature:* %d days after the period.", k.Maturity)
	}
	if k.Coverage != nil {
		say(" *Coverage:* %s", k.Coverage)
		if k.MinCoverage > 0 {
			say(", scored from %g %%", k.MinCoverage*100)
		}
		say(".")
	}
	if k.MinN > 0 {
		say(" *Sample:* scored from %d.", k.MinN)
	}
	say("  \n")
	if s := k.Sources(); len(s) > 0 && k.Awaits == "" {
		say("*Needs:* %s.  \n", strings.Join(s, ", "))
	}
	say("*Gaps:* %s.  \n%s\n", join(k.Gaps()), k.Note)
}

// parts says of which parts of a merchant the KPI is told, where that is not the whole and each store.
func (k KPI) parts() string {
	switch {
	case k.Breadth == OfMerchant:
		return "; of the whole merchant alone"
	case k.Breadth == OfAccounts:
		return "; of the whole merchant and of each ad account"
	case k.Breadth == OfPlatform:
		return "; of each ad account alone"
	case k.Channels:
		return "; by channel"
	}
	return ""
}

// windows names the runs of days that the formula looks at.
func (k KPI) windows() []string {
	var all []string
	for _, t := range k.Formula.Needs() {
		if w := t.Window.String(); !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}

// Sources names the streams the KPI needs, and in brackets what the grant must allow beyond them.
func (k KPI) Sources() []string {
	var streams, rights []string
	add := func(list *[]string, s string) {
		if s != "" && !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	for _, m := range k.Measures() {
		for _, s := range m.Streams {
			add(&streams, s)
		}
		if m.Else != "" {
			add(&streams, "or "+m.Else)
		}
		add(&rights, strings.ReplaceAll(m.Capability, "_", " "))
	}
	add(&streams, k.Awaits)
	for _, r := range rights {
		if !slices.Contains(streams, r) {
			streams = append(streams, "("+r+")")
		}
	}
	return streams
}

// Text says which way is better.
func (d Direction) Text() string {
	switch d {
	case InRange:
		return "best within a range"
	default:
		return d.word() + " is better"
	}
}

func join[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = string(x)
	}
	return strings.Join(texts, ", ")
}
