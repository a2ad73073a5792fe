package shopify

import (
	"encoding/json"
	"errors"
	"strings"

	"fourfold/connectors"
)

// topic declares one kind of webhook.
type topic struct {
	name   string   // as deliveries name it; subscriptions write it ORDERS_CREATE
	scopes []string // any one of them will do; none needed where empty
	// fields are all that is to be sent: none of a person's. updated_at is among them where there is one, since Shopify holds back a
	// payload that is as the one before.
	fields []string
	read   func(body []byte) ([]connectors.Object, error)
}

var topics = []topic{
	{"orders/create", []string{scopeOrders}, []string{"id", "updated_at"}, idOf("orders", "id")},
	{"orders/updated", []string{scopeOrders}, []string{"id", "updated_at"}, idOf("orders", "id")},
	{"orders/edited", []string{scopeOrders}, []string{"order_edit.id", "order_edit.order_id", "order_edit.created_at"}, idOf("orders", "order_edit", "order_id")},
	{"orders/cancelled", []string{scopeOrders}, []string{"id", "updated_at"}, idOf("orders", "id")},
	{"orders/delete", []string{scopeOrders}, []string{"id"}, idOf("orders", "id")},
	{"refunds/create", []string{scopeOrders}, []string{"id", "order_id", "created_at"}, idOf("orders", "order_id")},
	{"fulfillments/create", []string{scopeFulfillments}, []string{"id", "order_id", "updated_at"}, idOf("orders", "order_id")},
	{"fulfillments/update", []string{scopeFulfillments}, []string{"id", "order_id", "updated_at"}, idOf("orders", "order_id")},
	{"customers/create", []string{scopeCustomers}, []string{"id", "updated_at"}, idOf("customers", "id")},
	{"customers/update", []string{scopeCustomers}, []string{"id", "updated_at"}, idOf("customers", "id")},
	{"customers/delete", []string{scopeCustomers}, []string{"id"}, idOf("customers", "id")},
	{"customers/merge", []string{scopeMerges}, []string{keptField, deletedField}, mergerOf},
	{"products/create", []string{scopeProducts}, []string{"id", "updated_at"}, idOf("products", "id")},
	{"products/update", []string{scopeProducts}, []string{"id", "updated_at"}, idOf("products", "id")},
	{"products/delete", []string{scopeProducts}, []string{"id"}, idOf("products", "id")},
	{"inventory_items/update", []string{scopeInventory, scopeProducts}, []string{"id", "updated_at"}, idOf("inventory", "id")},
	// Whether the app is still installed is asked of Shopify; the payload, which holds the owner's name and address, is not looked at.
	{topicUninstalled, nil, []string{"id", "updated_at"}, func([]byte) ([]connectors.Object, error) { return nil, nil }},
}

const (
	topicUninstalled = "app/uninstalled"
	keptField        = "admin_graphql_api_customer_kept_id"
	deletedField     = "admin_graphql_api_customer_deleted_id"
)

// enum is the topic as the API writes it.
func (t *topic) enum() string { return strings.ToUpper(strings.ReplaceAll(t.name, "/", "_")) }

func (t *topic) allowed(granted []string) bool {
	for _, s := range t.scopes {
		if holds(granted, s) {
			return true
		}
	}
	return len(t.scopes) == 0
}

var errNoID = errors.New("its ID is not a number")

// idOf reads the number at a path of the payload, which names an object of a stream.
func idOf(stream string, path ...string) func([]byte) ([]connectors.Object, error) {
	return func(body []byte) ([]connectors.Object, error) {
		raw := json.RawMessage(body)
		for _, name := range path {
			var at map[string]json.RawMessage
			if err := json.Unmarshal(raw, &at); err != nil {
				return nil, errNoID
			}
			raw = at[name]
		}
		id, err := numberOf(raw)
		return []connectors.Object{{Stream: stream, ID: id}}, err
	}
}

// mergerOf reads which customer became which.
func mergerOf(body []byte) ([]connectors.Object, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, errNoID
	}
	var kept, deleted gid
	if json.Unmarshal(m[keptField], &kept) != nil || json.Unmarshal(m[deletedField], &deleted) != nil || !isNumber(string(kept)) || !isNumber(string(deleted)) {
		return nil, errNoID
	}
	return []connectors.Object{{Stream: "customers", ID: connectors.Merger(string(deleted), string(kept))}}, nil
}

// numberOf reads an ID as payloads write it: a number, in quotes or not.
func numberOf(raw json.RawMessage) (string, error) {
	id := strings.Trim(string(raw), `"`)
	if !isNumber(id) {
		return "", errNoID
	}
	return id, nil
}

func isNumber(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}
