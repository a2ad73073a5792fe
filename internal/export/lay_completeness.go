package export

import "fmt"

var completenessColumns = []Column{
	{Key: "section", Shown: Programs},
	{Key: "store", Title: "Store", Width: 22},
	{Key: "item", Title: "What", Width: 34, Wrap: true},
	{Key: "range", Title: "Range", Width: 30, Wrap: true},
	{Key: "promised", Title: "Provider says", Width: 17, Align: "right"},
	{Key: "read", Title: "We have", Width: 17, Align: "right"},
	{Key: "difference", Title: "Difference", Width: 15, Align: "right"},
	{Key: "complete_to", Title: "Complete to", Width: 17, Align: "center"},
	{Key: "state", Title: "State", Width: 15},
	{Key: "meaning", Title: "What it means", Width: 70, Wrap: true},
}

// layCompleteness is the proof that nothing is missing, or the list of what is: how far each stream is complete and what
// proves it, what the grant does not allow, and our figures held against the provider's own.
func layCompleteness(b Book) Sheet {
	return Sheet{Key: "completeness", Name: CompletenessSheet, Title: "Completeness", Columns: completenessColumns,
		Lines: []string{"What the figures rest on: what was read and proven, what is not granted, and how ours compare with the provider's own."},
		Rows: func(yield func(Row) bool) {
			w := completenessWriter{b, yield, true}
			w.streams()
			w.proofs()
			w.capabilities()
			w.checks()
			w.notes()
		}}
}

type completenessWriter struct {
	Book
	yield func(Row) bool
	more  bool
}

// section opens a section. Its row is for people alone: programs read the section column of the rows themselves.
func (w *completenessWriter) section(title string) {
	row := blank(SectionRow, "", completenessColumns)
	row.Cells[1] = Text(title)
	w.put(row)
}

func (w *completenessWriter) row(section string, cells ...Cell) {
	row := blank(PlainRow, "", completenessColumns)
	row.Cells[0] = Text(section)
	copy(row.Cells[1:], cells)
	w.put(row)
}

func (w *completenessWriter) put(row Row) { w.more = w.more && w.yield(row) }

func (w *completenessWriter) streams() {
	if len(w.Streams) == 0 {
		return
	}
	w.section("How far each stream is complete")
	for _, s := range w.Streams {
		state, meaning := "complete to", "Read to its end without an error; later days are not final."
		switch {
		case s.CompleteTo.IsZero() && s.Backfilled:
			state, meaning = "unproven", "No reading has been proven yet: figures that rest on it may still grow."
		case s.CompleteTo.IsZero():
			state, meaning = "backfilling", "The first reading is under way: figures that rest on it are not final for any day."
		}
		w.row("stream", Text(s.Store), Text(s.Title), nil, nil, nil, nil, instant(s.CompleteTo), Text(state), Text(meaning))
	}
}

func (w *completenessWriter) proofs() {
	opened := false
	for _, s := range w.Streams {
		for _, p := range s.Proofs {
			if !opened {
				w.section("What proves it")
				opened = true
			}
			state, meaning := w.provenAs(p)
			var promised, difference Cell
			if p.Promised.Objects != 0 {
				promised, difference = Count(p.Promised.Objects), Count(p.Read.Objects-p.Promised.Objects)
			}
			w.row("proof", Text(s.Store), Text(s.Title), text(p.Range), promised, Count(p.Read.Objects), difference, nil, Text(state), Text(meaning))
		}
	}
}

func (w *completenessWriter) provenAs(p Proof) (state, meaning string) {
	with := "Read by " + p.Method
	if !p.At.IsZero() {
		with += " on " + sayInstant(p.At, w.zone())
	}
	if p.Version != "" {
		with += ", API version " + p.Version
	}
	switch p.Promised {
	case Amounts{}:
		return "proven", with + ": the last page was reached, without an error or a warning."
	case p.Read:
		return "proven", fmt.Sprintf("%s: objects, roots and bytes as promised (%s roots, %s bytes).", with, Say(Count(p.Read.Roots)), Say(Count(p.Read.Bytes)))
	default:
		return "differs", fmt.Sprintf("%s: %s of %s roots and %s of %s bytes arrived; it will be read again.", with,
			Say(Count(p.Read.Roots)), Say(Count(p.Promised.Roots)), Say(Count(p.Read.Bytes)), Say(Count(p.Promised.Bytes)))
	}
}

func (w *completenessWriter) capabilities() {
	if len(w.Capabilities) == 0 {
		return
	}
	w.section("What the grant allows")
	for _, c := range w.Capabilities {
		state, meaning := "granted", c.Detail
		if !c.Granted {
			state, meaning = "not granted", sentences(c.Costs, c.Detail, c.Remedy)
		}
		since := ""
		if !c.Since.IsZero() {
			since = "since " + sayInstant(c.Since, w.zone())
		}
		w.row("capability", Text(c.Store), Text(c.Name), text(since), nil, nil, nil, nil, Text(state), text(meaning))
	}
}

func (w *completenessWriter) checks() {
	if len(w.Checks) == 0 {
		return
	}
	w.section("Ours against the provider's own figures")
	for _, c := range w.Checks {
		d, state, meaning := c.Compared()
		w.row("reconciliation", Text(c.Store), Text(c.Title), text(c.Range), c.Theirs, c.Ours, d, nil, Text(state), text(meaning))
	}
}

// Compared is what we have more than the provider says, nil where that cannot be told; whether the two are equal, and what it means if not.
func (c Check) Compared() (difference Cell, state, meaning string) {
	difference = less(c.Ours, c.Theirs)
	state = "equal"
	switch {
	case c.Theirs == nil:
		state, meaning = "not available", "The provider gives no figure to compare with."
	case difference == nil:
		state, meaning = "not comparable", "The two figures are of different kinds or currencies."
	case !zero(difference):
		state, meaning = "differs", "No cause found yet."
	}
	if c.Cause != "" {
		meaning = c.Cause
	}
	return difference, state, meaning
}

func (w *completenessWriter) notes() {
	if len(w.Notes) == 0 {
		return
	}
	w.section("Notes")
	for _, n := range w.Notes {
		w.row("note", nil, nil, nil, nil, nil, nil, nil, nil, Text(n))
	}
}

func zero(c Cell) bool {
	switch x := c.(type) {
	case Money:
		return x.Micros == 0
	case Count:
		return x == 0
	case Ratio:
		return x == 0
	}
	return false
}

func sentences(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += " "
		}
		out += capital(p)
		if last := p[len(p)-1]; last != '.' && last != '!' && last != '?' {
			out += "."
		}
	}
	return out
}
