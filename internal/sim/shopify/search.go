package shopify

import (
	"fmt"
	"strings"
	"time"
)

// The search language of query arguments: field:value terms with comparators, joined by AND (also unsaid), OR and NOT or a minus,
// with parentheses and quotes. What the field table does not know is ignored with a warning, and so matches everything, as Shopify
// does it.

// filter is one searchable field: its value on a row is an Instant, int64, string, []string or bool.
type filter struct {
	get    func(v any) any
	byDay  bool     // compared by whole days of the shop
	values []string // all that it may be compared with, where that is a closed set
}

type filters map[string]filter

// searchReport is what extensions.search says of one searched field of a query.
type searchReport struct {
	Path     []any           `json:"path"`
	Query    string          `json:"query"`
	Warnings []searchWarning `json:"warnings,omitempty"`
}

type searchWarning struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Code    string `json:"code"`
}

// condition is a parsed search. The nil condition matches everything.
type condition interface {
	match(v any) bool
}

type (
	allOf []condition
	anyOf []condition
	not   struct{ condition }
	never struct{}
)

func (c allOf) match(v any) bool {
	for _, e := range c {
		if !e.match(v) {
			return false
		}
	}
	return true
}

func (c anyOf) match(v any) bool {
	for _, e := range c {
		if e.match(v) {
			return true
		}
	}
	return false
}

func (c not) match(v any) bool { return !c.condition.match(v) }

func (never) match(any) bool { return false }

// timeTerm compares an instant: from ≤ value < to.
type timeTerm struct {
	field    string
	get      func(any) any
	from, to Instant
}

const (
	dawn = Instant(-1 << 60)
	dusk = Instant(1 << 60)
)

func (t timeTerm) match(v any) bool {
	at, _ := t.get(v).(Instant)
	return at != 0 && t.from <= at && at < t.to
}

type funcTerm func(v any) bool

func (f funcTerm) match(v any) bool { return f(v) }

// parse reads a query for one kind of row.
func (x *exec) parse(query string, table filters) (condition, []searchWarning, *refusal) {
	p := &searchParser{in: query, table: table, zone: x.srv.zone}
	c := p.either()
	return c, p.warnings, p.bad
}

// bounds are the narrowest limits that a condition sets to a time field on every row that it matches.
func bounds(c condition, field string) (from, to Instant) {
	switch c := c.(type) {
	case timeTerm:
		if c.field == field {
			return c.from, c.to
		}
	case allOf:
		from, to = dawn, dusk
		for _, e := range c {
			f, t := bounds(e, field)
			from, to = max(from, f), min(to, t)
		}
		return from, to
	}
	return dawn, dusk
}

type searchParser struct {
	in       string
	pos      int
	table    filters
	zone     *time.Location
	warnings []searchWarning
	bad      *refusal
}

func (p *searchParser) space() {
	for p.pos < len(p.in) && strings.IndexByte(" \t\r\n,", p.in[p.pos]) >= 0 {
		p.pos++
	}
}

// keyword takes a word such as OR if it stands next.
func (p *searchParser) keyword(w string) bool {
	p.space()
	rest := p.in[p.pos:]
	if len(rest) >= len(w) && rest[:len(w)] == w && (len(rest) == len(w) || strings.IndexByte(" (\t\n", rest[len(w)]) >= 0) {
		p.pos += len(w)
		return true
	}
	return false
}

func (p *searchParser) either() condition {
	var out anyOf
	for {
		c := p.both()
		if c != nil {
			out = append(out, c)
		}
		if !p.keyword("OR") {
			break
		}
	}
	switch len(out) {
	case 0:
		return nil
	case 1:
		return out[0]
	}
	return out
}

func (p *searchParser) both() condition {
	var out allOf
	for {
		p.keyword("AND")
		p.space()
		if p.pos >= len(p.in) || p.in[p.pos] == ')' || strings.HasPrefix(p.in[p.pos:], "OR ") || strings.HasPrefix(p.in[p.pos:], "OR(") {
			break
		}
		if c := p.unary(); c != nil {
			out = append(out, c)
		}
	}
	switch len(out) {
	case 0:
		return nil
	case 1:
		return out[0]
	}
	return out
}

func (p *searchParser) unary() condition {
	negated := p.keyword("NOT")
	p.space()
	if p.pos < len(p.in) && p.in[p.pos] == '-' {
		negated = !negated
		p.pos++
	}
	var c condition
	if p.pos < len(p.in) && p.in[p.pos] == '(' {
		p.pos++
		c = p.either()
		p.space()
		if p.pos < len(p.in) && p.in[p.pos] == ')' {
			p.pos++
		}
	} else {
		c = p.term()
	}
	if c != nil && negated {
		return not{c}
	}
	return c
}

// term reads field:value. A value without quotes ends at the next colon too, and what follows it is taken for a term of its own:
// that is how an unquoted timestamp loses its minutes.
func (p *searchParser) term() condition {
	name := p.word(":")
	if p.pos >= len(p.in) || p.in[p.pos] != ':' {
		if name == "" { // a stray quote or parenthesis
			p.pos++
			return nil
		}
		return p.full(name)
	}
	p.pos++
	op := ""
	for _, o := range []string{">=", "<=", ">", "<"} {
		if strings.HasPrefix(p.in[p.pos:], o) {
			op = o
			p.pos += len(o)
			break
		}
	}
	value := p.word(":")
	if p.pos < len(p.in) && p.in[p.pos] == ':' {
		p.pos++ // the rest reads as `00:00Z`: a term with a field that nobody knows
	}
	f, known := p.table[name]
	if !known {
		p.warn(name, "Invalid search field for this query.", "invalid_field")
		return nil
	}
	return p.compare(name, f, op, value)
}

// word reads up to a space, a parenthesis or one of stops, or a quoted string whole.
func (p *searchParser) word(stops string) string {
	if p.pos < len(p.in) && (p.in[p.pos] == '\'' || p.in[p.pos] == '"') {
		quote := p.in[p.pos]
		var b strings.Builder
		for p.pos++; p.pos < len(p.in) && p.in[p.pos] != quote; p.pos++ {
			if p.in[p.pos] == '\\' && p.pos+1 < len(p.in) {
				p.pos++
			}
			b.WriteByte(p.in[p.pos])
		}
		p.pos = min(p.pos+1, len(p.in))
		return b.String()
	}
	start := p.pos
	for p.pos < len(p.in) && strings.IndexByte(" \t\r\n()"+stops, p.in[p.pos]) < 0 {
		p.pos++
	}
	return p.in[start:p.pos]
}

// full is a bare word: it is looked for in what people see of a row.
func (p *searchParser) full(word string) condition {
	f, ok := p.table["default"]
	if !ok {
		return never{}
	}
	return funcTerm(func(v any) bool {
		s, _ := f.get(v).(string)
		return strings.Contains(strings.ToLower(s), strings.ToLower(strings.Trim(word, "*")))
	})
}

func (p *searchParser) warn(field, message, code string) {
	p.warnings = append(p.warnings, searchWarning{field, message, code})
}

func (p *searchParser) fail(message string) condition {
	if p.bad == nil {
		p.bad = badRequest(message)
	}
	return never{}
}

func (p *searchParser) invalidTime(field string) condition {
	return p.fail(fmt.Sprintf("Invalid timestamp for query filter `%s`.", field))
}
