package kpi

import (
	"math"
	"sort"
)

// apportion cuts a total into parts by weights, so that the parts sum to the total exactly: what is left after rounding down goes to
// the largest remainders, earlier parts first. Weights of zero or less get nothing; without any weight the parts are even.
func apportion(total int64, weights []float64) []int64 {
	parts := make([]int64, len(weights))
	if len(weights) == 0 {
		return parts
	}
	if total < 0 {
		for i, p := range apportion(-total, weights) {
			parts[i] = -p
		}
		return parts
	}
	share := shares(weights)
	remainder := make([]float64, len(weights))
	order := make([]int, 0, len(weights))
	left := total
	for i, s := range share {
		exact := float64(total) * s
		parts[i] = int64(math.Floor(exact))
		remainder[i] = exact - math.Floor(exact)
		left -= parts[i]
		if s > 0 {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return remainder[order[a]] > remainder[order[b]] })
	for i := 0; left != 0; i++ { // beyond one round only where the total is too large for a float's 53 bits
		step := int64(1)
		if left < 0 {
			step = -1
		}
		parts[order[i%len(order)]] += step
		left -= step
	}
	return parts
}

// shares scales weights to a sum of one.
func shares(weights []float64) []float64 {
	out := make([]float64, len(weights))
	var sum float64
	for i, w := range weights {
		if w > 0 && !math.IsInf(w, 1) {
			out[i] = w
			sum += w
		}
	}
	for i := range out {
		if sum == 0 || math.IsInf(sum, 1) {
			out[i] = 1 / float64(len(out))
		} else {
			out[i] /= sum
		}
	}
	return out
}
