package kpi

import "math/bits"

func exactly(n int64) Number   { return Number{Int: n, Exact: true} }
func roughly(f float64) Number { return Number{Float: f} }

// AsFloat is the number as a float, for ratios.
func (n Number) AsFloat() float64 {
	if n.Exact {
		return float64(n.Int)
	}
	return n.Float
}

// plus adds. A sum of exact numbers that no longer fits 64 bits goes on as a float, and is no longer called exact.
func (n Number) plus(o Number) Number {
	if n.Exact && o.Exact {
		sum := n.Int + o.Int
		if (n.Int >= 0) != (o.Int >= 0) || (sum >= 0) == (n.Int >= 0) {
			return exactly(sum)
		}
	}
	return roughly(n.AsFloat() + o.AsFloat())
}

// times multiplies by a whole constant, with the same rule.
func (n Number) times(k int64) Number {
	if n.Exact {
		if hi, lo := bits.Mul64(magnitude(n.Int), magnitude(k)); hi == 0 && lo < 1<<63 {
			return exactly(n.Int * k)
		}
	}
	return roughly(n.AsFloat() * float64(k))
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
