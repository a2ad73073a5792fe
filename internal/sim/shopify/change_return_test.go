package shopify

import (
	"slices"
	"testing"
)

// shipped is an order of two at 40.00 with 20 % off, shipped on 1 February.
func shipped(t *testing.T, s *Shop) *Order {
	o := place(t, s, Purchase{Items: []Item{{Price: cents(4000), Quantity: 2}}, Discounts: []Discount{{Percent: 20}}})
	_, err := s.Fulfil(o, on(2, 1), Shipment{})
	must(t, err)
	return o
}

func TestReturnReversesGoodsBeforeTheRefund(t *testing.T) {
	s := usd()
	o := shipped(t, s)
	line := o.Lines[0].ID
	id, err := s.RequestReturn(o, on(2, 10), Returning{Lines: []ReturnPart{{LineItemID: line, Quantity: 1, Reason: "SIZE_TOO_SMALL"}}})
	must(t, err)
	if r := o.Returns[0]; r.Status != "REQUESTED" || o.ReturnStatus != "RETURN_REQUESTED" || r.Name != "#1001-R1" || len(o.Agreements) != 1 {
		t.Errorf("requested: %+v %s", r, o.ReturnStatus)
	}
	if err := s.ProcessReturn(o, on(2, 11), id, Processing{}); err == nil {
		t.Error("a return was processed before it was approved")
	}
	must(t, s.ApproveReturn(o, on(2, 12), id))
	if o.Returns[0].Status != "OPEN" || o.ReturnStatus != "IN_PROGRESS" || o.Returns[0].ApprovedAt != on(2, 12) {
		t.Errorf("approved: %+v", o.Returns[0])
	}
	must(t, s.ProcessReturn(o, on(2, 20), id, Processing{}))
	wantRows(t, o, 1, row{"RETURN", "RETURN", "PRODUCT", on(2, 20), -1, -3200, 0, -800, -800})
	if r := o.Returns[0]; r.Status != "CLOSED" || r.Lines[0].Processed != 1 || o.ReturnStatus != "RETURNED" || o.Agreements[1].ReturnID != id {
		t.Errorf("processed: %+v", r)
	}
	if o.Totals.Outstanding != cents(-3200) || o.Totals.Refunded != 0 || o.FinancialStatus != "PAID" {
		t.Errorf("owed: %+v", o.Totals)
	}
	refund, err := s.Refund(o, on(3, 2), Refunding{ReturnID: id})
	must(t, err)
	if len(o.Agreements) != 2 { // the goods are reversed once, on processing
		t.Errorf("ledger %v", rows(o, 1))
	}
	f := o.Refunds[0]
	if f.ID != refund || f.ReturnID != id || f.Total != cents(3200) || f.Lines[0].Subtotal != cents(3200) || f.Lines[0].RestockType != "RETURN" || o.Returns[0].Lines[0].Refunded != 1 {
		t.Errorf("refund %+v", f)
	}
	if o.Totals.Outstanding != 0 || o.FinancialStatus != "PARTIALLY_REFUNDED" || o.Lines[0].Refundable != 1 {
		t.Errorf("%+v %s", o.Totals, o.FinancialStatus)
	}
	if _, err := s.Refund(o, on(3, 3), Refunding{ReturnID: id, Lines: []RefundPart{{LineItemID: line, Quantity: 1}}}); err == nil {
		t.Error("a return was refunded twice")
	}
}

func TestReturnKeepsFees(t *testing.T) {
	s := usd()
	o := shipped(t, s)
	id, err := s.RequestReturn(o, on(2, 10), Returning{Approved: true, ShippingFee: cents(500),
		Lines: []ReturnPart{{LineItemID: o.Lines[0].ID, Quantity: 1, RestockPercent: 10}}})
	must(t, err)
	must(t, s.ProcessReturn(o, on(2, 20), id, Processing{}))
	wantRows(t, o, 1,
		row{"RETURN", "RETURN", "PRODUCT", on(2, 20), -1, -3200, 0, -800, -800},
		row{"RETURN", "ORDER", "FEE", on(2, 20), 0, 320, 0, 0, 0},
		row{"RETURN", "ORDER", "FEE", on(2, 20), 0, 500, 0, 0, 0})
	_, err = s.Refund(o, on(2, 21), Refunding{ReturnID: id})
	must(t, err)
	wantMoney(t, "refunded", o.Totals.Refunded, cents(2380))
	wantMoney(t, "total", o.Totals.Total, cents(6400))
	if r := o.Returns[0]; r.Lines[0].Reason != "UNKNOWN" || r.Lines[0].RestockingFee != cents(320) {
		t.Errorf("%+v", r.Lines[0])
	}
}

func TestExchangeSellsInTheSameOrder(t *testing.T) {
	s := usd()
	o := shipped(t, s)
	id, err := s.RequestReturn(o, on(2, 10), Returning{Approved: true, Lines: []ReturnPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}})
	must(t, err)
	must(t, s.ProcessReturn(o, on(2, 20), id, Processing{Exchange: []Item{{Title: "Larger", Price: cents(4500), Quantity: 1}}}))
	wantRows(t, o, 1,
		row{"RETURN", "RETURN", "PRODUCT", on(2, 20), -1, -3200, 0, -800, -800},
		row{"RETURN", "ORDER", "PRODUCT", on(2, 20), 1, 4500, 0, 0, 0})
	if o.Totals.Outstanding != cents(1300) || len(o.Lines) != 2 || len(s.Orders) != 1 || o.FulfillmentStatus != "PARTIALLY_FULFILLED" {
		t.Errorf("%+v, %d lines, %s", o.Totals, len(o.Lines), o.FulfillmentStatus)
	}
}

