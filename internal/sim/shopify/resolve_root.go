package shopify

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

func rootFields() map[string]map[string]resolver {
	root := func(get func(x *exec, a args) any) resolver {
		return func(x *exec, _ any, a args) any { return get(x, a) }
	}
	byID := func(kind string) resolver {
		return root(func(x *exec, a args) any {
			id, ok := parseGID(a.str("id"), kind)
			if !ok {
				return invalidID(a.str("id"))
			}
			return x.find(kind, id)
		})
	}
	return map[string]map[string]resolver{
		"QueryRoot": {
			"abandonedCheckouts": root(func(x *exec, a args) any {
				by := func(p, q *Checkout) int { return 0 }
				if a.str("sortKey") == "CREATED_AT" {
					by = func(p, q *Checkout) int { return cmp.Compare(p.CreatedAt, q.CreatedAt) }
				}
				return shortPage(x, "AbandonedCheckout", x.srv.shop.Checkouts, func(c *Checkout) int64 { return c.ID }, by, a)
			}),
			"abandonedCheckoutsCount": root(func(x *exec, a args) any {
				return shortCount(x, "AbandonedCheckout", x.srv.shop.Checkouts, a)
			}),
			"bulkOperation":  byID("BulkOperation"),
			"bulkOperations": root(func(x *exec, a args) any { return x.bulkPage(a) }),
			"currentBulkOperation": root(func(x *exec, a args) any {
				if a.str("type") == "MUTATION" { // none can be run here
					return nil
				}
				return x.srv.bulks.current()
			}),
			"currentAppInstallation": root(func(x *exec, _ args) any {
				return x.tok
			}),
			"customer":  byID("Customer"),
			"customers": root(func(x *exec, a args) any { return x.customerPage(a) }),
			"customersCount": root(func(x *exec, a args) any {
				return shortCount(x, "Customer", x.srv.catalog.byID.rows, a)
			}),
			"inventoryItem": byID("InventoryItem"),
			"inventoryItems": root(func(x *exec, a args) any {
				items := make([]item, 0, len(x.srv.shop.Products))
				for _, s := range x.srv.stock() {
					items = append(items, item(s))
				}
				return shortPage(x, "InventoryItem", items, func(i item) int64 { return i.v.Item.ID }, nil, a)
			}),
			"location": root(func(x *exec, a args) any {
				if !a.has("id") {
					if len(x.srv.shop.Locations) == 0 {
						return nil
					}
					return x.srv.shop.Locations[0]
				}
				id, ok := parseGID(a.str("id"), "Location")
				if !ok {
					return invalidID(a.str("id"))
				}
				return x.find("Location", id)
			}),
			"locations": root(func(x *exec, a args) any {
				var rows []*Location
				for _, l := range x.srv.shop.Locations {
					if !l.Inactive || a.flag("includeInactive") {
						rows = append(rows, l)
					}
				}
				by := func(p, q *Location) int { return cmp.Compare(p.Name, q.Name) }
				if a.str("sortKey") == "ID" {
					by = nil
				}
				return shortPage(x, "Location", rows, func(l *Location) int64 { return l.ID }, by, a)
			}),
			"locationsCount": root(func(x *exec, a args) any { return shortCount(x, "Location", x.srv.shop.Locations, a) }),
			"node":           root(func(x *exec, a args) any { return x.node(a.str("id")) }),
			"nodes": root(func(x *exec, a args) any {
				ids := a.list("ids")
				if len(ids) > maxPage {
					return badRequest(fmt.Sprintf("The input array size of %d is greater than the maximum allowed of %d.", len(ids), maxPage))
				}
				found := make([]any, len(ids))
				for i, id := range ids {
					found[i] = x.node(id)
					if r, bad := found[i].(*refusal); bad {
						return r
					}
				}
				return list{len(ids), func(i int) any { return found[i] }}
			}),
			"order":       byID("Order"),
			"orders":      root(func(x *exec, a args) any { return x.orderPage(a) }),
			"ordersCount": root(func(x *exec, a args) any { return x.orderCount(a) }),
			"product":     byID("Product"),
			"products": root(func(x *exec, a args) any {
				by := map[string]func(p, q *Product) int{
					"CREATED_AT":   func(p, q *Product) int { return cmp.Compare(p.CreatedAt, q.CreatedAt) },
					"PUBLISHED_AT": func(p, q *Product) int { return cmp.Compare(p.PublishedAt, q.PublishedAt) },
					"TITLE":        func(p, q *Product) int { return cmp.Compare(p.Title, q.Title) },
					"UPDATED_AT":   func(p, q *Product) int { return cmp.Compare(p.UpdatedAt, q.UpdatedAt) },
				}[a.str("sortKey")]
				return shortPage(x, "Product", x.srv.shop.Products, func(p *Product) int64 { return p.ID }, by, a)
			}),
			"productsCount": root(func(x *exec, a args) any { return shortCount(x, "Product", x.srv.shop.Products, a) }),
			"productVariants": root(func(x *exec, a args) any {
				return shortPage(x, "ProductVariant", x.srv.stock(), func(v stocked) int64 { return v.v.ID }, nil, a)
			}),
			"productVariantsCount": root(func(x *exec, a args) any { return shortCount(x, "ProductVariant", x.srv.stock(), a) }),
			"refund":               byID("Refund"),
			"return":               byID("Return"),
			"shop":                 root(func(x *exec, _ args) any { return x.srv.shop }),
			"shopifyqlQuery":       root(func(x *exec, a args) any { return x.shopifyql(a.str("query")) }),
			"webhookSubscriptions": root(func(x *exec, a args) any { return x.hookPage(a) }),
		},
		"Mutation": {
			"bulkOperationCancel":   root(func(x *exec, a args) any { return x.cancelBulk(a) }),
			"bulkOperationRunQuery": root(func(x *exec, a args) any { return x.runBulk(a) }),

			"webhookSubscriptionCreate": root(func(x *exec, a args) any { return x.createHook(a) }),
			"webhookSubscriptionDelete": root(func(x *exec, a args) any { return x.deleteHook(a) }),
			"webhookSubscriptionUpdate": root(func(x *exec, a args) any { return x.updateHook(a) }),
		},
	}
}

