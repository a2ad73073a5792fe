package shopify

import (
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

// apiVersion is pinned: Shopify keeps each version for a year, and every answer is checked to come from it.
const apiVersion = "2026-10"

// Fields that a link asks for: the shop, and the optional scopes that the app may not ask for.
const (
	fieldShop     = "shop"
	fieldLeaveOut = "leave_out"
)

// Connector declares Shopify.
func Connector() connectors.Connector {
	known := newPrices() // by all pulls of this process
	return connectors.Connector{
		ID:    "shopify",
		Title: "Shopify",
		Auth:  auth,
		Steps: steps,
		Fields: []connectors.Field{
			{
				ID: fieldShop, Title: "Store", Check: checkShop,
				Help: "the store's name, such as my-store, my-store.myshopify.com or https://admin.shopify.com/store/my-store",
			},
			{
				ID: fieldLeaveOut, Title: "Scopes to leave out", Option: true, Check: checkLeaveOut,
				Help: "usually empty; read_all_orders while Shopify has not approved it for your app, since asking for it stops the link. Separate by commas",
			},
		},
		Accounts: accounts,
		Probe:    probe,
		Hooks:    hooks,
		Streams:  streams(known),
		Version:  apiVersion,
		Sunset:   period.Date(2027, time.October, 1),
	}
}
