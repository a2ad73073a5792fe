package ga4

import (
	"fourfold/connectors"
	"fourfold/connectors/oauth"
)

// version is that of both of Google's interfaces. It is the stable one, and no end was named.
const version = "v1beta"

// Connector declares Google Analytics 4.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:       "ga4",
		Title:    "Google Analytics 4",
		Auth:     []connectors.Auth{auth},
		Steps:    steps,
		Fields:   []connectors.Field{oauth.Login},
		Choose:   true,
		Accounts: accounts,
		Probe:    probe,
		Streams:  []connectors.Stream{visits.Stream()},
		Version:  version,
	}
}
