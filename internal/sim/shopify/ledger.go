package shopify

// The ledger is the truth about an order's money: totals and statuses are sums over it and over the transactions, never kept up
// beside it.

// balance is what the ledger still holds of one line, shipping line, duty or fee: everything sold of it less everything taken back.
type balance struct {
	quantity                  int
	total, tax, before, after int64 // before and after are the discounts before and after taxes
}

func (b *balance) add(v *Sale) {
	b.quantity += v.Quantity
	b.total += v.Total
	b.tax += v.Tax
	b.before += v.DiscountBeforeTax
	b.after += v.DiscountAfterTax
}

// held sums the rows that belong says are meant.
func (o *Order) held(belongs func(*Sale) bool) (b balance) {
	for i := range o.Agreements {
		sales := o.Agreements[i].Sales
		for j := range sales {
			if belongs(&sales[j]) {
				b.add(&sales[j])
			}
		}
	}
	return b
}

func (o *Order) heldLine(id int64) balance {
	return o.held(func(v *Sale) bool { return v.LineItemID == id })
}

func (o *Order) heldShipping(id int64) balance {
	return o.held(func(v *Sale) bool { return v.LineType == "SHIPPING" && v.ShippingLineID == id })
}

func (o *Order) heldDuty(id int64) balance {
	return o.held(func(v *Sale) bool { return v.LineType == "DUTY" && v.DutyID == id })
}

func (o *Order) heldFee(id int64) balance {
	return o.held(func(v *Sale) bool { return v.FeeID == id && v.FeeID != 0 })
}

// reverse is the row that takes quantity of the balance back.
func (b balance) reverse(g grain, quantity int) Sale {
	v := b.leave(g, int64(b.quantity-quantity), int64(b.quantity))
	v.Quantity, v.NoQuantity = -quantity, false
	return v
}

// leave is the row that takes back all but rest of all. It is what remains that is rounded, so that taking the last piece leaves
// nothing.
func (b balance) leave(g grain, rest, all int64) Sale {
	out := func(a int64) int64 { return g.part(a, rest, all) - a }
	return Sale{
		ActionType: "RETURN", NoQuantity: true,
		Total: out(b.total), Tax: out(b.tax), DiscountBeforeTax: out(b.before), DiscountAfterTax: out(b.after),
	}
}

// settle derives the order's totals and statuses from its ledger, transactions and refunds, and keeps the customer's lifetime sums.
func (s *Shop) settle(g grain, o *Order) {
	was := o.Totals.Received - o.Totals.Refunded
	t := Totals{}
	var corrections int64 // what refunds gave beyond, or kept of, the goods' value
	for i := range o.Agreements {
		for j := range o.Agreements[i].Sales {
			v := &o.Agreements[i].Sales[j]
			if i == 0 {
				t.OriginalTotal += v.Total
			}
			if v.LineType == "ADJUSTMENT" {
				corrections += v.Total
				continue
			}
			t.count(v, o.TaxesIncluded)
		}
	}
	t.RefundDiscrepancy = corrections
	pending := t.money(o)
	for i := range o.Refunds {
		for j := range o.Refunds[i].Shipping {
			r := &o.Refunds[i].Shipping[j]
			t.RefundedShipping += r.Subtotal
			if !o.TaxesIncluded {
				t.RefundedShipping += r.Tax
			}
		}
	}
	t.Outstanding = t.CurrentTotal + corrections + pending - (t.Received - t.Refunded)
	o.Totals = t
	o.FinancialStatus = o.financial()
	o.FulfillmentStatus = o.fulfilment()
	if o.Customer != nil && !o.Test {
		o.Customer.Spent += t.Received - t.Refunded - was
	}
}

