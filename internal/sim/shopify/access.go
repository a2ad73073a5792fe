package shopify

import (
	"regexp"
	"strings"
)

// access is who may see a field: the scopes one of which is needed, in Shopify's own words.
type access struct {
	words  string
	scopes []string
	object string // the protected object, for apps without approval for customer data
	level2 bool   // name, address, e-mail, phone: approved separately
}

const (
	ofOrders        = "`read_orders` access scope or `read_marketplace_orders` access scope."
	ofReturns       = "`read_returns` access scope or `read_marketplace_returns` access scope."
	ofCustomers     = "`read_customers` access scope."
	ofProducts      = "`read_products` access scope."
	ofStock         = "`read_inventory` access scope."
	ofPlaces        = "`read_locations` access scope."
	ofPromises      = "`read_assigned_fulfillment_orders` access scope, `read_merchant_managed_fulfillment_orders` access scope, `read_third_party_fulfillment_orders` access scope or `read_marketplace_fulfillment_orders` access scope."
	ofReports       = "`read_reports` access scope. Also: Level 2 access to Customer data including name, address, phone, and email fields. Please refer to protected customer data [requirements](https://shopify.dev/docs/apps/launch/protected-customer-data)."
	ofOrdersOnly    = "`read_orders` access scope."
	ofAnyOrder      = "`read_orders` access scope, `read_marketplace_orders` access scope or `read_quick_sale` access scope."
	ofReturnReasons = "`read_returns` access scope."
	ofReportScope   = "`read_reports` access scope."
	ofFulfillments  = "`read_orders` access scope, `read_marketplace_orders` access scope, " + ofPromises
	ofAbandoned     = "`read_orders` access scope. Also: The user must have manage_abandoned_checkouts permission. When called by Shopify POS, the user must have the view_abandoned_checkouts retail permission."
)

// typeAccess guards every field whose value is of the type, or a connection of it.
var typeAccess = map[string]*access{}

func init() {
	for words, types := range map[string][]string{
		ofAbandoned:     {"AbandonedCheckout", "AbandonedCheckoutLineItem"},
		ofCustomers:     {"Customer", "CustomerEmailAddress", "CustomerEmailMarketingConsentState", "CustomerStatistics"},
		ofFulfillments:  {"Fulfillment", "FulfillmentTrackingInfo"},
		ofAnyOrder:      {"Order"},
		ofProducts:      {"Product", "ProductVariant"},
		ofPromises:      {"FulfillmentOrder"},
		ofReportScope:   {"ShopifyqlQueryResponse", "ShopifyqlTableData", "ShopifyqlTableDataColumn"},
		ofReturns:       {"Return", "ReturnLineItem", "RestockingFee", "ReturnShippingFee"},
		ofReturnReasons: {"ReturnReasonDefinition"},
		ofStock:         {"InventoryLevel", "InventoryQuantity"},
		"`read_inventory` access scope or `read_products` access scope.":                                    {"InventoryItem"},
		"`read_locations` access scope, `read_inventory` access scope or `read_markets_home` access scope.": {"Location"},
		"`read_orders` access scope, " + ofPromises:                                                         {"DeliveryMethod"},
		ofOrders: {
			"CustomerJourneySummary", "CustomerVisit", "FulfillmentLineItem", "LineItem", "OrderAdjustment", "OrderAgreement",
			"OrderEditAgreement", "OrderTransaction", "Refund", "RefundAgreement", "RefundDuty", "RefundLineItem",
			"RefundShippingLine", "ReturnAgreement", "SalesAgreement",
		},
		ofOrdersOnly: {
			"AdditionalFee", "AdditionalFeeSale", "AdjustmentSale", "Duty", "DutySale", "FeeSale", "FulfillmentEvent",
			"GiftCardSale", "OrderApp", "OrderDisputeSummary", "ProductSale", "Sale", "SaleAdditionalFee", "SaleTax",
			"ShippingLineSale", "TipSale", "TransactionFee", "UnknownSale",
		},
	} {
		for _, t := range types {
			a := guard(words, "")
			if protectedObjects[t] {
				a.object = t
			}
			typeAccess[t] = a
		}
	}
}

