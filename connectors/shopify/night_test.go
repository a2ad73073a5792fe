package shopify

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/internal/fact"
	sim "fourfold/internal/sim/shopify"
)

// night is a shop in which something happens between two pulls.
type night struct {
	*simulated
	clock *sim.Clock
	held  map[string]*kept
}

func newNight(t *testing.T, orders int) *night {
	t.Helper()
	c := sim.NewClock(simNow)
	return &night{simulate(t, generated(t, orders), sim.Options{Now: c.Now}), c, map[string]*kept{}}
}

// pulls the streams, each from where it was.
func (n *night) pulls(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if n.held[id] == nil {
			n.held[id] = &kept{}
		}
		n.pull(t, id, n.held[id], 0)
	}
}

// change alters the shop a while later.
func (n *night) change(t *testing.T, after time.Duration, f func(*sim.Shop, sim.Instant) error) {
	t.Helper()
	n.clock.Advance(after)
	if err := n.Change(func(s *sim.Shop) error { return f(s, sim.At(n.clock.Now())) }); err != nil {
		t.Fatal(err)
	}
}

// fresh pulls a stream from nothing.
func (n *night) fresh(t *testing.T, id string) *kept {
	t.Helper()
	k := &kept{}
	n.pull(t, id, k, 0)
	return k
}

func blind(records map[string]fact.Record) map[string]fact.Record {
	out := map[string]fact.Record{}
	for key, r := range records {
		if f, ok := r.(fact.Fulfillment); ok {
			f.EventsSeen = false // pages know more of it than bulk
			r = f
		}
		out[key] = r
	}
	return out
}

func TestNightBringsWhatChanged(t *testing.T) {
	n := newNight(t, 400)
	ids := []string{"orders", "refunds", "returns", "customers", "products"}
	n.pulls(t, ids...)
	before := n.Stats()

	n.change(t, 20*time.Hour, func(s *sim.Shop, at sim.Instant) error {
		shipped, unshipped := 0, 0
		for _, o := range s.Orders {
			if o.CancelledAt != 0 || o.Test || len(o.Refunds) > 0 || len(o.Returns) > 0 || o.Totals.Received == 0 {
				continue
			}
			var err error
			switch l := &o.Lines[0]; {
			case len(o.Fulfillments) == 0 && l.Unfulfilled > 0 && unshipped%3 == 0:
				unshipped++
				err = s.Cancel(o, at, sim.Cancellation{Reason: "CUSTOMER"})
			case len(o.Fulfillments) == 0 && l.Unfulfilled > 0 && unshipped%3 == 1:
				unshipped++
				err = s.Edit(o, at, sim.Edit{Set: []sim.QuantityChange{{LineItemID: l.ID, Quantity: l.Current + 2}}})
			case len(o.Fulfillments) == 0 && l.Unfulfilled > 0:
				unshipped++
				_, err = s.Fulfil(o, at, sim.Shipment{Company: "DHL"})
			case shipped%2 == 0 && l.Unfulfilled == 0 && l.Current > 0 && !l.GiftCard && !l.NoShipping && !l.Tip:
				shipped++
				_, err = s.RequestReturn(o, at, sim.Returning{Lines: []sim.ReturnPart{{LineItemID: l.ID, Quantity: 1, Reason: "DEFECTIVE"}}, Approved: true})
			case l.Refundable > 0 && !l.Tip:
				shipped++
				_, err = s.Refund(o, at, sim.Refunding{Lines: []sim.RefundPart{{LineItemID: l.ID, Quantity: 1}}})
			}
			if err != nil {
				return err
			}
			if shipped+unshipped == 40 {
				break
			}
		}
		if shipped < 10 {
			return fmt.Errorf("too little happened: %d shipped, %d not", shipped, unshipped)
		}
		c := s.AddCustomer(at)
		s.SetConsent(c, at, true)
		p := s.Products[0]
		p.Status, p.UpdatedAt = "ARCHIVED", at
		_, err := s.Place(sim.Purchase{At: at, Customer: c, Items: []sim.Item{{Product: p, Variant: p.Variants[0], Quantity: 3}}})
		return err
	})
	n.pulls(t, ids...)
	for _, id := range ids {
		if p := lastOf(n.held[id].proofs); p.Method != "pages" {
			t.Errorf("%s: the night was read by %s", id, p.Method)
		}
		if d := cmp.Diff(blind(n.fresh(t, id).records), blind(n.held[id].records)); d != "" {
			t.Errorf("%s: read anew (-) and followed (+) differ:\n%.2500s", id, d)
		}
	}
	if r := n.Stats().Requests - before.Requests; r > 60 {
		t.Logf("%d requests", r)
	}
	var at place
	if err := n.held["orders"].cursor.Decode(&at); err != nil || at.Mark.Before(n.clock.Now().Add(-time.Minute)) {
		t.Errorf("the mark stands at %s, %v; the provider's clock at %s", at.Mark, err, n.clock.Now())
	}
}

