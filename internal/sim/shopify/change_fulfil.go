package shopify

import "fmt"

// Promise is what the buyer was told about the delivery.
type Promise struct {
	Earliest Instant // minDeliveryDateTime
	Latest   Instant // maxDeliveryDateTime
	FulfilBy Instant // when the merchant has to have it out of the house
	Method   string  // SHIPPING, PICK_UP, LOCAL…; empty means SHIPPING
}

// Shipment is a parcel, or a handover.
type Shipment struct {
	Lines      []FulfillmentLine // LineItemID and Quantity; none means all that is unfulfilled
	LocationID int64
	Company    string
	Number     string // tracking number
	Estimated  Instant
}

// owe keeps the order's fulfilment orders: while anything is unfulfilled one is open, else none is.
func (s *Shop) owe(o *Order, at Instant, p Promise) {
	left := 0
	for i := range o.Lines {
		left += o.Lines[i].Unfulfilled
	}
	for i := range o.FulfillmentOrders {
		if f := &o.FulfillmentOrders[i]; f.Status == "OPEN" {
			if left == 0 {
				f.Status, f.UpdatedAt = "CLOSED", at
			}
			return
		}
	}
	if left == 0 {
		return
	}
	f := FulfillmentOrder{ID: s.NewID(), Status: "OPEN", CreatedAt: at, UpdatedAt: at, DeliveryID: s.NewID(), Method: p.Method,
		MinDelivery: p.Earliest, MaxDelivery: p.Latest, FulfillBy: p.FulfilBy}
	if f.Method == "" {
		f.Method = "SHIPPING"
	}
	o.FulfillmentOrders = append(o.FulfillmentOrders, f)
}

// Fulfil ships lines of an order and returns the ID of the fulfilment.
func (s *Shop) Fulfil(o *Order, at Instant, p Shipment) (int64, error) {
	if o.CancelledAt != 0 {
		return 0, fmt.Errorf("fulfil: order %d is cancelled", o.ID)
	}
	lines := p.Lines
	if len(lines) == 0 {
		for i := range o.Lines {
			if l := &o.Lines[i]; l.Unfulfilled > 0 {
				lines = append(lines, FulfillmentLine{LineItemID: l.ID, Quantity: l.Unfulfilled})
			}
		}
	}
	if len(lines) == 0 {
		return 0, fmt.Errorf("fulfil: order %d has nothing left to ship", o.ID)
	}
	for _, x := range lines {
		if l := o.lineByID(x.LineItemID); l == nil || x.Quantity < 1 || x.Quantity > l.Unfulfilled {
			return 0, fmt.Errorf("fulfil: order %d: line %d has no %d units left to ship", o.ID, x.LineItemID, x.Quantity)
		}
	}
	f := Fulfillment{ID: s.NewID(), Name: fmt.Sprintf("#%d-F%d", o.Number, len(o.Fulfillments)+1), Status: "SUCCESS", DisplayStatus: "FULFILLED",
		CreatedAt: at, UpdatedAt: at, LocationID: p.LocationID, Company: p.Company, Number: p.Number, EstimatedDelivery: p.Estimated}
	f.Lines = make([]FulfillmentLine, len(lines))
	for i, x := range lines {
		x.ID = s.NewID()
		f.Lines[i] = x
		o.lineByID(x.LineItemID).Unfulfilled -= x.Quantity
	}
	o.Fulfillments = append(o.Fulfillments, f)
	o.FulfillmentStatus = o.fulfilment()
	s.owe(o, at, Promise{})
	s.bump(o, at)
	s.tell(happening{topic: "fulfillments/create", id: f.ID, order: o.ID, at: at, person: personOf(o)})
	return f.ID, nil
}

// Track adds a carrier's message to a fulfilment: CONFIRMED, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED… It sets inTransitAt and
// deliveredAt but, as at Shopify, moves neither the order's updatedAt nor the fulfilment's.
func (s *Shop) Track(o *Order, at Instant, fulfillmentID int64, status string) error {
	for i := range o.Fulfillments {
		f := &o.Fulfillments[i]
		if f.ID != fulfillmentID {
			continue
		}
		f.Events = append(f.Events, FulfillmentEvent{ID: s.NewID(), Status: status, HappenedAt: at, CreatedAt: at, EstimatedDelivery: f.EstimatedDelivery})
		f.DisplayStatus = status
		switch status {
		case "IN_TRANSIT":
			if f.InTransitAt == 0 {
				f.InTransitAt = at
			}
		case "DELIVERED":
			f.DeliveredAt = at
		}
		s.Touch(o)
		s.tell(happening{topic: "fulfillments/update", id: f.ID, order: o.ID, at: at, person: personOf(o)})
		return nil
	}
	return fmt.Errorf("track: order %d has no fulfilment %d", o.ID, fulfillmentID)
}

// Deliver is the carrier's word that a fulfilment arrived.
func (s *Shop) Deliver(o *Order, at Instant, fulfillmentID int64) error {
	return s.Track(o, at, fulfillmentID, "DELIVERED")
}
