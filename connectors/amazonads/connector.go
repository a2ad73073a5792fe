// Package amazonads pulls ad spend from Amazon Ads: a report of campaign days for each of its ad products, and one by months to hold them
// against. Amazon prepares reports, for up to three hours; their jobs live in the cursor.
package amazonads

import (
	"time"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
	"fourfold/internal/period"
)

// What may have to be changed when Amazon changes its interface is here. Reporting v3 gives way to a unified v1, whose reports are asked for
// and read otherwise: products, in product.go, and wire.go are where that differs.
const (
	apiVersion   = "v3"
	pathProfiles = "/v2/profiles"
	pathReports  = "/reporting/reports"
	typeReport   = "application/vnd.createasyncreportrequest.v3+json"

	headerClient  = "Amazon-Advertising-API-ClientId"
	headerProfile = "Amazon-Advertising-API-Scope"
)

// Connector declares Amazon Ads.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:    "amazon_ads",
		Title: "Amazon Ads",
		Auth:  []connectors.Auth{login},
		Steps: steps,
		Fields: []connectors.Field{oauth.Login, {
			ID: fieldRegion, Title: "Region", Check: checkRegion, Choices: []string{"na", "eu", "fe"},
			Help: "where you advertise: na (America), eu (Europe, Middle East, India, Africa) or fe (Japan, Australia, Singapore); link once for each",
		}},
		Choose:   true,
		Accounts: accounts,
		Probe:    probe,
		Streams:  []connectors.Stream{spend.Stream(), totals.Stream()},
		Version:  apiVersion,
		Sunset:   period.Date(2027, time.June, 30),
	}
}
