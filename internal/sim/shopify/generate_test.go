package shopify

import (
	"fmt"
	"hash/fnv"
	"testing"
	"time"
)

var sample = Config{Seed: 7, Orders: 12_000, Until: time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC)}

func generate(t testing.TB, c Config) *Shop {
	t.Helper()
	s, err := Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// digest sums up all that a shop holds of its orders, products, people and sessions.
func digest(s *Shop) string {
	h := fnv.New64a()
	for _, o := range s.Orders {
		c := int64(0)
		if o.Customer != nil {
			c = o.Customer.ID
		}
		fmt.Fprintln(h, o.ID, o.Number, c, o.CreatedAt, o.UpdatedAt, o.Totals, o.Lines, o.Agreements, o.Refunds, o.Returns, o.Fulfillments, o.Transactions, o.Disputes)
		if o.Journey != nil {
			fmt.Fprintln(h, *o.Journey.First, o.Journey.Days)
		}
	}
	for _, p := range s.Products {
		fmt.Fprintln(h, p.ID, p.Title, p.PublishedAt, *p.Variants[0])
	}
	for _, c := range s.Customers {
		fmt.Fprintln(h, c.ID, c.CreatedAt, c.ConsentAt, c.Orders, c.Spent)
	}
	fmt.Fprintln(h, s.Sessions)
	return fmt.Sprintf("%x", h.Sum64())
}

func TestGenerateIsDeterministic(t *testing.T) {
	c := sample
	c.Orders = 2_000
	a, b := generate(t, c), generate(t, c)
	if digest(a) != digest(b) {
		t.Error("the same seed gave two shops")
	}
	c.Seed++
	if digest(a) == digest(generate(t, c)) {
		t.Error("two seeds gave the same shop")
	}
}

func TestGenerateKeepsTheBooks(t *testing.T) {
	for _, c := range []Config{
		{Seed: 1, Orders: 4_000, Until: sample.Until},
		{Seed: 2, Orders: 4_000, Until: sample.Until, Currency: "EUR", Zone: "Europe/Berlin", TaxesIncluded: true, Presentments: []string{"USD", "SEK"}},
		{Seed: 3, Orders: 1_500, Until: sample.Until, Currency: "JPY", Zone: "Asia/Tokyo", TaxesIncluded: true, Presentments: []string{"USD"}},
		{Seed: 4, Orders: 1_500, Until: sample.Until, Currency: "KWD", Zone: "Asia/Kuwait", Presentments: []string{}},
	} {
		s := generate(t, c)
		if len(s.Orders) != c.Orders {
			t.Fatalf("%d orders, want %d", len(s.Orders), c.Orders)
		}
		g, until := grainOf(s.Currency), At(c.Until)
		ids := map[int64]bool{}
		var spent int64
		last := At(c.Until.AddDate(-2, 0, 0))
		for _, o := range s.Orders {
			if o.CreatedAt < last || o.CreatedAt >= until || o.UpdatedAt >= until || ids[o.ID] {
				t.Fatalf("order %d: created %s, updated %s", o.Number, o.CreatedAt.Time(), o.UpdatedAt.Time())
			}
			last, ids[o.ID] = o.CreatedAt, true
			checkBooks(t, g, until, o)
			if o.Customer != nil && !o.Test {
				spent += o.Totals.Received - o.Totals.Refunded
			}
		}
		for _, c := range s.Customers {
			spent -= c.Spent
		}
		if spent != 0 {
			t.Errorf("%s: orders and customers differ by %d", c.Currency, spent)
		}
	}
}

func checkBooks(t *testing.T, g grain, until Instant, o *Order) {
	t.Helper()
	var first int64
	for i, a := range o.Agreements {
		if a.HappenedAt >= until || a.HappenedAt < o.ProcessedAt {
			t.Fatalf("order %d: an agreement at %s", o.Number, a.HappenedAt.Time())
		}
		for _, v := range a.Sales {
			if v.Total%int64(g) != 0 || v.Tax%int64(g) != 0 || v.DiscountBeforeTax%int64(g) != 0 {
				t.Fatalf("order %d: %+v is finer than the currency", o.Number, v)
			}
			if i == 0 {
				first += v.Total
			}
		}
	}
	if first != o.Totals.OriginalTotal {
		t.Fatalf("order %d: first agreement %d, original total %d", o.Number, first, o.Totals.OriginalTotal)
	}
	for i := range o.Lines {
		if b := o.heldLine(o.Lines[i].ID); b.quantity != o.Lines[i].Current || b.total < 0 {
			t.Fatalf("order %d line %d: current %d, ledger %+v", o.Number, i, o.Lines[i].Current, b)
		}
	}
	for _, f := range o.Fulfillments {
		if f.CreatedAt >= until || f.DeliveredAt >= until || f.DeliveredAt != 0 && f.DeliveredAt <= f.CreatedAt {
			t.Fatalf("order %d: %+v", o.Number, f)
		}
	}
	if o.CancelledAt != 0 && o.Totals.CurrentTotal != 0 {
		t.Fatalf("order %d is cancelled, but %d is left", o.Number, o.Totals.CurrentTotal)
	}
}

// Everything that a scorecard looks at has to be there, in the shares that a shop would have.
func TestGenerateHasEverything(t *testing.T) {
	s := generate(t, sample)
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	tally := func(name string, is bool) {
		if is {
			count[name]++
		}
	}
	completed := map[string]int{}
	for _, o := range s.Orders {
		tally("guest", o.Customer == nil)
		tally("pos", o.SourceName == "pos")
		tally("marketplace", o.Channel == marketplace)
		tally("draft", o.SourceName == "shopify_draft_order")
		tally("presentment", o.Presentment != "")
		tally("code", len(o.DiscountCodes) > 0)
		tally("tax", o.Totals.Tax > 0)
		tally("edited", o.Edited)
		tally("cancelled", o.CancelledAt != 0)
		tally("tip", o.Totals.Tip > 0)
		tally("duty", o.Totals.Duties > 0)
		tally("fee", o.Totals.Fees > 0)
		tally("test", o.Test)
		tally("zero", o.Totals.OriginalTotal == 0)
		tally("pending", o.FinancialStatus == "PENDING")
		tally("dispute", len(o.Disputes) > 0)
		tally("refund", len(o.Refunds) > 0)
		tally("silent refund", len(o.Refunds) > 0 && o.Refunds[len(o.Refunds)-1].CreatedAt > o.UpdatedAt)
		tally("return", len(o.Returns) > 0)
		tally("journey", o.Journey != nil)
		tally("campaign", o.Journey != nil && o.Journey.Last.UTM != nil)
		tally("referral", o.Journey != nil && o.Journey.First.ReferralCode != "")
		tally("promised", len(o.FulfillmentOrders) > 0 && o.FulfillmentOrders[0].MaxDelivery != 0)
		tally("unfulfilled", o.FulfillmentStatus == "UNFULFILLED" && o.CancelledAt == 0)
		tally("two parcels", len(o.Fulfillments) > 1)
		for _, l := range o.Lines {
			tally("gift card", l.GiftCard)
		}
		for _, x := range o.Transactions {
			tally("card fee", len(x.Fees) > 0)
			tally("paid by gift card", x.Gateway == "gift_card")
		}
		for _, r := range o.Returns {
			tally("unknown reason", r.Lines[0].Reason == "UNKNOWN")
			tally("declined", r.Status == "DECLINED")
		}
		for _, a := range o.Agreements {
			for _, v := range a.Sales {
				tally("row "+v.LineType, true)
				tally("row "+v.ActionType, true)
			}
		}
		for _, f := range o.Fulfillments {
			tally("delivered", f.DeliveredAt != 0)
			tally("silent parcel", len(f.Events) == 0)
		}
		if o.SourceName == "web" {
			completed[o.CreatedAt.Time().In(zone).Format(time.DateOnly)]++
		}
		month := o.CreatedAt.Time().In(zone).Format("2006-01")
		count[month]++
	}
	for _, d := range s.Sessions {
		completed[d.Day] -= d.Completed
		if d.Sessions < d.CartAdds || d.CartAdds < d.Reached || d.Reached < d.Completed || d.Visitors > d.Sessions || d.Bounced > d.Sessions {
			t.Fatalf("sessions: %+v", d)
		}
	}
	for date, n := range completed {
		if n != 0 {
			t.Errorf("%s: sessions and orders of the online store differ by %d", date, n)
		}
	}
	for name, share := range map[string][2]int{ // per ten thousand orders
		"guest": {800, 2500}, "pos": {1000, 1400}, "marketplace": {600, 1000}, "draft": {80, 250}, "presentment": {500, 1500}, "code": {1200, 3000},
		"tax": {6000, 8500}, "edited": {80, 300}, "cancelled": {80, 300}, "tip": {80, 250}, "duty": {50, 250}, "fee": {30, 150}, "test": {1, 30},
		"zero": {1, 30}, "pending": {10, 100}, "dispute": {2, 40}, "refund": {500, 1400}, "silent refund": {5, 100}, "return": {250, 700},
		"journey": {6000, 8500}, "campaign": {1500, 4000}, "referral": {20, 150}, "promised": {4000, 6500}, "unfulfilled": {20, 500},
		"two parcels": {50, 600}, "gift card": {50, 160}, "card fee": {5000, 8500}, "paid by gift card": {80, 300}, "unknown reason": {20, 200},
		"declined": {5, 60}, "delivered": {5500, 8500}, "silent parcel": {1500, 4000}, "row UPDATE": {10, 100}, "row ADJUSTMENT": {20, 200},
		"row FEE": {10, 200}, "row DUTY": {50, 400},
	} {
		if n := count[name] * 10_000 / len(s.Orders); n < share[0] || n > share[1] {
			t.Errorf("%s: %d in ten thousand orders, expected %d to %d", name, n, share[0], share[1])
		}
	}
	if nov, oct, feb := count["2025-11"], count["2025-10"], count["2026-02"]; nov < oct*5/4 || oct < feb {
		t.Errorf("season: %d in November, %d in October, %d in February", nov, oct, feb)
	}
	checkPeople(t, s)
}

func checkPeople(t *testing.T, s *Shop) {
	t.Helper()
	var buyers, again, leads, consents, most int
	for i, c := range s.Customers {
		if i > 0 && s.Customers[i-1].ID >= c.ID {
			t.Fatal("customers are not by ID")
		}
		switch {
		case c.Orders == 0:
			leads++
		default:
			buyers++
			if c.Orders > 1 {
				again++
			}
			if c.LastOrder == nil || c.CreatedAt > c.LastOrder.CreatedAt {
				t.Fatalf("customer %+v", c)
			}
		}
		if c.ConsentAt != 0 {
			consents++
		}
		most = max(most, c.Orders)
	}
	if share := again * 100 / buyers; share < 20 || share > 50 || most < 15 || leads < 200 || consents < buyers/4 {
		t.Errorf("%d buyers, %d %% again, one %d times, %d leads, %d consents", buyers, share, most, leads, consents)
	}
	var costs, late, empty, negative, variants int
	since := At(sample.Until.AddDate(-2, 0, 0))
	for _, p := range s.Products {
		if p.PublishedAt > since {
			late++
		}
		for _, v := range p.Variants {
			variants++
			if v.Item.HasCost {
				costs++
			}
			for _, l := range v.Item.Levels {
				if l.Available == 0 {
					empty++
				} else if l.Available < 0 {
					negative++
				}
			}
		}
	}
	if len(s.Locations) != 2 || late < len(s.Products)/5 || costs == variants || costs < variants/2 || empty == 0 || negative == 0 || len(s.Checkouts) == 0 {
		t.Errorf("%d locations, %d of %d products launched later, %d of %d variants with cost, %d empty and %d oversold levels, %d checkouts",
			len(s.Locations), late, len(s.Products), costs, variants, empty, negative, len(s.Checkouts))
	}
}

func TestGenerateRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"no until":    {Orders: 1},
		"zone":        {Orders: 1, Until: sample.Until, Zone: "Mars/Base"},
		"currency":    {Orders: 1, Until: sample.Until, Currency: "QQQ"},
		"presentment": {Orders: 1, Until: sample.Until, Presentments: []string{"QQQ"}},
		"backwards":   {Orders: 1, Until: sample.Until, Since: sample.Until},
		"orders":      {Orders: -1, Until: sample.Until},
	} {
		if _, err := Generate(c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if s := generate(t, Config{Until: sample.Until}); len(s.Orders) != 0 || len(s.Products) == 0 {
		t.Errorf("a shop without orders: %d orders, %d products", len(s.Orders), len(s.Products))
	}
}

func BenchmarkGenerate(b *testing.B) {
	c := sample
	c.Orders = 100_000
	for b.Loop() {
		generate(b, c)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(c.Orders), "µs/order")
}
