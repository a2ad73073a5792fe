package destination

import (
	"context"
	"errors"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/googlesheets"
	"fourfold/connectors/transport"
	"fourfold/internal/export"
	"fourfold/internal/store"
)

// ErrGone says that the spreadsheet is not there any more, or not for the linked login. Nothing is made in its place unless the merchant asks.
var ErrGone = googlesheets.ErrGone

// locale is the spreadsheet's as it is made, for how Google shows what has no format. The merchant may change it.
const locale = "en_GB"

// writing begins the title of what is not finished: a spreadsheet that was not filled yet, and hidden tabs.
const writing = "Fourfold is writing"

// Create makes the spreadsheet of a destination, still empty. The place is to be stored before it is filled: one that nobody knows of is an
// empty file in the merchant's Drive, and another is made.
func Create(ctx context.Context, g connectors.Grant, d store.Destination, zone *time.Location) (store.Destination, error) {
	name := "UTC"
	if zone != nil {
		name = zone.String()
	}
	made, err := googlesheets.New(g, nil).Create(ctx, googlesheets.Spreadsheet{
		Properties: googlesheets.Properties{Title: writing, Locale: locale, Zone: name},
		Sheets:     []googlesheets.Sheet{{Properties: googlesheets.SheetProperties{ID: idOf("first"), Title: writing}}},
	})
	if err != nil {
		return d, err
	}
	d.Place, d.Address = made.ID, made.URL
	if !strings.HasPrefix(d.Address, "https://docs.google.com/") { // pages link to it
		d.Address = "https://docs.google.com/spreadsheets/d/" + made.ID + "/edit"
	}
	return d, nil
}

// attempts is how often an export is begun anew at once, where an answer was lost or somebody else wrote at the same time.
const attempts = 3

// Export brings the spreadsheet of a destination to what the book says, and makes one first where there is none yet. It returns the
// destination as it is now, also with an error: the place may be new. Its errors say what to do.
func Export(ctx context.Context, g connectors.Grant, d store.Destination, b export.Book) (store.Destination, error) {
	if len(b.Cards) == 0 {
		return d, errors.New("there is no scorecard to export")
	}
	if d.Place == "" {
		var err error
		if d, err = Create(ctx, g, d, b.Zone); err != nil {
			return d, err
		}
	}
	grids, err := export.Grids(b, mostSnapshots)
	if err != nil {
		return d, err
	}
	client := googlesheets.New(g, nil)
	for n := 1; ; n++ {
		title, err := write(ctx, client, d, grids)
		if err == nil {
			d.Title = title
			return d, nil
		}
		if f, _ := connectors.FaultOf(err); n == attempts || f != connectors.Unavailable && f != connectors.Malformed {
			return d, err
		}
		if err := transport.Pause(ctx, transport.Backoff(n)); err != nil {
			return d, err
		}
	}
}

// write plans from what is there, fills the hidden tabs, and changes what can be seen. It returns the spreadsheet's title.
func write(ctx context.Context, client googlesheets.Client, d store.Destination, grids []export.Grid) (title string, err error) {
	now, err := client.Get(ctx, d.Place)
	if err != nil {
		return "", err
	}
	p, err := newPlan(now, d, grids)
	if err != nil {
		return "", err
	}
	if err := p.stage(ctx, client); err != nil {
		return "", err
	}
	return p.title, client.Update(ctx, now.ID, p.changes())
}

// mostSnapshots bounds the history in a spreadsheet of Google's, which gets slow long before it is full. Files have no such bound.
const mostSnapshots = 20_000
