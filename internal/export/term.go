package export

import (
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"fourfold/kpi"
)

// TermOptions say how a terminal is written to.
type TermOptions struct {
	Colour bool // only where the output is a terminal that wants it
	Width  int  // in cells; zero means 80, and less than 60 is taken as 60
}

// Terminal writes the first scorecard of a book for a terminal: the same rows as the Scorecard sheet, aligned.
func Terminal(w io.Writer, b Book, o TermOptions) error {
	if o.Width == 0 {
		o.Width = 80
	}
	sheet := Lay(b)[0]
	t := terminal{TermOptions: o, sheet: sheet}
	t.Width = min(max(t.Width, 60), 120)
	for row := range sheet.Rows {
		t.rows = append(t.rows, row)
	}
	t.measure()
	t.head()
	t.body()
	t.foot()
	_, err := io.WriteString(w, t.out.String())
	return err
}

type terminal struct {
	TermOptions
	sheet Sheet
	rows  []Row
	out   strings.Builder

	name, value, target, change, trend int // widths
}

const (
	trendShown  = 8  // periods
	lightWidth  = 7  // of the longest light
	widestMoney = 14 // from here on amounts leave their minor unit out
	bold        = "1"
	dim         = "2"
)

var inks = map[kpi.Status]string{kpi.Green: "32", kpi.Amber: "33", kpi.Red: "31", kpi.Grey: "90"}

func (t *terminal) cell(row Row, key string) Cell { return row.Cells[t.sheet.Column(key)] }

// measure gives each column what its cells need and the names the rest.
func (t *terminal) measure() {
	t.value, t.target, t.change, t.trend = width("Value"), width("Target"), width("Change"), width("Trend")
	for _, row := range t.rows {
		if _, absent := t.cell(row, "value").(Absent); !absent {
			t.value = max(t.value, width(t.figure(row, "value")))
		}
		t.target = max(t.target, width(t.figure(row, "target")))
		t.change = max(t.change, width(Say(t.cell(row, "change"))))
		if t.cell(row, "trend") != nil {
			t.trend = trendShown
		}
	}
	t.name = t.Width - t.value - t.target - t.change - t.trend - lightWidth - 5
}

// figure is a value with its unit, or a target, whose unit stands beside it.
func (t *terminal) figure(row Row, key string) string {
	c := t.cell(row, key)
	if g, ok := c.(Goal); ok {
		s := goalPrefix(g) + sayGoal(g, sayBare)
		if width(s) >= widestMoney {
			s = goalPrefix(g) + sayGoal(g, func(c Cell) string { return sayBare(whole(c)) })
		}
		return s
	}
	s := Say(c)
	if width(s) >= widestMoney {
		s = sayShort(c)
	}
	return s
}

// sayBare leaves the unit out.
func sayBare(c Cell) string {
	s, _, _ := strings.Cut(Say(c), " ")
	return s
}

// whole takes the minor unit off an amount.
func whole(c Cell) Cell {
	if m, ok := c.(Money); ok {
		return Text(sayShort(m))
	}
	return c
}

func (t *terminal) head() {
	t.paint(bold, t.sheet.Title)
	t.out.WriteByte('\n')
	for _, line := range t.sheet.Lines {
		for _, part := range wrap(line, t.Width) {
			t.paint(dim, part)
			t.out.WriteByte('\n')
		}
	}
	t.out.WriteByte('\n')
	t.paint(dim, t.line("", "Value", "Target", "Change", "Trend")+" Status")
	t.out.WriteByte('\n')
}

func (t *terminal) body() {
	for i, row := range t.rows {
		switch row.Level {
		case PerspectiveRow:
			if i > 0 {
				t.out.WriteByte('\n')
			}
			t.rollup(row, 0, bold)
			if note, ok := t.cell(row, "note").(Text); ok {
				t.remark(string(note), 2)
			}
		case ObjectiveRow:
			// An objective of one KPI would say the same twice.
			if t.children(i) != 1 {
				t.rollup(row, 2, "")
			}
		case KPIRow:
			t.kpi(row, t.indent(i))
		default:
			// a scorecard has no other rows
		}
	}
}

