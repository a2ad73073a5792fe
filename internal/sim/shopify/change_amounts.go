package shopify

import (
	"math"
	"math/bits"

	iso "fourfold/internal/money"
)

// grain is the currency's minor unit in micros: 10,000 for the dollar, a million for the yen, 1,000 for the dinar. Every amount on
// an order is a multiple of it.
type grain int64

func grainOf(currency string) grain {
	g := grain(1)
	for i := iso.Digits(currency); i < 6; i++ {
		g *= 10
	}
	return g
}

// round brings an amount to the minor unit, halves away from zero, as Shopify rounds.
func (g grain) round(a int64) int64 { return g.part(a, 1, 1) }

// part is a × num ÷ den, rounded once to the minor unit, halves away from zero. den must be positive, num not negative.
func (g grain) part(a, num, den int64) int64 {
	negative := a < 0
	if negative {
		a = -a
	}
	d := uint64(den)
	if hi, lo := bits.Mul64(d, uint64(g)); hi == 0 {
		d = lo
	} else { // a share of an amount beyond nine trillion: both are whole minor units
		a /= int64(g)
	}
	hi, lo := bits.Mul64(uint64(a), uint64(num))
	q, r := bits.Div64(hi, lo, d)
	if r >= d-r {
		q++
	}
	n := int64(q) * int64(g)
	if negative {
		return -n
	}
	return n
}

// billionth is what rates are held to while multiplied, so that no amount passes through a float.
const billionth = 1_000_000_000

// rate turns a fraction into billionths.
func rate(fraction float64) int64 { return int64(math.Round(fraction * billionth)) }

// percent is p per cent of a.
func (g grain) percent(a int64, p float64) int64 { return g.part(a, rate(p/100), billionth) }

// taxed says what taxes an amount bears, one amount per rate. Added taxes are rounded rate by rate; taxes contained in the amount
// are taken out by the sum of the rates and then divided among them.
func (g grain) taxed(a int64, rates []Rate, included bool, into []int64) []int64 {
	into = into[:0]
	switch {
	case len(rates) == 0 || a == 0:
		for range rates {
			into = append(into, 0)
		}
	case !included:
		for _, r := range rates {
			into = append(into, g.part(a, rate(r.Rate), billionth))
		}
	default:
		var sum int64
		for _, r := range rates {
			n := rate(r.Rate)
			sum += n
			into = append(into, n)
		}
		g.allocate(g.part(a, sum, billionth+sum), into)
	}
	return into
}

// tax is the sum of taxed.
func (g grain) tax(a int64, rates []Rate, included bool) int64 {
	if len(rates) == 0 {
		return 0
	}
	var buffer [4]int64
	var sum int64
	for _, t := range g.taxed(a, rates, included, buffer[:0]) {
		sum += t
	}
	return sum
}

// allocate divides total among weights by the largest remainder and writes the shares over the weights. The shares sum to total
// exactly, and equal remainders favour the earlier line. With no weight at all nothing is divided.
func (g grain) allocate(total int64, weights []int64) {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	units := uint64(total / int64(g))
	if sum == 0 || units == 0 {
		clear(weights)
		return
	}
	left := units
	var buffer [16]uint64
	remainders := buffer[:0]
	for i, w := range weights {
		hi, lo := bits.Mul64(units, uint64(w))
		q, r := bits.Div64(hi, lo, uint64(sum))
		weights[i] = int64(q) * int64(g)
		left -= q
		if w > 0 {
			r++ // so that a line without weight never gets a remainder
		}
		remainders = append(remainders, r)
	}
	for ; left > 0; left-- {
		best := 0
		for i, r := range remainders {
			if r > remainders[best] {
				best = i
			}
		}
		weights[best] += int64(g)
		remainders[best] = 0
	}
}
