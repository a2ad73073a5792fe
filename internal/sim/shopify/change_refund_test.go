package shopify

import "testing"

func TestRefundOfTheWorkedExample(t *testing.T) {
	s := usd()
	o := worked(t, s)
	b := o.Lines[1].ID
	_, err := s.Refund(o, on(2, 3), Refunding{Lines: []RefundPart{{LineItemID: b, Quantity: 1, Restock: "RETURN"}}})
	must(t, err)
	_, err = s.Refund(o, on(2, 10), Refunding{Amount: new(cents(500))})
	must(t, err)
	wantRows(t, o, 1,
		row{"REFUND", "RETURN", "PRODUCT", on(2, 3), -1, -2143, 0, -357, -357},
		row{"REFUND", "RETURN", "ADJUSTMENT", on(2, 10), 0, -500, 0, 0, 0})
	wantMoney(t, "refunded", o.Totals.Refunded, cents(2643))
	wantMoney(t, "outstanding", o.Totals.Outstanding, 0)
	wantMoney(t, "current total", o.Totals.CurrentTotal, cents(6857))
	if f := o.Refunds[1]; len(f.Lines) != 0 || f.Adjustments[0].Reason != "REFUND_DISCREPANCY" || f.Adjustments[0].Amount != cents(-500) || f.Total != cents(500) {
		t.Errorf("goodwill: %+v", f)
	}
	if f := o.Refunds[0].Lines[0]; f.Subtotal != cents(2143) || !f.Restocked || f.RestockType != "RETURN" || f.Price != cents(2500) {
		t.Errorf("line: %+v", f)
	}
	if o.FinancialStatus != "PARTIALLY_REFUNDED" || o.UpdatedAt != on(2, 10) || o.Lines[1].Current != 0 || o.Lines[1].Quantity != 1 {
		t.Errorf("%s, updated %d, line %+v", o.FinancialStatus, o.UpdatedAt, o.Lines[1])
	}
	// All the rest: goods of 68.57, but only 63.57 are left to give; the goodwill comes back as a correction.
	_, err = s.Refund(o, on(3, 1), Refunding{Everything: true})
	must(t, err)
	wantRows(t, o, 3,
		row{"REFUND", "RETURN", "PRODUCT", on(3, 1), -2, -6857, 0, -1143, -1143},
		row{"REFUND", "RETURN", "ADJUSTMENT", on(3, 1), 0, 500, 0, 0, 0})
	if ledgerSum(o) != 0 || o.FinancialStatus != "REFUNDED" || o.Totals.Refunded != cents(9000) {
		t.Errorf("ledger %d, %s, refunded %d", ledgerSum(o), o.FinancialStatus, o.Totals.Refunded)
	}
}

