package export

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"fourfold/internal/money"
)

// maxRows is how many rows a sheet of the format holds.
const maxRows = 1 << 20

// XLSX writes a book as a spreadsheet. Equal books give equal bytes.
func XLSX(w io.Writer, b Book) (err error) {
	if len(b.Cards) == 0 {
		return errors.New("there is no scorecard to export: pull first, then build the period's scorecard")
	}
	file := excelize.NewFile()
	defer func() { err = errors.Join(err, file.Close()) }()
	x := &workbook{book: b, file: file, styles: styles{file, map[look]int{}}, at: map[string]map[string]int{}, columns: map[string][]int{}}
	sheets := Lay(b)
	for i, s := range sheets {
		if i == 0 {
			err = file.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = file.NewSheet(s.Name)
		}
		if err == nil {
			err = x.sheet(s)
		}
		if err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	for _, step := range []func([]Sheet) error{x.sparklines, x.charts, x.names, x.properties} {
		if err := step(sheets); err != nil {
			return err
		}
	}
	file.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return &container{w: w} })
	if _, err := file.WriteTo(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// workbook is a spreadsheet while it is being written.
type workbook struct {
	book    Book
	file    *excelize.File
	styles  styles
	at      map[string]map[string]int // sheet → row's ID, or stamp's key → row number
	columns map[string][]int          // sheet → index of a column that is shown → its number, 0 if it is left out
}

// sheetWriter is what rows are put into: cell by cell, or streamed where there are many.
type sheetWriter interface {
	row(number int, height float64, values []excelize.Cell) error
	widths(w []float64) error
	freeze(row int) error
	finish() error
}

func (x *workbook) sheet(s Sheet) error {
	numbers := make([]int, len(s.Columns))
	var kept []int
	var widths []float64
	room := rooms(s)
	for i, c := range s.Columns {
		if c.Shown == Programs {
			continue
		}
		kept = append(kept, i)
		widths = append(widths, max(c.Width, room[i]))
		numbers[i] = len(kept)
	}
	x.columns[s.Name] = numbers
	x.at[s.Name] = map[string]int{}
	if err := x.page(s); err != nil {
		return err
	}
	out, err := x.writer(s)
	if err != nil {
		return err
	}
	if err := out.widths(widths); err != nil {
		return err
	}
	head := headHeight(s)
	if err := out.freeze(head); err != nil {
		return err
	}
	if err := x.heading(out, s, kept); err != nil {
		return err
	}
	n, err := x.body(out, s, kept, head)
	if err != nil {
		return err
	}
	if s.Flat && n > head {
		if err := x.table(out, s, head, n, len(kept)); err != nil {
			return err
		}
	}
	if n, err = x.foot(out, s, n); err != nil {
		return err
	}
	x.at[s.Name]["end"] = n
	return out.finish()
}

// rooms are the widths that the amounts of each column need: too narrow a cell would show ##### instead.
func rooms(s Sheet) []float64 {
	all := make([]float64, len(s.Columns))
	for row := range s.Rows {
		for i, c := range row.Cells {
			if g, ok := c.(Goal); ok && g.High == nil {
				c = g.Low
			}
			if m, ok := c.(Money); ok {
				all[i] = max(all[i], float64(len(sayAmount(m, money.Digits(m.Currency)))+2))
			}
		}
	}
	return all
}

// headHeight is the row of the column heads.
func headHeight(s Sheet) int {
	n := len(s.Lines) + len(s.Stamps)
	if s.Title != "" {
		n++
	}
	if n > 0 {
		n++ // a blank one
	}
	return n + 1
}

func (x *workbook) heading(out sheetWriter, s Sheet, kept []int) error {
	n := 0
	put := func(height float64, cells ...excelize.Cell) error {
		n++
		return out.row(n, height, cells)
	}
	if s.Title != "" {
		c, err := x.text(s.Title, look{head: titleHead})
		if err == nil {
			err = put(28, c)
		}
		if err != nil {
			return err
		}
	}
	for _, line := range s.Lines {
		c, err := x.text(line, look{head: lineHead})
		if err == nil {
			err = put(15, c)
		}
		if err != nil {
			return err
		}
	}
	for _, stamp := range s.Stamps {
		label, err := x.text(stamp.Label, look{head: stampLabel})
		if err != nil {
			return err
		}
		value, err := x.cell(stamp.Cell, look{align: "left"})
		if err == nil {
			err = put(15, label, value)
		}
		if err != nil {
			return err
		}
		x.at[s.Name]["stamp:"+stamp.Key] = n
	}
	n = headHeight(s) - 1
	cells := make([]excelize.Cell, len(kept))
	for j, i := range kept {
		l := look{head: columnHead, align: s.Columns[i].align()}
		if l.align == "left" && j > 0 {
			l.indent = 1
		}
		var err error
		if cells[j], err = x.text(s.Columns[i].Title, l); err != nil {
			return err
		}
	}
	return put(headRowHeight(s), cells...)
}

func headRowHeight(s Sheet) float64 {
	most := 1
	for _, c := range s.Columns {
		if c.Shown != Programs {
			most = max(most, lines(c.Title, c.Width-1))
		}
	}
	return 6 + 14*float64(most)
}

func (x *workbook) body(out sheetWriter, s Sheet, kept []int, n int) (int, error) {
	cells := make([]excelize.Cell, len(kept))
	for row := range s.Rows {
		if n++; n > maxRows {
			return n, fmt.Errorf("more than %d rows do not fit a spreadsheet: export a shorter history or fewer grains, or CSV, which has no limit", maxRows)
		}
		if key := rowKey(s, row); key != "" {
			x.at[s.Name][key] = n
		}
		height := 1
		for j, i := range kept {
			col := s.Columns[i]
			l := lookIn(s, row, col, j > 0)
			var err error
			if cells[j], err = x.cell(row.Cells[i], l); err != nil {
				return n, err
			}
			if t, ok := row.Cells[i].(Text); ok && col.Wrap {
				height = max(height, lines(string(t), col.Width-1))
			}
		}
		h := 3 + 13.5*float64(height)
		if row.Level == PerspectiveRow || row.Level == SectionRow {
			h = max(h, 21)
		}
		if s.Long {
			h = 0
		}
		if err := out.row(n, min(h, 400), cells); err != nil {
			return n, err
		}
	}
	return n, nil
}

// lookIn is how the cells of a column look in a row; beside says that another column stands to its left.
func lookIn(s Sheet, row Row, col Column, beside bool) look {
	l := look{level: row.Level, wrap: col.Wrap, align: col.align()}
	if row.Level == KPIRow && col.Key == "title" && !s.Flat && s.Name != TrendsSheet {
		l.indent = 1
	}
	if l.align == "left" && beside {
		l.indent = 1 // apart from the figures to its left
	}
	l.quiet = col.Wrap || (col.Key == "coverage" && row.Level == ObjectiveRow)
	l.top = s.Flat
	l.faint = row.Level == KPIRow && !s.Flat && (col.Key == "unit" || col.Key == "note" || col.Key == "coverage")
	return l
}

// rowKey finds a row again; a KPI has one for its values and one for its scores in the trends.
func rowKey(s Sheet, row Row) string {
	if s.Long || row.ID == "" {
		return ""
	}
	if i := s.Column("figure"); i >= 0 {
		return fmt.Sprint(row.Cells[i], ":", row.ID)
	}
	return string(row.Level) + ":" + row.ID
}

func (x *workbook) foot(out sheetWriter, s Sheet, n int) (int, error) {
	for i, line := range s.Foot {
		if i == 0 {
			n++
		}
		n++
		c, err := x.text(line, look{head: footLine})
		if err == nil {
			err = out.row(n, 15, []excelize.Cell{c})
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
