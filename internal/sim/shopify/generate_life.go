package shopify

// life draws what happens to an order after it was placed, in the order of time, up to the instant at which the shop is looked at.
func (m *maker) life(o *Order) error {
	steps := []func(*Order, Instant) (Instant, error){m.change, m.ship, m.regret, m.quarrel}
	at := o.CreatedAt
	for _, step := range steps {
		var err error
		if at, err = step(o, at); err != nil || at >= m.until || o.CancelledAt != 0 {
			return err
		}
	}
	return nil
}

// goods is a line of the order that is neither gift card nor tip and of which something is left; nil if there is none.
func (m *maker) goods(o *Order) *LineItem {
	start := m.IntN(len(o.Lines))
	for i := range o.Lines {
		if l := &o.Lines[(start+i)%len(o.Lines)]; !l.GiftCard && !l.Tip && l.Current > 0 {
			return l
		}
	}
	return nil
}

// change edits or cancels an order in the first hours. One that was to be paid by bank transfer is paid some days later, mostly.
func (m *maker) change(o *Order, at Instant) (Instant, error) {
	if o.SourceName == "pos" {
		return at, nil
	}
	switch k := m.IntN(1000); {
	case k < 18: // cancelled
		if at = m.after(at, 1, 20); at >= m.until {
			return at, nil
		}
		return at, m.Cancel(o, at, Cancellation{Reason: []string{"CUSTOMER", "CUSTOMER", "INVENTORY", "FRAUD"}[m.IntN(4)]})
	case k < 38:
		if at = m.after(at, 1, 8); at >= m.until {
			return at, nil
		}
		if err := m.edit(o, at); err != nil {
			return at, err
		}
	}
	if o.FinancialStatus == "PENDING" && !m.chance(150) {
		if at = m.after(at, 20, 120); at >= m.until {
			return at, nil
		}
		if m.chance(500) {
			return at, m.LateTransaction(o, at, Payment{Gateway: "bank_deposit"})
		}
		return at, m.Pay(o, at, Payment{Gateway: "bank_deposit"})
	}
	return at, nil
}

func (m *maker) edit(o *Order, at Instant) error {
	l := m.goods(o)
	var e Edit
	switch k := m.IntN(10); {
	case l == nil || k < 3:
		p := m.onSale(at)
		e.Add = []Item{{Product: p, Variant: p.Variants[0], Quantity: 1}}
		if l != nil {
			e.Add[0].Rates = l.rates()
		}
	case k < 5:
		e.Set = []QuantityChange{{l.ID, l.Current + 1}}
	case k < 8 && l.Current > 1:
		e.Set = []QuantityChange{{l.ID, l.Current - 1}}
	default:
		e.Discounts = []DiscountAdvance{{l.ID, Discount{Title: "Sorry", Percent: 10}}}
	}
	if err := m.Edit(o, at, e); err != nil {
		return err
	}
	if o.FinancialStatus == "AUTHORIZED" || o.FinancialStatus == "PENDING" {
		return nil
	}
	if o.Totals.Outstanding > 0 {
		return m.Pay(o, at, Payment{FeePercent: 2.9, FeeFlat: m.price(30)})
	}
	if o.Totals.Outstanding < 0 {
		_, err := m.Refund(o, at, Refunding{})
		return err
	}
	return nil
}

// ship fulfils: at the counter at once, else in the days after. Four parcels in five report where they are.
func (m *maker) ship(o *Order, at Instant) (Instant, error) {
	if o.FulfillmentStatus == "FULFILLED" {
		return at, nil
	}
	if o.SourceName == "pos" {
		_, err := m.Fulfil(o, at, Shipment{LocationID: o.LocationID})
		return at, err
	}
	if at = m.after(at, 3, 70); m.chance(30) {
		at = m.after(at, 48, 200)
	}
	if at >= m.until {
		return at, nil
	}
	if o.FinancialStatus == "AUTHORIZED" {
		if err := m.Pay(o, at, Payment{Kind: "CAPTURE", FeePercent: 2.9, FeeFlat: m.price(30)}); err != nil {
			return at, err
		}
	}
	p := Shipment{LocationID: m.Locations[0].ID, Company: "Post"}
	if m.chance(400) {
		p.Estimated = at + 3*86_400
	}
	if l := m.goods(o); l != nil && l.Unfulfilled > 1 && m.chance(150) { // the rest follows
		p.Lines = []FulfillmentLine{{LineItemID: l.ID, Quantity: 1}}
		if err := m.parcel(o, at, p); err != nil {
			return at, err
		}
		if at = m.after(at, 24, 120); at >= m.until {
			return at, nil
		}
		p.Lines = nil
	}
	return m.after(at, 24, 140), m.parcel(o, at, p)
}