func TestRefundUnitByUnitLeavesNothing(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Items: []Item{{Price: cents(1000), Quantity: 3, Rates: []Rate{{"Tax", 0.0725}}}}, Discounts: []Discount{{Amount: cents(100)}}})
	// 29.00, tax 2.1025 → 2.10 (of 30.00: 2.175 → 2.18). Thirds: what remains is rounded.
	wantRows(t, o, 0, row{"ORDER", "ORDER", "PRODUCT", on(1, 30), 3, 3110, 210, 100, 108})
	for day := 1; day <= 3; day++ {
		_, err := s.Refund(o, on(2, day), Refunding{Lines: []RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
		must(t, err)
	}
	wantRows(t, o, 1,
		row{"REFUND", "RETURN", "PRODUCT", on(2, 1), -1, -1037, -70, -33, -36},
		row{"REFUND", "RETURN", "PRODUCT", on(2, 2), -1, -1036, -70, -33, -36},
		row{"REFUND", "RETURN", "PRODUCT", on(2, 3), -1, -1037, -70, -34, -36})
	if ledgerSum(o) != 0 || o.FinancialStatus != "REFUNDED" {
		t.Errorf("ledger %d, %s", ledgerSum(o), o.FinancialStatus)
	}
}

func TestRefundShippingOnly(t *testing.T) {
	for name, c := range map[string]struct {
		included          bool
		placed, back      row
		subtotal, charged int64
	}{
		"tax included": {true, row{"ORDER", "ORDER", "SHIPPING", on(1, 30), 0, 1190, 190, 0, 0},
			row{"REFUND", "RETURN", "SHIPPING", on(2, 3), 0, -595, -95, 0, 0}, cents(595), cents(595)},
		"tax added": {false, row{"ORDER", "ORDER", "SHIPPING", on(1, 30), 0, 1416, 226, 0, 0},
			row{"REFUND", "RETURN", "SHIPPING", on(2, 3), 0, -708, -113, 0, 0}, cents(595), cents(708)},
	} {
		s := usd()
		s.TaxesIncluded = c.included
		o := place(t, s, Purchase{Shipping: []Carriage{{Price: cents(1190), Rates: []Rate{{"VAT", 0.19}}}}})
		wantRows(t, o, 0, c.placed)
		_, err := s.Refund(o, on(2, 3), Refunding{Shipping: cents(595)})
		must(t, err)
		wantRows(t, o, 1, c.back)
		f := o.Refunds[0].Shipping[0]
		if f.Subtotal != c.subtotal || o.Totals.Refunded != c.charged || o.Totals.CurrentShipping != cents(595) || o.Totals.RefundedShipping != c.charged {
			t.Errorf("%s: %+v, refunded %d, left %d", name, f, o.Totals.Refunded, o.Totals.CurrentShipping)
		}
		_, err = s.Refund(o, on(2, 4), Refunding{AllShipping: true})
		must(t, err)
		if ledgerSum(o) != 0 {
			t.Errorf("%s: ledger %d", name, ledgerSum(o))
		}
	}
}

func TestRefundOfLessThanTheGoodsKeepsTheRest(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Items: []Item{{Price: cents(4000), Quantity: 1}}})
	_, err := s.Refund(o, on(2, 3), Refunding{Everything: true, Amount: new(cents(3500))})
	must(t, err)
	wantRows(t, o, 1,
		row{"REFUND", "RETURN", "PRODUCT", on(2, 3), -1, -4000, 0, 0, 0},
		row{"REFUND", "RETURN", "ADJUSTMENT", on(2, 3), 0, 500, 0, 0, 0})
	if ledgerSum(o) != cents(500) || o.Totals.Outstanding != 0 || o.Totals.RefundDiscrepancy != cents(500) {
		t.Errorf("ledger %d, outstanding %d", ledgerSum(o), o.Totals.Outstanding)
	}
}

func TestRefundPendingWaitsForItsTransaction(t *testing.T) {
	for _, success := range []bool{true, false} {
		s := usd()
		o := place(t, s, Purchase{Items: []Item{{Price: cents(4000), Quantity: 1}}})
		id, err := s.Refund(o, on(2, 3), Refunding{Everything: true, Pending: true})
		must(t, err)
		f := &o.Refunds[0]
		if o.Totals.CurrentTotal != 0 || o.Totals.Refunded != 0 || o.FinancialStatus != "PAID" || o.Totals.Outstanding != 0 || f.Total != 0 {
			t.Errorf("pending: %+v %s", o.Totals, o.FinancialStatus)
		}
		if len(f.Adjustments) != 1 || f.Adjustments[0].Reason != "PENDING_REFUND_DISCREPANCY" || f.Adjustments[0].Amount != cents(4000) {
			t.Errorf("bridge: %+v", f.Adjustments)
		}
		if _, err := s.Refund(o, on(2, 3), Refunding{Amount: new(cents(1))}); err == nil {
			t.Error("money that is on its way back was given back again")
		}
		must(t, s.SettleRefund(o, on(2, 5), id, success))
		status, refunded, outstanding := "REFUNDED", cents(4000), int64(0)
		if !success {
			status, refunded, outstanding = "PAID", 0, cents(-4000)
		}
		if f := &o.Refunds[0]; o.FinancialStatus != status || o.Totals.Refunded != refunded || f.Total != refunded || len(f.Adjustments) != 0 || o.Totals.Outstanding != outstanding {
			t.Errorf("settled %t: %s %+v %+v", success, o.FinancialStatus, o.Totals, f)
		}
		wantRows(t, o, 1, row{"REFUND", "RETURN", "PRODUCT", on(2, 3), -1, -4000, 0, 0, 0})
	}
}

