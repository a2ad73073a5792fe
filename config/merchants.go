package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"fourfold/kpi"
)

// each are the settings that may also stand below merchants.NAME, where the section merchant is left out, with those of the apps.
var each = []string{"merchant.currency", "merchant.zone", "merchant.week_starts", "merchant.fiscal_year_starts", "schedule", "since", "costs.history", "rates.fixed",
	"export.dir", "export.nightly", "export.period"}

// named is what the file says of one of several merchants.
type named struct {
	name     string
	place    string
	settings []setting
	targets  []kpi.Target
}

type setting struct {
	path, place string
	set         func(*Config)
}

// Named lists the merchants that the file names, with where it does.
func (c Config) Named() (names, places []string) {
	for _, m := range c.merchants {
		names, places = append(names, m.name), append(places, m.place)
	}
	return names, places
}

// Of is the configuration of one merchant: what stands below merchants.NAME, and for the rest the top level. Says tells what of it was
// said of this merchant. With only, which says that there is no other merchant, that includes merchant and costs of the top level; where
// there are several, these two are about the merchant whose name is merchant.name, and what others begin with.
func (c Config) Of(name string, only bool) Config {
	of := c
	of.said = map[string]string{}
	if only || c.Merchant.Name != "" && strings.EqualFold(c.Merchant.Name, name) {
		for _, path := range own {
			if place, ok := c.Says(path); ok {
				of.say(path, place)
			}
		}
	}
	for _, m := range c.merchants {
		if !strings.EqualFold(m.name, name) {
			continue
		}
		for _, s := range m.settings {
			s.set(&of)
			of.say(s.path, s.place)
		}
		of.Targets = slices.DeleteFunc(slices.Clone(c.Targets), func(t kpi.Target) bool {
			return slices.ContainsFunc(m.targets, func(o kpi.Target) bool { return o.KPI == t.KPI && o.Scope == t.Scope && o.Grain == t.Grain })
		})
		of.Targets = append(of.Targets, m.targets...)
	}
	return of
}

// Parse reads one setting as it would stand in the file, into a configuration that says nothing else. now is as in Load.
func Parse(path, text string, now time.Time) (Config, error) {
	c := beginning(now)
	i := slices.IndexFunc(fields, func(f field) bool { return f.path == path })
	return c, fields[i].set(&c, text)
}

// own are the settings of the top level that are about a merchant, and not what holds wherever nothing else is said.
var own = []string{"merchant.name", "merchant.currency", "merchant.zone", "merchant.week_starts", "merchant.fiscal_year_starts", "costs.history"}

// say notes where a setting was written.
func (c *Config) say(path, place string) {
	if c.said == nil {
		c.said = map[string]string{}
	}
	c.said[path] = place
}

// Says tells whether somebody set a setting, and where, for people: "fourfold.yml:4, merchant.zone". What a program set that made the
// configuration itself counts as well.
func (c Config) Says(path string) (place string, ok bool) {
	if c.said != nil {
		place, ok = c.said[path]
		return place, ok
	}
	m := c.Merchant
	differs := map[string]bool{
		"merchant.name": m.Name != "", "merchant.currency": m.Currency != "", "merchant.zone": m.Zone != "",
		"merchant.week_starts": m.Calendar.WeekShift != 0, "merchant.fiscal_year_starts": m.Calendar.FiscalStart != 0,
		"costs.history": c.Costs != Default().Costs,
	}
	return "the configuration", differs[path]
}

// merchants reads what is said of each of several merchants, by name.
func (r *reader) merchants(n ast.Node) {
	if n.Type() == ast.NullType {
		return
	}
	values, ok := pairs(n)
	if !ok {
		r.fail(n, "merchants", "", "expected the names of merchants below it, each with its settings")
		return
	}
	for _, v := range values {
		m := named{name: v.Key.GetToken().Value, place: fmt.Sprintf("%s:%d", r.file, line(v.Key))}
		path := "merchants." + m.name
		if err := CheckName(m.name); err != nil {
			r.fail(v.Key, path, "", "%v", err)
			continue
		}
		if slices.ContainsFunc(r.config.merchants, func(o named) bool { return strings.EqualFold(o.name, m.name) }) {
			r.fail(v.Key, path, "", "stands twice; keep one")
			continue
		}
		tried := Default()
		tried.today, tried.fields = r.config.today, r.config.fields
		one := reader{config: &tried, file: r.file, dir: r.dir, seen: map[string]bool{}, kpis: r.catalogue(), prefix: path + ".", merchant: &m}
		if v.Value.Type() != ast.NullType {
			one.mapping("", v.Value)
		}
		r.faults = append(r.faults, one.faults...)
		m.targets = tried.Targets
		r.config.merchants = append(r.config.merchants, m)
	}
}

// took keeps a setting of a merchant, or where one of the top level was written.
func (r *reader) took(f field, text, place string) {
	if r.merchant == nil {
		r.config.say(f.path, place)
		return
	}
	if f.path == "export.dir" && !filepath.IsAbs(text) {
		text = filepath.Join(r.dir, text)
	}
	r.merchant.settings = append(r.merchant.settings, setting{f.path, place, func(c *Config) { _ = f.set(c, text) }}) // was checked
}

// fieldAt is the setting at a path of the file, or of what the file says of a merchant.
func (r *reader) fieldAt(path string) (field, bool) {
	i := slices.IndexFunc(r.config.fields, func(f field) bool {
		at, ok := r.path(f)
		return ok && at == path
	})
	if i < 0 {
		return field{}, false
	}
	return r.config.fields[i], true
}

// path is where a setting stands here; below merchants.NAME the section merchant is left out.
func (r *reader) path(f field) (string, bool) {
	if r.merchant == nil {
		return f.path, true
	}
	return strings.TrimPrefix(f.path, "merchant."), slices.Contains(each, f.path) || ofApp(f.path)
}

// known lists the names that may stand below a section, for the message about one that may not.
func (r *reader) known(section string) string {
	var names []string
	for _, f := range r.config.fields {
		path, ok := r.path(f)
		rest, below := strings.CutPrefix(path, section)
		if !ok || !below {
			continue
		}
		name, _, _ := strings.Cut(rest, ".")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if section == "" {
		names = append(names, "targets")
	}
	if section == "" && r.merchant == nil {
		names = append(names, "merchants")
	}
	return strings.Join(names, ", ")
}
