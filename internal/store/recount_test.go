package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
)

// derived is a connection whose totals follow its facts from the start.
func derived(t *testing.T, dsn string) *shop {
	t.Helper()
	s := linked(t, dsn, "EUR", "Europe/Berlin")
	s.finish("orders", time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
	return s
}

// another is a second connection of the shop's merchant in the same database.
func (s *shop) another(n int) *shop {
	s.t.Helper()
	c, err := s.SaveConnection(context.Background(), Connection{MerchantID: s.merchant.ID, Connector: "shopify", AccountID: fmt.Sprint("more-", n),
		Name: "Test", Currency: "EUR", Zone: s.merchant.Zone})
	if err != nil {
		s.t.Fatal(err)
	}
	next := &shop{s.Store, s.t, s.merchant, c, map[string]int64{}}
	next.finish("orders", hour(0))
	return next
}

// counts are the connection's totals and customer days as text, in order.
func (s *shop) counts() []string {
	s.t.Helper()
	own := fmt.Sprintf(" WHERE merchant_id = %d AND connection_id = %d", s.merchant.ID, s.connection.ID)
	var all []string
	for _, query := range []string{
		"SELECT measure || ' ' || channel || ' ' || day || ' [' || part || '] ' || currency || ' ' || CAST(amount AS TEXT) FROM totals" + own + " ORDER BY 1",
		"SELECT channel || ' ' || customer_id || ' ' || day || ' after ' || prev_day || ' since ' || first_day || ' #' || CAST(ordinal AS TEXT) || ' ' || CAST(orders AS TEXT) FROM customer_days" + own + " ORDER BY 1",
	} {
		err := s.look(context.Background(), func(ctx context.Context, t *tx) error {
			return t.each(ctx, func(scan func(...any) error) error {
				var v string
				err := scan(&v)
				all = append(all, v)
				return err
			}, query)
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return all
}

// checkRebuilt compares what was kept with what the facts give, and sees that a rebuild without differences marks nothing.
func (s *shop) checkRebuilt(fail func(format string, args ...any)) {
	ctx := context.Background()
	kept := s.counts()
	marks, err := s.Marks(ctx, s.merchant.ID, testNow)
	if err == nil {
		err = s.ClearMarks(ctx, s.merchant.ID, marks)
	}
	if err == nil {
		err = s.Rebuild(ctx, s.merchant.ID, s.connection.ID)
	}
	if err != nil {
		fail("%v", err)
		return
	}
	if diff := cmp.Diff(s.counts(), kept); diff != "" {
		fail("kept (+) is not what the facts give (-):\n%s", diff)
		return
	}
	if marks, err = s.Marks(ctx, s.merchant.ID, testNow); err != nil || marks.Len() > 0 {
		fail("a rebuild that changes nothing leaves %d marks, %v", marks.Len(), err)
	}
}

// somePages makes pages of a small world, in which everything meets everything: three customers, five orders, three variants.
var somePages = rapid.Custom(func(t *rapid.T) []connectors.Page {
	pages := make([]connectors.Page, rapid.IntRange(1, 7).Draw(t, "pages"))
	for i := range pages {
		pages[i] = connectors.Page{ReadAt: hour(1).Add(time.Duration(i) * time.Minute), Next: connectors.Cursor(`{}`)}
		seen := make(map[string]bool)
		for range rapid.IntRange(1, 12).Draw(t, "records") {
			r := someRecord(t)
			if name := recordName(r); !seen[name] {
				seen[name] = true
				pages[i].Records = append(pages[i].Records, r)
			}
		}
	}
	return pages
})

// recordName is a record's key: a page names each once.
func recordName(r fact.Record) string {
	switch v := r.(type) {
	case fact.StockReading:
		return fmt.Sprintf("%T %s %s", r, v.Day, v.ItemID)
	case fact.CostReading:
		return fmt.Sprintf("%T %s %s", r, v.Day, v.ItemID)
	case fact.SessionsDay:
		return fmt.Sprintf("%T %s", r, v.Day)
	case fact.Promise:
		return fmt.Sprintf("%T %s %s", r, v.OrderID, v.Kind)
	case fact.Gone:
		return fmt.Sprintf("%s %s", v.Kind, v.ID)
	}
	text := fmt.Sprintf("%T %+v", r, r)
	return strings.Join(strings.Fields(text)[:2], " ")
}

func someVisit(pick func(string, ...string) string) fact.Visit {
	return fact.Visit{Host: pick("host", "", "www.google.com", "shop.example"), Medium: pick("medium", "", "cpc", "email")}
}

func someRecord(t *rapid.T) fact.Record {
	pick := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	n := func(name string, from, to int64) int64 { return rapid.Int64Range(from, to).Draw(t, name) }
	at := func(name string) time.Time {
		return time.Date(2026, 9, 1, int(n(name+" hour", 0, 23)), 30, 0, 0, time.UTC).AddDate(0, 0, int(n(name+" day", 0, 50)))
	}
	maybe := func(name string) time.Time {
		if rapid.Bool().Draw(t, name+" known") {
			return at(name)
		}
		return time.Time{}
	}
	day := func() period.Day { return period.Date(2026, 9, int(n("day", 1, 50))) }
	order := pick("order", "o1", "o2", "o3", "o4", "o5")
	line := order + pick("line", "-l1", "-l2")
	customers := []string{"", "c1", "c2", "c3"}
	amount := func(name string) money.Micros { return money.Micros(n(name, -20, 40)) * money.Unit }
	switch n("kind", 0, 20) {
	case 0, 1, 2:
		o := fact.Order{ID: order, ProcessedAt: at("processed"), UpdatedAt: at("updated"), Test: n("test", 0, 9) == 0, Currency: "EUR",
			CustomerID: pick("customer", customers...), Channel: pick("channel", "web", "pos"), Shippable: rapid.Bool().Draw(t, "shippable"),
			Referral: rapid.Bool().Draw(t, "referral")}
		o.First, o.JourneyDone = someVisit(pick), rapid.Bool().Draw(t, "journey")
		o.Last = someVisit(pick)
		if n("cancelled", 0, 3) == 0 {
			o.CancelledAt, o.CancelledBy = at("cancelled"), pick("by", "customer", "inventory")
		}
		return o
	case 3, 4:
		return fact.OrderLine{ID: line, OrderID: order, ProductID: pick("product", "", "p1", "p2"), VariantID: pick("variant", "", "v1", "v2", "v3"),
			SKU: pick("sku", "", "s"), Quantity: n("quantity", 1, 3), CurrentQuantity: n("current", 0, 3), Shippable: rapid.Bool().Draw(t, "to ship")}
	case 5, 6:
		return fact.Agreement{ID: order + pick("agreement", "-a1", "-a2"), OrderID: order, HappenedAt: at("happened"),
			Reason: rapid.SampledFrom([]fact.AgreementReason{fact.ReasonOrder, fact.ReasonEdit, fact.ReasonRefund, fact.ReasonReturn}).Draw(t, "reason")}
	case 7, 8, 9:
		kind := rapid.SampledFrom([]fact.LineType{fact.LineProduct, fact.LineProduct, fact.LineShipping, fact.LineAdjustment, fact.LineGiftCard, fact.LineUnknown}).Draw(t, "type")
		return fact.Sale{ID: fmt.Sprint(order, "-s", n("sale", 1, 3)), AgreementID: order + pick("agreement", "-a1", "-a2"), Line: kind, LineID: line,
			Quantity: n("units", -2, 3), Total: amount("total"), Tax: money.Micros(n("tax", 0, 2)) * money.Unit, Discount: money.Micros(n("discount", 0, 3)) * money.Unit}
	case 10:
		return fact.Refund{ID: order + "-f", OrderID: order, ReturnID: pick("return", "", order+"-r"), CreatedAt: at("refunded"), Total: amount("refund")}
	case 11:
		return fact.RefundLine{ID: line + "-fl", RefundID: order + "-f", OrderID: order, LineID: line, Quantity: n("units", 1, 2),
			Restock: pick("restock", "return", "cancel", "no_restock"), Restocked: rapid.Bool().Draw(t, "restocked")}
	case 12:
		return fact.Return{ID: order + "-r", OrderID: order, Status: pick("status", "open", "closed", "canceled"), CreatedAt: at("asked")}
	case 13:
		return fact.ReturnLine{ID: line + "-rl", ReturnID: order + "-r", LineID: line, Quantity: 1, Processed: n("processed", 0, 2), Reason: pick("reason", "defective", "other", "style")}
	case 14:
		return fact.Fulfillment{ID: order + "-u", OrderID: order, Status: pick("status", "success", "success", "cancelled"), CreatedAt: at("packed"), InTransitAt: maybe("sent"),
			DeliveredAt: maybe("came"), Units: n("units", 1, 4), EventsSeen: rapid.Bool().Draw(t, "events"), UpdatedAt: at("moved")}
	case 15:
		if rapid.Bool().Draw(t, "dispute") {
			return fact.Dispute{ID: order + "-d", OrderID: order, Kind: pick("kind", "chargeback", "inquiry"), Status: "open"}
		}
		return fact.Transaction{ID: order + "-t", OrderID: order, Kind: pick("kind", "sale", "capture", "refund"), Status: "success", ProcessedAt: at("paid"), Amount: amount("paid"),
			Fee: amount("fee"), FeeKnown: rapid.Bool().Draw(t, "fee known")}
	case 16:
		if rapid.Bool().Draw(t, "promised") {
			return fact.Promise{OrderID: order, By: at("by"), Kind: pick("kind", "delivery", "dispatch")}
		}
		return fact.Customer{ID: pick("customer", customers[1:]...), UpdatedAt: at("updated"), ConsentAt: maybe("consent")}
	case 17:
		switch kind := rapid.SampledFrom([]fact.Kind{fact.KindOrder, fact.KindCustomer, fact.KindProduct}).Draw(t, "gone"); kind {
		case fact.KindOrder:
			return fact.Gone{Kind: kind, ID: order}
		case fact.KindProduct:
			return fact.Gone{Kind: kind, ID: pick("product", "p1", "p2")}
		default:
			// A merge never goes round in a circle: who is gone takes over nobody.
			i := int(n("customer", 1, 3))
			return fact.Gone{Kind: kind, ID: customers[i], MergedInto: pick("into", append([]string{""}, customers[i+1:]...)...)}
		}
	case 18:
		if rapid.Bool().Draw(t, "product") {
			p := fact.Product{ID: pick("product", "p1", "p2"), Type: "t", Status: pick("status", "active", "archived"), PublishedAt: maybe("published"), UpdatedAt: at("updated")}
			return p
		}
		v := pick("variant", "v1", "v2", "v3")
		return fact.Variant{ID: v, ProductID: pick("product", "p1", "p2"), ItemID: "i" + v, Tracked: n("tracked", 0, 3) > 0, Oversell: n("oversell", 0, 3) == 0}
	case 19:
		item := pick("item", "iv1", "iv2", "iv3")
		if rapid.Bool().Draw(t, "cost") {
			return fact.CostReading{ItemID: item, Day: day(), Cost: money.Micros(n("cost", 1, 9)) * money.Unit, Currency: "EUR"}
		}
		return fact.StockReading{ItemID: item, LocationID: "here", Day: day(), OnHand: n("on hand", -2, 9), Available: n("available", -2, 9)}
	}
	return fact.SessionsDay{Day: day(), Source: "direct", Campaign: pick("campaign", "", "spring"), Branded: rapid.Bool().Draw(t, "branded"), Sessions: n("sessions", 0, 9), Completed: 1}
}

// Whatever comes, in whatever order, the totals kept along the way are those that the facts give.
func TestTotalsFollowTheFacts(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		s, n := derived(t, storetest.SQLite(t)), 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			one := s.another(n)
			for _, p := range somePages.Draw(t, "pages") {
				one.save("orders", p)
			}
			one.checkRebuilt(t.Fatalf)
		})
	})
	t.Run("postgres", func(t *testing.T) {
		s := derived(t, storetest.Postgres(t))
		for seed := range 25 {
			one := s.another(seed)
			for _, p := range somePages.Example(seed) {
				one.save("orders", p)
			}
			one.checkRebuilt(t.Fatalf)
		}
	})
}
