package web

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"fourfold/internal/export"
	"fourfold/internal/locale"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

//go:embed templates
var templateFiles embed.FS

// page is what the frame around every page needs.
type page struct {
	Title string
	Tab   string // which of the merchant's sections is open
	Wide  bool   // a table that wants all the room

	// Filled in by render.
	Lang      string
	Site      *Site
	Person    store.Person
	Merchant  store.Merchant
	Others    []store.Merchant // that the visitor may go to; more than mostOthers of them stand on a page of their own
	Role      store.Role
	Notice    string
	Locale    locale.Locale
	Locales   []locale.Locale
	Body      any
	Path      string
	MerchantP string         // /m/3, before a path
	Zone      *time.Location // the merchant's
}

// Asset is the address of a file that the page loads.
func (p page) Asset(name string) string { return p.Site.assets.address(name) }

// May says whether the visitor has at least a role.
func (p page) May(role string) bool { return p.Role.May(store.Role(role)) }

// zoneOf is a merchant's zone; UTC where there is none.
func zoneOf(m store.Merchant) *time.Location {
	if loc, err := m.Location(); err == nil && m.ID != 0 {
		return loc
	}
	return time.UTC
}

// zone is that of the visit's merchant.
func (v *visit) zone() *time.Location { return zoneOf(v.merchant) }

// nameOf is what a merchant is called, who may have no name yet.
func nameOf(m store.Merchant) string { return cmp.Or(m.Name, "this merchant") }

// Day, Instant and the like write in the reader's language.
func (p page) Day(d period.Day) string { return p.Locale.Day(d) }

// Instant is empty for none.
func (p page) Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Locale.Instant(t, p.Zone)
}

// Period names one.
func (p page) Period(x period.Period) string { return p.Locale.Period(x) }

// Cell writes a cell of a book.
func (p page) Cell(c export.Cell) string { return p.Locale.Cell(c, p.Zone, false) }

// Short is Cell for where there is little room.
func (p page) Short(c export.Cell) string { return p.Locale.Cell(c, p.Zone, true) }

// Count writes a number of things.
func (p page) Count(n any) string {
	switch n := n.(type) {
	case int:
		return p.Locale.Number(float64(n), 0)
	case int64:
		return p.Locale.Number(float64(n), 0)
	}
	return ""
}

// templates holds every page's, by its name: the frame with the page's own parts in it.
var templates = parse()

func parse() map[string]*template.Template {
	all := map[string]*template.Template{}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err)
	}
	frame := template.Must(template.New("frame").Funcs(functions).ParseFS(templateFiles, "templates/frame/*.html"))
	for _, name := range names {
		all[strings.TrimSuffix(path.Base(name), ".html")] = template.Must(template.Must(frame.Clone()).ParseFS(templateFiles, name))
	}
	return all
}

// functions are what templates may call beside the page's methods.
var functions = template.FuncMap{
	"join": strings.Join,
	// field hands a form's field to its template.
	"field": func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i+1 < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	},
}

// render writes a page. Nothing of it is sent unless all of it can be made.
func (v *visit) render(status int, name string, p page, body any) error {
	v.fill(&p, body)
	if v.person.ID != 0 && v.merchant.ID != 0 {
		var err error
		if p.Others, err = v.site.Store.MerchantsOf(v.r.Context(), v.person, mostOthers+1); err != nil {
			return err
		}
	}
	if v.site.sessions.Exists(v.r.Context(), keyNotice) {
		p.Notice = v.site.sessions.PopString(v.r.Context(), keyNotice)
	}
	var b bytes.Buffer
	if err := templates[name].ExecuteTemplate(&b, "frame", p); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // the visitor may be gone
	return nil
}

// mostOthers is how many merchants the menu of every page names.
const mostOthers = 12

// Many says whether there are more merchants than the menu names.
func (p page) Many() bool { return len(p.Others) > mostOthers }

// fill puts into a page what is the same on all of them.
func (v *visit) fill(p *page, body any) {
	p.Site, p.Person, p.Merchant, p.Role, p.Locale, p.Locales, p.Body, p.Lang = v.site, v.person, v.merchant, v.role, v.locale, locale.All(), body, "en"
	p.Path, p.MerchantP, p.Zone = v.r.URL.Path, v.at(""), v.zone()
}

// fragment makes one part of a page's template, to be put in place of the same part of a page that is open.
func (v *visit) fragment(name, part string, body any) (string, error) {
	var p page
	v.fill(&p, body)
	var b bytes.Buffer
	err := templates[name].ExecuteTemplate(&b, part, p)
	return b.String(), err
}

// show is render of a page that is as it should be.
func (v *visit) show(name string, p page, body any) error {
	return v.render(http.StatusOK, name, p, body)
}
