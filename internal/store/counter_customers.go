package store

import (
	"fourfold/internal/period"
	"fourfold/internal/store/count"
)

// never stands for the day before the first purchase.
const never = period.Day(-1 << 31)

// links are a source's customers by purchase day and the purchase days before it.
type links struct {
	pairs  *stretches[[]link]
	thirds *stretches[[]third]
}

type link struct {
	day, prev period.Day
	n         int64
}

func (v link) on() period.Day { return v.day }

// third is a third or later purchase day with the three before it, the last of which may be never.
type third struct {
	day, prev, second, third period.Day
	n                        int64
}

func (v third) on() period.Day { return v.day }

func (c *Counter) linksOf(src *source) *links {
	return &links{
		pairs: newStretches(ofTwoYears, func(days period.Days) (all []link) {
			c.parts(src, count.Links, days, func(day period.Day, part, _ string, n int64) error {
				v := link{day, never, n}
				if part != "" {
					if err := v.prev.UnmarshalText([]byte(part)); err != nil {
						return err
					}
				}
				all = append(all, v)
				return nil
			})
			return all
		}),
		thirds: newStretches(ofTwoYears, func(days period.Days) (all []third) {
			c.parts(src, count.Loyalty, days, func(day period.Day, part, _ string, n int64) error {
				prev, second, before, ok, err := count.ParseLoyalPart(part)
				if !ok {
					before = never
				}
				all = append(all, third{day, prev, second, before, n})
				return err
			})
			return all
		}),
	}
}

// customers are those who bought on one of the days: each is counted on the first of them, where the purchase before lies earlier.
func (l *links) customers(days period.Days) (n int64) {
	for v := range within(l.pairs, days) {
		if v.prev < days.From {
			n += v.n
		}
	}
	return n
}

// fresh are those who bought for the first time ever.
func (l *links) fresh(days period.Days) (n int64) {
	for v := range within(l.pairs, days) {
		if v.prev == never {
			n += v.n
		}
	}
	return n
}

// kept are those who bought in the days, and in the earlier ones that adjoin them.
func (l *links) kept(days period.Days, before period.Day) (n int64) {
	for v := range within(l.pairs, days) {
		if v.prev < days.From && v.prev >= before {
			n += v.n
		}
	}
	return n
}

// loyalRecent are the final days of a window in which a loyal customer bought last.
const loyalRecent = 90

// loyal are those with three purchase days in the window, one of them after two others within its final 90 days. Each is counted
// on the first such day.
func (l *links) loyal(days period.Days) (n int64) {
	recent := max(days.From, days.To-loyalRecent)
	for v := range within(l.thirds, period.Days{From: recent, To: days.To}) {
		already := v.prev >= recent && v.third >= days.From
		if v.second >= days.From && !already {
			n += v.n
		}
	}
	return n
}
