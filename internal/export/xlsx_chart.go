package export

import (
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"

	"fourfold/kpi"
)

// chartLines is how many KPIs one chart can show and still be read.
const chartLines = 6

// chartRows is how many rows of 15 points a chart covers, with a gap below.
const chartRows = 19

// lineColours and lineMarks tell lines apart by shape as well as by colour.
var (
	lineColours = [chartLines]string{"1F5FA8", "D9822B", "0B8F72", "8E4585", "4B5563", "B3261E"}
	lineMarks   = [chartLines]string{"circle", "square", "triangle", "diamond", "x", "star"}
)

// charts puts one chart for each perspective under the scorecard, two in a row and on a page of their own: the scores of its
// KPIs over the last periods. Scores are the one unit that all of them share; the grid lines are where red and green start.
func (x *workbook) charts(sheets []Sheet) error {
	card, trends := sheets[0], sheetNamed(sheets, TrendsSheet)
	top := x.at[card.Name]["end"] + 2
	if err := x.file.InsertPageBreak(card.Name, ref(1, top)); err != nil {
		return err
	}
	for i, p := range kpi.Perspectives {
		column, row := 1, top+i/2*chartRows
		if i%2 == 1 {
			column = x.columns[card.Name][card.Column("trend")]
		}
		series, left := x.series(card, trends, p)
		if len(series) == 0 {
			if err := x.remark(card.Name, ref(column, row), p.Title()+": nothing is scored yet. The chart begins with the first closed period that has targets."); err != nil {
				return err
			}
			continue
		}
		title := p.Title() + ": scores"
		if left > 0 {
			title += fmt.Sprintf(" (first %d; %d more in Trends)", chartLines, left)
		}
		if err := x.file.AddChart(card.Name, ref(column, row), chartOf(title, series)); err != nil {
			return fmt.Errorf("chart of %s: %w", p, err)
		}
	}
	return nil
}

// remark stands where there is no chart.
func (x *workbook) remark(sheet, at, s string) error {
	style, err := x.styles.id(look{head: footLine})
	if err != nil {
		return err
	}
	return errors.Join(x.file.SetCellStr(sheet, at, s), x.file.SetCellStyle(sheet, at, at, style))
}

// series are the lines of one perspective, in the scorecard's order; left counts those that found no room.
func (x *workbook) series(card, trends Sheet, p kpi.Perspective) (series []excelize.ChartSeries, left int) {
	first, last := x.periods(trends)
	if last == 0 {
		return nil, 0
	}
	head := headHeight(trends)
	sheet := quoted(trends.Name) + "!"
	inside := false
	for row := range card.Rows {
		if row.Level == PerspectiveRow {
			inside = row.ID == string(p)
		}
		n, ok := x.at[trends.Name][scoreFigure+":"+row.ID]
		if !inside || row.Level != KPIRow || !ok {
			continue
		}
		if len(series) == chartLines {
			left++
			continue
		}
		colour := solid(lineColours[len(series)])
		series = append(series, excelize.ChartSeries{
			Name:       sheet + absolute(1, n, 1, n),
			Categories: sheet + absolute(first, head, last, head),
			Values:     sheet + absolute(first, n, last, n),
			Fill:       colour, // of a line chart it is the line that is filled
			Line:       excelize.LineOptions{Type: excelize.LineSolid, Width: 2},
			Marker:     excelize.ChartMarker{Symbol: lineMarks[len(series)], Size: 6, Fill: colour, Border: excelize.LineOptions{Type: excelize.LineSolid, Fill: colour}},
		})
	}
	return series, left
}

func chartOf(title string, series []excelize.ChartSeries) *excelize.Chart {
	lowest, highest := 0.0, 100.0
	small := excelize.Font{Family: fontFamily, Size: 9, Color: faintInk}
	return &excelize.Chart{
		Type:      excelize.Line,
		Series:    series,
		Dimension: excelize.ChartDimension{Width: 655, Height: 340},
		Format:    excelize.GraphicOptions{OffsetX: 6, OffsetY: 4, Positioning: "oneCell", Name: title, AltText: title + " of the last periods; grid lines at 33 and 67 are where red and green start"},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Family: fontFamily, Size: 13, Bold: true, Color: sectionInk}}}},
		Legend:    excelize.ChartLegend{Position: "bottom", Font: &small},
		XAxis:     excelize.ChartAxis{Font: small},
		YAxis: excelize.ChartAxis{Minimum: &lowest, Maximum: &highest, MajorUnit: 100.0 / 3, MajorGridLines: true, Font: small,
			NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0"}},
		Border:       excelize.LineOptions{Type: excelize.LineSolid, Fill: solid(rule), Width: 1},
		ShowBlanksAs: "gap",
	}
}

func absolute(c1, r1, c2, r2 int) string {
	at := "$" + colName(c1) + "$" + itoa(r1)
	if c1 == c2 && r1 == r2 {
		return at
	}
	return at + ":$" + colName(c2) + "$" + itoa(r2)
}
