package gsheets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// spreadsheet is what a file holds. It is changed only as a fresh clone, so that an update is made whole or not at all.
type spreadsheet struct {
	properties properties
	sheets     []*sheet // in their order
	names      []namedRange
	named      int // IDs given to names so far
	most       int // cells
}

type sheet struct {
	sheetProperties
	rows   [][]cell // never written to: a row that changes is replaced
	widths map[int]int
	shared bool // with the spreadsheet that this was cloned from
}

// cell is one cell. Its value is nil, a string, a float64, or a formula.
type cell struct {
	value  any
	format map[string]string // by field, as JSON; never written to
}

// formula is one that a person typed, with its equals sign.
type formula string

type properties struct {
	Title  string `json:"title,omitempty"`
	Locale string `json:"locale,omitempty"`
	Zone   string `json:"timeZone,omitempty"`
}

type sheetProperties struct {
	ID     int64          `json:"sheetId"`
	Title  string         `json:"title"`
	Index  *int           `json:"index,omitempty"`
	Hidden bool           `json:"hidden,omitempty"`
	Grid   gridProperties `json:"gridProperties"`
}

type gridProperties struct {
	Rows    int `json:"rowCount"`
	Columns int `json:"columnCount"`
	Frozen  int `json:"frozenRowCount,omitempty"`
}

type gridRange struct {
	Sheet    int64 `json:"sheetId,omitempty"`
	Row      int   `json:"startRowIndex,omitempty"`
	RowEnd   int   `json:"endRowIndex,omitempty"`
	Column   int   `json:"startColumnIndex,omitempty"`
	ColumnTo int   `json:"endColumnIndex,omitempty"`
}

type namedRange struct {
	ID    string    `json:"namedRangeId,omitempty"`
	Name  string    `json:"name,omitempty"`
	Range gridRange `json:"range"`
}

func invalid(format string, args ...any) error { return fmt.Errorf(format, args...) }

// strict refuses fields that the API does not have, as it does.
func strict(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("Invalid JSON payload received. %s", err)
	}
	return nil
}

func (p *spreadsheet) clone() *spreadsheet {
	next := *p
	next.sheets = slices.Clone(p.sheets)
	for i, s := range next.sheets {
		again := *s
		again.shared = true
		next.sheets[i] = &again
	}
	next.names = slices.Clone(p.names)
	return &next
}

// describe is what spreadsheets.get tells without cells. Zeros are left out, as Google leaves them.
func (p *spreadsheet) describe(id string) any {
	type described struct {
		Properties sheetProperties `json:"properties"`
	}
	answer := struct {
		ID         string       `json:"spreadsheetId"`
		URL        string       `json:"spreadsheetUrl"`
		Properties properties   `json:"properties"`
		Sheets     []described  `json:"sheets"`
		Names      []namedRange `json:"namedRanges,omitempty"`
	}{ID: id, URL: "https://docs.google.com/spreadsheets/d/" + id + "/edit", Properties: p.properties, Names: p.names}
	for i, s := range p.sheets {
		of := s.sheetProperties
		of.Index = &i
		answer.Sheets = append(answer.Sheets, described{of})
	}
	return answer
}

func (p *spreadsheet) sheet(id int64) (*sheet, error) {
	for _, s := range p.sheets {
		if s.ID == id {
			return s, nil
		}
	}
	return nil, invalid("No grid with id: %d", id)
}

func (p *spreadsheet) addSheet(of sheetProperties) error {
	for _, s := range p.sheets {
		switch {
		case s.Title == of.Title:
			return invalid("A sheet with the name %q already exists. Please enter another name.", of.Title)
		case s.ID == of.ID:
			return invalid("A sheet with the id %d already exists.", of.ID)
		}
	}
	if of.ID < 0 || of.ID > 1<<31-1 {
		return invalid("Invalid sheet id %d", of.ID)
	}
	if of.Title == "" || len(of.Title) > 100 {
		return invalid("Invalid sheet name")
	}
	if of.Grid.Rows == 0 {
		of.Grid.Rows = 1000
	}
	if of.Grid.Columns == 0 {
		of.Grid.Columns = 26
	}
	if of.Grid.Frozen >= of.Grid.Rows {
		return invalid("You can't freeze all rows on the sheet.")
	}
	s := &sheet{sheetProperties: of, rows: make([][]cell, of.Grid.Rows), widths: map[int]int{}}
	at := len(p.sheets)
	if of.Index != nil && *of.Index <= at {
		at = *of.Index
	}
	p.sheets = slices.Insert(p.sheets, at, s)
	return nil
}

// own makes the sheet's rows this spreadsheet's alone.
func (s *sheet) own() {
	if s.shared {
		s.rows, s.widths, s.shared = slices.Clone(s.rows), maps.Clone(s.widths), false
	}
}

func (s *sheet) at(row, column int) cell {
	if row < len(s.rows) && column < len(s.rows[row]) {
		return s.rows[row][column]
	}
	return cell{}
}

// edit replaces a row by a copy that is as wide as the sheet, which may be written to.
func (s *sheet) edit(row int) []cell {
	s.own()
	wide := make([]cell, s.Grid.Columns)
	copy(wide, s.rows[row])
	s.rows[row] = wide
	return wide
}

// bounds fills in the ends of a range that are left out, and refuses one that is not on the sheet.
func (p *spreadsheet) bounds(r gridRange) (*sheet, gridRange, error) {
	s, err := p.sheet(r.Sheet)
	if err != nil {
		return nil, r, err
	}
	if r.RowEnd == 0 {
		r.RowEnd = s.Grid.Rows
	}
	if r.ColumnTo == 0 {
		r.ColumnTo = s.Grid.Columns
	}
	if r.Row < 0 || r.Column < 0 || r.Row >= r.RowEnd || r.Column >= r.ColumnTo || r.RowEnd > s.Grid.Rows || r.ColumnTo > s.Grid.Columns {
		return nil, r, invalid("Range (%s!R%dC%d:R%dC%d) exceeds grid limits. Max rows: %d, max columns: %d", s.Title, r.Row+1, r.Column+1, r.RowEnd, r.ColumnTo, s.Grid.Rows, s.Grid.Columns)
	}
	return s, r, nil
}

// check holds what is true of a spreadsheet as a whole.
func (p *spreadsheet) check() error {
	cells, seen := 0, 0
	for _, s := range p.sheets {
		cells += s.Grid.Rows * s.Grid.Columns
		if !s.Hidden {
			seen++
		}
	}
	switch {
	case seen == 0:
		return invalid("You can't remove all the visible sheets in a document.")
	case cells > p.most:
		return invalid("This action would increase the number of cells in the workbook above the limit of %d cells.", p.most)
	}
	return nil
}
