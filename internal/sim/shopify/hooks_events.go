package shopify

import (
	"slices"
	"strings"
)

// happening is something that a webhook tells of.
type happening struct {
	topic  string
	id     int64 // of the object that the topic is about
	order  int64 // of the order it belongs to, where it is not an order
	gone   int64 // of the customer that was merged into another
	person int64 // whose data the payload would show
	at     Instant
}

// tell notes a happening for whoever listens, once a change.
func (s *Shop) tell(h happening) {
	if s.telling && !slices.Contains(s.told[max(0, len(s.told)-8):], h) {
		s.told = append(s.told, h)
	}
}

func personOf(o *Order) int64 {
	if o.Customer == nil {
		return 0
	}
	return o.Customer.ID
}

// payload is the body of a webhook, as large as Shopify's own in what matters: it shows a person where theirs does.
func (h happening) payload(s *Shop) map[string]any {
	m := map[string]any{"id": h.id, "updated_at": h.at.Time().Format("2006-01-02T15:04:05-07:00")}
	kind, _, _ := strings.Cut(h.topic, "/")
	if api, ok := map[string]string{"orders": "Order", "customers": "Customer", "products": "Product", "refunds": "Refund",
		"fulfillments": "Fulfillment", "inventory_items": "InventoryItem"}[kind]; ok {
		m["admin_graphql_api_id"] = gid{api, h.id}.String()
	}
	if h.person != 0 {
		m["email"], m["phone"] = PersonalMark+"@example.com", "+49 30 "+PersonalMark
		m["customer"] = map[string]any{"id": h.person, "first_name": PersonalMark}
	}
	switch h.topic {
	case "orders/delete", "customers/delete", "products/delete":
		m = map[string]any{"id": h.id}
	case "orders/edited":
		m = map[string]any{"order_edit": map[string]any{"id": h.id, "order_id": h.order, "created_at": m["updated_at"], "staff_note": PersonalMark}}
	case "refunds/create":
		m["order_id"], m["created_at"], m["note"] = h.order, m["updated_at"], PersonalMark
	case "fulfillments/create", "fulfillments/update":
		m["order_id"] = h.order
	case "customers/merge":
		m = map[string]any{"admin_graphql_api_customer_kept_id": gid{"Customer", h.id}.String(),
			"admin_graphql_api_customer_deleted_id": gid{"Customer", h.gone}.String(), "status": "completed"}
	case "app/uninstalled":
		m["myshopify_domain"], m["shop_owner"], m["email"] = s.Domain, PersonalMark, PersonalMark+"@example.com"
	}
	return m
}

// PersonalMark is what a webhook's payload shows in the places of names, addresses and notes: it must turn up nowhere.
const PersonalMark = "Personal-Mark"

// only leaves of a payload what a subscription includes; a path's parts are separated by periods. Without fields it stays whole.
func only(payload map[string]any, fields []string) map[string]any {
	if len(fields) == 0 {
		return payload
	}
	out := map[string]any{}
	for _, f := range fields {
		name, rest, nested := strings.Cut(f, ".")
		v, ok := payload[name]
		if !ok {
			continue
		}
		if !nested {
			out[name] = v
			continue
		}
		inner, _ := v.(map[string]any)
		kept, _ := out[name].(map[string]any)
		if kept == nil {
			kept = map[string]any{}
		}
		for k, v := range only(inner, []string{rest}) {
			kept[k] = v
		}
		out[name] = kept
	}
	return out
}
