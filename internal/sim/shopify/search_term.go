package shopify

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// compare makes the condition of one term. The kind of the field is learned from what an empty row would give.
func (p *searchParser) compare(name string, f filter, op, value string) condition {
	if value == "*" && op == "" {
		return funcTerm(func(v any) bool { return present(f.get(v)) })
	}
	if f.values != nil && !slices.Contains(f.values, strings.ToLower(value)) {
		p.warn(name, "Input `"+value+"` is not an accepted value.", "invalid_value")
		return nil
	}
	switch kindOf(name) {
	case timeKind:
		return p.compareTime(name, f, op, value)
	case numberKind:
		n, err := strconv.ParseInt(strings.TrimSpace(afterSlash(value)), 10, 64)
		if err != nil {
			p.warn(name, "Input `"+value+"` is not an accepted value.", "invalid_value")
			return nil
		}
		return funcTerm(func(v any) bool {
			have, ok := f.get(v).(int64)
			if !ok {
				return false
			}
			switch op {
			case ">":
				return have > n
			case ">=":
				return have >= n
			case "<":
				return have < n
			case "<=":
				return have <= n
			}
			return have == n
		})
	case textKind: // below
	}
	want := strings.ToLower(value)
	prefix, cut := strings.CutSuffix(want, "*")
	return funcTerm(func(v any) bool {
		switch have := f.get(v).(type) {
		case string:
			have = strings.ToLower(have)
			return have == want || cut && strings.HasPrefix(have, prefix)
		case []string:
			return slices.ContainsFunc(have, func(s string) bool { return strings.EqualFold(s, value) })
		case bool:
			return strconv.FormatBool(have) == want
		}
		return false
	})
}

type kind int

const (
	textKind kind = iota
	timeKind
	numberKind
)

// kindOf follows Shopify's naming: instants end in _at or _date, numbers are IDs and counts.
func kindOf(field string) kind {
	switch {
	case strings.HasSuffix(field, "_at") || strings.HasSuffix(field, "_date"):
		return timeKind
	case field == "id" || strings.HasSuffix(field, "_id") || strings.HasSuffix(field, "_count") || strings.HasSuffix(field, "_total"):
		return numberKind
	}
	return textKind
}

// afterSlash lets a global ID stand where a number is meant.
func afterSlash(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

func present(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []string:
		return len(v) > 0
	case Instant:
		return v != 0
	case int64:
		return v != 0
	}
	return true
}

func (p *searchParser) compareTime(name string, f filter, op, value string) condition {
	at, whole, ok := readTime(value, p.zone)
	if !ok {
		return p.invalidTime(name)
	}
	from, to := At(at), At(at)+1 // what the value itself covers
	if whole || f.byDay {
		y, m, d := at.In(p.zone).Date()
		day := time.Date(y, m, d, 0, 0, 0, 0, p.zone)
		from, to = At(day), At(day.AddDate(0, 0, 1))
	}
	term := timeTerm{field: name, get: f.get}
	switch op {
	case "":
		term.from, term.to = from, to
	case ">=":
		term.from, term.to = from, dusk
	case "<":
		term.from, term.to = dawn, from
	case ">":
		term.from, term.to = to, dusk
	case "<=":
		term.from, term.to = dawn, to
	}
	if whole && !f.byDay { // a bare date compares as its midnight in the shop
		switch op {
		case ">":
			term.from = from + 1
		case "<=":
			term.to = from + 1
		}
	}
	return term
}

// readTime reads a search timestamp. Without a zone it is the shop's time; without a clock time it is a whole day.
func readTime(s string, zone *time.Location) (at time.Time, whole, ok bool) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, false, true
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, false, true
		}
	}
	t, err := time.ParseInLocation("2006-01-02", s, zone)
	return t, true, err == nil
}
