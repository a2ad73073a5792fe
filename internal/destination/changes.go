package destination

import (
	"slices"

	"fourfold/connectors/googlesheets"
)

// frozenMost is how many rows are kept in sight at most: on a telephone more would leave no room for others.
const frozenMost = 5

// changes are all that can be seen of an export, for one request.
func (p *plan) changes() []googlesheets.Change {
	var all []googlesheets.Change
	if p.title != p.now.Properties.Title {
		all = append(all, googlesheets.Change{Properties: &googlesheets.UpdateProperties{Properties: googlesheets.Properties{Title: p.title}, Fields: "title"}})
	}
	for _, t := range p.tabs {
		all = append(all, p.place(t)...)
	}
	for _, t := range p.tabs {
		all = append(all, t.fill()...)
	}
	for _, t := range p.tabs {
		all = append(all, p.names(t)...)
	}
	for _, id := range p.stale {
		all = append(all, googlesheets.Change{Delete: &googlesheets.DeleteSheet{Sheet: id}})
	}
	for _, t := range p.tabs {
		if t.staging != 0 {
			all = append(all, googlesheets.Change{Delete: &googlesheets.DeleteSheet{Sheet: t.staging}})
		}
	}
	return all
}

// place makes the tab, or room on it. Columns that the book has more than before are inserted: what the merchant has beside ours moves on.
func (p *plan) place(t *tab) (all []googlesheets.Change) {
	width := len(t.Widths)
	if t.there == nil {
		frozen := t.Head
		if frozen > frozenMost {
			frozen = 0
		}
		all = append(all, googlesheets.Change{AddSheet: &googlesheets.AddSheet{Properties: googlesheets.SheetProperties{
			ID: t.id, Title: p.free(t.Name), Grid: &googlesheets.Grid{Rows: t.Height + roomBelow, Columns: width + roomBeside, Frozen: frozen},
		}}})
		return append(all, t.widths()...)
	}
	rows, columns := t.there.Grid.Rows, t.there.Grid.Columns
	if end := t.column + t.width; t.width > 0 && width > t.width && end < columns {
		all = append(all, googlesheets.Change{Insert: &googlesheets.InsertDimension{
			Range:   googlesheets.DimensionRange{Sheet: t.id, Dimension: "COLUMNS", Start: end, End: end + width - t.width},
			Inherit: true,
		}})
		columns += width - t.width
	}
	if more := t.column + width - columns; more > 0 {
		all = append(all, googlesheets.Change{Append: &googlesheets.AppendDimension{Sheet: t.id, Dimension: "COLUMNS", Length: more}})
	}
	if more := t.row + t.Height - rows; more > 0 {
		all = append(all, googlesheets.Change{Append: &googlesheets.AppendDimension{Sheet: t.id, Dimension: "ROWS", Length: more}})
	}
	return all
}

// free is a title that no tab of the merchant's has.
func (p *plan) free(title string) string {
	for slices.ContainsFunc(p.now.Sheets, func(s googlesheets.Sheet) bool { return s.Properties.Title == title }) {
		title += " (Fourfold)"
	}
	return title
}

// widths are those of the columns of a new tab. From then on they are the merchant's to set.
func (t *tab) widths() (all []googlesheets.Change) {
	const perCharacter = 7
	for j, w := range t.Widths {
		u := googlesheets.UpdateDimension{Range: googlesheets.DimensionRange{Sheet: t.id, Dimension: "COLUMNS", Start: j, End: j + 1}, Fields: "pixelSize"}
		u.Properties.Pixels = int(w*perCharacter) + 5
		all = append(all, googlesheets.Change{Widths: &u})
	}
	return all
}

// fill writes the tab, and clears what the last export had filled beyond it.
func (t *tab) fill() []googlesheets.Change {
	whole := t.cells(max(t.height, t.Height), max(t.width, len(t.Widths)))
	if t.staging == 0 {
		write := googlesheets.Change{Cells: &googlesheets.UpdateCells{Rows: t.rows, Fields: valueField + "," + formatField, Range: &whole}}
		return append([]googlesheets.Change{write}, t.formats(googlesheets.Range{Sheet: t.id, Row: t.row, Column: t.column})...)
	}
	return []googlesheets.Change{
		{Cells: &googlesheets.UpdateCells{Fields: valueField, Range: &whole}},
		{Copy: &googlesheets.CopyPaste{
			Source:      googlesheets.Range{Sheet: t.staging, RowEnd: t.Height, ColumnTo: len(t.Widths)},
			Destination: t.cells(t.Height, len(t.Widths)), Type: "PASTE_NORMAL",
		}},
	}
}

// names has each name of ours point where its cell is now. One that is there is moved and keeps its ID, and so do the formulas over it.
func (p *plan) names(t *tab) (all []googlesheets.Change) {
	put := func(name string, r googlesheets.Range) {
		i := slices.IndexFunc(p.now.Names, func(n googlesheets.NamedRange) bool { return n.Name == name })
		switch {
		case i < 0:
			all = append(all, googlesheets.Change{AddName: &googlesheets.AddNamedRange{Name: googlesheets.NamedRange{Name: name, Range: r}}})
		case p.now.Names[i].Range != r || t.moves(p.now.Names[i].Range):
			all = append(all, googlesheets.Change{MoveName: &googlesheets.UpdateNamedRange{Name: googlesheets.NamedRange{ID: p.now.Names[i].ID, Range: r}, Fields: "range"}})
		}
	}
	put(nameOf(t.Key), t.cells(t.Height, len(t.Widths)))
	if t.Flat {
		table := t.cells(t.Height, len(t.Widths))
		table.Row += t.Head - 1
		put("ff_"+t.Key, table)
	}
	for _, n := range t.Names {
		row, column := t.row+n.Row-1, t.column+n.Column-1
		put(n.Name, googlesheets.Range{Sheet: t.id, Row: row, RowEnd: row + 1, Column: column, ColumnTo: column + 1})
	}
	return all
}

// moves says whether inserted columns take a range along.
func (t *tab) moves(r googlesheets.Range) bool {
	return t.there != nil && len(t.Widths) > t.width && r.ColumnTo > t.column+t.width
}