// count adds one row: to the current totals always, to the others only where it is no reversal.
func (t *Totals) count(v *Sale, included bool) {
	face, discount := v.Total, v.DiscountAfterTax
	if !included {
		face, discount = v.Total-v.Tax, v.DiscountBeforeTax
	}
	agreed := v.ActionType != "RETURN" && v.LineType != "FEE"
	sum := func(current, all *int64, a int64) {
		*current += a
		if agreed {
			*all += a
		}
	}
	sum(&t.CurrentTotal, &t.Total, v.Total)
	sum(&t.CurrentTax, &t.Tax, v.Tax)
	sum(&t.CurrentDiscounts, &t.Discounts, discount)
	switch v.LineType {
	case "PRODUCT", "GIFT_CARD":
		sum(&t.CurrentSubtotal, &t.Subtotal, face)
	case "SHIPPING":
		sum(&t.CurrentShipping, &t.Shipping, face)
	case "DUTY":
		sum(&t.CurrentDuties, &t.Duties, face)
	case "ADDITIONAL_FEE":
		sum(&t.CurrentFees, &t.Fees, face)
	case "TIP":
		if agreed {
			t.Tip += v.Total
		}
	}
}

// money sums the transactions; pending is what refunds have promised and no transaction has paid out yet.
func (t *Totals) money(o *Order) (pending int64) {
	for i := range o.Transactions {
		x := &o.Transactions[i]
		if x.Status != "SUCCESS" {
			continue
		}
		switch x.Kind {
		case "SALE", "CAPTURE":
			t.Received += x.Amount
		case "REFUND":
			t.Refunded += x.Amount
		}
	}
	for i := range o.Refunds {
		for j := range o.Refunds[i].Adjustments {
			if a := &o.Refunds[i].Adjustments[j]; a.Reason == "PENDING_REFUND_DISCREPANCY" {
				pending += a.Amount
			}
		}
	}
	return pending
}

// financial is displayFinancialStatus.
func (o *Order) financial() string {
	t := &o.Totals
	switch {
	case t.Refunded > 0 && t.Refunded >= t.Received:
		return "REFUNDED"
	case t.Refunded > 0:
		return "PARTIALLY_REFUNDED"
	case t.Received > 0 && t.Outstanding > 0:
		return "PARTIALLY_PAID"
	case t.Received > 0:
		return "PAID"
	}
	authorised := false
	for i := range o.Transactions {
		switch x := &o.Transactions[i]; {
		case x.Status == "SUCCESS" && x.Kind == "AUTHORIZATION":
			authorised = true
		case x.Status == "SUCCESS" && x.Kind == "VOID":
			return "VOIDED"
		}
	}
	switch {
	case o.CancelledAt != 0 && t.OriginalTotal > 0:
		return "VOIDED"
	case t.Outstanding <= 0 && t.CurrentTotal <= 0:
		return "PAID"
	case authorised:
		return "AUTHORIZED"
	}
	return "PENDING"
}

// fulfilment is displayFulfillmentStatus.
func (o *Order) fulfilment() string {
	shipped, left, shippable := false, 0, false
	for i := range o.Fulfillments {
		shipped = shipped || o.Fulfillments[i].Status == "SUCCESS"
	}
	for i := range o.Lines {
		left += o.Lines[i].Unfulfilled
		shippable = shippable || !o.Lines[i].NoShipping
	}
	switch {
	case left > 0 && shipped:
		return "PARTIALLY_FULFILLED"
	case left > 0:
		return "UNFULFILLED"
	case shipped || !shippable:
		return "FULFILLED"
	}
	return "UNFULFILLED"
}

// lineByID finds a line of the order; nil where there is none.
func (o *Order) lineByID(id int64) *LineItem {
	for i := range o.Lines {
		if o.Lines[i].ID == id {
			return &o.Lines[i]
		}
	}
	return nil
}

// bump moves the order's updatedAt to at, which is what the nightly walk of a connector goes by.
func (s *Shop) bump(o *Order, at Instant) {
	o.UpdatedAt = max(o.UpdatedAt, at)
	s.Touch(o)
	s.tell(happening{topic: "orders/updated", id: o.ID, at: o.UpdatedAt, person: personOf(o)})
}
