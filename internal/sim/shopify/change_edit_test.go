package shopify

import "testing"

func TestEditDownGivesBackTheShareOfTheDiscount(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Items: []Item{{Price: cents(4800), Quantity: 2}}, Discounts: []Discount{{Code: "TWENTY", Percent: 20}}})
	must(t, s.Edit(o, on(2, 3), Edit{Set: []QuantityChange{{o.Lines[0].ID, 1}}}))
	wantRows(t, o, 1, row{"ORDER_EDIT", "RETURN", "PRODUCT", on(2, 3), -1, -3840, 0, -960, -960})
	wantMoney(t, "discounts left", o.Totals.CurrentDiscounts, cents(960))
	wantMoney(t, "subtotal left", o.Totals.CurrentSubtotal, cents(3840))
	wantMoney(t, "total", o.Totals.Total, cents(7680)) // a removal leaves totalPriceSet unchanged
	wantMoney(t, "outstanding", o.Totals.Outstanding, cents(-3840))
	if l := o.Lines[0]; l.Quantity != 2 || l.Current != 1 || l.Unfulfilled != 1 || !o.Edited || o.UpdatedAt != on(2, 3) {
		t.Errorf("line %+v, edited %t", l, o.Edited)
	}
	// The money owed goes back without touching the ledger again.
	_, err := s.Refund(o, on(2, 4), Refunding{})
	must(t, err)
	if len(o.Agreements) != 2 || o.Totals.Refunded != cents(3840) || o.Totals.Outstanding != 0 {
		t.Errorf("%d agreements, refunded %d, outstanding %d", len(o.Agreements), o.Totals.Refunded, o.Totals.Outstanding)
	}
}

func TestEditUpExtendsPercentagesButNotFixedDiscounts(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{
		Items: []Item{{Price: cents(4800), Quantity: 2, Rates: []Rate{{"Tax", 0.1}}, Discounts: []Discount{{Percent: 20}, {Amount: cents(680)}}}}})
	// 96.00 − 19.20 − 6.80 = 70.00; tax 7.00; without discounts 9.60.
	wantRows(t, o, 0, row{"ORDER", "ORDER", "PRODUCT", on(1, 30), 2, 7700, 700, 2600, 2860})
	must(t, s.Edit(o, on(2, 3), Edit{Set: []QuantityChange{{o.Lines[0].ID, 3}}}))
	wantRows(t, o, 1, row{"ORDER_EDIT", "ORDER", "PRODUCT", on(2, 3), 1, 4224, 384, 960, 1056})
	if l := o.Lines[0]; l.Quantity != 3 || l.Current != 3 || l.LineDiscount != cents(3560) || l.Taxes[0].Price != cents(1084) {
		t.Errorf("line %+v", l)
	}
	wantMoney(t, "total", o.Totals.Total, cents(11924))
	wantMoney(t, "original total", o.Totals.OriginalTotal, cents(7700))
	if o.FinancialStatus != "PARTIALLY_PAID" || o.Totals.Outstanding != cents(4224) {
		t.Errorf("%s, outstanding %d", o.FinancialStatus, o.Totals.Outstanding)
	}
	must(t, s.Pay(o, on(2, 4), Payment{}))
	if o.FinancialStatus != "PAID" {
		t.Errorf("paid: %s", o.FinancialStatus)
	}
}

func TestEditAddsLinesAndRemovesOthers(t *testing.T) {
	s := usd()
	o := worked(t, s)
	must(t, s.Edit(o, on(2, 3), Edit{Add: []Item{{Title: "C", Price: cents(3000), Quantity: 1}}, Set: []QuantityChange{{o.Lines[1].ID, 0}}}))
	wantRows(t, o, 1,
		row{"ORDER_EDIT", "RETURN", "PRODUCT", on(2, 3), -1, -2143, 0, -357, -357},
		row{"ORDER_EDIT", "ORDER", "PRODUCT", on(2, 3), 1, 3000, 0, 0, 0})
	wantMoney(t, "current total", o.Totals.CurrentTotal, cents(9857))
	wantMoney(t, "total", o.Totals.Total, cents(12000))
}

func TestEditLowersAPrice(t *testing.T) {
	s := usd()
	s.TaxesIncluded = true
	o := place(t, s, Purchase{Items: []Item{{Price: cents(11900), Quantity: 1, Rates: []Rate{{"VAT", 0.19}}}}})
	must(t, s.Edit(o, on(2, 3), Edit{Discounts: []DiscountAdvance{{o.Lines[0].ID, Discount{Percent: 10}}}}))
	// From 119.00 with 19.00 tax to 107.10 with 17.10: gross without tax stays 100.00, the discount grows to 10.00.
	wantRows(t, o, 1, row{"ORDER_EDIT", "UPDATE", "PRODUCT", on(2, 3), 0, -1190, -190, 1000, 1190})
	wantMoney(t, "discounts", o.Totals.CurrentDiscounts, cents(1190))
	_, err := s.Refund(o, on(2, 5), Refunding{Everything: true})
	must(t, err)
	wantRows(t, o, 2, row{"REFUND", "RETURN", "PRODUCT", on(2, 5), -1, -10710, -1710, -1000, -1190})
	wantMoney(t, "refunded", o.Totals.Refunded, cents(11900))
}

func TestEditRefuses(t *testing.T) {
	s := usd()
	o := worked(t, s)
	_, err := s.Fulfil(o, on(2, 1), Shipment{Lines: []FulfillmentLine{{LineItemID: o.Lines[0].ID, Quantity: 2}}})
	must(t, err)
	before := len(o.Agreements)
	for name, e := range map[string]Edit{
		"nothing":      {},
		"shipped":      {Set: []QuantityChange{{o.Lines[0].ID, 1}}},
		"unknown line": {Set: []QuantityChange{{1, 1}}},
		"twice":        {Set: []QuantityChange{{o.Lines[1].ID, 0}, {o.Lines[1].ID, 2}}},
		"negative":     {Set: []QuantityChange{{o.Lines[1].ID, -1}}},
		"new line":     {Add: []Item{{}}},
	} {
		if err := s.Edit(o, on(2, 3), e); err == nil || len(o.Agreements) != before || o.Edited {
			t.Errorf("%s: %v", name, err)
		}
	}
}
