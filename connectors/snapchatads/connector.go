// Package snapchatads pulls what campaigns on Snapchat cost, by days of the account's zone, from the measurement of Snapchat's Marketing API.
package snapchatads

import (
	"fourfold/connectors"
	"fourfold/connectors/oauth"
)

// What Snapchat may move, in one place. It has named no end of v1.
const (
	version = "v1"
	host    = "adsapi.snapchat.com"
	base    = "https://" + host + "/" + version
	logins  = "https://accounts.snapchat.com/login/oauth2"
)

// The one capability, and the one scope that there is.
const (
	canSpend = "spend"
	scope    = "snapchat-marketing-api"
)

// Connector declares Snapchat Ads.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:       "snapchat",
		Title:    "Snapchat Ads",
		Auth:     []connectors.Auth{auth},
		Steps:    steps,
		Fields:   []connectors.Field{oauth.Login},
		Choose:   true,
		Accounts: accounts,
		Probe:    probe,
		Streams:  []connectors.Stream{spend.Stream(), totals.Stream()},
		Version:  version,
	}
}
