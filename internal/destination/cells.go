package destination

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"fourfold/connectors/googlesheets"
	"fourfold/internal/export"
)

// What of cells is written.
const (
	valueField  = "userEnteredValue"
	formatField = "userEnteredFormat(numberFormat,horizontalAlignment,wrapStrategy,backgroundColorStyle,textFormat)"
	numberField = "userEnteredFormat.numberFormat"
)

// longestText is what a cell of Google's holds.
const longestText = 50_000

// row makes a row of cells. Plain leaves out how they look.
func row(cells []export.GridCell, plain bool) (json.RawMessage, error) {
	last := len(cells)
	for last > 0 && plain && cells[last-1].Value == nil {
		last--
	}
	out := make([]googlesheets.Cell, last)
	for i, c := range cells[:last] {
		out[i].Value = valueOf(c.Value)
		if !plain {
			out[i].Format = formatOf(c)
		}
	}
	return googlesheets.Row(out)
}

// valueOf is a value as it is stored: text is text, whatever it begins with.
func valueOf(v any) *googlesheets.Value {
	switch v := v.(type) {
	case float64:
		return &googlesheets.Value{Number: &v}
	case string:
		v = strings.ToValidUTF8(v, "\uFFFD")
		if utf8.RuneCountInString(v) > longestText {
			v = string([]rune(v)[:longestText-1]) + "…"
		}
		return &googlesheets.Value{Text: &v}
	}
	return nil
}

func formatOf(c export.GridCell) *googlesheets.Format {
	f := googlesheets.Format{Number: numberOf(c.Format), Align: strings.ToUpper(c.Align), Fill: colour(c.Fill)}
	if c.Wrap {
		f.Wrap = "WRAP"
	}
	if c.Bold || c.Ink != "" || c.Size > 0 {
		f.Text = &googlesheets.TextFormat{Bold: c.Bold, Size: c.Size, Colour: colour(c.Ink)}
	}
	if f == (googlesheets.Format{}) {
		return nil
	}
	return &f
}

// numberOf is a format with the kind of value that it is for.
func numberOf(pattern string) *googlesheets.NumberFormat {
	switch {
	case pattern == "":
		return nil
	case pattern == "@":
		return &googlesheets.NumberFormat{Type: "TEXT"}
	case strings.Contains(pattern, "hh:"):
		return &googlesheets.NumberFormat{Type: "DATE_TIME", Pattern: pattern}
	case strings.HasPrefix(pattern, "yyyy"):
		return &googlesheets.NumberFormat{Type: "DATE", Pattern: pattern}
	case strings.Contains(pattern, "%"):
		return &googlesheets.NumberFormat{Type: "PERCENT", Pattern: pattern}
	}
	return &googlesheets.NumberFormat{Type: "NUMBER", Pattern: pattern}
}

// colour reads RRGGBB; nil for none.
func colour(hex string) *googlesheets.Colour {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		return nil
	}
	part := func(shift int) float64 { return float64(n>>shift&0xff) / 0xff }
	return &googlesheets.Colour{RGB: googlesheets.RGB{Red: part(16), Green: part(8), Blue: part(0)}}
}
