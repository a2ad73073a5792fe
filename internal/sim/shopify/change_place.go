package shopify

import (
	"errors"
	"fmt"
)

// Purchase is what a buyer agreed to: what Place turns into an order. All amounts are in the shop's currency and rounded to its
// minor unit on entry. Prices contain tax where the shop's do.
type Purchase struct {
	At        Instant // when Shopify recorded it: createdAt
	Processed Instant // when it was placed; zero means At, earlier for an imported order
	ID        int64   // zero: the next one
	Number    int     // zero: the next one

	Customer *Customer // nil for a guest
	Items    []Item
	// Discounts are order-wide: each is divided over the lines by the largest remainder (gift cards and tips take no share),
	// or taken off the shipping.
	Discounts []Discount
	Shipping  []Carriage
	Tip       int64
	Fees      []Charge
	// Payments settle the order. None means paid in full at Processed, unless Unpaid. A payment whose amount is zero pays the rest.
	Payments []Payment
	Unpaid   bool

	// Presentment and Rate say that the buyer saw another currency: Rate units of it (in micros) per unit of the shop's.
	Presentment string
	Rate        int64

	Promise    Promise // what the buyer was told about the delivery; may be empty
	Test       bool
	SourceName string   // empty means web
	Channel    *Channel // nil means the one that goes with SourceName
	LocationID int64    // of a point-of-sale order
	Journey    *Journey
	Tags       []string
}

// Item is one line of a purchase: a variant of a product, or with neither a custom line.
type Item struct {
	Product   *Product
	Variant   *Variant
	Title     string // empty: the product's
	Quantity  int
	Price     int64 // per unit; zero: the variant's, unless Free
	Free      bool
	Total     int64      // original total where it is not Price times Quantity, as in imports
	Discounts []Discount // of this line alone
	Rates     []Rate
	Duty      int64 // import duty on the whole line
	GiftCard  bool
	Digital   bool // nothing to ship
}

// Rate is one tax. Rate is a fraction: 0.19.
type Rate struct {
	Title string
	Rate  float64
}

// Discount is a fixed amount or a percentage.
type Discount struct {
	Code      string // a code that the buyer typed in
	Automatic bool   // without a code; neither means given by hand
	Title     string
	Amount    int64
	Percent   float64
	Shipping  bool // off the shipping instead of the goods
}

// Carriage is a delivery to be paid for.
type Carriage struct {
	Title string
	Code  string
	Price int64
	Rates []Rate
}

// Charge is an additional fee.
type Charge struct {
	Name  string
	Price int64
	Rates []Rate
}

// The channels that every shop has.
var (
	OnlineStore = &Channel{Handle: "online_store", Name: "Online Store", AppID: 580111, AppName: "Online Store"}
	PointOfSale = &Channel{Handle: "pos", Name: "Point of Sale", AppID: 129785, AppName: "Point of Sale"}
	DraftOrders = &Channel{Handle: "draft_orders", Name: "Draft Orders", AppID: 1354745, AppName: "Draft Orders"}
)

// Place makes an order of a purchase and writes the first agreement of its ledger.
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
	if c := o.Customer; c != nil {
		if o.CustomerIndex > 1 && p.processed() < newest {
			s.recount(c)
		}
		s.TouchCustomer(c, false)
	}
	return o, nil
}

func (p *Purchase) check() error {
	if p.At == 0 {
		return errors.New("place: the purchase has no instant")
	}
	if p.Presentment != "" && p.Rate <= 0 {
		return fmt.Errorf("place: presentment currency %s has no rate", p.Presentment)
	}
	for i := range p.Items {
		if err := p.Items[i].check(); err != nil {
			return fmt.Errorf("place: line %d: %w", i+1, err)
		}
	}
	return nil
}

func (it *Item) check() error {
	switch {
	case it.Quantity < 1:
		return fmt.Errorf("quantity is %d, must be at least 1", it.Quantity)
	case it.Price < 0 || it.Total < 0 || it.Duty < 0:
		return errors.New("an amount is negative")
	case it.GiftCard && (len(it.Rates) > 0 || len(it.Discounts) > 0 || it.Duty != 0):
		return errors.New("a gift card bears no tax, discount or duty")
	}
	return nil
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

func (p *Purchase) processed() Instant {
	if p.Processed != 0 {
		return p.Processed
	}
	return p.At
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

// of is what the discount takes off base.
func (d Discount) of(g grain, base int64) int64 {
	if d.Percent != 0 {
		return g.percent(base, d.Percent)
	}
	return g.round(d.Amount)
}

// apply notes a discount on the order and returns its index.
func (o *Order) apply(d Discount, selection string) int {
	a := DiscountApplication{Kind: "Manual", Title: d.Title, Method: "ACROSS", Target: "LINE_ITEM", Selection: selection,
		Amount: d.Amount, Percent: d.Percent}
	switch {
	case d.Code != "":
		a.Kind, a.Title = "Code", d.Code
	case d.Automatic:
		a.Kind = "Automatic"
	}
	if d.Shipping {
		a.Target = "SHIPPING_LINE"
	}
	if d.Code != "" { // one code may take off several lines: Shopify lists it once
		for i := range o.Discounts {
			if x := &o.Discounts[i]; x.Kind == "Code" && x.Title == d.Code && x.Target == a.Target {
				return i
			}
		}
		o.DiscountCodes = append(o.DiscountCodes, d.Code)
	}
	o.Discounts = append(o.Discounts, a)
	return len(o.Discounts) - 1
}

// discount divides an order-wide discount over what is left of the lines' prices, or of the shipping's.
func (o *Order) discount(g grain, d Discount) {
	var buffer [16]int64
	weights := buffer[:0]
	var base int64
	if d.Shipping {
		for i := range o.Shipping {
			weights = append(weights, o.Shipping[i].Price-allocated(o.Shipping[i].Discounts))
			base += weights[i]
		}
	} else {
		for i := range o.Lines {
			w := int64(0)
			if l := &o.Lines[i]; !l.GiftCard && !l.Tip {
				w = l.OriginalTotal() - l.discounted()
			}
			weights = append(weights, w)
			base += w
		}
	}
	index := o.apply(d, "ALL")
	g.allocate(min(d.of(g, base), base), weights)
	for i, w := range weights {
		if w == 0 {
			continue
		}
		a := DiscountAllocation{Index: index, Amount: w}
		if d.Shipping {
			o.Shipping[i].Discounts = append(o.Shipping[i].Discounts, a)
		} else {
			o.Lines[i].Discounts = append(o.Lines[i].Discounts, a)
		}
	}
}

func allocated(all []DiscountAllocation) (sum int64) {
	for i := range all {
		sum += all[i].Amount
	}
	return sum
}

func (l *LineItem) discounted() int64 { return allocated(l.Discounts) }

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
