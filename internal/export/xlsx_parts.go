package export

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// sparklines draws each KPI's trend from its row of the trends.
func (x *workbook) sparklines(sheets []Sheet) error {
	trends := sheetNamed(sheets, TrendsSheet)
	first, last := x.periods(trends)
	if last == 0 {
		return nil
	}
	card := sheets[0]
	column := x.columns[card.Name][card.Column("trend")]
	// Columns, since LibreOffice 7 leaves the lines of sparklines out when it prints.
	opts := &excelize.SparklineOptions{Type: "column", Last: true, Negative: true, SeriesColor: "#7C93B2"}
	for row := range card.Rows {
		n, ok := x.at[trends.Name][valueFigure+":"+row.ID]
		if row.Level != KPIRow || !ok {
			continue
		}
		opts.Location = append(opts.Location, ref(column, x.at[card.Name][rowKey(card, row)]))
		opts.Range = append(opts.Range, quoted(trends.Name)+"!"+area(first, n, last, n))
	}
	if len(opts.Location) == 0 {
		return nil
	}
	return x.file.AddSparkline(card.Name, opts)
}

// periods are the numbers of the first and last column of the trends that hold a period.
func (x *workbook) periods(trends Sheet) (first, last int) {
	i := trends.Column("figure")
	if i < 0 || i+1 >= len(trends.Columns) {
		return 0, 0
	}
	numbers := x.columns[trends.Name]
	return numbers[i+1], numbers[len(numbers)-1]
}

// names defines what a merchant's own formulas may use.
func (x *workbook) names(sheets []Sheet) error {
	for _, n := range Names(x.book.KPIs) {
		s := sheetNamed(sheets, n.Sheet)
		column, row := n.cell(s, x.columns[s.Name], x.at[s.Name])
		if row == 0 || column == 0 {
			return fmt.Errorf("name %s: its cell was not written", n.Name)
		}
		at, err := excelize.CoordinatesToCellName(column, row, true)
		if err != nil {
			return err
		}
		if err := x.file.SetDefinedName(&excelize.DefinedName{Name: n.Name, RefersTo: quoted(s.Name) + "!" + at}); err != nil {
			return fmt.Errorf("name %s: %w", n.Name, err)
		}
	}
	return nil
}

// cell is the number of the column and the row that a name points to, in a sheet whose columns and rows have these numbers; zero if it was
// not written.
func (n Name) cell(s Sheet, columns []int, at map[string]int) (column, row int) {
	if n.Column == "" {
		return 2, at["stamp:"+n.Row]
	}
	i := s.Column(n.Column)
	if i < 0 || i >= len(columns) {
		return 0, 0
	}
	level := KPIRow
	if s.Name == ScorecardSheet {
		level = PerspectiveRow
	}
	return columns[i], at[string(level)+":"+n.Row]
}

// properties dates the file with the snapshot, never with the clock.
func (x *workbook) properties([]Sheet) error {
	at := x.book.TakenAt
	if at.IsZero() {
		at = zipDate
	}
	taken := at.UTC().Format(time.RFC3339)
	if err := x.file.SetDocProps(&excelize.DocProperties{
		Creator: "Fourfold", LastModifiedBy: "Fourfold", Created: taken, Modified: taken,
		Title: fit(x.book.Merchant, 200), Subject: "Balanced scorecard " + x.book.Cards[0].Scorecard.Period.Name, Language: "en-GB",
	}); err != nil {
		return err
	}
	return x.file.SetAppProps(&excelize.AppProperties{Application: "Fourfold"})
}

func sheetNamed(sheets []Sheet, name string) Sheet {
	for _, s := range sheets {
		if s.Name == name {
			return s
		}
	}
	return Sheet{}
}

func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

func itoa(n int) string { return strconv.Itoa(n) }

func colName(column int) string {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		panic(err) // a sheet of ours has a few dozen columns
	}
	return name
}

func ref(column, row int) string { return colName(column) + itoa(row) }

func area(c1, r1, c2, r2 int) string { return ref(c1, r1) + ":" + ref(c2, r2) }
