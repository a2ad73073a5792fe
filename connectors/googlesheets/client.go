package googlesheets

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/google"
	"fourfold/connectors/rest"
	"fourfold/connectors/transport"
)

// Client asks the Sheets API with one grant. Google allows a person 60 reads and 60 writes a minute, and an app 300 of each; a request that is
// over that is waited with and sent again.
type Client struct{ rest *rest.Client }

// New makes a client of a grant. now may be nil.
func New(g connectors.Grant, now func() time.Time) Client {
	return Client{rest.New(g, now, func(c *transport.Call) error { return google.Judge(c, version, own) })}
}

// ErrGone says that the spreadsheet is not there any more, or not for this login: it was deleted, or is another's.
var ErrGone = errors.New("the spreadsheet is gone")

// goneHint is what to do about it. Nothing is made anew by itself: the merchant's own tabs were in the old one.
const goneHint = "take it out of the bin in Google Drive, or link the Google account that it belongs to; or have a new one made"

// own reads what Sheets means by a refusal.
func own(s google.Status) *connectors.Error {
	switch {
	case s.Status == "NOT_FOUND", s.Status == "PERMISSION_DENIED" && s.Reason() == "":
		return &connectors.Error{Fault: connectors.Forbidden, Err: ErrGone, Hint: goneHint}
	case s.Status == "INVALID_ARGUMENT" && strings.Contains(s.Message, "above the limit of"):
		return &connectors.Error{Fault: connectors.Forbidden, Err: s, Hint: "a spreadsheet of Google's holds 10 million cells: delete tabs of your own that you can do without"}
	case s.Status == "INVALID_ARGUMENT" && strings.Contains(s.Message, "protected cell"):
		return &connectors.Error{Fault: connectors.Forbidden, Err: s, Hint: "let the linked Google account edit the tabs that are Fourfold's, or take the protection off them"}
	}
	return nil
}

// Create makes a spreadsheet. It is sent once: nobody knows of what an answer that was lost has made.
func (c Client) Create(ctx context.Context, s Spreadsheet) (Spreadsheet, error) {
	var made Spreadsheet
	_, err := c.rest.Do(ctx, rest.Ask{Op: "make the spreadsheet", Method: http.MethodPost, URL: base, Query: url.Values{"fields": {"spreadsheetId,spreadsheetUrl"}}, Body: s}, &made)
	if err == nil && made.ID == "" {
		err = connectors.Errorf(connectors.Malformed, "make the spreadsheet", "the answer does not say which it is")
	}
	return made, err
}

// Get reads a spreadsheet without its cells.
func (c Client) Get(ctx context.Context, id string) (Spreadsheet, error) {
	var s Spreadsheet
	_, err := c.rest.Do(ctx, rest.Ask{Op: "look at the spreadsheet", URL: base + "/" + url.PathEscape(id),
		Query: url.Values{"fields": {"spreadsheetId,spreadsheetUrl,properties(title,locale,timeZone),sheets(properties(sheetId,title,hidden,gridProperties)),namedRanges"}}}, &s)
	return s, err
}

// Update makes all of the changes together, or none of them. It is sent once: whether changes were made whose answer was lost, only Get tells.
func (c Client) Update(ctx context.Context, id string, changes []Change) error {
	_, err := c.rest.Do(ctx, rest.Ask{Op: "write the spreadsheet", Method: http.MethodPost, URL: base + "/" + url.PathEscape(id) + ":batchUpdate",
		Query: url.Values{"fields": {"spreadsheetId"}}, Body: struct {
			Requests []Change `json:"requests"`
		}{changes}}, nil)
	return err
}
