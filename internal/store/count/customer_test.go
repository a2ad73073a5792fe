package count

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/kpi"
)

// bought is a kept order of ten euros.
func bought(day, channel string) *Order {
	o := placed(day, sold("a", 1, 10*eur, 0, 0))
	o.ID, o.Channel = day+channel, channel
	return o
}

func buyer(orders ...*Order) *Customer { return &Customer{ID: "c", Orders: orders} }

func ofCustomer(c *Customer, items *Items) (*Tally, []CustomerDay) {
	t := &Tally{}
	days := OfCustomer(t, c, &Rules{Zone: time.UTC, Items: items})
	return t, days
}

func TestPurchaseDaysAreLinked(t *testing.T) {
	cancelled := bought("03-02", "web")
	cancelled.CancelledAt = when("03-03")
	test := bought("02-01", "web")
	test.Test = true
	again := bought("03-05 20:00", "pos")
	tally, days := ofCustomer(buyer(bought("03-20", "web"), again, cancelled, bought("03-05", "web"), test, bought("03-31", "web"), bought("04-30", "pos")), &Items{})
	expect(t, tally, []kpi.Measure{Links, Loyalty, kpi.RepeatWithin90},
		"customer_links 03-05 1", "customer_links 03-20 [2026-03-05] 1", "customer_links 03-31 [2026-03-20] 1",
		"*:customer_links 03-05 1", "*:customer_links 03-20 [2026-03-05] 1", "*:customer_links 03-31 [2026-03-20] 1", "*:customer_links 04-30 [2026-03-31] 1",
		"pos:customer_links 03-05 1", "pos:customer_links 04-30 [2026-03-05] 1",
		"customer_thirds 03-31 [2026-03-20 2026-03-05] 1", "*:customer_thirds 03-31 [2026-03-20 2026-03-05] 1",
		"*:customer_thirds 04-30 [2026-03-31 2026-03-20 2026-03-05] 1",
		"repeat_within_90 03-05 1", "*:repeat_within_90 03-05 1", "pos:repeat_within_90 03-05 1")
	var got []string
	for _, d := range days {
		got = append(got, fmt.Sprintf("%s %s #%d of %s: %d", d.Channel, d.Day.String()[5:], d.Ordinal, d.First.String()[5:], d.Orders))
	}
	want := "* 03-05 #1 of 03-05: 2, * 03-20 #2 of 03-05: 1, * 03-31 #3 of 03-05: 1, * 04-30 #4 of 03-05: 1, " +
		"pos 03-05 #1 of 03-05: 1, pos 04-30 #2 of 03-05: 1, web 03-05 #1 of 03-05: 1, web 03-20 #2 of 03-05: 1, web 03-31 #3 of 03-05: 1"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, ", "), want)
	}
}

func TestRepeatWithinNinetyDays(t *testing.T) {
	for day, want := range map[string]int64{"01-31": 1, "05-01": 1, "05-02": 0} { // 90 days after 31 January is 1 May
		if day == "01-31" {
			day = "02-01"
		}
		tally, _ := ofCustomer(buyer(bought("01-31", "web"), bought(day, "web")), &Items{})
		if got := tally.Get(Key{Channel: Whole, Measure: kpi.RepeatWithin90, Day: on("01-31")}); got != want {
			t.Errorf("again on %s: %d, want %d", day, got, want)
		}
	}
	same, _ := ofCustomer(buyer(bought("01-31", "web"), bought("01-31 18:00", "web")), &Items{})
	expect(t, same, []kpi.Measure{kpi.RepeatWithin90})
}

func TestOnlyTheFirstOrderMakesAReferral(t *testing.T) {
	first, second := bought("03-01", "web"), bought("03-02", "web")
	second.Referral = true
	tally, _ := ofCustomer(buyer(first, second), &Items{})
	expect(t, tally, []kpi.Measure{kpi.NewReferred})
	first.Referral = true
	tally, _ = ofCustomer(buyer(first, second), &Items{})
	expect(t, tally, []kpi.Measure{kpi.NewReferred}, "new_customers_referred 03-01 1", "*:new_customers_referred 03-01 1")
}

