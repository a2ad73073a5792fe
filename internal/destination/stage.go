package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"

	"fourfold/connectors/googlesheets"
)

// atOnce is how many bytes of rows one request holds. Google advises 2 MB for all of it.
const atOnce = 1_500_000

// newStaging is the ID of a hidden tab. It is drawn anew by each export, so that one that was taken for dead writes into none of another's.
func newStaging() int64 { return int64(rand.Int32N(math.MaxInt32-1)) + 1 }

// stage fills hidden tabs with what is too much for one request.
func (p *plan) stage(ctx context.Context, client googlesheets.Client) error {
	var made []googlesheets.Change
	for _, t := range p.tabs {
		if t.staging == 0 {
			continue
		}
		made = append(made, googlesheets.Change{AddSheet: &googlesheets.AddSheet{Properties: googlesheets.SheetProperties{
			ID: t.staging, Title: fmt.Sprintf("%s %s %d", writing, t.Key, t.staging), Hidden: true, Grid: &googlesheets.Grid{Rows: t.Height, Columns: len(t.Widths)},
		}}})
		made = append(made, t.formats(googlesheets.Range{Sheet: t.staging})...)
	}
	if len(made) == 0 {
		return nil
	}
	if err := client.Update(ctx, p.now.ID, made); err != nil {
		return err
	}
	for _, t := range p.tabs {
		if t.staging != 0 {
			if err := t.stage(ctx, client, p.now.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// stage writes the tab's rows into its hidden one, as many at a time as a request holds.
func (t *tab) stage(ctx context.Context, client googlesheets.Client, id string) error {
	var rows []json.RawMessage
	size, from, n := 0, 0, 0
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := client.Update(ctx, id, []googlesheets.Change{{Cells: &googlesheets.UpdateCells{
			Rows: rows, Fields: valueField + "," + formatField, Start: &googlesheets.Place{Sheet: t.staging, Row: from},
		}}})
		rows, size, from = rows[:0], 0, n
		return err
	}
	for cells := range t.Rows {
		r, err := row(cells, t.Long && n >= t.Head)
		if err != nil {
			return err
		}
		if size+len(r) > atOnce {
			if err := flush(); err != nil {
				return err
			}
		}
		rows = append(rows, r)
		size += len(r) + 1
		n++
	}
	return flush()
}

// formats are those of the columns of a long tab, below its heads, in a range that begins where the tab does.
func (t *tab) formats(at googlesheets.Range) (all []googlesheets.Change) {
	for j, pattern := range t.Formats {
		if f := numberOf(pattern); f != nil && t.Height > t.Head {
			all = append(all, googlesheets.Change{Repeat: &googlesheets.RepeatCell{
				Range: googlesheets.Range{Sheet: at.Sheet, Row: at.Row + t.Head, RowEnd: at.Row + t.Height, Column: at.Column + j, ColumnTo: at.Column + j + 1},
				Cell:  googlesheets.Cell{Format: &googlesheets.Format{Number: f}}, Fields: numberField,
			}})
		}
	}
	return all
}
