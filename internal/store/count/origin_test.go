package count

import (
	"testing"

	"fourfold/internal/fact"
	"fourfold/kpi"
)

func TestChannels(t *testing.T) {
	for _, c := range []struct {
		host, source, medium string
		want                 fact.WebChannel
	}{
		{"", "google", "cpc", fact.PaidSearch}, {"www.google.com", "", "ppc", fact.PaidSearch}, {"", "bing", "paid_search", fact.PaidSearch}, {"", "agency", "paidsearch", fact.PaidSearch},
		{"", "facebook", "cpc", fact.PaidSocial}, {"", "ig", "paid", fact.PaidSocial}, {"", "newsfeed", "paid_social", fact.PaidSocial}, {"", "TikTok", "CPM", fact.PaidSocial},
		{"", "criteo", "retargeting", fact.PaidOther}, {"", "partner", "display", fact.PaidOther}, {"", "magazine", "cpc", fact.PaidOther},
		{"", "google", "organic", fact.OrganicSearch}, {"www.google.co.uk", "", "", fact.OrganicSearch}, {"duckduckgo.com", "", "", fact.OrganicSearch}, {"search.yahoo.com", "", "", fact.OrganicSearch},
		{"l.facebook.com", "", "", fact.OrganicSocial}, {"t.co", "", "", fact.OrganicSocial}, {"", "instagram", "social", fact.OrganicSocial}, {"", "linktree", "social-media", fact.OrganicSocial}, {"out.reddit.com", "", "", fact.OrganicSocial},
		{"", "klaviyo", "email", fact.Email}, {"", "spring", "newsletter", fact.Email}, {"mail.google.com", "", "", fact.Email}, {"", "attentive", "sms", fact.Email}, {"", "Klaviyo", "campaign", fact.Email},
		{"blog.example", "", "", fact.Referral}, {"", "partner", "referral", fact.Referral}, {"notgoogle.com", "", "", fact.Referral}, {"the-x-files.example", "", "", fact.Referral},
		{"", "direct", "none", fact.Direct}, {"", "(direct)", "", fact.Direct},
		{"", "packaging", "qr", fact.OtherChannel}, {"", "coupons", "affiliate", fact.OtherChannel},
	} {
		if got, ok := Channel(fact.Visit{Host: c.host, Source: c.source, Medium: c.medium}); got != c.want || !ok {
			t.Errorf("%q %q %q is %s, want %s", c.host, c.source, c.medium, got, c.want)
		}
	}
	if c, ok := Channel(fact.Visit{}); ok {
		t.Errorf("nothing is known, and it is %s", c)
	}
}

func TestOriginOfOrders(t *testing.T) {
	paid, typed := fact.Visit{Source: "google", Medium: "cpc"}, fact.Visit{Source: "direct"}
	mail := fact.Visit{Medium: "email"}
	for _, c := range []struct {
		name  string
		order fact.Order
		want  fact.WebChannel
	}{
		{"the last visit", fact.Order{First: paid, Last: mail}, fact.Email},
		{"the first, where the last came by itself", fact.Order{First: paid, Last: typed}, fact.PaidSearch},
		{"the first, where the last says nothing", fact.Order{First: paid}, fact.PaidSearch},
		{"by itself", fact.Order{First: typed, Last: typed}, fact.Direct},
		{"visits that say nothing", fact.Order{Channel: "online_store", JourneyDone: true}, fact.Direct},
		{"visits not worked out yet", fact.Order{Channel: "online_store"}, ""},
		{"over the counter", fact.Order{Channel: "pos", JourneyDone: true}, ""},
	} {
		o := &Order{Order: c.order}
		if got, ok := o.Origin(); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Two units for 100 with a cost of 30 each and 10 of shipping; one comes back.
func advertisedOrder() *Order {
	o := placed("01-10", fact.Sale{Line: fact.LineProduct, LineID: "a", Quantity: 2, Total: 100 * eur}, fact.Sale{Line: fact.LineShipping, Total: 10 * eur})
	o.Last = fact.Visit{Source: "google", Medium: "cpc"}
	return o.agree("01-25", fact.ReasonReturn, fact.Sale{Line: fact.LineProduct, LineID: "a", Quantity: -1, Total: -50 * eur})
}

func TestSalesByOrigin(t *testing.T) {
	var items Items
	items.Costs(fact.CostReading{ItemID: "ia", Day: on("01-01"), Cost: 30 * eur, Currency: "EUR"})
	var tally Tally
	o := advertisedOrder()
	OfOrder(&tally, o, &Rules{Items: &items})
	OfCustomer(&tally, &Customer{ID: "c", Orders: []*Order{o}}, &Rules{Items: &items})
	expect(t, &tally, []kpi.Measure{kpi.OrdersSourced, OriginOrders, OriginNet, OriginNew, kpi.PaidNet, kpi.PaidWithCost, kpi.PaidCOGS},
		"orders_sourced 01-10 1", "origin_orders 01-10 [paid_search] 1", "*:origin_new_customers 01-10 [paid_search] 1", "origin_new_customers 01-10 [paid_search] 1",
		"origin_net_sales 01-10 [paid_search] 100.00", "origin_net_sales 01-25 [paid_search] -50.00",
		"paid_net_sales 01-10 100.00", "paid_net_sales 01-25 -50.00", "paid_net_sales_with_cost 01-10 100.00", "paid_net_sales_with_cost 01-25 -50.00", "paid_cogs 01-10 60.00")
}