func TestReturnRefundedWithoutProcessing(t *testing.T) {
	s := usd()
	o := shipped(t, s)
	line := o.Lines[0].ID
	id, err := s.RequestReturn(o, on(2, 10), Returning{Approved: true, Lines: []ReturnPart{{LineItemID: line, Quantity: 2}}})
	must(t, err)
	_, err = s.Refund(o, on(2, 15), Refunding{ReturnID: id, Lines: []RefundPart{{LineItemID: line, Quantity: 1}}})
	must(t, err)
	must(t, s.ProcessReturn(o, on(2, 20), id, Processing{}))
	wantRows(t, o, 1,
		row{"REFUND", "RETURN", "PRODUCT", on(2, 15), -1, -3200, 0, -800, -800},
		row{"RETURN", "RETURN", "PRODUCT", on(2, 20), -1, -3200, 0, -800, -800})
	_, err = s.Refund(o, on(2, 21), Refunding{ReturnID: id})
	must(t, err)
	if ledgerSum(o) != 0 || o.Totals.Refunded != cents(6400) || o.FinancialStatus != "REFUNDED" {
		t.Errorf("ledger %d, %+v", ledgerSum(o), o.Totals)
	}
}

func TestReturnRefuses(t *testing.T) {
	s := usd()
	fresh := worked(t, s)
	if _, err := s.RequestReturn(fresh, on(2, 1), Returning{Lines: []ReturnPart{{LineItemID: fresh.Lines[0].ID, Quantity: 1}}}); err == nil {
		t.Error("a return of what was never shipped was taken")
	}
	o := shipped(t, s)
	ask := Returning{Lines: []ReturnPart{{LineItemID: o.Lines[0].ID, Quantity: 2}}}
	id, err := s.RequestReturn(o, on(2, 10), ask)
	must(t, err)
	if _, err := s.RequestReturn(o, on(2, 10), ask); err == nil {
		t.Error("the same units were returned twice")
	}
	must(t, s.DeclineReturn(o, on(2, 11), id))
	if o.Returns[0].Status != "DECLINED" || o.ReturnStatus != "NO_RETURN" || len(o.Agreements) != 1 {
		t.Errorf("declined: %+v", o.Returns[0])
	}
	if s.ApproveReturn(o, on(2, 12), id) == nil || s.ProcessReturn(o, on(2, 12), id, Processing{}) == nil {
		t.Error("a declined return went on")
	}
	if _, err := s.RequestReturn(o, on(2, 12), ask); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

func TestCancel(t *testing.T) {
	goods := []Item{{Price: cents(4000), Quantity: 2}}
	reversal := row{"REFUND", "RETURN", "PRODUCT", on(2, 3), -2, -8000, 0, 0, 0}
	for _, c := range []struct {
		name                           string
		payments                       []Payment
		unpaid, ship, keep             bool
		financial, fulfilment, restock string
		refunded, outstanding          int64
		kinds                          []string
	}{
		{"before payment", nil, true, false, false, "VOIDED", "UNFULFILLED", "CANCEL", 0, 0, nil},
		{"authorised", []Payment{{Kind: "AUTHORIZATION"}}, false, false, false, "VOIDED", "UNFULFILLED", "CANCEL", 0, 0, []string{"AUTHORIZATION", "VOID"}},
		{"after payment", nil, false, false, false, "REFUNDED", "UNFULFILLED", "CANCEL", cents(8000), 0, []string{"SALE", "REFUND"}},
		{"after shipping", nil, false, true, false, "REFUNDED", "FULFILLED", "NO_RESTOCK", cents(8000), 0, []string{"SALE", "REFUND"}},
		{"money kept", nil, false, false, true, "PAID", "UNFULFILLED", "CANCEL", 0, cents(-8000), []string{"SALE"}},
	} {
		s := usd()
		o := place(t, s, Purchase{Items: goods, Payments: c.payments, Unpaid: c.unpaid})
		if c.ship {
			_, err := s.Fulfil(o, on(2, 1), Shipment{})
			must(t, err)
		}
		must(t, s.Cancel(o, on(2, 3), Cancellation{Reason: "CUSTOMER", KeepMoney: c.keep}))
		wantRows(t, o, 1, reversal)
		var kinds []string
		for _, x := range o.Transactions {
			kinds = append(kinds, x.Kind)
		}
		if o.FinancialStatus != c.financial || o.FulfillmentStatus != c.fulfilment || o.Totals.Refunded != c.refunded ||
			o.Totals.Outstanding != c.outstanding || !slices.Equal(kinds, c.kinds) || o.Refunds[0].Lines[0].RestockType != c.restock {
			t.Errorf("%s: %s %s %+v %v %+v", c.name, o.FinancialStatus, o.FulfillmentStatus, o.Totals, kinds, o.Refunds[0].Lines)
		}
		if o.CancelledAt != on(2, 3) || o.CancelReason != "CUSTOMER" || o.UpdatedAt != on(2, 3) || ledgerSum(o) != 0 {
			t.Errorf("%s: cancelled %d for %s, ledger %d", c.name, o.CancelledAt, o.CancelReason, ledgerSum(o))
		}
		if s.Cancel(o, on(2, 4), Cancellation{}) == nil || s.Edit(o, on(2, 4), Edit{Add: goods}) == nil {
			t.Errorf("%s: a cancelled order was changed", c.name)
		}
	}
}
