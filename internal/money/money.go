package money

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Micros counts millionths of a currency's major unit: 12.50 USD is 12_500_000.
type Micros int64

// Unit is one major unit (one dollar, one yen, one dinar).
const Unit Micros = 1_000_000

// Amount is an amount of one currency.
type Amount struct {
	Micros   Micros
	Currency string // ISO 4217, upper case
}

// ErrOverflow says that a sum no longer fits 64 bits (about nine trillion major units).
var ErrOverflow = errors.New("amount does not fit 64 bits of micros")

// Parse reads a decimal text as providers write it ("12.5", "-0.05", "400.0") without passing through a float.
// More than six decimals are refused unless the rest are zeros, since they could not be kept.
func Parse(text string) (Micros, error) {
	s := text
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" && fraction == "" {
		return 0, fmt.Errorf("%q is not an amount: expected digits such as 12.50", text)
	}
	var n uint64
	for i := 0; i < len(whole); i++ {
		d := whole[i] - '0'
		if d > 9 {
			return 0, fmt.Errorf("%q is not an amount: expected digits such as 12.50", text)
		}
		hi, lo := bits.Mul64(n, 10)
		if hi != 0 || lo > math.MaxInt64 {
			return 0, fmt.Errorf("%q: %w", text, ErrOverflow)
		}
		n = lo + uint64(d)
	}
	hi, micros := bits.Mul64(n, uint64(Unit))
	if hi != 0 || micros > math.MaxInt64 {
		return 0, fmt.Errorf("%q: %w", text, ErrOverflow)
	}
	scale := uint64(Unit)
	for i := 0; i < len(fraction); i++ {
		d := fraction[i] - '0'
		if d > 9 {
			return 0, fmt.Errorf("%q is not an amount: expected digits such as 12.50", text)
		}
		scale /= 10
		if scale == 0 && d != 0 {
			return 0, fmt.Errorf("%q has more than six decimals", text)
		}
		micros += uint64(d) * scale
	}
	if micros > math.MaxInt64 {
		return 0, fmt.Errorf("%q: %w", text, ErrOverflow)
	}
	if negative {
		return -Micros(micros), nil
	}
	return Micros(micros), nil
}

// Nearest reads a number as JSON may write it, with an exponent or more than six decimals, and gives the nearest micros, half to even. It is
// for providers that reckon in floating point; what they send as decimal text is read by Parse.
func Nearest(text string) (Micros, error) {
	if m, err := Parse(text); err == nil {
		return m, nil
	}
	n, err := nearest(text, int64(Unit))
	return Micros(n), err
}

// NearestWhole reads a number as Nearest does, and gives the nearest whole one: of things that are counted, and of amounts that the provider tells in
// millionths already.
func NearestWhole(text string) (int64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	return nearest(text, 1)
}

func nearest(text string, times int64) (int64, error) {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	r, ok := new(big.Rat), len(text) <= 40 && len(exponent) <= 3 && strings.Trim(text, "+-.0123456789eE") == ""
	if ok {
		_, ok = r.SetString(text)
	}
	if !ok {
		return 0, fmt.Errorf("%q is not a number such as 12.5 or 1.25e1", text)
	}
	r.Mul(r, new(big.Rat).SetInt64(times))
	n, err := divideHalfEven(r.Num(), r.Denom())
	return int64(n), err
}

// Add returns a+b, or ErrOverflow.
func Add(a, b Micros) (Micros, error) {
	sum := a + b
	if (a > 0 && b > 0 && sum < 0) || (a < 0 && b < 0 && sum >= 0) {
		return 0, ErrOverflow
	}
	return sum, nil
}

// Times returns a multiplied by a count, or ErrOverflow.
func Times(a Micros, n int64) (Micros, error) {
	if a == 0 || n == 0 {
		return 0, nil
	}
	product := int64(a) * n
	if product/n != int64(a) || (a == -1 && n == math.MinInt64) || (n == -1 && int64(a) == math.MinInt64) {
		return 0, ErrOverflow
	}
	return Micros(product), nil
}

// Convert multiplies by a rate held in billionths (a rate of 1.085 is 1_085_000_000), rounding half to even.
func Convert(a Micros, rateBillionths int64) (Micros, error) {
	product := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(rateBillionths))
	return divideHalfEven(product, big.NewInt(1_000_000_000))
}

func divideHalfEven(n, d *big.Int) (Micros, error) {
	q, r := new(big.Int).QuoRem(n, d, new(big.Int))
	twice := new(big.Int).Abs(r)
	twice.Lsh(twice, 1)
	if c := twice.Cmp(d); c > 0 || (c == 0 && q.Bit(0) == 1) {
		q.Add(q, big.NewInt(int64(n.Sign())))
	}
	if !q.IsInt64() {
		return 0, ErrOverflow
	}
	return Micros(q.Int64()), nil
}

// Round rounds half to even to the currency's minor unit, as money is shown.
func (a Amount) Round() Micros {
	step := Micros(1)
	for i := Digits(a.Currency); i < 6; i++ {
		step *= 10
	}
	q, r := a.Micros/step, a.Micros%step
	if r < 0 {
		r = -r
	}
	if twice := 2 * r; twice > step || (twice == step && q%2 != 0) {
		if a.Micros < 0 {
			q--
		} else {
			q++
		}
	}
	return q * step
}

// Decimal writes the amount with the currency's digits and no separators: "-1234.50".
func (a Amount) Decimal() string {
	digits := Digits(a.Currency)
	n := a.Round()
	sign := ""
	u := uint64(n)
	if n < 0 {
		sign, u = "-", uint64(-n)
	}
	whole, fraction := u/uint64(Unit), u%uint64(Unit)
	if digits == 0 {
		return fmt.Sprintf("%s%d", sign, whole)
	}
	return fmt.Sprintf("%s%d.%s", sign, whole, fmt.Sprintf("%06d", fraction)[:digits])
}

// String writes the amount with its code: "1234.50 EUR".
func (a Amount) String() string { return a.Decimal() + " " + a.Currency }

// Float is the amount in major units, for ratios and charts only.
func (m Micros) Float() float64 { return float64(m) / float64(Unit) }
