package export

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"fourfold/internal/money"
	"fourfold/kpi"
)

// look is everything that makes two cells look different. Equal looks share one style of the workbook.
type look struct {
	format string
	level  Level
	head   headKind
	align  string
	status kpi.Status // tints a traffic light
	wrap   bool
	faint  bool
	quiet  bool // running text, not bold even in a heading row
	top    bool
	indent int
}

type headKind int

const (
	notHead headKind = iota
	titleHead
	lineHead
	columnHead
	stampLabel
	footLine
)

const (
	ink        = "1F2937"
	faintInk   = "6B7280"
	headFill   = "1F3A5F"
	bandFill   = "DCE6F2"
	sectionInk = "1F3A5F"
	rule       = "E5E7EB"
	fontFamily = "Calibri"
)

// lightColours are ink and tint of each status, apart in lightness as well as in hue.
var lightColours = map[kpi.Status][2]string{
	kpi.Green: {"0B6E4F", "D5F0E3"},
	kpi.Amber: {"8A5A00", "FFEDC2"},
	kpi.Red:   {"A3160F", "FBD9D3"},
	kpi.Grey:  {"6B7280", "F3F4F6"},
}

type styles struct {
	file *excelize.File
	ids  map[look]int
}

func (s styles) id(l look) (int, error) {
	if id, ok := s.ids[l]; ok {
		return id, nil
	}
	id, err := s.file.NewStyle(l.style())
	if err != nil {
		return 0, fmt.Errorf("style %+v: %w", l, err)
	}
	s.ids[l] = id
	return id, nil
}

func (l look) style() *excelize.Style {
	font := &excelize.Font{Family: fontFamily, Size: 10, Color: ink}
	st := &excelize.Style{Font: font, Alignment: &excelize.Alignment{Horizontal: l.align, Vertical: "center", WrapText: l.wrap, Indent: l.indent}}
	if l.format != "" {
		st.CustomNumFmt = &l.format
	}
	if l.top {
		st.Alignment.Vertical = "top"
	}
	if l.faint {
		font.Color = faintInk
	}
	switch l.head {
	case titleHead:
		font.Size, font.Bold, font.Color = 18, true, sectionInk
		return st
	case lineHead, footLine:
		font.Color = faintInk
		return st
	case stampLabel:
		font.Bold = true
		return st
	case columnHead:
		font.Bold, font.Color = true, "FFFFFF"
		st.Fill = solid(headFill)
		st.Alignment.WrapText = true
		return st
	case notHead:
	}
	switch l.level {
	case PerspectiveRow, SectionRow:
		font.Bold, font.Color = !l.quiet, sectionInk
		if !l.quiet {
			font.Size = 11
		}
		st.Fill = solid(bandFill)
	case ObjectiveRow:
		font.Bold = !l.quiet
		st.Border = []excelize.Border{{Type: "top", Color: "9CA3AF", Style: 1}}
	default:
		st.Border = []excelize.Border{{Type: "bottom", Color: rule, Style: 1}}
	}
	if c, ok := lightColours[l.status]; ok {
		font.Color, font.Bold = c[0], l.status != kpi.Grey
		if l.level != ObjectiveRow || l.status != kpi.Grey {
			st.Fill = solid(c[1])
		}
	}
	return st
}

func solid(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

// textFormat has a cell stay text even when somebody edits it.
const textFormat = "@"

// formatOf is the number format of a cell. Amounts have no code: the Unit column beside them names the currency.
func formatOf(c Cell) string {
	switch c := c.(type) {
	case Money:
		return decimals("#,##0", money.Digits(c.Currency))
	case Ratio:
		return "0.0%"
	case Count:
		return decimals("#,##0", Decimals(c))
	case Days, Hours:
		return "#,##0.0"
	case Number:
		return decimals("#,##0", Decimals(c))
	case Points:
		return "0"
	case Date:
		return "yyyy-mm-dd"
	case Instant:
		return "yyyy-mm-dd hh:mm"
	case Light:
		return `;;;"` + shapeOf(kpi.Status(c)) + ` "@`
	case Change:
		// The spaces keep it apart from the sparkline to its right.
		switch c.In {
		case Percentage:
			return `+0.0" pp  ";-0.0" pp  ";0.0" pp  "`
		case Difference:
			return `+0.00"  ";-0.00"  ";0.00"  "`
		default:
			return `+0.0%"  ";-0.0%"  ";0.0%"  "`
		}
	case Goal:
		if c.High != nil {
			return ""
		}
		format := `"` + goalPrefix(c) + `"`
		return format + formatOf(c.Low) + ";" + format + "-" + formatOf(c.Low)
	case Text:
		if isFormula(string(c)) {
			return textFormat
		}
	}
	return ""
}

func decimals(format string, n int) string {
	if n == 0 {
		return format
	}
	return format + "." + strings.Repeat("0", n)
}