func TestRefundMayLeaveUpdatedAt(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Items: []Item{{Price: cents(4000), Quantity: 1}}})
	_, err := s.Refund(o, on(4, 10), Refunding{Everything: true, KeepUpdatedAt: true})
	must(t, err)
	if o.UpdatedAt != on(1, 30) || o.Totals.Refunded != cents(4000) || o.Agreements[1].HappenedAt != on(4, 10) {
		t.Errorf("updated %d, refunded %d", o.UpdatedAt, o.Totals.Refunded)
	}
}

func TestRefundGoesBackTheWayItCame(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Items: []Item{{Price: cents(4000), Quantity: 1, Duty: cents(400)}}, Tip: cents(100),
		Fees:     []Charge{{Price: cents(50)}},
		Payments: []Payment{{Gateway: "gift_card", Amount: cents(3000)}, {}}})
	_, err := s.Refund(o, on(2, 1), Refunding{Everything: true})
	must(t, err)
	back := o.Transactions[2:]
	if len(back) != 2 || back[0].Gateway != "shopify_payments" || back[0].Amount != cents(1550) || back[1].Gateway != "gift_card" || back[1].Amount != cents(3000) {
		t.Errorf("transactions %+v", back)
	}
	wantRows(t, o, 1,
		row{"REFUND", "RETURN", "PRODUCT", on(2, 1), -1, -4000, 0, 0, 0},
		row{"REFUND", "RETURN", "DUTY", on(2, 1), 0, -400, 0, 0, 0},
		row{"REFUND", "RETURN", "TIP", on(2, 1), -1, -100, 0, 0, 0},
		row{"REFUND", "RETURN", "ADDITIONAL_FEE", on(2, 1), 0, -50, 0, 0, 0})
	if d := o.Refunds[0].Duties; len(d) != 1 || d[0].Amount != cents(400) {
		t.Errorf("duties %+v", d)
	}
}

func TestRefundOfAnUnpaidOrderMovesNoMoney(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Unpaid: true, Items: []Item{{Price: cents(1000), Quantity: 2}}})
	_, err := s.Refund(o, on(2, 1), Refunding{Lines: []RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
	must(t, err)
	wantRows(t, o, 1, row{"REFUND", "RETURN", "PRODUCT", on(2, 1), -1, -1000, 0, 0, 0})
	if len(o.Transactions) != 0 || o.Totals.Outstanding != cents(1000) || o.FinancialStatus != "PENDING" {
		t.Errorf("%+v %s", o.Totals, o.FinancialStatus)
	}
}

func TestRefundRefuses(t *testing.T) {
	s := usd()
	o := worked(t, s)
	line := o.Lines[0].ID
	for name, r := range map[string]Refunding{
		"too many":     {Lines: []RefundPart{{LineItemID: line, Quantity: 3}}},
		"unknown line": {Lines: []RefundPart{{LineItemID: 1, Quantity: 1}}},
		"twice":        {Lines: []RefundPart{{LineItemID: line, Quantity: 1}, {LineItemID: line, Quantity: 1}}},
		"too much":     {Amount: new(cents(9001))},
		"negative":     {Amount: new(cents(-1))},
		"no shipping":  {Shipping: cents(100)},
		"no return":    {ReturnID: 1},
	} {
		if _, err := s.Refund(o, on(2, 1), r); err == nil || len(o.Refunds) != 0 || len(o.Agreements) != 1 || o.Lines[0].Current != 2 {
			t.Errorf("%s: error %v, %d refunds", name, err, len(o.Refunds))
		}
	}
}
