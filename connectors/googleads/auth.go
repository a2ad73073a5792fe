package googleads

import (
	"fourfold/connectors"
	"fourfold/connectors/google"
	"fourfold/connectors/oauth"
)

const (
	host = "googleads.googleapis.com"
	// scope lets an app see and change ads: Google has none for seeing alone. Nothing is changed here.
	scope = "https://www.googleapis.com/auth/adwords"
)

// auth sends no developer token: Google has not asked for one since 2026-09-09. What an app may do is settled with its Cloud project.
var auth = google.Consent("Link with Google", connectors.Scopes{Required: []string{scope}}, oauth.Bearer(nil, host))
