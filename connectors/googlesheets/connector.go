// Package googlesheets is a login to write a spreadsheet with, and what of Google's Sheets API v4 that takes.
//
// It is declared as connectors are, since it is linked as they are; but nothing is pulled from it. The scope drive.file opens only what was made
// with it: Fourfold cannot see any other of the merchant's files.
package googlesheets

import (
	"fourfold/connectors"
	"fourfold/connectors/google"
	"fourfold/connectors/oauth"
)

// ID of the login, stored with its grants.
const ID = "google_sheets"

// version is that of the API. No end of it was named.
const version = "v4"

const (
	host  = "sheets.googleapis.com"
	base  = "https://" + host + "/" + version + "/spreadsheets"
	scope = "https://www.googleapis.com/auth/drive.file"
)

// Connector declares the login: there are no accounts to pick from, and no streams.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:      ID,
		Title:   "Google Sheets",
		Steps:   steps,
		Auth:    []connectors.Auth{google.Consent("Link with Google", connectors.Scopes{Required: []string{scope}}, oauth.Bearer(nil, host))},
		Version: version,
	}
}
