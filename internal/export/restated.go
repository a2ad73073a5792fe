package export

import "fourfold/kpi"

// Restated is a published value, what came out later, and the difference, in the KPI's unit; that of ratios is in percentage points.
// There is no difference where one of the two has no value or is in another currency: then it is nil.
func Restated(k kpi.KPI, published, latest kpi.Snapshot) (was, is, difference Cell) {
	was, is = ValueOf(k, published.Value, published.Currency), ValueOf(k, latest.Value, latest.Currency)
	difference = less(is, was)
	if r, ok := difference.(Ratio); ok {
		difference = Change{float64(r), Percentage}
	}
	return was, is, difference
}