// What a re-read must find, because it moves no updatedAt.
func TestRereadBringsWhatMovedNothing(t *testing.T) {
	n := newNight(t, 400)
	n.pulls(t, "orders", "refunds", "deliveries", "reread")
	var refunded, delivered int64
	n.change(t, 3*24*time.Hour, func(s *sim.Shop, at sim.Instant) error {
		for i := len(s.Orders) - 1; i >= 0; i-- {
			o := s.Orders[i]
			age := at.Time().Sub(o.CreatedAt.Time())
			if refunded == 0 && age > 70*24*time.Hour && age < 85*24*time.Hour && o.CancelledAt == 0 && !o.Test && len(o.Refunds) == 0 && o.Lines[0].Refundable > 0 && o.Totals.Received > 0 {
				if _, err := s.Refund(o, at, sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[0].ID, Quantity: 1}}, KeepUpdatedAt: true}); err != nil {
					return err
				}
				refunded = o.ID
			}
			for j := range o.Fulfillments {
				if f := &o.Fulfillments[j]; delivered == 0 && f.DeliveredAt == 0 && f.Status == "SUCCESS" && age < 50*24*time.Hour {
					if err := s.Deliver(o, at, f.ID); err != nil {
						return err
					}
					delivered = f.ID
				}
			}
		}
		if refunded == 0 || delivered == 0 {
			return errors.New("the made-up shop has no order that fits")
		}
		return nil
	})
	n.clock.Advance(2 * time.Hour)
	n.pulls(t, "orders", "refunds", "deliveries")

	key := fmt.Sprint("fulfillment ", delivered)
	f, ok := n.held["deliveries"].records[key].(fact.Fulfillment)
	if !ok || f.DeliveredAt.IsZero() || !f.EventsSeen {
		t.Errorf("the delivery was not seen: %+v", f)
	}
	of := func(id string) (refunds, lines int) {
		for _, r := range n.held[id].records {
			switch r := r.(type) {
			case fact.Refund:
				if r.OrderID == fmt.Sprint(refunded) {
					refunds++
				}
			case fact.RefundLine:
				if r.OrderID == fmt.Sprint(refunded) {
					lines++
				}
			}
		}
		return refunds, lines
	}
	if refunds, _ := of("orders"); refunds != 0 {
		t.Fatal("the nightly walk saw the refund: the test shows nothing")
	}
	n.pulls(t, "reread")
	if refunds, lines := of("reread"); refunds != 1 || lines != 1 {
		t.Errorf("the re-read brought %d refunds and %d lines, want one of each", refunds, lines)
	}
}

