package count

import (
	"slices"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// Order is everything known of one order. The days are those its instants fell on when they were stored. Parts may be missing:
// a row that names nothing known counts once what it names is in.
type Order struct {
	fact.Order
	Day          period.Day // placed
	Gone         bool       // deleted at the provider
	Lines        []Line
	Agreements   []Agreement
	Sales        []fact.Sale
	Refunds      []Refund
	RefundLines  []fact.RefundLine
	Returns      []Return
	ReturnLines  []fact.ReturnLine
	Fulfillments []fact.Fulfillment
	Promises     []fact.Promise // the first of each kind
	Transactions []Transaction
	Disputes     []fact.Dispute
}

// Line is an order line with the stock item behind it, where that is known.
type Line struct {
	fact.OrderLine
	ItemID  string
	Tracked bool // the item's stock is kept
}

// Agreement is an agreement on its civil day.
type Agreement struct {
	fact.Agreement
	Day period.Day
}

// Refund is a refund on its civil day.
type Refund struct {
	fact.Refund
	Day period.Day
}

// Return is a return on the civil day it was requested.
type Return struct {
	fact.Return
	Day period.Day
}

// Transaction is a movement of money on its civil day.
type Transaction struct {
	fact.Transaction
	Day period.Day
}

// Rules is what counting needs beside the facts.
type Rules struct {
	Zone    *time.Location // the merchant's
	Earlier []Era          // the zones before it, oldest first
	Items   *Items
	Tariffs Tariffs // the merchant's, over all stores
}

// Era is a zone that days were cut by until it was changed.
type Era struct {
	Until time.Time
	Zone  *time.Location
}

func (r *Rules) day(t time.Time) period.Day { return Cut(t, r.Zone, r.Earlier) }

// Cut is the civil day of an instant in the zone that was in force then: a zone that is changed leaves days as they were cut.
func Cut(t time.Time, zone *time.Location, earlier []Era) period.Day {
	for _, e := range earlier {
		if t.Before(e.Until) {
			return period.On(t, e.Zone)
		}
	}
	return period.On(t, zone)
}

// Counts says whether the order counts for anything: test orders and deleted ones never do.
func (o *Order) Counts() bool { return !o.Test && !o.Gone && !o.ProcessedAt.IsZero() }

// parcels are the successful fulfilments in the order they were handed over.
func (o *Order) parcels() []fact.Fulfillment {
	var sent []fact.Fulfillment
	for _, f := range o.Fulfillments {
		if f.Status == "success" {
			sent = append(sent, f)
		}
	}
	slices.SortFunc(sent, func(a, b fact.Fulfillment) int { return handedOver(a).Compare(handedOver(b)) })
	return sent
}

// handedOver is when a parcel was given to the carrier. The fulfilment's creation is when its label was made, and stands in
// where no carrier reported.
func handedOver(f fact.Fulfillment) time.Time {
	if !f.InTransitAt.IsZero() {
		return f.InTransitAt
	}
	return f.CreatedAt
}

// cancelledUnshipped says that the order was cancelled before any of it was fulfilled.
func (o *Order) cancelledUnshipped() bool {
	if o.CancelledAt.IsZero() {
		return false
	}
	for _, f := range o.parcels() {
		if !f.CreatedAt.After(o.CancelledAt) {
			return false
		}
	}
	return true
}

// Kept says whether the order makes its buyer a customer: it has one, and was not cancelled before fulfilment.
func (o *Order) Kept() bool { return o.Counts() && o.CustomerID != "" && !o.cancelledUnshipped() }

// toShip says whether the order belongs to the population of deliveries: something to ship, not sold over the counter, not
// cancelled by the customer before fulfilment.
func (o *Order) toShip() bool {
	return o.Counts() && o.Shippable && !(o.cancelledUnshipped() && o.CancelledBy == "customer")
}

func (o *Order) line(id string) *Line {
	if id == "" {
		return nil
	}
	for i := range o.Lines {
		if o.Lines[i].ID == id {
			return &o.Lines[i]
		}
	}
	return nil
}
