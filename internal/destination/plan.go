package destination

import (
	"encoding/json"
	"hash/fnv"
	"slices"
	"strings"

	"fourfold/connectors/googlesheets"
	"fourfold/internal/export"
	"fourfold/internal/store"
)

// room is how many rows and columns a new tab has beside ours, for the merchant.
const (
	roomBelow  = 50
	roomBeside = 8
)

// idOf is the ID that a tab of ours has in every spreadsheet, by the key of its sheet.
func idOf(key string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte("fourfold/" + key))
	return int64(h.Sum32() & 0x7fff_ffff)
}

// nameOf is the name of all that we fill on a tab; where it points is how the next export finds it.
func nameOf(key string) string { return "ff_" + key + "_sheet" }

// plan is one export: how each tab of ours stands in the spreadsheet, and what becomes of it.
type plan struct {
	now   googlesheets.Spreadsheet
	title string // of the spreadsheet, afterwards
	tabs  []*tab
	stale []int64 // hidden tabs of an export that was cut off
}

// tab is one of ours. Rows and columns are counted from 0.
type tab struct {
	export.Grid
	id          int64
	there       *googlesheets.SheetProperties // nil where it is to be made
	row, column int                           // where ours begin
	height      int                           // of what the last export filled
	width       int
	rows        []json.RawMessage // as they are sent; nil for a tab that is staged
	size        int               // of rows, in bytes
	staging     int64             // the hidden tab that it is copied from; 0 for none
}

func newPlan(now googlesheets.Spreadsheet, d store.Destination, grids []export.Grid) (*plan, error) {
	p := &plan{now: now, title: now.Properties.Title}
	if p.title == writing {
		p.title = d.Title
	}
	for _, s := range now.Sheets {
		if strings.HasPrefix(s.Properties.Title, writing) {
			p.stale = append(p.stale, s.Properties.ID)
		}
	}
	for _, g := range append(slices.Clone(grids), gone(now, grids)...) {
		t := &tab{Grid: g, id: idOf(g.Key)}
		t.find(now)
		if err := t.encode(); err != nil {
			return nil, err
		}
		p.tabs = append(p.tabs, t)
	}
	p.divide()
	return p, nil
}

// gone are tabs of ours that the book has no sheet for any more. They stay, since formulas may point there, and say so.
func gone(now googlesheets.Spreadsheet, grids []export.Grid) (all []export.Grid) {
	for _, n := range now.Names {
		key, ours := strings.CutSuffix(strings.TrimPrefix(n.Name, "ff_"), "_sheet")
		if !ours || n.Name != nameOf(key) || n.Range.Sheet != idOf(key) || slices.ContainsFunc(grids, func(g export.Grid) bool { return g.Key == key }) {
			continue
		}
		words := []export.GridCell{{Value: "There is nothing to show here any more: the tab may be deleted."}}
		all = append(all, export.Grid{Key: key, Head: 1, Widths: []float64{0}, Height: 1, Rows: slices.Values([][]export.GridCell{words})})
	}
	return all
}

// find sees how the tab stands. Ours begin where the name of the whole says, so that rows and columns that the merchant inserted before it
// stay theirs. Without that name ours is what the book fills, to the bottom.
func (t *tab) find(now googlesheets.Spreadsheet) {
	for _, s := range now.Sheets {
		if s.Properties.ID == t.id {
			t.there = &s.Properties
		}
	}
	if t.there == nil {
		return
	}
	if t.there.Grid == nil {
		t.there.Grid = &googlesheets.Grid{}
	}
	t.height, t.width = t.there.Grid.Rows, min(len(t.Widths), t.there.Grid.Columns)
	for _, n := range now.Names {
		if r := n.Range; n.Name == nameOf(t.Key) && r.Sheet == t.id {
			t.row, t.column = r.Row, r.Column
			t.height, t.width = orEnd(r.RowEnd, t.there.Grid.Rows)-r.Row, orEnd(r.ColumnTo, t.there.Grid.Columns)-r.Column
		}
	}
}

// orEnd is where a range ends that may go to the end of its tab.
func orEnd(end, all int) int {
	if end == 0 {
		return all
	}
	return end
}

// cells is a range of the tab, of so many rows and columns from where ours begin.
func (t *tab) cells(rows, columns int) googlesheets.Range {
	return googlesheets.Range{Sheet: t.id, Row: t.row, RowEnd: t.row + rows, Column: t.column, ColumnTo: t.column + columns}
}

// encode makes the rows as they are sent, unless they are too many for one request.
func (t *tab) encode() error {
	for cells := range t.Rows {
		r, err := row(cells, t.Long && len(t.rows) >= t.Head)
		if err != nil {
			return err
		}
		t.rows = append(t.rows, r)
		if t.size += len(r) + 1; t.size > atOnce {
			t.rows = nil
			return nil
		}
	}
	return nil
}

// divide says which tabs are staged: the largest, until the rest fits one request.
func (p *plan) divide() {
	total := 0
	for _, t := range p.tabs {
		total += t.size
	}
	largest := slices.Clone(p.tabs)
	slices.SortStableFunc(largest, func(a, b *tab) int { return b.size - a.size })
	for _, t := range largest {
		if total <= atOnce {
			return
		}
		total -= t.size
		t.rows, t.staging = nil, newStaging()
	}
}
