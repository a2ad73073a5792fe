package shopify

// The channels that every shop has.
var (
	OnlineStore = &Channel{Handle: "online_store", Name: "Online Store", AppID: 580111, AppName: "Online Store"}
	PointOfSale = &Channel{Handle: "pos", Name: "Point of Sale", AppID: 129785, AppName: "Point of Sale"}
	DraftOrders = &Channel{Handle: "draft_orders", Name: "Draft Orders", AppID: 1354745, AppName: "Draft Orders"}
)

// Place makes an order of a purchase and writes the first agreement of its ledger. It moves the updatedAt of tracked products, as the
// stock that an order takes does at Shopify, but the counts on the shelves are SetStock's business.
func (s *Shop) Place(p Purchase) (*Order, error) {
	o := new(Order)
	var newest Instant // of the customer's orders; an imported one may be older
	if p.Customer != nil && p.Customer.LastOrder != nil {
		newest = p.Customer.LastOrder.ProcessedAt
	}
	if err := s.place(o, &p); err != nil {
		return nil, err
	}
	s.Orders = append(s.Orders, o)
	s.Touch(o)
	s.tell(happening{topic: "orders/create", id: o.ID, at: o.UpdatedAt, person: personOf(o)})
	if c := o.Customer; c != nil {
		if o.CustomerIndex > 1 && p.processed() < newest {
			s.recount(c)
		}
		s.TouchCustomer(c, false)
	}
	return o, nil
}

// place fills o, which the caller appends to the shop's orders.
func (s *Shop) place(o *Order, p *Purchase) error {
	if err := p.check(); err != nil {
		return err
	}
	g := grainOf(s.Currency)
	s.head(o, p)
	n := len(p.Items)
	if p.Tip > 0 {
		n++
	}
	o.Lines = make([]LineItem, 0, n)
	for i := range p.Items {
		o.Lines = append(o.Lines, s.line(g, o, &p.Items[i]))
		if it := &p.Items[i]; it.Product != nil && it.Variant != nil && !it.Variant.Item.Untracked {
			it.Product.UpdatedAt = max(it.Product.UpdatedAt, p.At) // stock that an order takes moves it
		}
	}
	if p.Tip > 0 {
		tip := Item{Title: "Tip", Quantity: 1, Price: p.Tip, Digital: true}
		l := s.line(g, o, &tip)
		l.Tip = true
		o.Lines = append(o.Lines, l)
	}
	s.carry(g, o, p)
	for _, d := range p.Discounts {
		o.discount(g, d)
	}
	for i := range p.Items {
		o.Lines[i].bear(g, p.Items[i].Rates, o.TaxesIncluded)
	}
	for i := range p.Shipping {
		o.Shipping[i].bear(g, p.Shipping[i].Rates, o.TaxesIncluded)
	}
	s.owe(o, p.At, p.Promise)
	s.agree(g, o)
	s.settle(g, o)
	if err := s.payAll(g, o, p); err != nil {
		return err
	}
	if c := o.Customer; c != nil && !o.Test {
		c.Orders++
		o.CustomerIndex = c.Orders
		c.LastOrder = o
		if c.CreatedAt == 0 {
			c.CreatedAt = p.At
		}
		c.UpdatedAt = max(c.UpdatedAt, p.At)
	}
	return nil
}

// head fills what is known before any amount is.
func (s *Shop) head(o *Order, p *Purchase) {
	o.ID, o.Number = p.ID, p.Number
	if o.ID == 0 {
		o.ID = s.NewID()
	}
	if o.Number == 0 {
		o.Number = 1001
		if n := len(s.Orders); n > 0 {
			o.Number = s.Orders[n-1].Number + 1
		}
	}
	o.CreatedAt, o.ProcessedAt, o.UpdatedAt = p.At, p.processed(), p.At
	o.Test, o.TaxesIncluded = p.Test, s.TaxesIncluded
	if p.Presentment != s.Currency {
		o.Presentment, o.Rate = p.Presentment, p.Rate
	}
	o.SourceName, o.Channel, o.LocationID = p.SourceName, p.Channel, p.LocationID
	if o.SourceName == "" {
		o.SourceName = "web"
	}
	if o.Channel == nil {
		switch o.SourceName {
		case "web":
			o.Channel = OnlineStore
		case "pos":
			o.Channel = PointOfSale
		case "shopify_draft_order":
			o.Channel = DraftOrders
		}
	}
	o.Customer, o.Journey, o.Tags = p.Customer, p.Journey, p.Tags
}

// line makes a line item with the discounts that are its own, and no tax yet.
func (s *Shop) line(g grain, o *Order, it *Item) LineItem {
	l := LineItem{
		ID: s.NewID(), Title: it.Title, Quantity: it.Quantity, Current: it.Quantity, Refundable: it.Quantity,
		GiftCard: it.GiftCard, NoShipping: it.Digital || it.GiftCard, Untaxed: len(it.Rates) == 0,
		UnitPrice: g.round(it.Price), Total: g.round(it.Total),
	}
	if it.Variant != nil {
		l.VariantID, l.SKU = it.Variant.ID, it.Variant.SKU
		if it.Price == 0 && !it.Free && it.Total == 0 {
			l.UnitPrice = g.round(it.Variant.Price)
		}
	}
	if it.Product != nil {
		l.ProductID, l.Vendor = it.Product.ID, it.Product.Vendor
		if l.Title == "" {
			l.Title = it.Product.Title
		}
	}
	if !l.NoShipping {
		l.Unfulfilled = it.Quantity
	}
	if it.Duty > 0 {
		l.Duties = []Duty{{ID: s.NewID(), Price: g.round(it.Duty)}}
	}
	for _, d := range it.Discounts {
		face := l.OriginalTotal()
		a := min(d.of(g, face-l.discounted()), face-l.discounted())
		l.Discounts = append(l.Discounts, DiscountAllocation{Index: o.apply(d, "EXPLICIT"), Amount: a})
		if d.Code == "" {
			l.LineDiscount += a
		}
	}
	return l
}

// carry adds the shipping lines and fees.
func (s *Shop) carry(g grain, o *Order, p *Purchase) {
	if len(p.Shipping) > 0 {
		o.Shipping = make([]ShippingLine, len(p.Shipping))
	}
	for i, c := range p.Shipping {
		o.Shipping[i] = ShippingLine{ID: s.NewID(), Title: c.Title, Code: c.Code, Price: g.round(c.Price)}
	}
	for _, c := range p.Fees {
		f := AdditionalFee{ID: s.NewID(), Name: c.Name, Price: g.round(c.Price)}
		f.Taxes = taxLines(g, f.Price, c.Rates, o.TaxesIncluded)
		o.Fees = append(o.Fees, f)
	}
}

func (l *LineItem) bear(g grain, rates []Rate, included bool) {
	l.Taxes = taxLines(g, l.OriginalTotal()-l.discounted(), rates, included)
}

func (l *ShippingLine) bear(g grain, rates []Rate, included bool) {
	l.Taxes = taxLines(g, l.Price-allocated(l.Discounts), rates, included)
}

func taxLines(g grain, a int64, rates []Rate, included bool) []TaxLine {
	if len(rates) == 0 {
		return nil
	}
	var buffer [4]int64
	lines := make([]TaxLine, len(rates))
	for i, t := range g.taxed(a, rates, included, buffer[:0]) {
		lines[i] = TaxLine{Title: rates[i].Title, Rate: rates[i].Rate, Price: t}
	}
	return lines
}
