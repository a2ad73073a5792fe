package shopify

import "testing"

func TestFulfilAndDeliver(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Promise: Promise{Latest: on(2, 5), FulfilBy: on(2, 1)},
		Items: []Item{{Price: cents(100), Quantity: 3}, {Title: "Download", Price: cents(200), Quantity: 1, Digital: true}}})
	if f := o.FulfillmentOrders; len(f) != 1 || f[0].MaxDelivery != on(2, 5) || f[0].FulfillBy != on(2, 1) || f[0].Status != "OPEN" {
		t.Fatalf("promise: %+v", f)
	}
	first, err := s.Fulfil(o, on(2, 1), Shipment{Lines: []FulfillmentLine{{LineItemID: o.Lines[0].ID, Quantity: 1}}, Company: "Post", LocationID: 4})
	must(t, err)
	if o.FulfillmentStatus != "PARTIALLY_FULFILLED" || o.Lines[0].Unfulfilled != 2 || o.UpdatedAt != on(2, 1) {
		t.Errorf("first: %s %+v", o.FulfillmentStatus, o.Lines[0])
	}
	_, err = s.Fulfil(o, on(2, 2), Shipment{})
	must(t, err)
	if o.FulfillmentStatus != "FULFILLED" || o.FulfillmentOrders[0].Status != "CLOSED" || o.Fulfillments[1].Lines[0].Quantity != 2 || o.Fulfillments[1].Name != "#1001-F2" {
		t.Errorf("second: %s %+v", o.FulfillmentStatus, o.Fulfillments[1])
	}
	must(t, s.Track(o, on(2, 2), first, "IN_TRANSIT"))
	must(t, s.Deliver(o, on(2, 4), first))
	f := o.Fulfillments[0]
	if f.InTransitAt != on(2, 2) || f.DeliveredAt != on(2, 4) || f.DisplayStatus != "DELIVERED" || len(f.Events) != 2 {
		t.Errorf("delivered: %+v", f)
	}
	if o.UpdatedAt != on(2, 2) || f.UpdatedAt != on(2, 1) {
		t.Errorf("a carrier's message moved updatedAt: order %d, fulfilment %d", o.UpdatedAt, f.UpdatedAt)
	}
	if _, err := s.Fulfil(o, on(2, 9), Shipment{}); err == nil {
		t.Error("nothing was shipped again")
	}
	if err := s.Deliver(o, on(2, 9), 1); err == nil {
		t.Error("an unknown parcel arrived")
	}
}

func TestLateMoneyDoesNotMoveUpdatedAt(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Unpaid: true, Items: []Item{{Price: cents(100), Quantity: 1}}})
	must(t, s.LateTransaction(o, on(5, 1), Payment{Gateway: "bank_deposit"}))
	d := s.OpenDispute(o, "CHARGEBACK")
	must(t, s.CloseDispute(o, d.ID, "LOST"))
	if o.UpdatedAt != on(1, 30) || o.FinancialStatus != "PAID" || o.Disputes[0].Status != "LOST" || o.Transactions[0].ProcessedAt != on(5, 1) {
		t.Errorf("updated %d, %s, %+v", o.UpdatedAt, o.FinancialStatus, o.Disputes)
	}
	if s.CloseDispute(o, 1, "WON") == nil {
		t.Error("an unknown dispute was closed")
	}
}

func TestMergeAndDelete(t *testing.T) {
	s := usd()
	a, b := s.AddCustomer(on(1, 2)), s.AddCustomer(on(1, 1))
	buy := func(c *Customer, day int) *Order {
		return place(t, s, Purchase{At: on(2, day), Customer: c, Items: []Item{{Price: cents(1000), Quantity: 1}}})
	}
	first, second, third := buy(b, 1), buy(a, 2), buy(b, 3)
	must(t, s.MergeCustomers(a, b, on(3, 1)))
	if len(s.Customers) != 1 || a.Orders != 3 || a.Spent != cents(3000) || a.LastOrder != third || a.CreatedAt != on(1, 1) {
		t.Errorf("merged: %+v", a)
	}
	if first.Customer != a || first.CustomerIndex != 1 || second.CustomerIndex != 2 || third.CustomerIndex != 3 || first.UpdatedAt != on(3, 1) || second.UpdatedAt != on(2, 2) {
		t.Errorf("orders: %d %d %d", first.CustomerIndex, second.CustomerIndex, third.CustomerIndex)
	}
	if s.MergeCustomers(a, b, on(3, 1)) == nil || s.MergeCustomers(a, a, on(3, 1)) == nil {
		t.Error("a customer that is not there was merged")
	}
	s.Delete(first)
	if len(s.Orders) != 2 || a.Orders != 2 || a.Spent != cents(2000) || second.CustomerIndex != 1 || a.LastOrder != third {
		t.Errorf("deleted: %d orders, %+v", len(s.Orders), a)
	}
	s.SetConsent(a, on(4, 1), true)
	if a.Consent != "SUBSCRIBED" || a.ConsentAt != on(4, 1) || a.UpdatedAt != on(4, 1) {
		t.Errorf("consent: %+v", a)
	}
}

