package ga4

import (
	"fourfold/connectors"
	"fourfold/connectors/google"
	"fourfold/connectors/oauth"
)

const (
	dataHost  = "analyticsdata.googleapis.com"
	adminHost = "analyticsadmin.googleapis.com"
	scope     = "https://www.googleapis.com/auth/analytics.readonly"
)

var auth = google.Consent("Link with Google", connectors.Scopes{Required: []string{scope}}, oauth.Bearer(nil, dataHost, adminHost))
