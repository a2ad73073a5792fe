package export

import (
	"cmp"
	"slices"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// newest keeps at most so many snapshots, whole periods of them: long periods before weeks and weeks before days, each from the latest back.
// A pivot table over years is made of long ones.
func newest(all []kpi.Snapshot, most int) []kpi.Snapshot {
	if len(all) <= most {
		return all
	}
	counts := map[period.Period]int{}
	for _, s := range all {
		counts[s.Period]++
	}
	order := make([]period.Period, 0, len(counts))
	for p := range counts {
		order = append(order, p)
	}
	length := func(p period.Period) int {
		return slices.Index([]period.Grain{period.Weekly, period.Daily}, p.Grain) // -1 for the long ones
	}
	slices.SortFunc(order, func(a, b period.Period) int {
		return cmp.Or(cmp.Compare(length(a), length(b)), cmp.Compare(b.To, a.To), cmp.Compare(a.From, b.From), cmp.Compare(a.Name, b.Name))
	})
	keep := map[period.Period]bool{}
	for _, p := range order {
		if most -= counts[p]; most < 0 {
			break
		}
		keep[p] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(s kpi.Snapshot) bool { return !keep[s.Period] })
}
