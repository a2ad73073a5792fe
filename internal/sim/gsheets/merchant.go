package gsheets

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Files lists the spreadsheets of the Drive that are not in its bin.
func (s *Server) Files() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := slices.Sorted(maps.Keys(s.files))
	return slices.DeleteFunc(ids, func(id string) bool { return s.files[id].binned })
}

// Bin puts a spreadsheet into the bin, or takes it out again.
func (s *Server) Bin(id string, binned bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id].binned = binned
}

// Estrange has a spreadsheet be one that the app has not made, which it cannot see.
func (s *Server) Estrange(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id].foreign = true
}

// Keep remembers how all spreadsheets are now; restore brings them back to that.
func (s *Server) Keep() (restore func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	copied := func(from map[string]*file) map[string]*file {
		all := map[string]*file{}
		for id, f := range from {
			again := *f
			all[id] = &again
		}
		return all
	}
	kept := copied(s.files)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.files = copied(kept)
	}
}

// edit lets a person change a spreadsheet in the browser.
func (s *Server) edit(id string, change func(p *spreadsheet) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[id]
	if f == nil {
		return fmt.Errorf("there is no spreadsheet %s", id)
	}
	next := f.clone()
	if err := change(next); err != nil {
		return err
	}
	f.spreadsheet = next
	return nil
}

// AddTab adds a tab at a place in their order.
func (s *Server) AddTab(id, title string, index int) error {
	return s.edit(id, func(p *spreadsheet) error {
		taken := int64(7000)
		for _, o := range p.sheets {
			taken = max(taken, o.ID%100_000)
		}
		return p.addSheet(sheetProperties{ID: taken + 1, Title: title, Index: &index})
	})
}

// DeleteTab deletes a tab.
func (s *Server) DeleteTab(id, title string) error {
	return s.edit(id, func(p *spreadsheet) error {
		o, err := p.titled(title)
		if err != nil {
			return err
		}
		return p.deleteSheet([]byte(fmt.Sprintf(`{"sheetId":%d}`, o.ID)))
	})
}

// RenameTab gives a tab another title.
func (s *Server) RenameTab(id, title, next string) error {
	return s.edit(id, func(p *spreadsheet) error {
		o, err := p.titled(title)
		if err == nil {
			o.Title = next
		}
		return err
	})
}

// MoveTab moves a tab to a place in their order.
func (s *Server) MoveTab(id, title string, index int) error {
	return s.edit(id, func(p *spreadsheet) error {
		o, err := p.titled(title)
		if err == nil {
			p.sheets = slices.DeleteFunc(p.sheets, func(x *sheet) bool { return x == o })
			p.sheets = slices.Insert(p.sheets, index, o)
		}
		return err
	})
}

// Insert inserts a row or a column (dimension ROWS or COLUMNS) before one, counted from 0.
func (s *Server) Insert(id, tab, dimension string, before int) error {
	return s.edit(id, func(p *spreadsheet) error {
		o, err := p.titled(tab)
		if err != nil {
			return err
		}
		return p.insertDimension([]byte(fmt.Sprintf(`{"range":{"sheetId":%d,"dimension":%q,"startIndex":%d,"endIndex":%d},"inheritFromBefore":false}`, o.ID, dimension, before, before+1)))
	})
}

// Type types something into a cell such as B2, as a person does: what begins with an equals sign is a formula.
func (s *Server) Type(id, tab, at, text string) error {
	return s.edit(id, func(p *spreadsheet) error {
		o, err := p.titled(tab)
		if err != nil {
			return err
		}
		column, row, err := excelize.CellNameToCoordinates(at)
		if err != nil {
			return err
		}
		var v any = text
		if strings.HasPrefix(text, "=") {
			v = formula(text)
		}
		o.edit(row - 1)[column-1].value = v
		return nil
	})
}

func (p *spreadsheet) titled(title string) (*sheet, error) {
	for _, s := range p.sheets {
		if s.Title == title {
			return s, nil
		}
	}
	return nil, fmt.Errorf("there is no tab %q", title)
}

// See is what stands in a cell such as B2: a number, a text or nil. A formula is worked out from what the spreadsheet holds now.
func (s *Server) See(id, tab, at string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[id]
	if f == nil {
		return nil, fmt.Errorf("there is no spreadsheet %s", id)
	}
	o, err := f.titled(tab)
	if err != nil {
		return nil, err
	}
	column, row, err := excelize.CellNameToCoordinates(at)
	if err != nil {
		return nil, err
	}
	v := o.at(row-1, column-1).value
	if _, ok := v.(formula); !ok {
		return v, nil
	}
	return f.calculate(tab, at)
}

// calculate works a formula out: what is not hidden of the spreadsheet is put into a workbook with its names, and the library of that reckons.
func (p *spreadsheet) calculate(tab, at string) (any, error) {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	for _, s := range p.sheets {
		if s.Hidden {
			continue
		}
		if _, err := book.NewSheet(s.Title); err != nil {
			return nil, err
		}
		for i, row := range s.rows {
			for j, c := range row {
				name, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					return nil, err
				}
				switch v := c.value.(type) {
				case formula:
					err = book.SetCellFormula(s.Title, name, string(v))
				case string:
					err = book.SetCellStr(s.Title, name, v)
				case float64:
					err = book.SetCellFloat(s.Title, name, v, -1, 64)
				}
				if err != nil {
					return nil, err
				}
			}
		}
	}
	for _, n := range p.names {
		s, r, err := p.bounds(n.Range)
		if err != nil {
			return nil, err
		}
		from, _ := excelize.CoordinatesToCellName(r.Column+1, r.Row+1, true)
		to, _ := excelize.CoordinatesToCellName(r.ColumnTo, r.RowEnd, true)
		refers := "'" + s.Title + "'!" + from
		if from != to {
			refers += ":" + to
		}
		if err := book.SetDefinedName(&excelize.DefinedName{Name: n.Name, RefersTo: refers}); err != nil {
			return nil, err
		}
	}
	return book.CalcCellValue(tab, at, excelize.Options{RawCellValue: true})
}
