package count

import (
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/kpi"
)

var deliveryMeasures = []kpi.Measure{kpi.OrdersShippable, kpi.OrdersTracked, kpi.CycleTime, kpi.UnitsDue, kpi.UnitsInTime,
	kpi.OrdersPromised, kpi.OrdersOnTime, kpi.OrdersPerfect}

// came is a parcel of units sent and delivered at these times.
func came(units int64, sent, delivered string) fact.Fulfillment {
	f := fact.Fulfillment{CreatedAt: when(sent), Units: units, EventsSeen: true}
	if delivered != "" {
		f.DeliveredAt = when(delivered)
	}
	return f
}

func TestDelivery(t *testing.T) {
	base := func() *Order { return placed("03-01") }
	promised := func(o *Order, by, kind string) *Order {
		o.Promises = append(o.Promises, fact.Promise{OrderID: o.ID, By: when(by), Kind: kind})
		return o
	}
	cancel := func(o *Order, day, by string) *Order {
		o.CancelledAt, o.CancelledBy = when(day), by
		return o
	}
	untracked := came(3, "03-02", "")
	untracked.EventsSeen = false
	counter := base()
	counter.Shippable = false
	removed := base().agree("03-02", fact.ReasonEdit, sold("b", -1, -5*eur, 0, 0)).parcel(came(2, "03-03", "03-05"))
	removed.Lines[1].CurrentQuantity = 0
	faulty := base().parcel(came(3, "03-02", "03-04"))
	faulty.Returns = []Return{{fact.Return{ID: "r", Status: "open", CreatedAt: when("03-09")}, on("03-09")}}
	faulty.ReturnLines = []fact.ReturnLine{{ID: "rl", ReturnID: "r", LineID: "a", Quantity: 1, Reason: "wrong_item"}}
	for name, c := range map[string]struct {
		order *Order
		want  []string
	}{
		"in one parcel": {base().parcel(came(3, "03-02", "03-04 12:30")), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [262800] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 3", "orders_perfect 03-01 1"}},
		"the second parcel is what counts": {base().parcel(came(2, "03-02", "03-03")).parcel(came(1, "03-05", "03-06")), []string{"orders_shippable 03-01 1",
			"orders_tracked 03-01 1", "cycle_time 03-01 [432000] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 2", "orders_perfect 03-01 1"}},
		"one parcel is lost": {base().parcel(came(2, "03-02", "03-03")).parcel(came(1, "03-03", "")), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [inf] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 3"}},
		"a unit was never sent": {base().parcel(came(2, "03-02", "03-03")), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [inf] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 2"}},
		"never shipped":        {base(), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1", "cycle_time 03-01 [inf] 1", "units_due 03-01 3"}},
		"nobody reports on it": {base().parcel(untracked), []string{"orders_shippable 03-01 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 3"}},
		"a cancelled label is no parcel": {base().parcel(fact.Fulfillment{Status: "cancelled", CreatedAt: when("03-01"), Units: 3}), []string{
			"orders_shippable 03-01 1", "orders_tracked 03-01 1", "cycle_time 03-01 [inf] 1", "units_due 03-01 3"}},
		"sold over the counter":      {counter, nil},
		"called off by the customer": {cancel(base(), "03-02", "customer"), nil},
		"out of stock": {cancel(base().refund("03-02", "a", 2, "cancel"), "03-02", "inventory"), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [inf] 1", "units_due 03-01 3"}},
		"a line taken off by an edit": {removed, []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1", "cycle_time 03-01 [345600] 1",
			"units_due 03-01 2", "units_fulfilled_in_time 03-01 2", "orders_perfect 03-01 1"}},
		"by the promised day": {promised(base().parcel(came(3, "03-05", "03-08 20:00")), "03-08", "delivery"), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [633600] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 3", "orders_promised 03-08 1", "orders_on_time 03-08 1", "orders_perfect 03-01 1"}},
		"a day late": {promised(base().parcel(came(3, "03-05", "03-09 00:00")), "03-08", "delivery"), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [648000] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 3", "orders_promised 03-08 1"}},
		"promised to be sent": {promised(base().parcel(came(3, "03-05", "")), "03-05", "dispatch"), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [inf] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 3", "orders_promised 03-05 1", "orders_on_time 03-05 1"}},
		"delivery is promised before dispatch": {promised(promised(base(), "03-02", "dispatch"), "03-06", "delivery"), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [inf] 1", "units_due 03-01 3", "orders_promised 03-06 1"}},
		"the wrong thing was sent": {faulty, []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1", "cycle_time 03-01 [259200] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 3"}},
		"refunded": {base().parcel(came(3, "03-02", "03-04")).refund("03-20", "a", 1, "no_restock"), []string{"orders_shippable 03-01 1", "orders_tracked 03-01 1",
			"cycle_time 03-01 [259200] 1", "units_due 03-01 3", "units_fulfilled_in_time 03-01 3"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, counted(c.order), deliveryMeasures, c.want...) })
	}
}

func TestPromisedDaysAreTheMerchants(t *testing.T) {
	o := placed("03-01").parcel(came(3, "03-02", "03-08 20:00"))
	o.Promises = []fact.Promise{{By: when("03-08 12:00"), Kind: "delivery"}}
	tally := &Tally{}
	OfOrder(tally, o, &Rules{Zone: time.FixedZone("ahead", 9*3600), Items: &Items{}}) // 20:00 is 05:00 of the next day there
	expect(t, tally, []kpi.Measure{kpi.OrdersPromised, kpi.OrdersOnTime}, "orders_promised 03-08 1")
}

// Two of a for 17, one of b for 9; they come back in part, with reasons of every kind.
func TestWhatWasShippedAndCameBack(t *testing.T) {
	measures := []kpi.Measure{kpi.UnitsShipped, kpi.UnitsReturned, kpi.UnitsDefective, kpi.UnitsWithReason, kpi.ValueShipped, kpi.ValueReturned}
	base := func() *Order {
		return placed("03-01", sold("a", 2, 17*eur, 0, 3*eur), sold("b", 1, 9*eur, 0, 0), sold("c", 1, 3*eur, 0, 0)).
			parcel(came(2, "03-04", "")).parcel(came(1, "03-02", "")).parcel(came(1, "03-05", ""))
	}
	shipped := []string{"units_shipped 03-02 3", "value_shipped 03-02 26.00"}
	back := func(o *Order, status string, lines ...fact.ReturnLine) *Order {
		o.Returns = append(o.Returns, Return{fact.Return{ID: "r", Status: status, CreatedAt: when("03-20")}, on("03-20")})
		for _, l := range lines {
			l.ReturnID = "r"
			o.ReturnLines = append(o.ReturnLines, l)
		}
		return o
	}
	for name, c := range map[string]struct {
		order *Order
		want  []string
	}{
		"nothing came back":     {base(), nil},
		"asked for, not yet in": {back(base(), "open", fact.ReturnLine{LineID: "a", Quantity: 1, Reason: "defective"}), nil},
		"declined":              {back(base(), "declined", fact.ReturnLine{LineID: "a", Processed: 1, Reason: "defective"}), nil},
		"defective": {back(base(), "closed", fact.ReturnLine{LineID: "a", Processed: 1, Reason: "defective"}), []string{
			"units_returned 03-02 1", "units_returned_defective 03-02 1", "units_returned_with_reason 03-02 1", "value_returned 03-02 8.50"}},
		"the wrong item is no defect": {back(base(), "closed", fact.ReturnLine{LineID: "b", Processed: 1, Reason: "wrong_item"}), []string{
			"units_returned 03-02 1", "units_returned_with_reason 03-02 1", "value_returned 03-02 9.00"}},
		"for no reason given": {back(base(), "closed", fact.ReturnLine{LineID: "a", Processed: 2, Reason: "unknown"}), []string{"units_returned 03-02 2", "value_returned 03-02 17.00"}},
		"unverified":          {back(base(), "closed", fact.ReturnLine{LineID: "a", Processed: 1, Unverified: true}), nil},
		"by refund, where returns are not used": {base().refund("03-20", "a", 1, "return").refund("03-21", "b", 1, "no_restock"), []string{
			"units_returned 03-02 1", "value_returned 03-02 8.50"}},
		"a refund beside a return is not a second one": {back(base(), "closed", fact.ReturnLine{LineID: "a", Processed: 1, Reason: "style"}).refund("03-25", "a", 1, "return"), []string{
			"units_returned 03-02 1", "units_returned_with_reason 03-02 1", "value_returned 03-02 8.50"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, counted(c.order), measures, append(c.want, shipped...)...) })
	}
	expect(t, counted(placed("03-01", sold("a", 2, 17*eur, 0, 0)).refund("03-02", "a", 1, "return")), measures)
}

func TestHowLongReturnsTake(t *testing.T) {
	measures := []kpi.Measure{kpi.ReturnTime, kpi.ReturnsDue, kpi.ReturnsInTime}
	asked := func(status string) *Order {
		o := placed("03-01")
		o.Returns = []Return{{fact.Return{ID: "r", Status: status, CreatedAt: when("03-10 06:00"), ClosedAt: when("03-11")}, on("03-10")}}
		o.ReturnLines = []fact.ReturnLine{{ID: "rl", ReturnID: "r", LineID: "a", Quantity: 1}}
		return o
	}
	paid := func(o *Order, day, returnID string) *Order {
		o.refund(day, "a", 1, "return")
		o.Refunds[len(o.Refunds)-1].ReturnID = returnID
		return o
	}
	due := "returns_due 03-20 1"
	for name, c := range map[string]struct {
		order *Order
		want  []string
	}{
		"120 hours":                          {paid(asked("closed"), "03-15 06:00", "r"), []string{"return_time 03-10 [432000] 1", due, "returns_in_time 03-20 1"}},
		"the first refund settles it":        {paid(paid(asked("closed"), "03-29", "r"), "03-15 06:00", "r"), []string{"return_time 03-10 [432000] 1", due, "returns_in_time 03-20 1"}},
		"on the last day, late":              {paid(asked("closed"), "03-20 23:00", "r"), []string{"return_time 03-10 [925200] 1", due, "returns_in_time 03-20 1"}},
		"a day late":                         {paid(asked("closed"), "03-21 00:30", "r"), []string{"return_time 03-10 [932400] 1", due}},
		"open":                               {asked("open"), []string{"return_time 03-10 [inf] 1", due}},
		"called off":                         {asked("canceled"), nil},
		"closed with nothing given":          {asked("closed"), nil},
		"by a refund that names no return":   {paid(asked("closed"), "03-15 06:00", ""), []string{"return_time 03-10 [432000] 1", due, "returns_in_time 03-20 1"}},
		"a refund of before it is another's": {paid(asked("open"), "03-09", ""), []string{"return_time 03-10 [inf] 1", due}},
		"exchanged": {asked("closed").agree("03-12 06:00", fact.ReasonReturn, sold("a", -1, -9*eur, 0, 0), sold("b", 1, 9*eur, 0, 0)), []string{
			"return_time 03-10 [172800] 1", due, "returns_in_time 03-20 1"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, counted(c.order), measures, c.want...) })
	}
}

func TestPaymentsAndChargebacks(t *testing.T) {
	measures := []kpi.Measure{kpi.CardPayments, kpi.Chargebacks}
	pay := func(day, kind, status string, own bool) Transaction {
		return Transaction{fact.Transaction{Kind: kind, Status: status, FeeKnown: own, ProcessedAt: when(day)}, on(day)}
	}
	o := placed("03-01")
	o.Transactions = []Transaction{pay("03-05", "capture", "success", true), pay("03-02", "sale", "success", true), pay("03-02", "sale", "failure", true),
		pay("03-02", "authorization", "success", true), pay("03-02", "sale", "success", false), pay("03-09", "refund", "success", true)}
	expect(t, counted(o), measures, "card_payments 03-02 1", "card_payments 03-05 1")
	o.Disputes = []fact.Dispute{{Kind: "inquiry"}}
	expect(t, counted(o), measures, "card_payments 03-02 1", "card_payments 03-05 1")
	o.Disputes = append(o.Disputes, fact.Dispute{Kind: "chargeback"}, fact.Dispute{Kind: "chargeback"})
	expect(t, counted(o), measures, "card_payments 03-02 1", "card_payments 03-05 1", "chargebacks 03-02 1")
	o.Transactions = o.Transactions[4:]
	expect(t, counted(o), measures)
}
