package count

import (
	"fmt"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Whole is the channel of totals that count customers over all channels of a store: a customer of two channels is one customer.
const Whole = "*"

// Key names one total.
type Key struct {
	Channel  string // "" where a measure has none
	Measure  kpi.Measure
	Day      period.Day
	Part     string // product, histogram bin or previous purchase day, where the measure is kept in parts
	Currency string // of money; "" for counts
}

// Tally sums contributions. Its zero value is ready. Sums that come to zero are left out, so that two tallies of the same
// facts are equal whichever way they were reached.
type Tally struct {
	sums map[Key]int64
	err  error
}

// Add adds n to a total.
func (t *Tally) Add(k Key, n int64) {
	if n == 0 {
		return
	}
	if t.sums == nil {
		t.sums = make(map[Key]int64)
	}
	sum, err := money.Add(money.Micros(t.sums[k]), money.Micros(n))
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("total of %s on %s: %w", k.Measure, k.Day, err)
	}
	if sum == 0 {
		delete(t.sums, k)
		return
	}
	t.sums[k] = int64(sum)
}

// Put adds another tally to this one.
func (t *Tally) Put(o *Tally) {
	for k, n := range o.sums {
		t.Add(k, n)
	}
	if t.err == nil {
		t.err = o.err
	}
}

// Take takes another tally off this one.
func (t *Tally) Take(o *Tally) {
	for k, n := range o.sums {
		t.Add(k, -n)
	}
	if t.err == nil {
		t.err = o.err
	}
}

// Sums are the totals that are not zero; the error is an overflow.
func (t *Tally) Sums() (map[Key]int64, error) { return t.sums, t.err }

// Get is one total.
func (t *Tally) Get(k Key) int64 { return t.sums[k] }

// Len is how many totals are not zero.
func (t *Tally) Len() int { return len(t.sums) }

// Reset empties the tally and keeps its room.
func (t *Tally) Reset() { clear(t.sums) }