// children counts the KPIs under the row of an objective.
func (t *terminal) children(i int) int {
	n := 0
	for _, row := range t.rows[i+1:] {
		if row.Level != KPIRow {
			break
		}
		n++
	}
	return n
}

func (t *terminal) indent(i int) int {
	for j := i - 1; j >= 0; j-- {
		if t.rows[j].Level == ObjectiveRow && t.children(j) != 1 {
			return 4
		}
		if t.rows[j].Level != KPIRow {
			break
		}
	}
	return 2
}

// rollup writes an objective or a perspective: its score, what part of it is scored, and its light.
func (t *terminal) rollup(row Row, indent int, ink string) {
	parts := ""
	if row.ID != "" {
		parts = "no score"
		if score, ok := t.cell(row, "score").(Points); ok {
			parts = "score " + Say(score)
		}
		if c, ok := t.cell(row, "coverage").(Ratio); ok && c > 0 && c < 1 {
			parts += ", " + Say(c) + " of it scored"
		}
	}
	room := t.Width - lightWidth - 1
	title := strings.Repeat(" ", indent) + Say(t.cell(row, "title"))
	title = cut(title, room-width(parts)-1)
	t.paint(ink, title)
	if parts != "" {
		t.out.WriteString(strings.Repeat(" ", room-width(title)-width(parts)) + parts)
	}
	t.light(row)
}

func (t *terminal) kpi(row Row, indent int) {
	name := strings.Repeat(" ", indent) + Say(t.cell(row, "title"))
	note, _ := t.cell(row, "note").(Text)
	if _, absent := t.cell(row, "value").(Absent); absent {
		room := t.Width - lightWidth - 2 - t.name
		said := string(note)
		if width(said) > room {
			said = "–"
		}
		wide := max(t.name, min(width(name), t.name+room-width(said)))
		t.out.WriteString(pad(cut(name, wide), wide) + " ")
		t.paint(dim, pad(said, t.name+room-wide))
		t.light(row)
		if said != string(note) {
			t.remark(string(note), indent+2)
		}
		return
	}
	trend, _ := t.cell(row, "trend").(Trend)
	trend = trend[max(0, len(trend)-trendShown):]
	t.out.WriteString(t.line(name, t.figure(row, "value"), t.figure(row, "target"), Say(t.cell(row, "change")), sparkline(trend)))
	t.light(row)
	if note != "" && t.cell(row, "gap") != nil {
		t.remark(string(note), indent+2)
	}
}

func (t *terminal) line(name, value, target, change, trend string) string {
	return pad(cut(name, t.name), t.name) + " " + lead(value, t.value) + " " + lead(target, t.target) + " " + lead(change, t.change) + " " + pad(trend, t.trend)
}

// light ends a row.
func (t *terminal) light(row Row) {
	if l, ok := t.cell(row, "status").(Light); ok {
		t.out.WriteByte(' ')
		t.paint(inks[kpi.Status(l)], "● "+string(l))
	}
	t.out.WriteByte('\n')
}

// remark is a sentence under a row.
func (t *terminal) remark(s string, indent int) {
	for _, part := range wrap(s, t.Width-indent) {
		t.out.WriteString(strings.Repeat(" ", indent))
		t.paint(dim, part)
		t.out.WriteByte('\n')
	}
}

func (t *terminal) foot() {
	for i, line := range t.sheet.Foot {
		if i == 0 {
			t.out.WriteByte('\n')
		}
		t.remark(line, 0)
	}
}

func (t *terminal) paint(ink, s string) {
	if !t.Colour || ink == "" || s == "" {
		t.out.WriteString(s)
		return
	}
	t.out.WriteString("\x1b[" + ink + "m" + s + "\x1b[0m")
}

// width is how many cells of a terminal a text takes: a Chinese character takes two, a combining accent none.
func width(s string) int { return uniseg.StringWidth(s) }

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-width(s))) }

func lead(s string, n int) string { return strings.Repeat(" ", max(0, n-width(s))) + s }

// cut shortens a text to n cells.
func cut(s string, n int) string {
	if width(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		w := width(string(r))
		if used+w > n-1 {
			return strings.TrimRight(s[:i], " ,(") + "…"
		}
		used += w
	}
	return s
}

// wrap breaks a text into lines of at most n cells, between words.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case width(line)+1+width(word) <= n:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
