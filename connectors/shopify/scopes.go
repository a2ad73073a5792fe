package shopify

import (
	"fmt"
	"slices"
	"strings"

	"fourfold/connectors"
)

// Scopes by the names that Shopify gives them.
const (
	scopeOrders    = "read_orders"
	scopeAllOrders = "read_all_orders" // beyond the last 60 days; Shopify must approve it first
	scopeCustomers = "read_customers"  // without it not even an order's customer ID is given
	scopeProducts  = "read_products"
	scopeInventory = "read_inventory"
	scopeLocations = "read_locations"
	scopeReturns   = "read_returns"
	scopeReports   = "read_reports" // ShopifyQL, which wants level 2 protected data as well
	scopeMerges    = "read_customer_merge"
	// Webhooks of parcels want it, though the parcels themselves come with the orders.
	scopeFulfillments = "read_fulfillments"
	// FulfillmentOrder is open to an app that holds any of these.
	scopeMerchantPromises = "read_merchant_managed_fulfillment_orders"
	scopeAssignedPromises = "read_assigned_fulfillment_orders"
	scopeThirdPromises    = "read_third_party_fulfillment_orders"
	scopeMarketPromises   = "read_marketplace_fulfillment_orders"
)

// scopes is what a link asks for. The optional ones may be left out by the field leave_out.
var scopes = connectors.Scopes{
	Required: []string{scopeOrders, scopeCustomers, scopeProducts, scopeInventory, scopeLocations, scopeReturns},
	Optional: []string{scopeAllOrders, scopeReports, scopeMerchantPromises, scopeThirdPromises, scopeMerges},
	LeaveOut: fieldLeaveOut,
}

// checkLeaveOut reads the list of scopes that the app may not ask for.
func checkLeaveOut(value string) (string, error) {
	var out []string
	for _, s := range splitScopes(value) {
		if !slices.Contains(scopes.Optional, s) {
			return "", fmt.Errorf("%q cannot be left out: only %s can", s, strings.Join(scopes.Optional, ", "))
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ","), nil
}

// splitScopes reads scopes separated by commas or spaces.
func splitScopes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })
}

// holds says whether the granted scopes allow what scope allows: write_x implies read_x.
func holds(granted []string, scope string) bool {
	if slices.Contains(granted, scope) {
		return true
	}
	what, found := strings.CutPrefix(scope, "read_")
	return found && slices.Contains(granted, "write_"+what)
}
