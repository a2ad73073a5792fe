// Package pinterestads pulls what campaigns on Pinterest cost, by days of UTC, from reports that Pinterest prepares.
package pinterestads

import (
	"time"

	"golang.org/x/oauth2"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
)

// What Pinterest may move, in one place. Pinterest has named no end of v5.
const (
	version = "v5"
	host    = "api.pinterest.com"
	base    = "https://" + host + "/" + version
	consent = "https://www.pinterest.com/oauth/"
)

// The one capability, and the scope that it takes.
const (
	canSpend = "spend"
	scope    = "ads:read"
)

// Connector declares Pinterest Ads.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:       "pinterest",
		Title:    "Pinterest Ads",
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

// auth asks for tokens that renew each other for as long as they are used: apps made before September 2025 have to say so.
var auth = oauth.Code{
	Title:      "Pinterest login",
	Scopes:     connectors.Scopes{Required: []string{scope}},
	Separator:  ",",
	Authorize:  consent,
	Token:      base + "/oauth/token",
	Style:      oauth2.AuthStyleInHeader,
	Form:       map[string]string{"continuous_refresh": "true"},
	RefreshFor: 60 * 24 * time.Hour,
	Authorise:  oauth.Bearer(nil, host),
}.Auth()
