// Package catalog lists the connectors. A new one is a line in All; nothing else in the house names a provider.
package catalog

import (
	"fourfold/connectors"
	"fourfold/connectors/amazonads"
	"fourfold/connectors/csv"
	"fourfold/connectors/ecb"
	"fourfold/connectors/fixedrates"
	"fourfold/connectors/ga4"
	"fourfold/connectors/googleads"
	"fourfold/connectors/googlesheets"
	"fourfold/connectors/metaads"
	"fourfold/connectors/microsoftads"
	"fourfold/connectors/pinterestads"
	"fourfold/connectors/shopify"
	"fourfold/connectors/snapchatads"
	"fourfold/connectors/tiktokads"
)

// All is every connector, in the order in which people are shown them: the store, ads, visits, rates, files.
func All() []connectors.Connector {
	return []connectors.Connector{
		shopify.Connector(),
		googleads.Connector(),
		metaads.Connector(),
		tiktokads.Connector(),
		microsoftads.Connector(),
		pinterestads.Connector(),
		amazonads.Connector(),
		snapchatads.Connector(),
		ga4.Connector(),
		ecb.Connector(),
		fixedrates.Connector(),
		csv.Connector(),
	}
}

// Destinations are the logins that books are written to. They are linked as connectors are, and nothing is pulled from them.
func Destinations() []connectors.Connector {
	return []connectors.Connector{googlesheets.Connector()}
}