// The first order with a return after three weeks; the second on the last day that counts; the third a day too late.
func TestCohortToAYear(t *testing.T) {
	items := &Items{}
	items.Costs(fact.CostReading{ItemID: "ia", Day: on("01-05"), Cost: 4 * eur, Currency: "EUR"})
	first := bought("01-01", "web").agree("01-22", fact.ReasonRefund, sold("a", -1, -10*eur, 0, 0), row1(fact.LineShipping, -5*eur, 0))
	last, late := bought("01-06", "web"), bought("01-07", "web")
	last.ProcessedAt, last.Day = when("01-01").AddDate(1, 0, 0), on("01-01")+365
	last.Agreements[0].Day = last.Day
	late.ProcessedAt, late.Day = when("01-02").AddDate(1, 0, 0), on("01-01")+366
	late.Agreements[0].Day = late.Day
	tally, _ := ofCustomer(buyer(first, last, late), items)
	expect(t, tally, []kpi.Measure{kpi.CohortNet365, kpi.CohortWithCost365, kpi.CohortProfit365},
		"cohort_net_365 01-01 10.00", "cohort_net_with_cost_365 01-01 10.00", "cohort_profit_365 01-01 6.00",
		"*:cohort_net_365 01-01 10.00", "*:cohort_net_with_cost_365 01-01 10.00", "*:cohort_profit_365 01-01 6.00")
}

func TestLeads(t *testing.T) {
	measures := []kpi.Measure{kpi.Leads, kpi.LeadsConverted30}
	cancelled := bought("03-10", "web")
	cancelled.CancelledAt = when("03-10 13:00")
	for name, c := range map[string]struct {
		consent string
		gone    bool
		orders  []*Order
		want    []string
	}{
		"never bought":              {"03-01", false, nil, []string{":leads 03-01 1"}},
		"bought on the 30th day":    {"03-01", false, []*Order{bought("03-31", "web")}, []string{":leads 03-01 1", ":leads_converted_30 03-01 1"}},
		"bought on the 31st day":    {"03-01", false, []*Order{bought("04-01", "web")}, []string{":leads 03-01 1"}},
		"consented in the morning":  {"03-01 08:00", false, []*Order{bought("03-01", "web")}, []string{":leads 03-01 1", ":leads_converted_30 03-01 1"}},
		"in the checkout":           {"03-01 11:50", false, []*Order{bought("03-01", "web")}, nil},
		"after the order":           {"03-02", false, []*Order{bought("03-01", "web")}, nil},
		"cancelled what was bought": {"03-01", false, []*Order{cancelled}, []string{":leads 03-01 1"}},
		"gone":                      {"03-01", true, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tally, _ := ofCustomer(&Customer{ID: "c", ConsentAt: when(c.consent), ConsentDay: on(c.consent), Gone: c.gone, Orders: c.orders}, &Items{})
			expect(t, tally, measures, c.want...)
		})
	}
}

func TestRepeatReturns(t *testing.T) {
	measures := []kpi.Measure{kpi.FirstReturns, kpi.SecondReturns180}
	returned := func(o *Order, day, status string) *Order {
		o.Returns = append(o.Returns, Return{fact.Return{ID: day, Status: status, CreatedAt: when(day)}, on(day)})
		return o
	}
	first := returned(bought("01-01", "web"), "01-10", "closed")
	tally, _ := ofCustomer(buyer(first, returned(bought("03-01", "pos"), "07-09", "open")), &Items{}) // 180 days later
	expect(t, tally, measures, "first_returns 01-10 1", "*:first_returns 01-10 1", "*:second_returns_180 01-10 1", "pos:first_returns 07-09 1")
	tally, _ = ofCustomer(buyer(first, returned(bought("03-01", "web"), "07-10", "open"), returned(bought("01-02", "web"), "01-11", "declined")), &Items{})
	expect(t, tally, measures, "first_returns 01-10 1", "*:first_returns 01-10 1")
	tally, _ = ofCustomer(buyer(bought("01-01", "web").refund("01-20", "a", 1, "return").refund("01-25", "b", 1, "cancel")), &Items{})
	expect(t, tally, measures, "first_returns 01-20 1", "*:first_returns 01-20 1")
}

func TestLoyaltyPartIsReadBack(t *testing.T) {
	prev, second, third, ok, err := ParseLoyalPart("2026-03-31 2026-03-20 2026-03-05")
	if err != nil || !ok || prev != on("03-31") || second != on("03-20") || third != on("03-05") {
		t.Errorf("got %s, %s, %s, %v, %v", prev, second, third, ok, err)
	}
	if _, _, _, ok, err = ParseLoyalPart("2026-03-31 2026-03-20"); ok || err != nil {
		t.Errorf("a third of two: %v, %v", ok, err)
	}
	if _, _, _, _, err = ParseLoyalPart("2026-03-31 yesterday"); err == nil {
		t.Error("what is no day is read")
	}
}
