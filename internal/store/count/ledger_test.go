package count

import (
	"testing"

	"fourfold/internal/fact"
	"fourfold/kpi"
)

var salesMeasures = []kpi.Measure{kpi.GrossSales, kpi.Discounts, kpi.SalesReversals, kpi.NetSales, kpi.Shipping, kpi.Taxes, kpi.Duties,
	kpi.Fees, kpi.Tips, kpi.GiftCards, kpi.OrderSales, kpi.NetByOrderDate, kpi.Units, kpi.UnknownSales}

// The worked example of the reference: 105 gross, 15 off by order discount, one line returned with its share, then goodwill.
func TestTheWorkedExample(t *testing.T) {
	o := placed("01-30", sold("a", 2, 68_570_000, 0, 11_430_000), sold("b", 1, 21_430_000, 0, 3_570_000)).
		agree("02-03", fact.ReasonReturn, sold("b", -1, -21_430_000, 0, -3_570_000)).
		agree("02-10", fact.ReasonRefund, row1(fact.LineAdjustment, -5*eur, 0))
	expect(t, counted(o), salesMeasures,
		"gross_sales 01-30 105.00", "discounts 01-30 15.00", "net_sales 01-30 90.00", "order_sales 01-30 90.00", "units 01-30 3",
		"sales_reversals 02-03 21.43", "net_sales 02-03 -21.43", "units 02-03 -1",
		"sales_reversals 02-10 5.00", "net_sales 02-10 -5.00",
		"net_sales_by_order_date 01-30 63.57")
}

func TestLedger(t *testing.T) {
	for name, c := range map[string]struct {
		order *Order
		want  []string
	}{
		"tax, in the price or on top": {placed("03-01", sold("a", 2, 119*eur, 19*eur, 0), row1(fact.LineShipping, 5_950_000, 950_000)), []string{
			"gross_sales 03-01 100.00", "net_sales 03-01 100.00", "order_sales 03-01 100.00", "net_sales_by_order_date 03-01 100.00", "units 03-01 2",
			"taxes 03-01 19.95", "shipping 03-01 5.00"}},
		"free by discount, and taken back": {placed("03-01", sold("a", 1, 0, 0, 10*eur)).agree("03-02", fact.ReasonRefund, sold("a", -1, 0, 0, -10*eur)), []string{
			"gross_sales 03-01 10.00", "discounts 03-01 10.00", "units 03-01 1", "units 03-02 -1"}},
		"shipping refunded alone": {placed("03-01", row1(fact.LineShipping, 6*eur, eur)).agree("03-05", fact.ReasonRefund, row1(fact.LineShipping, -6*eur, -eur)), []string{
			"shipping 03-01 5.00", "taxes 03-01 1.00", "shipping 03-05 -5.00", "taxes 03-05 -1.00"}},
		"edited up": {placed("03-01", sold("a", 1, 10*eur, 0, 0)).agree("03-02", fact.ReasonEdit, sold("a", 1, 10*eur, 0, 0)), []string{
			"gross_sales 03-01 10.00", "net_sales 03-01 10.00", "order_sales 03-01 10.00", "units 03-01 1",
			"gross_sales 03-02 10.00", "net_sales 03-02 10.00", "units 03-02 1", "net_sales_by_order_date 03-01 20.00"}},
		"edited down": {placed("03-01", sold("a", 2, 20*eur, 0, 0)).agree("03-02", fact.ReasonEdit, sold("a", -1, -10*eur, 0, 0)), []string{
			"gross_sales 03-01 20.00", "net_sales 03-01 20.00", "order_sales 03-01 20.00", "units 03-01 2",
			"sales_reversals 03-02 10.00", "net_sales 03-02 -10.00", "units 03-02 -1", "net_sales_by_order_date 03-01 10.00"}},
		"a discount given later, by a row without units": {placed("03-01", sold("a", 1, 10*eur, 0, 0)).agree("03-02", fact.ReasonEdit, sold("a", 0, -2*eur, 0, 2*eur)), []string{
			"gross_sales 03-01 10.00", "net_sales 03-01 10.00", "order_sales 03-01 10.00", "units 03-01 1",
			"sales_reversals 03-02 2.00", "net_sales 03-02 -2.00", "net_sales_by_order_date 03-01 8.00"}},
		"an exchange": {placed("03-01", sold("a", 1, 10*eur, 0, 0)).agree("03-09", fact.ReasonReturn, sold("a", -1, -10*eur, 0, 0), sold("b", 1, 12*eur, 0, 0)), []string{
			"gross_sales 03-01 10.00", "net_sales 03-01 10.00", "order_sales 03-01 10.00", "units 03-01 1",
			"gross_sales 03-09 12.00", "sales_reversals 03-09 10.00", "net_sales 03-09 2.00", "net_sales_by_order_date 03-01 12.00"}},
		"an amount kept back raises net sales": {placed("03-01").agree("03-05", fact.ReasonRefund, row1(fact.LineAdjustment, 3*eur, 0)), []string{
			"sales_reversals 03-05 -3.00", "net_sales 03-05 3.00", "net_sales_by_order_date 03-01 3.00"}},
		"gift card, tip, duty, fee, and what is unknown": {placed("03-01", row1(fact.LineGiftCard, 40*eur, 0), row1(fact.LineTip, 2*eur, 0),
			row1(fact.LineDuty, 7*eur, 0), row1(fact.LineFee, 3*eur, 500_000), row1("mystery", 9*eur, 0)), []string{
			"gift_cards 03-01 40.00", "tips 03-01 2.00", "duties 03-01 7.00", "fees 03-01 2.50", "taxes 03-01 0.50", "unknown_sales 03-01 1"}},
		"an order of nothing": {placed("03-01"), nil},
	} {
		t.Run(name, func(t *testing.T) { expect(t, counted(c.order), salesMeasures, c.want...) })
	}
}

