package shopify

import (
	"cmp"
	"fmt"
	"slices"
)

func catalogFields() map[string]map[string]resolver {
	return map[string]map[string]resolver{
		"Product": {
			"category": of(func(p *Product) any {
				if p.CategoryID == "" {
					return nil
				}
				return p
			}),
			"createdAt":        of(func(p *Product) any { return p.CreatedAt }),
			"handle":           of(func(p *Product) any { return p.Handle }),
			"id":               of(func(p *Product) any { return gid{"Product", p.ID} }),
			"isGiftCard":       of(func(p *Product) any { return p.GiftCard }),
			"legacyResourceId": of(func(p *Product) any { return unsigned(p.ID) }),
			"productType":      of(func(p *Product) any { return p.Type }),
			"publishedAt":      of(func(p *Product) any { return p.PublishedAt }),
			"status":           of(func(p *Product) any { return or(p.Status, "ACTIVE") }),
			"tags":             of(func(p *Product) any { return strs(p.Tags) }),
			"title":            of(func(p *Product) any { return p.Title }),
			"totalInventory": of(func(p *Product) any {
				n := 0
				for _, v := range p.Variants {
					n += v.stock()
				}
				return n
			}),
			"tracksInventory": of(func(p *Product) any {
				for _, v := range p.Variants {
					if !v.Item.Untracked {
						return true
					}
				}
				return false
			}),
			"updatedAt": of(func(p *Product) any { return p.UpdatedAt }),
			"variants": with(func(x *exec, p *Product, a args) any {
				vs := p.Variants
				if a.str("sortKey") == "ID" {
					vs = slices.SortedFunc(slices.Values(vs), func(v, w *Variant) int { return cmp.Compare(v.ID, w.ID) })
				}
				return x.pageOf(len(vs), func(i int) any { return stocked{p, vs[i]} }, func(i int) int64 { return vs[i].ID }, a)
			}),
			"vendor": of(func(p *Product) any { return p.Vendor }),
		},
		"TaxonomyCategory": {
			"fullName": of(func(p *Product) any { return p.Category }),
			"id":       of(func(p *Product) any { return "gid://shopify/TaxonomyCategory/" + p.CategoryID }),
			"name":     of(func(p *Product) any { return p.Category }),
		},
		"ProductVariant": {
			"barcode": of(func(v stocked) any { return text(v.v.Barcode) }),
			"compareAtPrice": of(func(v stocked) any {
				if v.v.CompareAt == 0 {
					return nil
				}
				return price(v.v.CompareAt)
			}),
			"createdAt":         of(func(v stocked) any { return v.v.CreatedAt }),
			"id":                of(func(v stocked) any { return gid{"ProductVariant", v.v.ID} }),
			"inventoryItem":     of(func(v stocked) any { return item(v) }),
			"inventoryPolicy":   of(func(v stocked) any { return or(v.v.Policy, "DENY") }),
			"inventoryQuantity": of(func(v stocked) any { return v.v.stock() }),
			"legacyResourceId":  of(func(v stocked) any { return unsigned(v.v.ID) }),
			"price":             of(func(v stocked) any { return price(v.v.Price) }),
			"product":           of(func(v stocked) any { return v.p }),
			"sku":               of(func(v stocked) any { return text(v.v.SKU) }),
			"title":             of(func(v stocked) any { return or(v.v.Title, "Default Title") }),
			"updatedAt":         of(func(v stocked) any { return v.v.UpdatedAt }),
		},
		"InventoryItem": {
			"createdAt": of(func(i item) any { return i.v.Item.CreatedAt }),
			"id":        of(func(i item) any { return gid{"InventoryItem", i.v.Item.ID} }),
			"inventoryLevels": with(func(x *exec, i item, a args) any {
				keep := make([]*InventoryLevel, 0, len(i.v.Item.Levels))
				for _, l := range matching(x, "InventoryItem.inventoryLevels", i.v.Item.Levels, a) {
					if !l.Inactive || a.flag("includeInactive") {
						keep = append(keep, l)
					}
				}
				return x.pageOf(len(keep), func(n int) any { return level{i, keep[n]} }, func(n int) int64 { return keep[n].ID }, a)
			}),
			"legacyResourceId": of(func(i item) any { return unsigned(i.v.Item.ID) }),
			"sku":              of(func(i item) any { return text(i.v.SKU) }),
			"tracked":          of(func(i item) any { return !i.v.Item.Untracked }),
			"unitCost": with(func(x *exec, i item, _ args) any {
				if !i.v.Item.HasCost || x.srv.opts.HideCosts {
					return nil
				}
				return coin{i.v.Item.Cost, x.srv.shop.Currency}
			}),
			"updatedAt": of(func(i item) any { return i.v.Item.UpdatedAt }),
			"variant":   of(func(i item) any { return stocked(i) }),
		},
		"InventoryLevel": {
			"createdAt": of(func(l level) any { return l.l.CreatedAt }),
			"id": of(func(l level) any {
				return fmt.Sprintf("gid://shopify/InventoryLevel/%d?inventory_item_id=%d", l.l.ID, l.i.v.Item.ID)
			}),
			"isActive": of(func(l level) any { return !l.l.Inactive }),
			"item":     of(func(l level) any { return l.i }),
			"location": with(func(x *exec, l level, _ args) any { return x.srv.location(l.l.LocationID) }),
			"quantities": with(func(_ *exec, l level, a args) any {
				names := a.list("names")
				return list{len(names), func(i int) any { return quantity{l.l, names[i]} }}
			}),
			"updatedAt": of(func(l level) any { return l.l.UpdatedAt }),
		},
		"InventoryQuantity": {
			"id": of(func(q quantity) any {
				return fmt.Sprintf("gid://shopify/InventoryQuantity/%d?name=%s", q.l.ID, q.name)
			}),
			"name": of(func(q quantity) any { return q.name }),
			"quantity": of(func(q quantity) any {
				n, known := q.n()
				if !known {
					return badRequest(fmt.Sprintf("The quantity name %s is not recognized.", q.name))
				}
				return n
			}),
			"updatedAt": of(func(q quantity) any { return q.l.UpdatedAt }),
		},
		"Location": {
			"createdAt":            of(func(l *Location) any { return l.CreatedAt }),
			"fulfillsOnlineOrders": of(func(l *Location) any { return l.Online }),
			"id":                   of(func(l *Location) any { return gid{"Location", l.ID} }),
			"isActive":             of(func(l *Location) any { return !l.Inactive }),
			"isFulfillmentService": of(func(l *Location) any { return l.Service }),
			"legacyResourceId":     of(func(l *Location) any { return unsigned(l.ID) }),
			"name":                 of(func(l *Location) any { return l.Name }),
			"shipsInventory":       of(func(l *Location) any { return !l.Inactive }),
			"updatedAt":            of(func(l *Location) any { return l.UpdatedAt }),
		},
	}
}

// stocked is a variant with its product; item the same pair seen as stock.
type stocked struct {
	p *Product
	v *Variant
}

type item stocked

type level struct {
	i item
	l *InventoryLevel
}

type quantity struct {
	l    *InventoryLevel
	name string
}

func (q quantity) n() (int, bool) {
	switch q.name {
	case "available":
		return q.l.Available, true
	case "on_hand":
		return q.l.OnHand(), true
	case "committed":
		return q.l.Committed, true
	case "incoming":
		return q.l.Incoming, true
	case "reserved":
		return q.l.Reserved, true
	case "damaged":
		return q.l.Damaged, true
	case "quality_control":
		return q.l.QualityControl, true
	case "safety_stock":
		return q.l.SafetyStock, true
	}
	return 0, false
}

// stock is what can be sold, over all active locations.
func (v *Variant) stock() int {
	n := 0
	for i := range v.Item.Levels {
		if !v.Item.Levels[i].Inactive {
			n += v.Item.Levels[i].Available
		}
	}
	return n
}
