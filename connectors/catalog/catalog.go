// Package catalog lists the connectors. A new one is a line in All; nothing else in the house names a provider.
package catalog

import (
	"fmt"
	"strings"

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

// All is every connector, in the order in which people are shown them.
func All() []connectors.Connector {
	return []connectors.Connector{
		shopify.Connector(),
		microsoftads.Connector(),
		amazonads.Connector(),
		csv.Connector(),
		ecb.Connector(),
		fixedrates.Connector(),
		googleads.Connector(),
		ga4.Connector(),
		metaads.Connector(),
		pinterestads.Connector(),
		tiktokads.Connector(),
		snapchatads.Connector(),
	}
}

// Destinations are the logins that books are written to. They are linked as connectors are, and nothing is pulled from them.
func Destinations() []connectors.Connector {
	return []connectors.Connector{googlesheets.Connector()}
}

// Find is the connector of that ID. Its error names those that there are.
func Find(id string) (connectors.Connector, error) {
	all := All()
	ids := make([]string, len(all))
	for i, c := range all {
		if c.ID == id {
			return c, nil
		}
		ids[i] = c.ID
	}
	return connectors.Connector{}, fmt.Errorf("there is no connector %q: there is %s", id, strings.Join(ids, ", "))
}