func TestCountShowsWhatIsGone(t *testing.T) {
	n := newNight(t, 200)
	n.pulls(t, "count")
	var gone int64
	n.change(t, time.Hour, func(s *sim.Shop, _ sim.Instant) error {
		gone = s.Orders[50].ID
		s.Delete(s.Orders[50])
		return nil
	})
	again := n.fresh(t, "count")
	if _, there := n.held["count"].records[fmt.Sprint("seen ", gone)]; !there || len(again.records) != 199 {
		t.Errorf("%d orders are left", len(again.records))
	}
	if _, there := again.records[fmt.Sprint("seen ", gone)]; there {
		t.Error("the deleted order is still seen")
	}
	for _, p := range again.proofs {
		if !p.Sweep || p.To.After(p.Started.Add(-overlap)) {
			t.Errorf("%s sweeps: %t, up to %s, where the reading began at %s", p.Slice, p.Sweep, p.To, p.Started)
		}
	}
}

// Customers that are gone are told by all slices together, in the proof that ends the reading.
func TestCustomersStillThereAreToldAtOnce(t *testing.T) {
	n := newNight(t, 300)
	var f feed
	for i := range feeds {
		if feeds[i].id == "count_customers" {
			f = feeds[i]
		}
	}
	f.slice = 20
	all := 0
	n.View(func(s *sim.Shop) { all = len(s.Customers) })
	k := &kept{}
	n.follow(t, t.Context(), f.stream(nil), k, 0)
	if len(k.proofs) < 3 || all < 60 || countOf[fact.CustomerSeen](k) != all {
		t.Fatalf("%d of %d customers in %d slices", countOf[fact.CustomerSeen](k), all, len(k.proofs))
	}
	for i, p := range k.proofs {
		if last := i == len(k.proofs)-1; p.Sweep != last || p.CompleteTo.IsZero() == last {
			t.Errorf("slice %d of %d: sweeps %t, complete to %s", i+1, len(k.proofs), p.Sweep, p.CompleteTo)
		}
	}
	first := k.proofs[0].Started
	for _, p := range k.proofs {
		if p.Started.Before(first) {
			first = p.Started
		}
	}
	if p := lastOf(k.proofs); !p.From.IsZero() || !p.Started.Equal(first) || !p.To.Equal(first.Add(-overlap)) {
		t.Errorf("the last proof is of %s to %s, begun at %s", p.From, p.To, p.Started)
	}
}

func TestStockIsReadForTheDayThatEnded(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-11-21T03:00:00+01:00": "2026-11-20",
		"2026-11-21T11:59:59+01:00": "2026-11-20",
		"2026-11-21T12:00:00+01:00": "2026-11-21",
		"2026-11-21T23:30:00+01:00": "2026-11-21",
		"2026-10-25T02:30:00+02:00": "2026-10-24", // the hour that comes twice
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := closingDay(now.UTC(), berlin).String(); got != want {
			t.Errorf("read at %s: %s, want %s", at, got, want)
		}
	}
}

// A reading that spans noon keeps the day it began with.
func TestReadingKeepsItsDay(t *testing.T) {
	c := sim.NewClock(simNow) // ten in the morning in Berlin
	s := simulate(t, generated(t, 100), sim.Options{Now: c.Now})
	var k kept
	pulls := 0
	for len(k.proofs) == 0 {
		if pulls++; pulls > 500 {
			t.Fatal("no end")
		}
		for p, err := range streamOf(t, "inventory").Pull(t.Context(), s.acc, request(s, &k)) {
			if err != nil {
				break
			}
			k.store(p)
			c.Advance(6 * time.Hour)
			break
		}
		time.Sleep(time.Millisecond)
	}
	for _, r := range k.records {
		switch r := r.(type) {
		case fact.StockReading:
			if r.Day.String() != "2026-11-20" {
				t.Fatalf("a reading of %s", r.Day)
			}
		case fact.CostReading:
			if r.Day.String() != "2026-11-20" {
				t.Fatalf("a cost of %s", r.Day)
			}
		}
	}
	if countOf[fact.StockReading](&k) == 0 {
		t.Error("no reading at all")
	}
}
