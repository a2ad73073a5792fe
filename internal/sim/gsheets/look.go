package gsheets

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Tab is one as it stands among the others.
type Tab struct {
	ID            int64
	Title         string
	Hidden        bool
	Rows, Columns int
}

// Tabs lists a spreadsheet's tabs in their order.
func (s *Server) Tabs(id string) (all []Tab) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.files[id].sheets {
		all = append(all, Tab{o.ID, o.Title, o.Hidden, o.Grid.Rows, o.Grid.Columns})
	}
	return all
}

// Title is a spreadsheet's.
func (s *Server) Title(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[id].properties.Title
}

// Names tells for each named range its ID and where it points, such as name-3 'KPIs'!H20:H20.
func (s *Server) Names(id string) map[string][2]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, all := s.files[id], map[string][2]string{}
	for _, n := range f.names {
		where := "nowhere"
		if o, r, err := f.bounds(n.Range); err == nil {
			from, _ := excelize.CoordinatesToCellName(r.Column+1, r.Row+1)
			to, _ := excelize.CoordinatesToCellName(r.ColumnTo, r.RowEnd)
			where = fmt.Sprintf("'%s'!%s:%s", o.Title, from, to)
		}
		all[n.Name] = [2]string{n.ID, where}
	}
	return all
}

// Seen is all that a person sees of a spreadsheet, as text: tabs that are not hidden with what is typed or written in their cells and how
// numbers are shown, and the names.
func (s *Server) Seen(id string) string {
	names := s.Names(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	f := s.files[id]
	fmt.Fprintf(&b, "%q\n", f.properties.Title)
	for _, o := range f.sheets {
		if o.Hidden {
			continue
		}
		fmt.Fprintf(&b, "[%s]\n", o.Title)
		for i, row := range o.rows {
			for j, c := range row {
				if c.value != nil {
					at, _ := excelize.CoordinatesToCellName(j+1, i+1)
					fmt.Fprintf(&b, "%s %T %v %s\n", at, c.value, c.value, c.format["numberFormat"])
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(&b, "%s = %s\n", name, names[name][1])
	}
	return b.String()
}

// Formulas lists the cells of a spreadsheet that hold formulas, such as 'Mine'!B2.
func (s *Server) Formulas(id string) (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.files[id].sheets {
		for i, row := range o.rows {
			for j, c := range row {
				if _, ok := c.value.(formula); ok {
					at, _ := excelize.CoordinatesToCellName(j+1, i+1)
					all = append(all, fmt.Sprintf("'%s'!%s", o.Title, at))
				}
			}
		}
	}
	return all
}
