package shopify

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	drawCents    = rapid.Int64Range(0, 50_000)
	drawRates    = rapid.SampledFrom([][]Rate{nil, {{"VAT", 0.19}}, {{"State", 0.04}, {"City", 0.045}, {"MCTD", 0.00375}}, {{"GST", 0.05}, {"QST", 0.09975}}})
	drawDiscount = rapid.Custom(func(t *rapid.T) Discount {
		if rapid.Bool().Draw(t, "fixed") {
			return Discount{Amount: cents(rapid.Int64Range(0, 9_000).Draw(t, "off")), Automatic: true}
		}
		return Discount{Percent: float64(rapid.IntRange(0, 1000).Draw(t, "tenths")) / 10, Automatic: true}
	})
	drawItem = rapid.Custom(func(t *rapid.T) Item {
		it := Item{Title: "line", Price: cents(drawCents.Draw(t, "price")), Quantity: rapid.IntRange(1, 7).Draw(t, "quantity")}
		switch it.Free = true; rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			it.GiftCard = true
		case 1:
			it.Digital = true
			fallthrough
		default:
			it.Rates = drawRates.Draw(t, "rates")
			it.Discounts = rapid.SliceOfN(drawDiscount, 0, 2).Draw(t, "own discounts")
			it.Duty = cents(rapid.Int64Range(0, 3).Draw(t, "duty") * 137)
		}
		return it
	})
	drawPurchase = rapid.Custom(func(t *rapid.T) Purchase {
		p := Purchase{
			At:        on(1, 5),
			Items:     rapid.SliceOfN(drawItem, 1, 4).Draw(t, "items"),
			Discounts: rapid.SliceOfN(drawDiscount, 0, 2).Draw(t, "discounts"),
			Tip:       cents(rapid.Int64Range(0, 2).Draw(t, "tip") * 155),
		}
		if rapid.Bool().Draw(t, "delivered") {
			p.Shipping = []Carriage{{Title: "Parcel", Price: cents(drawCents.Draw(t, "carriage")), Rates: drawRates.Draw(t, "carriage rates")}}
			if rapid.Bool().Draw(t, "cheaper") {
				p.Discounts = append(p.Discounts, Discount{Amount: cents(300), Shipping: true, Automatic: true})
			}
		}
		if rapid.Bool().Draw(t, "fee") {
			p.Fees = []Charge{{Name: "wrap", Price: cents(150), Rates: drawRates.Draw(t, "fee rates")}}
		}
		p.Unpaid = rapid.IntRange(0, 4).Draw(t, "unpaid") == 0
		return p
	})
)

// The first agreement is worth what the buyer was charged, computed here from the order's own lines and not from the ledger.
func TestFirstAgreementIsTheOriginalTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := usd()
		s.TaxesIncluded = rapid.Bool().Draw(t, "taxes included")
		p := drawPurchase.Draw(t, "purchase")
		o, err := s.Place(p)
		if err != nil {
			t.Fatal(err)
		}
		var charged, gross, discounts int64
		add := func(price int64, discounts []DiscountAllocation, taxes []TaxLine) {
			charged += price
			for _, d := range discounts {
				charged -= d.Amount
			}
			for _, x := range taxes {
				if !s.TaxesIncluded {
					charged += x.Price
				}
			}
		}
		for i, l := range o.Lines {
			price := p.Tip
			if i < len(p.Items) {
				price = p.Items[i].Price * int64(p.Items[i].Quantity)
				charged += p.Items[i].Duty
				if !p.Items[i].GiftCard {
					gross += price
				}
			}
			add(price, l.Discounts, l.Taxes)
			discounts += l.discounted()
			if l.discounted() > price || l.discounted() < 0 {
				t.Fatalf("line %d bears a discount of %d on %d", i, l.discounted(), price)
			}
		}
		for i, l := range o.Shipping {
			add(p.Shipping[i].Price, l.Discounts, l.Taxes)
		}
		for i, f := range o.Fees {
			add(p.Fees[i].Price, nil, f.Taxes)
		}
		if o.Totals.OriginalTotal != charged || o.Totals.Total != charged || o.Totals.CurrentTotal != charged {
			t.Fatalf("totals %+v, charged %d", o.Totals, charged)
		}
		// A fixed discount off the whole order arrives in full, or takes all there is.
		if len(p.Discounts) > 0 && !p.Discounts[0].Shipping && p.Discounts[0].Amount > 0 {
			var own, first int64
			for _, l := range o.Lines {
				for _, d := range l.Discounts {
					if o.Discounts[d.Index].Selection == "EXPLICIT" {
						own += d.Amount
					}
				}
			}
			for i := range o.Lines {
				for _, d := range o.Lines[i].Discounts {
					if d.Index == orderWide(o) {
						first += d.Amount
					}
				}
			}
			if want := min(p.Discounts[0].Amount, gross-own); first != want {
				t.Fatalf("the lines share %d of an order discount of %d", first, want)
			}
		}
	})
}

