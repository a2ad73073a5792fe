package count

import (
	"testing"

	"fourfold/internal/fact"
	"fourfold/kpi"
)

var (
	chargeMeasures = []kpi.Measure{kpi.ShippingCost, kpi.PaymentFees, kpi.FulfilmentCost, kpi.ReturnCost, UnpricedShipping, UnpricedPayments, UnpricedFulfilment, UnpricedReturns}
	rateCard       = func() Tariffs {
		t := Tariffs{}
		for _, v := range []fact.Tariff{
			{Kind: fact.TariffPayment, From: on("01-01"), Currency: "EUR", PerOrder: eur / 4, Share: 14_000},
			{Kind: fact.TariffShipping, From: on("01-11"), Currency: "EUR", PerOrder: 9 * eur},
			{Kind: fact.TariffShipping, From: on("01-01"), Currency: "USD", PerOrder: 4 * eur, PerUnit: eur / 2},
			{Kind: fact.TariffFulfilment, From: on("01-01"), Currency: "EUR"}, // costs nothing, by the merchant's word
			{Kind: fact.TariffReturn, From: on("01-01"), Currency: "EUR", PerOrder: 3 * eur, Share: 100_000},
		} {
			t.Add(v)
		}
		return t
	}()
)

// paidAndReturned is an order that was paid in two parts, of which the provider tells the fee of one, and of which a unit came back.
func paidAndReturned() *Order {
	o := advertisedOrder()
	o.Transactions = []Transaction{
		{fact.Transaction{ID: "t1", Kind: "sale", Status: "success", Amount: 60 * eur, Fee: 2 * eur, FeeKnown: true}, on("01-10")},
		{fact.Transaction{ID: "t2", Kind: "capture", Status: "success", Amount: 50 * eur}, on("01-12")},
		{fact.Transaction{ID: "t3", Kind: "sale", Status: "failure", Amount: 50 * eur}, on("01-12")},
		{fact.Transaction{ID: "t0", Kind: "sale", Status: "success", Gateway: "gift_card", Amount: 9 * eur}, on("01-12")},
		{fact.Transaction{ID: "t4", Kind: "refund", Status: "success", Amount: 50 * eur}, on("01-25")},
	}
	o.Returns = []Return{{fact.Return{ID: "r", Status: "open"}, on("01-20")}, {fact.Return{ID: "no", Status: "declined"}, on("01-21")}}
	o.ReturnLines = []fact.ReturnLine{{ReturnID: "r", LineID: "a", Quantity: 1}}
	o.Refunds = []Refund{{fact.Refund{ID: "f", ReturnID: "r", Total: 50 * eur}, on("01-25")}}
	return o
}

func TestCharges(t *testing.T) {
	var tally Tally
	OfOrder(&tally, paidAndReturned(), &Rules{Tariffs: rateCard})
	expect(t, &tally, chargeMeasures,
		"payment_fees 01-10 2.00", "payment_fees 01-12 0.95", // 0.25 and 1.4 % of 50
		"shipping_cost 01-10 5.50", // of the tariff of the day: 4, and 0.50 for each of three units, in dollars
		"return_cost 01-20 8.00")   // 3, and 10 % of 50
}

// What no tariff is in force for is counted as unknown: it is not zero.
func TestChargesWithoutATariff(t *testing.T) {
	var tally Tally
	OfOrder(&tally, paidAndReturned(), &Rules{})
	expect(t, &tally, chargeMeasures, "payment_fees 01-10 2.00", "payments_without_fee 01-12 1", "orders_without_shipping_cost 01-10 1",
		"orders_without_fulfilment_cost 01-10 1", "returns_without_cost 01-20 1")
}

// What is cancelled before it is shipped, and what is not shipped at all, costs no shipping; a refund that took goods back costs as a return.
func TestChargesOfOrdersThatWereNotShipped(t *testing.T) {
	cancelled := placed("01-10")
	cancelled.CancelledAt, cancelled.CancelledBy = when("01-10 15:00"), "inventory"
	digital := placed("01-10")
	digital.Shippable = false
	digital.Refunds = []Refund{{fact.Refund{ID: "f", Total: 20 * eur}, on("01-15")}, {fact.Refund{ID: "g", Total: 20 * eur}, on("01-16")}}
	digital.RefundLines = []fact.RefundLine{{RefundID: "f", LineID: "a", Quantity: 1, Restock: "return"}, {RefundID: "g", LineID: "a", Quantity: 1, Restock: "no_restock"}}
	var tally Tally
	for _, o := range []*Order{cancelled, digital} {
		OfOrder(&tally, o, &Rules{Tariffs: rateCard})
	}
	expect(t, &tally, chargeMeasures, "return_cost 01-15 5.00")
}

// What the provider shows stands before what the merchant says; what the merchant says holds from its day on.
func TestUnitCostsOfTheMerchant(t *testing.T) {
	sell := func(day string) *Order {
		o := placed(day, fact.Sale{Line: fact.LineProduct, LineID: "a", Quantity: 2, Total: 100 * eur}, fact.Sale{Line: fact.LineProduct, LineID: "c", Quantity: 1, Total: 10 * eur})
		o.Lines[2].ItemID = ""
		return o
	}
	var items Items
	items.Costs(fact.CostReading{ItemID: "ia", Day: on("01-01"), Cost: 30 * eur, Currency: "EUR"})
	items.SKUCosts(fact.SKUCost{SKU: "song", From: on("01-20"), Cost: 3 * eur, Currency: "EUR"}, fact.SKUCost{SKU: "song", From: on("01-10"), Cost: 2 * eur, Currency: "EUR"},
		fact.SKUCost{SKU: "song", From: on("01-30"), Cost: 2 * eur, Currency: "USD"})
	var tally Tally
	for _, day := range []string{"01-05", "01-15", "01-25", "01-31"} {
		OfOrder(&tally, sell(day), &Rules{Items: &items})
	}
	expect(t, &tally, []kpi.Measure{kpi.COGS}, "cogs 01-05 60.00", "cogs 01-15 62.00", "cogs 01-25 63.00", "cogs 01-31 60.00")
}

// A cohort brings gross profit and shipping charged less what handling cost, on the days its members are so old.
func TestCurve(t *testing.T) {
	var items Items
	items.Costs(fact.CostReading{ItemID: "ia", Day: on("01-01"), Cost: 30 * eur, Currency: "EUR"})
	var tally Tally
	later := placed("02-10", fact.Sale{Line: fact.LineProduct, LineID: "a", Quantity: 1, Total: 40 * eur})
	later.Shippable = false
	OfCustomer(&tally, &Customer{ID: "c", Orders: []*Order{paidAndReturned(), later}}, &Rules{Items: &items, Tariffs: rateCard})
	channel := tally
	expect(t, &channel, []kpi.Measure{kpi.CohortMargin365},
		"*:cohort_margin_365 01-10 [0] -5.50", "cohort_margin_365 01-10 [0] -5.50", // shipping, in dollars
		"*:cohort_margin_365 01-10 [0] 48.00", "cohort_margin_365 01-10 [0] 48.00", // 100 − 60 + 10 − 2
		"*:cohort_margin_365 01-10 [7] -0.95", "cohort_margin_365 01-10 [7] -0.95", // the second payment
		"*:cohort_margin_365 01-10 [14] -8.00", "cohort_margin_365 01-10 [14] -8.00", // the return
		"*:cohort_margin_365 01-10 [21] -50.00", "cohort_margin_365 01-10 [21] -50.00", // what came back, which did not go on the shelf
		"*:cohort_margin_365 01-10 [35] 10.00", "cohort_margin_365 01-10 [35] 10.00")
}