func invalidID(id string) *refusal { return refuse("RESOURCE_NOT_FOUND", "Invalid id: "+id) }

func parseGID(s, kind string) (int64, bool) {
	rest, ok := strings.CutPrefix(s, "gid://shopify/"+kind+"/")
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return id, err == nil
}

// node is a value met through the Node interface, with its concrete type.
type node struct {
	typ string
	v   any
}

func (x *exec) node(id string) any {
	rest, ok := strings.CutPrefix(id, "gid://shopify/")
	kind, _, cut := strings.Cut(rest, "/")
	n, valid := parseGID(id, kind)
	if !ok || !cut || !valid {
		return invalidID(id)
	}
	if r := typeAccess[kind].refused("node", x.tok, x.srv); r != nil {
		return r
	}
	v := x.find(kind, n)
	if v == nil {
		return nil
	}
	return node{kind, v}
}

// find looks one object up by kind and ID; nil where there is none that the token may see.
func (x *exec) find(kind string, id int64) any {
	s := x.srv
	switch kind {
	case "Order":
		if o := s.orders.byID(id); o != nil && x.visible(o) {
			return o
		}
	case "Customer":
		if c := s.catalog.customers[id]; c != nil {
			return c
		}
	case "Product":
		return s.product(id)
	case "ProductVariant":
		return s.variant(id)
	case "InventoryItem":
		for _, v := range s.stock() {
			if v.v.Item.ID == id {
				return item(v)
			}
		}
	case "Location":
		return s.location(id)
	case "BulkOperation":
		if op := s.bulks.byID(id); op != nil {
			return op
		}
	case "Shop":
		if s.shop.ID == id {
			return s.shop
		}
	case "Refund", "Return", "Fulfillment", "LineItem", "ShippingLine", "OrderTransaction":
		for _, o := range s.orders.by["ID"].rows {
			if v := o.child(kind, id); v != nil {
				if !x.visible(o) {
					return nil
				}
				return v
			}
		}
	}
	return nil
}

func (o *Order) child(kind string, id int64) any {
	switch kind {
	case "Refund":
		return o.refund(id)
	case "Return":
		return o.returned(id)
	case "LineItem":
		return o.line(id)
	case "ShippingLine":
		return o.shippingLine(id)
	case "OrderTransaction":
		return o.transaction(id)
	case "Fulfillment":
		for i := range o.Fulfillments {
			if o.Fulfillments[i].ID == id {
				return part[Fulfillment]{o, &o.Fulfillments[i]}
			}
		}
	}
	return nil
}

// stock are all variants of all products.
func (s *Server) stock() []stocked {
	var out []stocked
	for _, p := range s.shop.Products {
		for _, v := range p.Variants {
			out = append(out, stocked{p, v})
		}
	}
	return out
}
