package shopify

import (
	"strings"
	"unicode"

	"fourfold/internal/fact"
	"fourfold/internal/money"
)

// head turns an order without its lines and ledger into facts.
func (o *order) head(s *sink) error {
	f := fact.Order{
		ID: string(o.ID), CreatedAt: o.CreatedAt.Time, ProcessedAt: o.ProcessedAt.Time, UpdatedAt: o.UpdatedAt.Time,
		CancelledAt: o.CancelledAt.Time, CancelledBy: lower(o.CancelReason), Test: o.Test, Currency: o.Currency,
		Presentment: o.Presentment, CustomerID: o.Customer.id(), Channel: o.channel(), Total: o.Total.micros(),
	}
	// Every delivery, also a free one, has a shipping line; what is handed over the counter has none.
	f.Shippable = o.ShippingLine != nil && f.Channel != "pos"
	if j := o.Journey; j != nil {
		f.First, f.Last, f.JourneyDone = j.First.fact(), j.Last.fact(), j.Ready
		f.Referral = j.First.referred() || j.Last.referred()
	}
	s.add(f)
	for i := range o.Refunds {
		s.add(o.Refunds[i].fact(o.ID))
	}
	for i := range o.Fulfillments {
		s.add(o.Fulfillments[i].fact(o.ID))
	}
	for i := range o.Transactions {
		t, err := o.Transactions[i].fact(o)
		if err != nil {
			return err
		}
		s.add(t)
	}
	for _, d := range o.Disputes {
		s.add(fact.Dispute{ID: string(d.ID), OrderID: string(o.ID), Kind: lower(d.Kind), Status: lower(d.Status)})
	}
	return nil
}

// channel names where an order was sold: by Shopify's own handle, else by what the order says of its source.
func (o *order) channel() string {
	if o.Attribution != nil && o.Attribution.Handle != "" {
		return snake(o.Attribution.Handle)
	}
	switch o.SourceName {
	case "web":
		return "online_store"
	case "pos":
		return "pos"
	case "shopify_draft_order":
		return "draft_orders"
	}
	if o.App != nil && o.App.Name != "" {
		return snake(o.App.Name)
	}
	return snake(o.SourceName)
}

// snake writes a name in lower case with underscores: "Online Store" is online_store.
func snake(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('_')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func (l *orderLine) fact(order gid) (fact.OrderLine, error) {
	f := fact.OrderLine{
		ID: string(l.ID), OrderID: string(order), ProductID: l.Product.id(), VariantID: l.Variant.id(), SKU: l.SKU,
		Quantity: l.Quantity, CurrentQuantity: l.Current, UnitPrice: l.UnitPrice.micros(), GiftCard: l.GiftCard, Shippable: l.Shippable,
	}
	for _, a := range l.Allocations {
		sum, err := money.Add(f.Discount, a.Amount.micros())
		if err != nil {
			return f, err
		}
		f.Discount = sum
	}
	return f, nil
}

func (a *agreement) fact(order gid) fact.Agreement {
	return fact.Agreement{ID: string(a.ID), OrderID: string(order), HappenedAt: a.HappenedAt.Time, Reason: fact.AgreementReason(lower(a.Reason))}
}

func (l *sale) fact(agreement gid) fact.Sale {
	return fact.Sale{
		ID: string(l.ID), AgreementID: string(agreement), Line: lineType(l.Line), Action: lower(l.Action), LineID: l.Item.id(),
		Quantity: l.Quantity, Total: l.Total.micros(), Tax: l.Tax.micros(), Discount: l.Discount.micros(),
	}
}

// lineType sorts a ledger row. A type that is newer than we are is unknown: it is in no figure, and counted as such.
func lineType(s string) fact.LineType {
	switch s {
	case "PRODUCT":
		return fact.LineProduct
	case "SHIPPING":
		return fact.LineShipping
	case "TIP":
		return fact.LineTip
	case "GIFT_CARD":
		return fact.LineGiftCard
	case "DUTY":
		return fact.LineDuty
	case "ADDITIONAL_FEE", "FEE":
		return fact.LineFee
	case "ADJUSTMENT":
		return fact.LineAdjustment
	}
	return fact.LineUnknown
}

func (r *refund) fact(order gid) fact.Refund {
	return fact.Refund{ID: string(r.ID), OrderID: string(order), ReturnID: r.Return.id(), CreatedAt: r.CreatedAt.Time,
		ProcessedAt: r.ProcessedAt.Time, Total: r.Total.micros()}
}

// fact of a movement of money. Fees come for Shopify Payments alone, and in the currency of the payout: in another currency than
// the order's they are not known to us. Of a payment that shows none the fee is unknown, and not zero.
func (t *transaction) fact(o *order) (fact.Transaction, error) {
	f := fact.Transaction{ID: string(t.ID), OrderID: string(o.ID), Kind: lower(t.Kind), Status: lower(t.Status), Gateway: t.Gateway,
		Test: t.Test, ProcessedAt: t.ProcessedAt.Time, Amount: t.Amount.micros(),
		FeeKnown: len(t.Fees) > 0}
	if f.ProcessedAt.IsZero() {
		f.ProcessedAt = t.CreatedAt.Time
	}
	for _, fee := range t.Fees {
		if fee.Amount.Currency != o.Currency {
			f.Fee, f.FeeKnown = 0, false
			break
		}
		sum, err := money.Add(f.Fee, money.Micros(fee.Amount.Amount))
		if err != nil {
			return f, err
		}
		f.Fee = sum
	}
	return f, nil
}

func (p *fulfillment) fact(order gid) fact.Fulfillment {
	f := fact.Fulfillment{ID: string(p.ID), OrderID: string(order), Status: lower(p.Status), CreatedAt: p.CreatedAt.Time,
		InTransitAt: p.InTransitAt.Time, DeliveredAt: p.DeliveredAt.Time, EstimatedAt: p.EstimatedAt.Time, Units: p.Units,
		UpdatedAt: p.UpdatedAt.Time, LocationID: p.Location.id(), Display: lower(p.Display)}
	if len(p.Tracking) > 0 {
		f.Carrier = clean(p.Tracking[0].Company)
	}
	// These two instants are set by events only, so they tell of events even where bulk cannot ask for them.
	f.EventsSeen = !f.DeliveredAt.IsZero() || !f.InTransitAt.IsZero() || (p.Events != nil && len(p.Events.Nodes) > 0)
	return f
}
