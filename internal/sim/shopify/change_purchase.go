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

func (p *Purchase) processed() Instant {
	if p.Processed != 0 {
		return p.Processed
	}
	return p.At
}
