package shopify

import (
	"slices"
	"testing"
)

func TestPlaceDividesOrderDiscountByLargestRemainder(t *testing.T) {
	o := worked(t, usd())
	// 15.00 over 80.00 and 25.00: 11.4286 and 3.5714.
	wantRows(t, o, 0,
		row{"ORDER", "ORDER", "PRODUCT", on(1, 30), 2, 6857, 0, 1143, 1143},
		row{"ORDER", "ORDER", "PRODUCT", on(1, 30), 1, 2143, 0, 357, 357})
	wantMoney(t, "original total", o.Totals.OriginalTotal, cents(9000))
	wantMoney(t, "discounts", o.Totals.Discounts, cents(1500))
	wantMoney(t, "received", o.Totals.Received, cents(9000))
	if o.FinancialStatus != "PAID" || o.FulfillmentStatus != "UNFULFILLED" || o.SourceName != "web" || o.Channel != OnlineStore {
		t.Errorf("%s %s %s %+v", o.FinancialStatus, o.FulfillmentStatus, o.SourceName, o.Channel)
	}
	if !slices.Equal(o.DiscountCodes, []string{"JAN15"}) || o.Lines[0].LineDiscount != 0 {
		t.Errorf("codes %v, line discount %d", o.DiscountCodes, o.Lines[0].LineDiscount)
	}
}

func TestPlaceTakesIncludedTaxOut(t *testing.T) {
	s := usd()
	s.Currency, s.TaxesIncluded = "EUR", true
	vat := []Rate{{"VAT", 0.19}}
	o := place(t, s, Purchase{
		Items:    []Item{{Price: cents(11900), Quantity: 1, Rates: vat, Discounts: []Discount{{Percent: 10}}}},
		Shipping: []Carriage{{Title: "Parcel", Price: cents(595), Rates: vat}},
	})
	// 119.00 less 11.90 is 107.10, of which 17.10 is tax; without the discount 19.00 of 119.00 would be: 10.00 off before tax.
	wantRows(t, o, 0,
		row{"ORDER", "ORDER", "PRODUCT", on(1, 30), 1, 10710, 1710, 1000, 1190},
		row{"ORDER", "ORDER", "SHIPPING", on(1, 30), 0, 595, 95, 0, 0})
	wantMoney(t, "subtotal", o.Totals.Subtotal, cents(10710))
	wantMoney(t, "total", o.Totals.Total, cents(11305))
	wantMoney(t, "tax", o.Totals.Tax, cents(1805))
	wantMoney(t, "shipping", o.Totals.Shipping, cents(595))
	wantMoney(t, "discounts", o.Totals.Discounts, cents(1190))
	wantMoney(t, "line discount", o.Lines[0].LineDiscount, cents(1190))
}

func TestPlaceDividesIncludedTaxAmongRates(t *testing.T) {
	s := usd()
	s.Currency, s.TaxesIncluded = "CAD", true
	o := place(t, s, Purchase{Items: []Item{{Price: cents(11500), Quantity: 1, Rates: []Rate{{"GST", 0.05}, {"QST", 0.09975}}}}})
	// 115.00 × 0.14975 ÷ 1.14975 = 14.978 → 14.98; divided 5 : 9.975 into 5.0017 and 9.9783.
	if x := o.Lines[0].Taxes; x[0].Price != cents(500) || x[1].Price != cents(998) {
		t.Errorf("taxes %+v", x)
	}
}

func TestPlaceAddsTaxRateByRate(t *testing.T) {
	newYork := []Rate{{"State", 0.04}, {"City", 0.045}, {"MCTD", 0.00375}}
	o := place(t, usd(), Purchase{
		Items:     []Item{{Price: cents(5000), Quantity: 2, Rates: newYork}},
		Discounts: []Discount{{Code: "TWENTY", Percent: 20}},
	})
	// 80.00: 3.20 + 3.60 + 0.30. Without the discount 4.00 + 4.50 + 0.38 = 8.88, so 1.78 of tax saved.
	wantRows(t, o, 0, row{"ORDER", "ORDER", "PRODUCT", on(1, 30), 2, 8710, 710, 2000, 2178})
	wantMoney(t, "subtotal", o.Totals.Subtotal, cents(8000))
	wantMoney(t, "total", o.Totals.Total, cents(8710))
}

