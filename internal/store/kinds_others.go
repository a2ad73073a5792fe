package store

import (
	"fmt"

	"fourfold/internal/fact"
)

// One who is read again after a merge stands alone again.
var customerKind = define(kind[fact.Customer]{
	table: "customers",
	key:   func(v *fact.Customer) key { return key{a: v.ID} },
	older: func(a, b *fact.Customer) bool { return a.UpdatedAt.Before(b.UpdatedAt) },
	write: func(p *place, v *fact.Customer, r *row) {
		r.text("id", v.ID)
		r.at("created_at", v.CreatedAt)
		r.at("updated_at", v.UpdatedAt)
		r.at("consent_at", v.ConsentAt)
		r.text("consent_day", p.day(v.ConsentAt))
		r.int("orders", v.Orders)
		r.text("merged_into", "")
	},
}, []string{"id"}, byUpdate, map[string]string{"consent_day": "consent_at"})

var productKind = define(kind[fact.Product]{
	table: "products",
	key:   func(v *fact.Product) key { return key{a: v.ID} },
	older: func(a, b *fact.Product) bool { return a.UpdatedAt.Before(b.UpdatedAt) },
	write: func(p *place, v *fact.Product, r *row) {
		r.text("id", v.ID)
		r.text("type", v.Type)
		r.text("status", v.Status)
		r.bool("gift_card", v.GiftCard)
		r.at("created_at", v.CreatedAt)
		r.text("created_day", p.day(v.CreatedAt))
		r.at("published_at", v.PublishedAt)
		r.text("published_day", p.day(v.PublishedAt))
		r.at("updated_at", v.UpdatedAt)
	},
}, []string{"id"}, byUpdate, map[string]string{"created_day": "created_at", "published_day": "published_at"})

var variantKind = define(kind[fact.Variant]{
	table: "variants",
	key:   func(v *fact.Variant) key { return key{a: v.ID} },
	write: func(_ *place, v *fact.Variant, r *row) {
		r.text("id", v.ID)
		r.text("product_id", v.ProductID)
		r.text("item_id", v.ItemID)
		r.text("sku", v.SKU)
		r.money("price", v.Price)
		r.bool("oversell", v.Oversell)
		r.bool("tracked", v.Tracked)
	},
}, []string{"id"}, byRead, nil)

var stockKind = define(kind[fact.StockReading]{
	table: "stock_readings",
	key:   func(v *fact.StockReading) key { return key{a: v.Day.String(), b: v.ItemID, c: v.LocationID} },
	write: func(_ *place, v *fact.StockReading, r *row) {
		r.text("day", v.Day.String())
		r.text("item_id", v.ItemID)
		r.text("location_id", v.LocationID)
		r.int("on_hand", v.OnHand)
		r.int("available", v.Available)
		r.int("committed", v.Committed)
		r.int("incoming", v.Incoming)
	},
}, []string{"day", "item_id", "location_id"}, byRead, nil)

var costKind = define(kind[fact.CostReading]{
	table: "cost_readings",
	key:   func(v *fact.CostReading) key { return key{a: v.ItemID, b: v.Day.String()} },
	write: func(_ *place, v *fact.CostReading, r *row) {
		r.text("item_id", v.ItemID)
		r.text("day", v.Day.String())
		r.money("cost", v.Cost)
		r.text("currency", v.Currency)
	},
}, []string{"item_id", "day"}, byRead, nil)

var sessionsKind = define(kind[fact.SessionsDay]{
	table: "sessions_days",
	key: func(v *fact.SessionsDay) key {
		return key{a: v.Day.String(), b: v.Source + "\x00" + v.Host, c: fmt.Sprint(v.Medium, "\x00", v.Campaign, "\x00", v.Branded)}
	},
	write: func(_ *place, v *fact.SessionsDay, r *row) {
		r.text("day", v.Day.String())
		r.text("source", v.Source)
		r.text("host", v.Host)
		r.text("medium", v.Medium)
		r.text("campaign", v.Campaign)
		r.bool("branded", v.Branded)
		r.int("sessions", v.Sessions)
		r.int("carts", v.Carts)
		r.int("reached_checkout", v.ReachedCheckout)
		r.int("completed", v.Completed)
	},
}, []string{"day", "source", "host", "medium", "campaign", "branded"}, byRead, nil)

var providerSalesKind = define(kind[fact.ProviderSalesDay]{
	table: "provider_sales_days",
	key:   func(v *fact.ProviderSalesDay) key { return key{a: v.Day.String(), b: v.Currency} },
	write: func(_ *place, v *fact.ProviderSalesDay, r *row) {
		r.text("day", v.Day.String())
		r.text("currency", v.Currency)
		r.money("gross", v.Gross)
		r.money("discounts", v.Discounts)
		r.money("reversals", v.Reversals)
		r.money("net", v.Net)
		r.money("total", v.Total)
		r.int("orders", v.Orders)
	},
}, []string{"day", "currency"}, byRead, nil)

var rateKind = define(kind[fact.Rate]{
	table: "rates",
	key:   func(v *fact.Rate) key { return key{a: v.From, b: v.To, c: v.Day.String()} },
	write: func(_ *place, v *fact.Rate, r *row) {
		r.text("from_currency", v.From)
		r.text("to_currency", v.To)
		r.text("day", v.Day.String())
		r.int("billionths", v.Billionths)
	},
}, []string{"from_currency", "to_currency", "day"}, byRead, nil)
