package gsheets

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// change makes one change.
func (p *spreadsheet) change(kind string, text json.RawMessage) error {
	do, ok := map[string]func(json.RawMessage) error{
		"updateSpreadsheetProperties": p.updateProperties, "addSheet": p.addSheetChange, "deleteSheet": p.deleteSheet,
		"appendDimension": p.appendDimension, "insertDimension": p.insertDimension, "updateDimensionProperties": p.updateDimension,
		"updateCells": p.updateCells, "repeatCell": p.repeatCell, "copyPaste": p.copyPaste,
		"addNamedRange": p.addNamedRange, "updateNamedRange": p.updateNamedRange,
	}[kind]
	if !ok {
		return invalid("unknown name %q, or none that this simulation knows", kind)
	}
	return do(text)
}

func (p *spreadsheet) updateProperties(text json.RawMessage) error {
	var r struct {
		Properties properties `json:"properties"`
		Fields     string     `json:"fields"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	if r.Fields != "title" || r.Properties.Title == "" {
		return invalid("this simulation updates a title only")
	}
	p.properties.Title = r.Properties.Title
	return nil
}

func (p *spreadsheet) addSheetChange(text json.RawMessage) error {
	var r struct {
		Properties sheetProperties `json:"properties"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	return p.addSheet(r.Properties)
}

// deleteSheet deletes a sheet with the names that point there.
func (p *spreadsheet) deleteSheet(text json.RawMessage) error {
	var r struct {
		Sheet int64 `json:"sheetId"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	if _, err := p.sheet(r.Sheet); err != nil {
		return err
	}
	p.sheets = slices.DeleteFunc(p.sheets, func(s *sheet) bool { return s.ID == r.Sheet })
	p.names = slices.DeleteFunc(p.names, func(n namedRange) bool { return n.Range.Sheet == r.Sheet })
	return nil
}

func (p *spreadsheet) appendDimension(text json.RawMessage) error {
	var r struct {
		Sheet     int64  `json:"sheetId"`
		Dimension string `json:"dimension"`
		Length    int    `json:"length"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	s, err := p.sheet(r.Sheet)
	switch {
	case err != nil:
		return err
	case r.Length <= 0:
		return invalid("length must be greater than 0")
	case r.Dimension == "ROWS":
		s.own()
		s.Grid.Rows += r.Length
		s.rows = append(s.rows, make([][]cell, r.Length)...)
	case r.Dimension == "COLUMNS":
		s.Grid.Columns += r.Length
	default:
		return invalid("dimension is required")
	}
	return nil
}

type dimensionRange struct {
	Sheet     int64  `json:"sheetId"`
	Dimension string `json:"dimension"`
	Start     int    `json:"startIndex"`
	End       int    `json:"endIndex"`
}

// insertDimension moves cells and names on. References of formulas to cells are not adjusted here: merchants of this simulation use names.
func (p *spreadsheet) insertDimension(text json.RawMessage) error {
	var r struct {
		Range   dimensionRange `json:"range"`
		Inherit bool           `json:"inheritFromBefore"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	s, err := p.sheet(r.Range.Sheet)
	if err != nil {
		return err
	}
	size, n := s.Grid.Columns, r.Range.End-r.Range.Start
	if r.Range.Dimension == "ROWS" {
		size = s.Grid.Rows
	}
	if n <= 0 || r.Range.Start < 0 || r.Range.Start >= size {
		return invalid("range.startIndex[%d] must be less than the grid's %d %s", r.Range.Start, size, r.Range.Dimension)
	}
	s.own()
	if r.Range.Dimension == "ROWS" {
		s.rows = slices.Insert(s.rows, r.Range.Start, make([][]cell, n)...)
		s.Grid.Rows += n
	} else {
		for i, row := range s.rows {
			if len(row) > r.Range.Start {
				s.rows[i] = slices.Insert(slices.Clone(row), r.Range.Start, make([]cell, n)...)
			}
		}
		s.Grid.Columns += n
	}
	for i := range p.names {
		if at := &p.names[i].Range; at.Sheet == s.ID && r.Range.Dimension == "ROWS" {
			at.Row, at.RowEnd = moved(at.Row, at.RowEnd, r.Range.Start, n)
		} else if at.Sheet == s.ID {
			at.Column, at.ColumnTo = moved(at.Column, at.ColumnTo, r.Range.Start, n)
		}
	}
	return nil
}

// moved is where a range is after n rows or columns were inserted: before it, within it, or behind it.
func moved(start, end, at, n int) (int, int) {
	if end == 0 || at >= end {
		return start, end
	}
	if at <= start {
		start += n
	}
	return start, end + n
}

func (p *spreadsheet) updateDimension(text json.RawMessage) error {
	var r struct {
		Range      dimensionRange `json:"range"`
		Properties struct {
			Pixels int `json:"pixelSize"`
		} `json:"properties"`
		Fields string `json:"fields"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	s, err := p.sheet(r.Range.Sheet)
	if err != nil {
		return err
	}
	if r.Fields != "pixelSize" || r.Range.Dimension != "COLUMNS" || r.Range.Start < 0 || r.Range.End > s.Grid.Columns || r.Range.Start >= r.Range.End || r.Properties.Pixels < 2 {
		return invalid("the range or the size is none")
	}
	s.own()
	for i := r.Range.Start; i < r.Range.End; i++ {
		s.widths[i] = r.Properties.Pixels
	}
	return nil
}

type wireCell struct {
	Value *struct {
		Number  *float64 `json:"numberValue"`
		Text    *string  `json:"stringValue"`
		Bool    *bool    `json:"boolValue"`
		Formula *string  `json:"formulaValue"`
	} `json:"userEnteredValue"`
	Format map[string]json.RawMessage `json:"userEnteredFormat"`
}

// value is what the cell holds: text that begins with an equals sign is text, and only a formula is one.
func (c wireCell) value() (any, error) {
	switch v := c.Value; {
	case v == nil:
		return nil, nil
	case v.Formula != nil:
		return formula(*v.Formula), nil
	case v.Number != nil:
		return *v.Number, nil
	case v.Text != nil && utf8.RuneCountInString(*v.Text) > 50_000:
		return nil, invalid("Your input contains more than the maximum of 50000 characters in a single cell.")
	case v.Text != nil:
		return *v.Text, nil
	}
	return nil, invalid("userEnteredValue is none that this simulation knows")
}

// mask is what a field mask names of a cell.
type mask struct {
	value   bool
	formats []string
}

var maskForm = regexp.MustCompile(`userEnteredFormat\(([a-zA-Z,]+)\)|[a-zA-Z.]+`)

func maskOf(fields string) (m mask, err error) {
	if strings.Trim(maskForm.ReplaceAllString(fields, ""), ",") != "" || fields == "" {
		return m, invalid("Invalid field mask: %s", fields)
	}
	for _, part := range maskForm.FindAllStringSubmatch(fields, -1) {
		one, format := strings.CutPrefix(part[0], "userEnteredFormat.")
		switch {
		case part[0] == "userEnteredValue":
			m.value = true
		case part[1] != "":
			m.formats = append(m.formats, strings.Split(part[1], ",")...)
		case format:
			m.formats = append(m.formats, one)
		default:
			return m, invalid("Invalid field: %s", part[0])
		}
	}
	for _, f := range m.formats {
		if !slices.Contains([]string{"numberFormat", "horizontalAlignment", "wrapStrategy", "backgroundColorStyle", "textFormat"}, f) {
			return m, invalid("Invalid field: userEnteredFormat.%s", f)
		}
	}
	return m, nil
}

// put writes what the mask names of a cell; what it names and the cell has not is cleared.
func (m mask) put(into *cell, c wireCell) error {
	if m.value {
		v, err := c.value()
		if err != nil {
			return err
		}
		into.value = v
	}
	if len(m.formats) == 0 || len(c.Format) == 0 && len(into.format) == 0 {
		return nil
	}
	next := maps.Clone(into.format)
	if next == nil {
		next = map[string]string{}
	}
	for _, f := range m.formats {
		delete(next, f)
		if text, ok := c.Format[f]; ok {
			next[f] = string(text)
		}
	}
	into.format = next
	return nil
}

func (p *spreadsheet) updateCells(text json.RawMessage) error {
	var r struct {
		Rows []struct {
			Values []wireCell `json:"values"`
		} `json:"rows"`
		Fields string     `json:"fields"`
		Range  *gridRange `json:"range"`
		Start  *struct {
			Sheet  int64 `json:"sheetId"`
			Row    int   `json:"rowIndex"`
			Column int   `json:"columnIndex"`
		} `json:"start"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	m, err := maskOf(r.Fields)
	if err != nil {
		return err
	}
	var at gridRange
	switch {
	case r.Range != nil && r.Start == nil:
		at = *r.Range
	case r.Start != nil && r.Range == nil:
		wide := 1
		for _, row := range r.Rows {
			wide = max(wide, len(row.Values))
		}
		at = gridRange{r.Start.Sheet, r.Start.Row, r.Start.Row + len(r.Rows), r.Start.Column, r.Start.Column + wide}
	default:
		return invalid("either range or start must be set")
	}
	s, at, err := p.bounds(at)
	if err != nil {
		return err
	}
	if len(r.Rows) > at.RowEnd-at.Row {
		return invalid("Attempting to write row: %d, beyond the last requested row of: %d", at.Row+len(r.Rows), at.RowEnd)
	}
	for i := at.Row; i < at.RowEnd; i++ {
		var values []wireCell
		if i-at.Row < len(r.Rows) {
			values = r.Rows[i-at.Row].Values
		}
		if len(values) > at.ColumnTo-at.Column {
			return invalid("Attempting to write column: %d, beyond the last requested column of: %d", at.Column+len(values), at.ColumnTo)
		}
		if len(values) == 0 && len(s.rows[i]) == 0 {
			continue
		}
		row := s.edit(i)
		for j := at.Column; j < at.ColumnTo; j++ {
			var c wireCell
			if k := j - at.Column; k < len(values) {
				c = values[k]
			} else if r.Start != nil {
				continue
			}
			if err := m.put(&row[j], c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *spreadsheet) repeatCell(text json.RawMessage) error {
	var r struct {
		Range  gridRange `json:"range"`
		Cell   wireCell  `json:"cell"`
		Fields string    `json:"fields"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	m, err := maskOf(r.Fields)
	if err != nil {
		return err
	}
	s, at, err := p.bounds(r.Range)
	if err != nil {
		return err
	}
	for i := at.Row; i < at.RowEnd; i++ {
		row := s.edit(i)
		for j := at.Column; j < at.ColumnTo; j++ {
			if err := m.put(&row[j], r.Cell); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *spreadsheet) copyPaste(text json.RawMessage) error {
	var r struct {
		Source      gridRange `json:"source"`
		Destination gridRange `json:"destination"`
		Type        string    `json:"pasteType"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	if r.Type != "PASTE_NORMAL" {
		return invalid("this simulation pastes normally only")
	}
	from, source, err := p.bounds(r.Source)
	if err != nil {
		return err
	}
	to, at, err := p.bounds(r.Destination)
	if err != nil {
		return err
	}
	if source.RowEnd-source.Row != at.RowEnd-at.Row || source.ColumnTo-source.Column != at.ColumnTo-at.Column {
		return invalid("this simulation copies between ranges of one size only")
	}
	for i := at.Row; i < at.RowEnd; i++ {
		row := to.edit(i)
		for j := at.Column; j < at.ColumnTo; j++ {
			row[j] = from.at(source.Row+i-at.Row, source.Column+j-at.Column)
		}
	}
	return nil
}
