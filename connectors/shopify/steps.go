package shopify

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "In Shopify's Dev Dashboard, signed in as the store's owner or as staff who may develop apps, create an app.", At: "https://dev.shopify.com/dashboard"},
	{Text: "Give it a version: not embedded in the admin, legacy install flow switched on, the redirect address below, and the scopes below. Release the version."},
	{Text: "For orders older than 60 days the app needs the scope read_all_orders, which Shopify has to approve. Until it has, write read_all_orders into \"Scopes to leave out\"."},
	{Text: "Under Distribution choose custom distribution, for your store."},
	{Text: "Under Settings copy the client ID and the client secret."},
}