func TestCostAndStock(t *testing.T) {
	s := usd()
	house := s.AddLocation(on(1, 1), "Warehouse")
	p := s.AddProduct(on(1, 1), Product{Title: "Chair", Variants: []*Variant{{SKU: "C1", Price: cents(10000)}}})
	v := p.Variants[0]
	s.SetCost(v, on(2, 1), cents(4000))
	must(t, s.SetStock(v, on(2, 2), house.ID, 12))
	must(t, s.SetStock(v, on(2, 3), house.ID, 11))
	if v.ID == 0 || v.Item.ID == 0 || !v.Item.HasCost || v.Item.Cost != cents(4000) || v.Item.UpdatedAt != on(2, 1) {
		t.Errorf("item: %+v", v.Item)
	}
	if l := v.Item.Levels; len(l) != 1 || l[0].Available != 11 || l[0].CreatedAt != on(2, 2) || l[0].UpdatedAt != on(2, 3) {
		t.Errorf("levels: %+v", l)
	}
	if s.SetStock(v, on(2, 4), 1, 1) == nil {
		t.Error("stock at a location that is not there")
	}
	o := place(t, s, Purchase{Items: []Item{{Product: p, Variant: v, Quantity: 1}}})
	if l := o.Lines[0]; l.UnitPrice != cents(10000) || l.SKU != "C1" || l.ProductID != p.ID || l.VariantID != v.ID || l.Title != "Chair" {
		t.Errorf("line: %+v", l)
	}
}

func TestFulfilmentOrdersFollowWhatIsOwed(t *testing.T) {
	s := usd()
	o := place(t, s, Purchase{Items: []Item{{Price: cents(100), Quantity: 1}}})
	states := func() (all string) {
		for _, f := range o.FulfillmentOrders {
			all += f.Status + " "
		}
		return all
	}
	_, err := s.Fulfil(o, on(2, 1), Shipment{})
	must(t, err)
	must(t, s.Edit(o, on(2, 2), Edit{Add: []Item{{Price: cents(100), Quantity: 1}}}))
	if states() != "CLOSED OPEN " || o.FulfillmentStatus != "PARTIALLY_FULFILLED" {
		t.Errorf("after an edit: %s%s", states(), o.FulfillmentStatus)
	}
	must(t, s.Edit(o, on(2, 3), Edit{Set: []QuantityChange{{o.Lines[1].ID, 0}}}))
	if states() != "CLOSED CLOSED " || o.FulfillmentStatus != "FULFILLED" {
		t.Errorf("after a removal: %s%s", states(), o.FulfillmentStatus)
	}
	p := place(t, s, Purchase{Items: []Item{{Price: cents(100), Quantity: 1}}})
	must(t, s.Cancel(p, on(2, 1), Cancellation{}))
	if f := p.FulfillmentOrders; len(f) != 1 || f[0].Status != "CANCELLED" {
		t.Errorf("after a cancellation: %+v", f)
	}
}

func TestImportedOrdersAreCountedInTime(t *testing.T) {
	s := usd()
	c := s.AddCustomer(on(1, 1))
	buy := func(day int) *Order {
		return place(t, s, Purchase{At: on(3, 1), Processed: on(2, day), Customer: c, Items: []Item{{Price: cents(100), Quantity: 1}}})
	}
	later, earlier := buy(9), buy(3)
	if earlier.CustomerIndex != 1 || later.CustomerIndex != 2 || c.LastOrder != later {
		t.Errorf("earlier is %d, later is %d", earlier.CustomerIndex, later.CustomerIndex)
	}
}
