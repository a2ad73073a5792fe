package shopify

import "fmt"

// Payment is money that came in, or was promised to.
type Payment struct {
	At         Instant // zero: when the order was processed
	Gateway    string  // empty means shopify_payments; gift_card for one; cash, paypal, manual…
	Kind       string  // empty means SALE; AUTHORIZATION, CAPTURE, VOID
	Status     string  // empty means SUCCESS; PENDING, FAILURE, ERROR
	Amount     int64   // zero pays what is outstanding
	FeePercent float64 // what Shopify Payments keeps of it: per cent and a fixed part
	FeeFlat    int64
}

// payAll settles a new order as the purchase says.
func (s *Shop) payAll(g grain, o *Order, p *Purchase) error {
	if p.Unpaid {
		if len(p.Payments) > 0 {
			return fmt.Errorf("place: an unpaid purchase has %d payments", len(p.Payments))
		}
		return nil
	}
	payments := p.Payments
	if len(payments) == 0 {
		payments = []Payment{{}}
	}
	for _, x := range payments {
		if x.At == 0 {
			x.At = o.ProcessedAt
		}
		if err := s.pay(g, o, x); err != nil {
			return fmt.Errorf("place: %w", err)
		}
	}
	return nil
}

// Pay records a payment: a later one, the capture of an authorisation, or a void. It moves updatedAt.
func (s *Shop) Pay(o *Order, at Instant, p Payment) error {
	p.At = at
	if err := s.pay(grainOf(s.Currency), o, p); err != nil {
		return fmt.Errorf("pay: %w", err)
	}
	s.bump(o, at)
	return nil
}

// LateTransaction records a transaction that does not move the order's updatedAt, as Shopify does for some of those that a gateway
// reports late. Only a trailing re-read finds it.
func (s *Shop) LateTransaction(o *Order, at Instant, p Payment) error {
	p.At = at
	if err := s.pay(grainOf(s.Currency), o, p); err != nil {
		return fmt.Errorf("late transaction: %w", err)
	}
	s.Touch(o)
	return nil
}

func (s *Shop) pay(g grain, o *Order, p Payment) error {
	x := Transaction{Kind: p.Kind, Status: p.Status, Gateway: p.Gateway, Test: o.Test, CreatedAt: p.At, ProcessedAt: p.At, Amount: g.round(p.Amount)}
	if x.Kind == "" {
		x.Kind = "SALE"
	}
	if x.Status == "" {
		x.Status = "SUCCESS"
	}
	if x.Gateway == "" {
		x.Gateway = "shopify_payments"
	}
	switch {
	case x.Amount < 0:
		return fmt.Errorf("a payment of a negative amount")
	case x.Kind == "CAPTURE" || x.Kind == "VOID":
		x.ParentID = o.authorisation()
		if x.ParentID == 0 {
			return fmt.Errorf("%s without an authorisation", x.Kind)
		}
	}
	if x.Amount == 0 && x.Kind != "VOID" {
		if x.Amount = o.Totals.Outstanding; x.Amount <= 0 {
			return nil // nothing to pay: Shopify makes no transaction for an order of nothing
		}
	}
	x.ID = s.NewID()
	if p.FeePercent != 0 || p.FeeFlat != 0 {
		x.Fees = []TransactionFee{{ID: s.NewID(), Type: "processing_fee", Name: "Card rate", Rate: p.FeePercent / 100, Flat: p.FeeFlat,
			Amount: g.percent(x.Amount, p.FeePercent) + g.round(p.FeeFlat)}}
	}
	o.Transactions = append(o.Transactions, x)
	o.gateway(x.Gateway)
	s.settle(g, o)
	return nil
}

func (o *Order) authorisation() int64 {
	for i := range o.Transactions {
		if x := &o.Transactions[i]; x.Kind == "AUTHORIZATION" && x.Status == "SUCCESS" {
			return x.ID
		}
	}
	return 0
}

func (o *Order) gateway(name string) {
	for _, g := range o.Gateways {
		if g == name {
			return
		}
	}
	o.Gateways = append(o.Gateways, name)
}

// OpenDispute records a chargeback (or an inquiry). Disputes do not move updatedAt.
func (s *Shop) OpenDispute(o *Order, kind string) *Dispute {
	o.Disputes = append(o.Disputes, Dispute{ID: s.NewID(), Type: kind, Status: "NEEDS_RESPONSE"})
	s.Touch(o)
	return &o.Disputes[len(o.Disputes)-1]
}

// CloseDispute says how it ended: WON, LOST, ACCEPTED. It does not move updatedAt either.
func (s *Shop) CloseDispute(o *Order, id int64, status string) error {
	for i := range o.Disputes {
		if o.Disputes[i].ID == id {
			o.Disputes[i].Status = status
			s.Touch(o)
			return nil
		}
	}
	return fmt.Errorf("close dispute: order %d has no dispute %d", o.ID, id)
}