func TestPlaceRoundsToTheMinorUnit(t *testing.T) {
	yen := usd()
	yen.Currency = "JPY"
	tax := []Rate{{"Tax", 0.1}}
	o := place(t, yen, Purchase{
		Items:     []Item{{Price: 1_000_000_000, Quantity: 3, Rates: tax}, {Price: 500_000_000, Quantity: 1, Rates: tax}},
		Discounts: []Discount{{Amount: 100_000_000}},
	})
	// 100 over 3,000 and 500: 86 and 14; tax of 2,914 and 486: 291 and 49.
	a, b := o.Agreements[0].Sales[0], o.Agreements[0].Sales[1]
	if a.DiscountBeforeTax != 86_000_000 || b.DiscountBeforeTax != 14_000_000 || a.Tax != 291_000_000 || b.Tax != 49_000_000 {
		t.Errorf("yen: %+v %+v", a, b)
	}
	dinar := usd()
	dinar.Currency = "KWD"
	o = place(t, dinar, Purchase{Items: []Item{{Price: 1_250_000, Quantity: 1, Discounts: []Discount{{Percent: 5}}}}})
	wantMoney(t, "dinar total", o.Totals.Total, 1_187_000) // 0.0625 off is 0.063
}

func TestPlaceKeepsTipsDutiesFeesAndGiftCardsApart(t *testing.T) {
	o := place(t, usd(), Purchase{
		Items: []Item{
			{Title: "Chair", Price: cents(10000), Quantity: 1, Duty: cents(700)},
			{Title: "Gift card", Price: cents(5000), Quantity: 1, GiftCard: true},
		},
		Discounts: []Discount{{Percent: 10}, {Amount: cents(300), Shipping: true}},
		Shipping:  []Carriage{{Price: cents(1000)}},
		Tip:       cents(200),
		Fees:      []Charge{{Name: "Gift wrap", Price: cents(150)}},
		Payments:  []Payment{{Gateway: "gift_card", Amount: cents(4000)}, {FeePercent: 2.9, FeeFlat: cents(30)}},
	})
	wantRows(t, o, 0,
		row{"ORDER", "ORDER", "PRODUCT", on(1, 30), 1, 9000, 0, 1000, 1000},
		row{"ORDER", "ORDER", "DUTY", on(1, 30), 0, 700, 0, 0, 0},
		row{"ORDER", "ORDER", "GIFT_CARD", on(1, 30), 1, 5000, 0, 0, 0},
		row{"ORDER", "ORDER", "TIP", on(1, 30), 1, 200, 0, 0, 0},
		row{"ORDER", "ORDER", "SHIPPING", on(1, 30), 0, 700, 0, 300, 300},
		row{"ORDER", "ORDER", "ADDITIONAL_FEE", on(1, 30), 0, 150, 0, 0, 0})
	x := o.Totals
	wantMoney(t, "total", x.OriginalTotal, cents(15750))
	wantMoney(t, "subtotal", x.Subtotal, cents(14000))
	wantMoney(t, "tip", x.Tip, cents(200))
	wantMoney(t, "duties", x.Duties, cents(700))
	wantMoney(t, "fees", x.Fees, cents(150))
	wantMoney(t, "shipping", x.Shipping, cents(700))
	if len(o.Transactions) != 2 || o.Transactions[1].Amount != cents(11750) || !slices.Equal(o.Gateways, []string{"gift_card", "shopify_payments"}) {
		t.Fatalf("transactions %+v", o.Transactions)
	}
	wantMoney(t, "card fee", o.Transactions[1].Fees[0].Amount, cents(371)) // 2.9 % of 117.50 is 3.4075 → 3.41, and 0.30
}

