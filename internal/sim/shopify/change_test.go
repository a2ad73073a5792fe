package shopify

import (
	"slices"
	"testing"
	"time"
)

// cents makes micros of hundredths.
func cents(n int64) int64 { return n * 10_000 }

// on is noon UTC of a day of 2026.
func on(month time.Month, day int) Instant {
	return At(time.Date(2026, month, day, 12, 0, 0, 0, time.UTC))
}

func usd() *Shop { return &Shop{ID: 1, Currency: "USD", Zone: "America/New_York"} }

func place(t *testing.T, s *Shop, p Purchase) *Order {
	t.Helper()
	if p.At == 0 {
		p.At = on(1, 30)
	}
	o, err := s.Place(p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// row is a ledger row without its IDs, in hundredths.
type row struct {
	reason, action, line      string
	day                       Instant
	quantity                  int
	total, tax, before, after int64
}

// rows lists an order's ledger from the n-th agreement on.
func rows(o *Order, n int) (all []row) {
	for _, a := range o.Agreements[n:] {
		for _, v := range a.Sales {
			all = append(all, row{a.Reason, v.ActionType, v.LineType, a.HappenedAt, v.Quantity,
				v.Total / 10_000, v.Tax / 10_000, v.DiscountBeforeTax / 10_000, v.DiscountAfterTax / 10_000})
		}
	}
	return all
}

func wantRows(t *testing.T, o *Order, from int, want ...row) {
	t.Helper()
	if got := rows(o, from); !slices.Equal(got, want) {
		t.Errorf("ledger from agreement %d:\n got %v\nwant %v", from, got, want)
	}
}

// ledgerSum is what the ledger holds of an order in all.
func ledgerSum(o *Order) (sum int64) {
	for _, a := range o.Agreements {
		for _, v := range a.Sales {
			sum += v.Total
		}
	}
	return sum
}

func wantMoney(t *testing.T, what string, got, want int64) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %d.%06d, want %d.%06d", what, got/1_000_000, got%1_000_000, want/1_000_000, want%1_000_000)
	}
}

// worked is the order of the KPI catalogue's worked example: A 40.00 x 2, B 25.00, 15.00 off the order.
func worked(t *testing.T, s *Shop) *Order {
	return place(t, s, Purchase{
		Items:     []Item{{Title: "A", Price: cents(4000), Quantity: 2}, {Title: "B", Price: cents(2500), Quantity: 1}},
		Discounts: []Discount{{Code: "JAN15", Amount: cents(1500)}},
	})
}
