package store

import "fourfold/internal/fact"

var adDayKind = define(kind[fact.AdDay]{
	table: "ad_days",
	key:   func(v *fact.AdDay) key { return key{a: v.Day.String(), b: v.Campaign} },
	write: func(_ *place, v *fact.AdDay, r *row) {
		r.text("day", v.Day.String())
		r.text("campaign", v.Campaign)
		r.text("zone", v.Zone)
		r.text("name", v.Name)
		r.text("channel", string(v.Channel))
		r.text("currency", v.Currency)
		r.money("spend", v.Spend)
		r.int("impressions", v.Impressions)
		r.int("clicks", v.Clicks)
		r.int("conversions", v.Conversions)
		r.money("value", v.Value)
		r.text("action", v.Action)
		r.text("attribution", v.Attribution)
		r.day("final", v.Final)
	},
}, []string{"day", "campaign"}, byRead, nil)

var adTotalKind = define(kind[fact.AdTotal]{
	table: "ad_totals",
	key:   func(v *fact.AdTotal) key { return key{a: v.Days.From.String(), b: v.Currency} },
	write: func(_ *place, v *fact.AdTotal, r *row) {
		r.text("day", v.Days.From.String())
		r.text("currency", v.Currency)
		r.text("day_to", v.Days.To.String())
		r.money("spend", v.Spend)
	},
}, []string{"day", "currency"}, byRead, nil)

var webDayKind = define(kind[fact.WebDay]{
	table: "web_days",
	key:   func(v *fact.WebDay) key { return key{a: v.Day.String(), b: string(v.Channel), c: v.Source} },
	write: func(_ *place, v *fact.WebDay, r *row) {
		r.text("day", v.Day.String())
		r.text("channel", string(v.Channel))
		r.text("source", v.Source)
		r.text("zone", v.Zone)
		r.text("currency", v.Currency)
		r.int("sessions", v.Sessions)
		r.int("engaged", v.Engaged)
		r.int("users", v.Users)
		r.int("new_users", v.NewUsers)
		r.int("carts", v.Carts)
		r.int("checkouts", v.Checkouts)
		r.int("purchases", v.Purchases)
		r.money("revenue", v.Revenue)
		r.text("quality", string(v.Quality))
		r.day("final", v.Final)
	},
}, []string{"day", "channel", "source"}, byRead, nil)

var skuCostKind = define(kind[fact.SKUCost]{
	table: "sku_costs",
	key:   func(v *fact.SKUCost) key { return key{a: v.SKU, b: v.From.String()} },
	write: func(_ *place, v *fact.SKUCost, r *row) {
		r.text("sku", v.SKU)
		r.text("day", v.From.String())
		r.money("cost", v.Cost)
		r.text("currency", v.Currency)
	},
}, []string{"sku", "day"}, byRead, nil)

var tariffKind = define(kind[fact.Tariff]{
	table: "tariffs",
	key:   func(v *fact.Tariff) key { return key{a: string(v.Kind), b: v.From.String()} },
	write: func(_ *place, v *fact.Tariff, r *row) {
		r.text("kind", string(v.Kind))
		r.text("day", v.From.String())
		r.text("currency", v.Currency)
		r.money("per_order", v.PerOrder)
		r.money("per_unit", v.PerUnit)
		r.int("share", v.Share)
	},
}, []string{"kind", "day"}, byRead, nil)