// orderWide is the index of the first discount that is no line's own.
func orderWide(o *Order) int {
	for i := range o.Discounts {
		if o.Discounts[i].Selection == "ALL" {
			return i
		}
	}
	return -1
}

// Whatever happens to an order, its lines' current quantities are the ledger's, no balance falls below nothing, and once all of it
// is given back the ledger holds nothing but fees that were kept, which is also all the money that stays.
func TestLedgerOfAFullyRefundedOrderIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := usd()
		s.TaxesIncluded = rapid.Bool().Draw(t, "taxes included")
		o, err := s.Place(drawPurchase.Draw(t, "purchase"))
		if err != nil {
			t.Fatal(err)
		}
		at := o.CreatedAt
		for range rapid.IntRange(0, 8).Draw(t, "events") {
			at = at.Add(24 * time.Hour)
			happen(t, s, o, at)
			checkLedger(t, o)
		}
		for i := range o.Returns {
			if o.Returns[i].Status == "OPEN" {
				_ = s.ProcessReturn(o, at, o.Returns[i].ID, Processing{}) // refused where its goods were refunded apart from it
			}
		}
		if _, err := s.Refund(o, at, Refunding{Everything: true}); err != nil {
			t.Fatal(err)
		}
		checkLedger(t, o)
		var fees int64
		for _, a := range o.Agreements {
			for _, v := range a.Sales {
				if v.LineType == "FEE" {
					fees += v.Total
				}
			}
		}
		// A goodwill payment before may have eaten into the fees; never into anything else.
		sum, kept := ledgerSum(o), o.Totals.Received-o.Totals.Refunded
		if sum < 0 || sum > fees || o.Totals.CurrentTotal != fees || sum != kept+o.Totals.Outstanding || (o.Totals.Received > 0 && kept > fees) {
			t.Fatalf("the ledger holds %d (totals %d) beside fees of %d; %d was kept, %d is outstanding: %v",
				sum, o.Totals.CurrentTotal, fees, kept, o.Totals.Outstanding, rows(o, 0))
		}
	})
}

// happen does one thing to an order. What the shop refuses is left undone.
func happen(t *rapid.T, s *Shop, o *Order, at Instant) {
	l := &o.Lines[rapid.IntRange(0, len(o.Lines)-1).Draw(t, "line")]
	n := rapid.IntRange(1, 3).Draw(t, "units")
	switch rapid.IntRange(0, 6).Draw(t, "event") {
	case 0:
		_ = s.Edit(o, at, Edit{Set: []QuantityChange{{l.ID, max(0, l.Current-n)}}})
	case 1:
		_ = s.Edit(o, at, Edit{Set: []QuantityChange{{l.ID, l.Current + n}}})
	case 2:
		_ = s.Edit(o, at, Edit{Discounts: []DiscountAdvance{{l.ID, drawDiscount.Draw(t, "advance")}}})
	case 3:
		_ = s.Edit(o, at, Edit{Add: []Item{drawItem.Draw(t, "added")}})
	case 4:
		_, _ = s.Refund(o, at, Refunding{Lines: []RefundPart{{LineItemID: l.ID, Quantity: n}}})
	case 5:
		_, _ = s.Refund(o, at, Refunding{Amount: new(cents(rapid.Int64Range(0, 500).Draw(t, "goodwill")))})
	case 6:
		if l.NoShipping {
			return
		}
		_, _ = s.Fulfil(o, at, Shipment{})
		_, _ = s.RequestReturn(o, at, Returning{Approved: true, Lines: []ReturnPart{{LineItemID: l.ID, Quantity: n,
			RestockPercent: float64(rapid.IntRange(0, 1).Draw(t, "fee") * 10)}}})
	}
}

func checkLedger(t *rapid.T, o *Order) {
	for i := range o.Lines {
		l := &o.Lines[i]
		b := o.heldLine(l.ID)
		if b.quantity != l.Current || b.total < 0 || b.tax < 0 || b.before < 0 || b.after < 0 {
			t.Fatalf("line %d: current %d, ledger %+v", i, l.Current, b)
		}
		if l.Unfulfilled < 0 || l.Unfulfilled > l.Current || l.Refundable < 0 || l.Current > l.Quantity {
			t.Fatalf("line %+v", l)
		}
		if b.quantity == 0 && (b.total != 0 || b.tax != 0 || b.before != 0) {
			t.Fatalf("line %d: nothing left, but %+v", i, b)
		}
	}
	if kept := o.Totals.Received - o.Totals.Refunded; kept < 0 {
		t.Fatalf("more was given back than received: %d", kept)
	}
	if o.Totals.CurrentTax < 0 || o.Totals.CurrentSubtotal < 0 || o.Totals.CurrentShipping < 0 {
		t.Fatalf("totals %+v", o.Totals)
	}
}