// parcel ships and, for most parcels, has the carrier report.
func (m *maker) parcel(o *Order, at Instant, p Shipment) error {
	id, err := m.Fulfil(o, at, p)
	if err != nil || !m.chance(800) {
		return err
	}
	o.Fulfillments[len(o.Fulfillments)-1].Events = make([]FulfillmentEvent, 0, 2)
	if at = m.after(at, 2, 12); at >= m.until {
		return nil
	}
	if err := m.Track(o, at, id, "IN_TRANSIT"); err != nil || m.chance(12) { // a few get lost
		return err
	}
	if at = m.after(at, 16, 110); at >= m.until {
		return nil
	}
	return m.Deliver(o, at, id)
}

// regret is what comes back, days to months later: returns with and without reason, exchanges, refunds without a return, goodwill.
func (m *maker) regret(o *Order, at Instant) (Instant, error) {
	k := m.IntN(1000)
	l := m.goods(o)
	if k >= 95 || l == nil || l.Unfulfilled > 0 || o.Totals.Received == 0 {
		return at, nil
	}
	at = m.after(at, 30, 900)
	late := false
	if m.chance(60) { // long after the return window
		at, late = m.after(at, 1400, 2000), true
	}
	if at >= m.until {
		return at, nil
	}
	n := m.between(1, l.Current)
	switch {
	case k < 60:
		return m.sendBack(o, at, l, n)
	case k < 78:
		slow := m.chance(100)
		id, err := m.Refund(o, at, Refunding{Lines: []RefundPart{{LineItemID: l.ID, Quantity: n, Restock: "NO_RESTOCK"}}, KeepUpdatedAt: late, Pending: slow})
		if after := m.after(at, 5, 90); err == nil && slow && after < m.until {
			return after, m.SettleRefund(o, after, id, !m.chance(30))
		}
		return at, err
	case k < 88:
		_, err := m.Refund(o, at, Refunding{Amount: new(min(m.price(500), o.refundable())), KeepUpdatedAt: late})
		return at, err
	case o.Totals.CurrentShipping > 0:
		_, err := m.Refund(o, at, Refunding{AllShipping: true, KeepUpdatedAt: late})
		return at, err
	}
	return at, nil
}

var returnReasons = []string{"SIZE_TOO_SMALL", "SIZE_TOO_SMALL", "SIZE_TOO_LARGE", "UNWANTED", "UNWANTED", "UNWANTED", "DEFECTIVE", "NOT_AS_DESCRIBED",
	"WRONG_ITEM", "STYLE", "COLOR", "OTHER", "UNKNOWN", "UNKNOWN"}

func (m *maker) sendBack(o *Order, at Instant, l *LineItem, n int) (Instant, error) {
	line, rates := l.ID, l.rates()
	r := Returning{Lines: []ReturnPart{{LineItemID: line, Quantity: n, Reason: returnReasons[m.IntN(len(returnReasons))]}}}
	if m.chance(80) {
		r.Lines[0].RestockPercent = 10
	}
	if m.chance(100) {
		r.ShippingFee = m.price(300)
	}
	id, err := m.RequestReturn(o, at, r)
	if err != nil {
		return at, err
	}
	if at = m.after(at, 2, 40); at >= m.until {
		return at, nil
	}
	if m.chance(60) {
		return at, m.DeclineReturn(o, at, id)
	}
	if err := m.ApproveReturn(o, at, id); err != nil {
		return at, err
	}
	if at = m.after(at, 72, 240); at >= m.until || m.chance(40) { // some never come
		return at, nil
	}
	var p Processing
	if m.chance(120) {
		other := m.onSale(at)
		p.Exchange = []Item{{Product: other, Variant: other.Variants[len(other.Variants)-1], Quantity: 1, Rates: rates}}
	}
	if err := m.ProcessReturn(o, at, id, p); err != nil {
		return at, err
	}
	if o.Totals.Outstanding > 0 {
		return at, m.Pay(o, at, Payment{})
	}
	if at = m.after(at, 2, 200); at >= m.until {
		return at, nil
	}
	back := RefundPart{LineItemID: line, Quantity: n, Restock: "RETURN", LocationID: m.Locations[0].ID}
	if r.Lines[0].Reason == "DEFECTIVE" {
		back.Restock = "NO_RESTOCK"
	}
	_, err = m.Refund(o, at, Refunding{ReturnID: id, Lines: []RefundPart{back}})
	return at, err
}

// quarrel is the rare chargeback.
func (m *maker) quarrel(o *Order, at Instant) (Instant, error) {
	if !m.chance(3) || len(o.Gateways) == 0 || o.Gateways[0] != "shopify_payments" {
		return at, nil
	}
	if at = m.after(at, 200, 900); at >= m.until {
		return at, nil
	}
	d := m.OpenDispute(o, "CHARGEBACK")
	if at = m.after(at, 400, 900); at >= m.until {
		return at, nil
	}
	return at, m.CloseDispute(o, d.ID, []string{"WON", "LOST", "LOST"}[m.IntN(3)])
}