func TestYenAndDinarAreNotMixed(t *testing.T) {
	yen, dinar := placed("03-01", sold("a", 1, 1500*eur, 0, 0)), placed("03-01", sold("a", 1, 1_234_000, 0, 0))
	yen.Currency, dinar.Currency = "JPY", "KWD"
	expect(t, counted(yen, dinar), []kpi.Measure{kpi.NetSales}, "net_sales 03-01 1500", "net_sales 03-01 1.234")
}

func TestARowIsCountedOnceItsAgreementIsIn(t *testing.T) {
	o := placed("03-01", sold("a", 1, 10*eur, 0, 0))
	o.Agreements = nil
	expect(t, counted(o), salesMeasures)
}

func TestTestOrdersAndDeletedOnesCountForNothing(t *testing.T) {
	test, gone := placed("03-01", sold("a", 1, 10*eur, 0, 0)), placed("03-01", sold("a", 1, 10*eur, 0, 0))
	test.Test, gone.Gone = true, true
	if n := counted(test, gone).Len(); n != 0 {
		t.Errorf("%d totals, want none", n)
	}
}

func TestOrdersAndWhoKeepsThem(t *testing.T) {
	measures := []kpi.Measure{kpi.Orders, kpi.OrdersIdentified, kpi.KeptOrders, kpi.NetIdentified}
	guest := placed("03-01", sold("a", 1, 10*eur, 0, 0))
	guest.CustomerID = ""
	cancelled := placed("03-02", sold("a", 1, 10*eur, 0, 0))
	cancelled.CancelledAt = when("03-03")
	late := placed("03-04", sold("a", 1, 10*eur, 0, 0)).parcel(fact.Fulfillment{CreatedAt: when("03-05"), Units: 1})
	late.CancelledAt = when("03-06")
	early := placed("03-07").parcel(fact.Fulfillment{CreatedAt: when("03-09"), Units: 1})
	early.CancelledAt = when("03-08")
	expect(t, counted(guest), measures, "orders 03-01 1")
	expect(t, counted(cancelled), measures, "orders 03-02 1", "orders_identified 03-02 1", "net_sales_identified 03-02 10.00")
	expect(t, counted(late), measures, "orders 03-04 1", "orders_identified 03-04 1", "kept_orders 03-04 1", "net_sales_identified 03-04 10.00")
	expect(t, counted(early), measures, "orders 03-07 1", "orders_identified 03-07 1")
}

