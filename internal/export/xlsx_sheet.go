package export

import (
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// writer streams long sheets and builds the others cell by cell, since sparklines and charts cannot be streamed.
func (x *workbook) writer(s Sheet) (sheetWriter, error) {
	if !s.Long {
		return &cellWriter{x.file, s.Name}, nil
	}
	stream, err := x.file.NewStreamWriter(s.Name)
	if err != nil {
		return nil, err
	}
	return &streamWriter{stream}, nil
}

type cellWriter struct {
	file  *excelize.File
	sheet string
}

func (w *cellWriter) row(number int, height float64, values []excelize.Cell) error {
	for i, v := range values {
		at := ref(i+1, number)
		if v.Value != nil {
			var err error
			if s, ok := v.Value.(string); ok {
				err = w.file.SetCellStr(w.sheet, at, s)
			} else {
				err = w.file.SetCellValue(w.sheet, at, v.Value)
			}
			if err != nil {
				return err
			}
		}
		if err := w.file.SetCellStyle(w.sheet, at, at, v.StyleID); err != nil {
			return err
		}
	}
	if height > 0 {
		return w.file.SetRowHeight(w.sheet, number, height)
	}
	return nil
}

func (w *cellWriter) widths(all []float64) error {
	for i, width := range all {
		name := colName(i + 1)
		if err := w.file.SetColWidth(w.sheet, name, name, width); err != nil {
			return err
		}
	}
	return nil
}

func (w *cellWriter) freeze(row int) error { return w.file.SetPanes(w.sheet, frozen(row)) }

func (w *cellWriter) finish() error { return nil }

type streamWriter struct{ stream *excelize.StreamWriter }

func (w *streamWriter) row(number int, height float64, values []excelize.Cell) error {
	row := make([]any, len(values))
	for i, v := range values {
		if v.Value != nil { // a blank cell needs no place in a long sheet
			row[i] = v
		}
	}
	var opts []excelize.RowOpts
	if height > 0 {
		opts = append(opts, excelize.RowOpts{Height: height})
	}
	return w.stream.SetRow(ref(1, number), row, opts...)
}

func (w *streamWriter) widths(all []float64) error {
	for i, width := range all {
		if err := w.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	return nil
}

func (w *streamWriter) freeze(row int) error { return w.stream.SetPanes(frozen(row)) }

func (w *streamWriter) finish() error { return w.stream.Flush() }

// frozen keeps the heads and the first column in sight.
func frozen(row int) *excelize.Panes {
	at := ref(2, row+1)
	return &excelize.Panes{Freeze: true, XSplit: 1, YSplit: row, TopLeftCell: at, ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: at, ActiveCell: at, Pane: "bottomRight"}}}
}

// table makes a real table of a flat sheet, under a name that pivot tables can hold on to.
func (x *workbook) table(out sheetWriter, s Sheet, head, last, width int) error {
	plain := false
	t := &excelize.Table{Range: area(1, head, width, last), Name: "ff_" + s.Key, StyleName: "TableStyleLight1", ShowRowStripes: &plain}
	if w, ok := out.(*streamWriter); ok {
		return w.stream.AddTable(t)
	}
	return x.file.AddTable(s.Name, t)
}

// page sets a sheet up for paper and screen: A4 across, as wide as one page, the heads on each, numbered.
func (x *workbook) page(s Sheet) error {
	landscape, a4, one, many := "landscape", 9, 1, 0
	if err := x.file.SetPageLayout(s.Name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &many}); err != nil {
		return err
	}
	yes, no, side, edge := true, false, 0.4, 0.55
	tab := "FF" + headFill
	if s.Flat {
		tab = "FF9CA3AF"
	}
	if err := x.file.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: &yes, TabColorRGB: &tab}); err != nil {
		return err
	}
	if err := x.file.SetPageMargins(s.Name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &edge, Bottom: &edge, Horizontally: &yes}); err != nil {
		return err
	}
	if err := x.file.SetSheetView(s.Name, 0, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	merchant := strings.ReplaceAll(x.book.Merchant, "&", "&&")
	if err := x.file.SetHeaderFooter(s.Name, &excelize.HeaderFooterOptions{OddFooter: "&L&8" + fit(" "+merchant, 200) + "&C&8&A&R&8&P / &N"}); err != nil {
		return err
	}
	head := headHeight(s)
	return x.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: s.Name, RefersTo: quoted(s.Name) + "!$" + itoa(head) + ":$" + itoa(head)})
}

// fit cuts a text to n characters.
func fit(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

func splitLines(s string) []string { return strings.Split(s, "\n") }

// wrapped is how many lines words take at a width in characters.
func wrapped(s string, width int) int {
	n, used := 1, 0
	for _, word := range strings.Fields(s) {
		w := utf8.RuneCountInString(word)
		switch {
		case used == 0:
			used = w
		case used+1+w <= width:
			used += 1 + w
		default:
			n, used = n+1, w
		}
		for used > width && width > 0 {
			n, used = n+1, used-width
		}
	}
	return n
}
