package googleads

import (
	"time"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
	"fourfold/internal/period"
)

// version is pinned. Google ends a version about twelve months after it came: v25 is of 2026-07-22, and its end is not announced yet.
const version = "v25"

var sunset = period.Date(2027, time.July, 22)

// Connector declares Google Ads.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:       "google_ads",
		Title:    "Google Ads",
		Auth:     []connectors.Auth{auth},
		Steps:    steps,
		Fields:   []connectors.Field{oauth.Login},
		Choose:   true,
		Accounts: accounts,
		Probe:    probe,
		Streams:  []connectors.Stream{spend.Stream(), totals.Stream()},
		Version:  version,
		Sunset:   sunset,
	}
}
