package export

import (
	"fmt"
	"iter"
	"slices"
)

// Grid is a sheet of a book as it stands in a spreadsheet that is kept up to date in its place: the values and looks of the workbook's
// cells, without what a file has beside them. There are no formulas in it, and no sparklines, which would be some.
type Grid struct {
	Key, Name string
	Head      int       // the row of the column heads, from 1
	Widths    []float64 // of the columns, in characters
	Flat      bool      // a table that a pivot table is made of, from its head down
	Long      bool      // so many rows that a look for each cell is too much: columns have one format each
	Formats   []string  // of the columns of a long grid; "" where the cells of a column differ
	Height    int       // rows
	Rows      iter.Seq[[]GridCell]
	Names     []GridName
}

// GridCell is one cell. Its value is a string, which is never a formula, a float64, or nil for a blank one; days and moments are numbers
// that count from the end of 1899, as spreadsheets have them.
type GridCell struct {
	Value  any
	Format string // of the number, as spreadsheets write it; "" for none
	Bold   bool
	Wrap   bool
	Align  string // left, right or center; "" as it comes
	Ink    string // RRGGBB; "" as it comes
	Fill   string // RRGGBB; "" for none
	Size   int    // in points; 0 as it comes
}

// GridName is a name of the spreadsheet and the one cell that it points to, both numbers from 1.
type GridName struct {
	Name        string
	Row, Column int
}

// Grids lays out a book's sheets with the names that point into them, which are those of the workbook. Of the history there are at most so
// many rows; where that leaves some out, the scorecard says so.
func Grids(b Book, most int) ([]Grid, error) {
	kept := newest(b.History, most)
	if len(kept) < len(b.History) {
		b.Notes = append(slices.Clone(b.Notes), fmt.Sprintf("%s holds %d of %d rows, those of long periods and the newest: the workbook and CSV hold all.", SnapshotsSheet, len(kept), len(b.History)))
	}
	sheets := Lay(b)
	if i := slices.IndexFunc(sheets, func(s Sheet) bool { return s.Name == SnapshotsSheet }); i >= 0 {
		h := newHistory(b)
		b.History = kept
		sheets[i] = laySnapshots(b, h)
	}
	all := make([]Grid, len(sheets))
	for i, s := range sheets {
		g := gridder{workbook: &workbook{book: b}, sheet: s, at: map[string]int{}}
		all[i] = g.grid()
		for _, n := range Names(b.KPIs) {
			if n.Sheet != s.Name {
				continue
			}
			column, row := n.cell(s, g.columns, g.at)
			if row == 0 || column == 0 {
				return nil, fmt.Errorf("name %s: its cell was not written", n.Name)
			}
			all[i].Names = append(all[i].Names, GridName{n.Name, row, column})
		}
	}
	return all, nil
}

// gridder makes a grid of a sheet.
type gridder struct {
	*workbook
	sheet   Sheet
	kept    []int // indexes of the columns that are shown
	columns []int // index of a column → its number, 0 if it is left out
	at      map[string]int
}

func (g *gridder) grid() Grid {
	s := g.sheet
	out := Grid{Key: s.Key, Name: s.Name, Head: headHeight(s), Flat: s.Flat, Long: s.Long}
	g.columns = make([]int, len(s.Columns))
	room := rooms(s)
	for i, c := range s.Columns {
		if c.Shown == Programs || c.Key == "trend" {
			continue
		}
		g.kept = append(g.kept, i)
		g.columns[i] = len(g.kept)
		out.Widths = append(out.Widths, max(c.Width, room[i]))
	}
	if s.Long {
		out.Rows = g.walk
		out.Formats = make([]string, len(g.kept))
		mixed := make([]bool, len(g.kept))
		for row := range g.walk {
			out.Height++
			if out.Height <= out.Head {
				continue
			}
			for j, c := range row {
				if c.Value != nil && !mixed[j] && out.Formats[j] != c.Format {
					mixed[j] = out.Formats[j] != ""
					out.Formats[j] = c.Format
				}
			}
		}
		for j := range mixed {
			if mixed[j] {
				out.Formats[j] = ""
			}
		}
		return out
	}
	rows := slices.Collect[[]GridCell](g.walk)
	out.Height = len(rows)
	out.Rows = slices.Values(rows)
	return out
}

// walk yields the rows from the top. A row that was yielded is not written to again.
func (g *gridder) walk(yield func([]GridCell) bool) {
	s, n := g.sheet, 0
	put := func(cells ...GridCell) bool {
		n++
		return yield(cells)
	}
	if s.Title != "" && !put(g.words(s.Title, look{head: titleHead})) {
		return
	}
	for _, line := range s.Lines {
		if !put(g.words(line, look{head: lineHead})) {
			return
		}
	}
	for _, stamp := range s.Stamps {
		g.at["stamp:"+stamp.Key] = n + 1
		if !put(g.words(stamp.Label, look{head: stampLabel}), g.figure(stamp.Cell, look{align: "left"})) {
			return
		}
	}
	if n > 0 && !put() {
		return
	}
	head := make([]GridCell, len(g.kept))
	for j, i := range g.kept {
		head[j] = g.words(s.Columns[i].Title, look{head: columnHead, align: s.Columns[i].align()})
	}
	if !put(head...) {
		return
	}
	for row := range s.Rows {
		if key := rowKey(s, row); key != "" {
			g.at[key] = n + 1
		}
		cells := make([]GridCell, len(g.kept))
		for j, i := range g.kept {
			cells[j] = g.figure(row.Cells[i], lookIn(s, row, s.Columns[i], j > 0))
		}
		if !put(cells...) {
			return
		}
	}
	for i, line := range s.Foot {
		if i == 0 && !put() || !put(g.words(line, look{head: footLine})) {
			return
		}
	}
}

func (g *gridder) words(s string, l look) GridCell {
	if isFormula(s) {
		l.format = textFormat
	}
	return l.gridCell(s)
}

func (g *gridder) figure(c Cell, l look) GridCell {
	v := g.value(c)
	if v == "" {
		v = nil
	}
	return l.of(c).gridCell(v)
}

// gridCell is a value in the look that it has in the workbook. Sizes are told of headings only, and left is where text stands by itself.
func (l look) gridCell(v any) GridCell {
	st := l.style()
	c := GridCell{Value: v, Format: l.format, Bold: st.Font.Bold, Wrap: l.wrap, Align: l.align}
	if c.Align == "left" {
		c.Align = ""
	}
	if st.Font.Color != ink {
		c.Ink = st.Font.Color
	}
	if len(st.Fill.Color) > 0 {
		c.Fill = st.Fill.Color[0]
	}
	if l.head == titleHead {
		c.Size = int(st.Font.Size)
	}
	return c
}