func TestCost(t *testing.T) {
	measures := []kpi.Measure{kpi.NetWithCost, kpi.COGS, kpi.COGSStocked, kpi.CostStocked, kpi.UnitsStocked}
	costs := func(current bool) *Items {
		i := &Items{CurrentCosts: current, StockSince: on("03-02")}
		i.Costs(fact.CostReading{ItemID: "ia", Day: on("03-05"), Cost: 6 * eur, Currency: "EUR"}, fact.CostReading{ItemID: "ia", Day: on("03-02"), Cost: 4 * eur, Currency: "EUR"},
			fact.CostReading{ItemID: "ib", Day: on("03-01"), Cost: 9 * eur, Currency: "USD"})
		return i
	}
	two := func(day string) *Order { return placed(day, sold("a", 2, 20*eur, 0, 0)) }
	back := sold("a", -1, -10*eur, 0, 0)
	for name, c := range map[string]struct {
		order   *Order
		current bool
		want    []string
	}{
		"none known yet":                  {two("03-01"), false, nil},
		"none known yet, today's will do": {two("03-01"), true, []string{"net_sales_with_cost 03-01 20.00", "cogs 03-01 8.00"}},
		"of the day": {two("03-04"), false, []string{"net_sales_with_cost 03-04 20.00", "cogs 03-04 8.00", ":cogs_stocked 03-04 8.00",
			":stock_sold_at_cost 03-04 8.00", ":units_sold_stocked 03-04 2"}},
		"in another currency": {placed("03-04", sold("b", 1, 20*eur, 0, 0)), false, nil},
		"restocked at the cost of the sale": {two("03-04").agree("03-08", fact.ReasonRefund, back).refund("03-08", "a", 1, "return"), false, []string{
			"net_sales_with_cost 03-04 20.00", "cogs 03-04 8.00", "net_sales_with_cost 03-08 -10.00", "cogs 03-08 -4.00",
			":cogs_stocked 03-04 8.00", ":cogs_stocked 03-08 -4.00", ":stock_sold_at_cost 03-04 8.00", ":stock_sold_at_cost 03-08 -4.00",
			":units_sold_stocked 03-04 2", ":units_sold_stocked 03-08 -1"}},
		"written off": {two("03-04").agree("03-08", fact.ReasonRefund, back).refund("03-08", "a", 1, "no_restock"), false, []string{
			"net_sales_with_cost 03-04 20.00", "cogs 03-04 8.00", "net_sales_with_cost 03-08 -10.00",
			":cogs_stocked 03-04 8.00", ":stock_sold_at_cost 03-04 8.00", ":stock_sold_at_cost 03-08 -4.00",
			":units_sold_stocked 03-04 2", ":units_sold_stocked 03-08 -1"}},
		"reversed by a return, not refunded yet": {two("03-04").agree("03-08", fact.ReasonReturn, back), false, []string{
			"net_sales_with_cost 03-04 20.00", "cogs 03-04 8.00", "net_sales_with_cost 03-08 -10.00",
			":cogs_stocked 03-04 8.00", ":stock_sold_at_cost 03-04 8.00", ":stock_sold_at_cost 03-08 -4.00",
			":units_sold_stocked 03-04 2", ":units_sold_stocked 03-08 -1"}},
		"the first unit written off, the second restocked": {two("03-04").agree("03-06", fact.ReasonRefund, back).agree("03-08", fact.ReasonRefund, back).
			refund("03-06", "a", 1, "no_restock").refund("03-08", "a", 1, "return"), false, []string{
			"net_sales_with_cost 03-04 20.00", "cogs 03-04 8.00", "net_sales_with_cost 03-06 -10.00", "net_sales_with_cost 03-08 -10.00", "cogs 03-08 -4.00",
			":cogs_stocked 03-04 8.00", ":cogs_stocked 03-08 -4.00", ":stock_sold_at_cost 03-04 8.00", ":stock_sold_at_cost 03-06 -4.00", ":stock_sold_at_cost 03-08 -4.00",
			":units_sold_stocked 03-04 2", ":units_sold_stocked 03-06 -1", ":units_sold_stocked 03-08 -1"}},
		"taken off by an edit": {two("03-04").agree("03-05", fact.ReasonEdit, back), false, []string{
			"net_sales_with_cost 03-04 20.00", "cogs 03-04 8.00", "net_sales_with_cost 03-05 -10.00", "cogs 03-05 -4.00",
			":cogs_stocked 03-04 8.00", ":cogs_stocked 03-05 -4.00", ":stock_sold_at_cost 03-04 8.00", ":stock_sold_at_cost 03-05 -4.00",
			":units_sold_stocked 03-04 2", ":units_sold_stocked 03-05 -1"}},
		"sold without a cost, taken back with one": {two("03-01").agree("03-08", fact.ReasonRefund, back).refund("03-08", "a", 1, "return"), false, []string{
			":units_sold_stocked 03-08 -1"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, countedWith(costs(c.current), c.order), measures, c.want...) })
	}
}

func TestProducts(t *testing.T) {
	o := placed("03-01", sold("a", 2, 20*eur, 0, 0), sold("c", 1, 3*eur, 0, 0), sold("deleted", 1, 4*eur, 0, 0)).agree("03-02", fact.ReasonRefund, row1(fact.LineAdjustment, -eur, 0))
	expect(t, counted(o), []kpi.Measure{ProductNet, ProductUnits},
		"product_net 03-01 [pa] 20.00", "product_units 03-01 [pa] 2", "product_net 03-01 [sku:song] 3.00", "product_units 03-01 [sku:song] 1",
		"product_net 03-01 4.00", "product_units 03-01 1")
}

func TestOverflowIsAnError(t *testing.T) {
	tally := counted(placed("03-01", sold("a", 1, 1<<62, 0, 0), sold("b", 1, 1<<62, 0, 0)))
	if _, err := tally.Sums(); err == nil {
		t.Error("a sum beyond 64 bits is no error")
	}
}

func TestTallyDifference(t *testing.T) {
	before, after := counted(placed("03-01", sold("a", 1, 10*eur, 0, 0))), counted(placed("03-01", sold("a", 1, 12*eur, 0, 0)))
	after.Take(before)
	expect(t, after, salesMeasures, "gross_sales 03-01 2.00", "net_sales 03-01 2.00", "net_sales_by_order_date 03-01 2.00", "order_sales 03-01 2.00")
	after.Take(after)
	if after.Len() != 0 {
		t.Error("a tally less itself is not empty")
	}
}