func TestPlaceKinds(t *testing.T) {
	s := usd()
	c := s.AddCustomer(on(1, 1))
	zero := place(t, s, Purchase{Customer: c, Items: []Item{{Title: "Sample", Free: true, Quantity: 1}}})
	if zero.FinancialStatus != "PAID" || len(zero.Transactions) != 0 || zero.Totals.Total != 0 || len(zero.Agreements[0].Sales) != 1 {
		t.Errorf("zero order: %+v", zero)
	}
	test := place(t, s, Purchase{Customer: c, Test: true, Items: []Item{{Price: cents(100), Quantity: 1}}})
	if !test.Test || !test.Transactions[0].Test || c.Orders != 1 || c.Spent != 0 {
		t.Errorf("test order: %+v; customer %+v", test, c)
	}
	pos := place(t, s, Purchase{At: on(3, 2), Processed: on(3, 1), SourceName: "pos", LocationID: 7, Presentment: "EUR", Rate: 920_000,
		Items: []Item{{Price: cents(100), Quantity: 1}}})
	if pos.Channel != PointOfSale || pos.LocationID != 7 || pos.Customer != nil || pos.Presentment != "EUR" || pos.Rate != 920_000 {
		t.Errorf("point of sale: %+v", pos)
	}
	if pos.ProcessedAt != on(3, 1) || pos.CreatedAt != on(3, 2) || pos.UpdatedAt != on(3, 2) || pos.Agreements[0].HappenedAt != on(3, 1) {
		t.Errorf("imported: processed %d created %d updated %d", pos.ProcessedAt, pos.CreatedAt, pos.UpdatedAt)
	}
	unpaid := place(t, s, Purchase{Customer: c, Unpaid: true, SourceName: "shopify_draft_order", Items: []Item{{Price: cents(990), Quantity: 1}}})
	if unpaid.FinancialStatus != "PENDING" || unpaid.Channel != DraftOrders || unpaid.CustomerIndex != 2 || unpaid.Totals.Outstanding != cents(990) {
		t.Errorf("unpaid: %+v", unpaid)
	}
	held := place(t, s, Purchase{Items: []Item{{Price: cents(990), Quantity: 1}}, Payments: []Payment{{Kind: "AUTHORIZATION"}}})
	if held.FinancialStatus != "AUTHORIZED" || held.Totals.Received != 0 {
		t.Errorf("authorised: %s", held.FinancialStatus)
	}
	must(t, s.Pay(held, on(2, 1), Payment{Kind: "CAPTURE"}))
	if held.FinancialStatus != "PAID" || held.UpdatedAt != on(2, 1) || held.Totals.Received != cents(990) {
		t.Errorf("captured: %s, updated %d", held.FinancialStatus, held.UpdatedAt)
	}
	if n := []int{zero.Number, test.Number, held.Number}; !slices.Equal(n, []int{1001, 1002, 1005}) {
		t.Errorf("numbers %v", n)
	}
}

func TestPlaceRefuses(t *testing.T) {
	for name, p := range map[string]Purchase{
		"no instant":         {Items: []Item{{Quantity: 1}}},
		"no quantity":        {At: 1, Items: []Item{{Price: 1}}},
		"negative price":     {At: 1, Items: []Item{{Price: -1, Quantity: 1}}},
		"taxed gift card":    {At: 1, Items: []Item{{Price: 1, Quantity: 1, GiftCard: true, Rates: []Rate{{"VAT", 0.19}}}}},
		"rate missing":       {At: 1, Presentment: "EUR"},
		"unpaid with money":  {At: 1, Unpaid: true, Payments: []Payment{{}}},
		"capture of nothing": {At: 1, Items: []Item{{Price: cents(1), Quantity: 1}}, Payments: []Payment{{Kind: "CAPTURE"}}},
	} {
		s := usd()
		if _, err := s.Place(p); err == nil || len(s.Orders) != 0 {
			t.Errorf("%s: error %v, %d orders", name, err, len(s.Orders))
		}
	}
}
