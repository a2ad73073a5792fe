package shopify

import (
	"slices"
	"time"
)

// day is one civil day of the shop with the instants of its orders.
type day struct {
	date   time.Time // local midnight
	orders []Instant
	end    Instant
}

// Weights per mille: November sells most, Sunday and Monday more than Saturday, the evening more than the night.
var (
	monthWeight   = [13]int{0, 850, 800, 900, 920, 950, 940, 900, 920, 1000, 1100, 1750, 1400}
	weekdayWeight = [7]int{1120, 1060, 1000, 970, 980, 1000, 920}
	hourWeight    = [24]int{12, 7, 5, 4, 4, 6, 12, 22, 36, 48, 55, 58, 60, 58, 54, 52, 54, 58, 64, 72, 78, 72, 50, 26}
)

// calendar spreads n orders over the days from since to until: by season, by a slow growth, and with some noise.
func calendar(d *dice, since, until time.Time, n int) []day {
	var days []day
	for at := midnight(since); at.Before(until); at = midnight(at.AddDate(0, 0, 1)) {
		days = append(days, day{date: at})
	}
	weights := make([]int64, len(days))
	for i := range days {
		start, end := max(At(days[i].date), At(since)), At(until)
		if i+1 < len(days) {
			end = min(end, At(days[i+1].date))
		}
		days[i].end = end
		growth := 1000 + 500*i/len(days)
		weights[i] = int64(season(days[i].date)) * int64(growth) / 1000 * int64(d.between(850, 1150)) / 1000 * int64(end-start) / 86_400
	}
	grain(1).allocate(int64(n), weights)
	for i := range days {
		start := max(At(days[i].date), At(since))
		days[i].orders = make([]Instant, weights[i])
		for j := range days[i].orders {
			days[i].orders[j] = d.moment(start, days[i].end)
		}
		slices.Sort(days[i].orders)
	}
	return days
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// season is the weight of a day.
func season(t time.Time) int {
	w := monthWeight[t.Month()] * weekdayWeight[t.Weekday()] / 1000
	if t.Month() == time.November { // the Friday after the fourth Thursday, and the Monday after that
		if friday := t.Weekday() == time.Friday && t.Day() >= 23 && t.Day() <= 29; friday {
			return w * 3
		}
	}
	if monday := t.Weekday() == time.Monday && (t.Month() == time.November && t.Day() >= 26 || t.Month() == time.December && t.Day() <= 2); monday {
		return w * 5 / 2
	}
	return w
}

// moment draws an instant of [start, end), more likely in the evening. Hours count from the day's start, so that the days on which
// the clocks change need no special care.
func (d *dice) moment(start, end Instant) Instant {
	for {
		k := d.IntN(1000)
		for h, w := range hourWeight {
			if k -= w; k < 0 {
				if at := start + Instant(h*3600+d.IntN(3600)); at < end {
					return at
				}
				break
			}
		}
		if end-start < 3600 || d.chance(50) { // the odd hour of autumn, and a first or last day cut short
			return start + Instant(d.IntN(int(end-start)))
		}
	}
}