// protectedObjects are those that hold customer data of level 1.
var protectedObjects = map[string]bool{
	"AbandonedCheckout": true, "Customer": true, "Fulfillment": true, "FulfillmentOrder": true, "Order": true, "Refund": true, "Return": true,
}

// fieldAccess guards single fields.
var fieldAccess = map[string]*access{
	"InventoryItem.inventoryLevels":     guard(ofStock, ""),
	"Location.createdAt":                guard(ofPlaces, ""),
	"Location.fulfillsOnlineOrders":     guard(ofPlaces, ""),
	"Location.isActive":                 guard(ofPlaces, ""),
	"Location.isFulfillmentService":     guard(ofPlaces, ""),
	"Location.name":                     guard("`read_locations` access scope or `read_markets_home` access scope.", ""),
	"Location.shipsInventory":           guard(ofPlaces, ""),
	"Location.updatedAt":                guard(ofPlaces, ""),
	"QueryRoot.abandonedCheckoutsCount": guard(ofAbandoned, "AbandonedCheckout"),
	"QueryRoot.customersCount":          guard(ofCustomers, "Customer"),
	"QueryRoot.ordersCount":             guard(ofOrders, "Order"),
	"QueryRoot.productsCount":           guard(ofProducts, ""),
	"QueryRoot.productVariantsCount":    guard(ofProducts, ""),
	"QueryRoot.shopifyqlQuery":          protect(guard(ofReports, "")),

	"AbandonedCheckout.abandonedCheckoutUrl": private, "Customer.defaultAddress": private, "Customer.defaultEmailAddress": private,
	"Customer.displayName": private, "Customer.email": private, "Customer.firstName": private, "Customer.lastName": private,
	"Customer.phone": private, "Order.billingAddress": private, "Order.clientIp": private, "Order.email": private,
	"Order.note": private, "Order.phone": private, "Order.shippingAddress": private, "Refund.note": private,
}

var private = &access{level2: true}

var scopeName = regexp.MustCompile("`(read_[a-z_]+)`")

func guard(words, object string) *access {
	a := &access{words: words, object: object}
	for _, m := range scopeName.FindAllStringSubmatch(words, -1) {
		a.scopes = append(a.scopes, m[1])
	}
	return a
}

func protect(a *access) *access { a.level2 = true; return a }

// accessTo is the guard of a field, nil where none is needed.
func accessTo(on, field, typ, node string) *access {
	if a := fieldAccess[on+"."+field]; a != nil {
		return a
	}
	if node != "" {
		typ = node
	}
	return typeAccess[typ]
}

// refused is the answer to a token that may not see the field, nil where it may.
func (a *access) refused(field string, t *token, s *Server) *refusal {
	switch {
	case a == nil || t == nil:
		return nil
	case len(a.scopes) > 0 && !t.allowsAny(a.scopes):
		r := refuse("ACCESS_DENIED", "Access denied for "+field+" field. Required access: "+a.words)
		r.Extensions["documentation"] = "https://shopify.dev/api/usage/access-scopes"
		r.Extensions["requiredAccess"] = a.words
		return r
	case a.object != "" && s.opts.Protected < 1:
		return protectedData("This app is not approved to access the " + a.object + " object.")
	case a.level2 && s.opts.Protected < 2:
		return protectedData("This app is not approved to use the " + field + " field.")
	}
	return nil
}

func protectedData(message string) *refusal {
	r := refuse("ACCESS_DENIED", message+" See https://shopify.dev/docs/apps/launch/protected-customer-data for more details.")
	r.Extensions["documentation"] = "https://shopify.dev/docs/apps/launch/protected-customer-data"
	return r
}

// allowsAny says whether one of the scopes is granted. Writing implies reading.
func (t *token) allowsAny(scopes []string) bool {
	for _, want := range scopes {
		for _, have := range t.scopes {
			if have == want || strings.TrimPrefix(have, "write_") == strings.TrimPrefix(want, "read_") {
				return true
			}
		}
	}
	return false
}
