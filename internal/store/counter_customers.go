package store

import (
	"context"
	"slices"
	"sort"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
)

// never stands for the day before the first purchase.
const never = period.Day(-1 << 31)

// links are a source's customers by purchase day and the purchase days before it.
type links struct {
	pairs  []link // by day
	thirds []third
}

type link struct {
	day, prev period.Day
	n         int64
}

// third is a third or later purchase day with the three before it, the last of which may be never.
type third struct {
	day, prev, second, third period.Day
	n                        int64
}

func (c *Counter) linksOf(src *source) *links {
	if src.links != nil {
		return src.links
	}
	src.links = &links{}
	channel := c.scope.Channel
	if channel == "" {
		channel = count.Whole
	}
	c.later(func(ctx context.Context, t *tx) error { return src.links.read(ctx, t, src.connection, channel) })
	return src.links
}

// later reads what was not read at once.
func (c *Counter) later(read func(ctx context.Context, t *tx) error) {
	if err := c.store.look(c.ctx, read); err != nil && c.err == nil {
		c.err = err
	}
}

func (l *links) read(ctx context.Context, t *tx, connection Connection, channel string) error {
	const query = "SELECT day, part, amount FROM totals WHERE " + ours + " AND channel = ? AND measure = ? ORDER BY day"
	err := t.each(ctx, func(scan func(...any) error) error {
		var v link
		var part string
		if err := scan(&v.day, &part, &v.n); err != nil {
			return err
		}
		v.prev = never
		if part != "" {
			if err := v.prev.UnmarshalText([]byte(part)); err != nil {
				return err
			}
		}
		l.pairs = append(l.pairs, v)
		return nil
	}, query, connection.MerchantID, connection.ID, channel, string(count.Links))
	if err != nil {
		return err
	}
	return t.each(ctx, func(scan func(...any) error) error {
		var v third
		var part string
		if err := scan(&v.day, &part, &v.n); err != nil {
			return err
		}
		var ok bool
		var err error
		if v.prev, v.second, v.third, ok, err = count.ParseLoyalPart(part); !ok {
			v.third = never
		}
		l.thirds = append(l.thirds, v)
		return err
	}, query, connection.MerchantID, connection.ID, channel, string(count.Loyalty))
}

// of are the links on the days.
func (l *links) of(days period.Days) []link {
	from := sort.Search(len(l.pairs), func(i int) bool { return l.pairs[i].day >= days.From })
	to := sort.Search(len(l.pairs), func(i int) bool { return l.pairs[i].day >= days.To })
	return l.pairs[from:max(from, to)]
}

// customers are those who bought on one of the days: each is counted on the first of them, where the purchase before lies earlier.
func (l *links) customers(days period.Days) (n int64) {
	for _, v := range l.of(days) {
		if v.prev < days.From {
			n += v.n
		}
	}
	return n
}

// fresh are those who bought for the first time ever.
func (l *links) fresh(days period.Days) (n int64) {
	for _, v := range l.of(days) {
		if v.prev == never {
			n += v.n
		}
	}
	return n
}

// kept are those who bought in the days, and in the earlier ones that adjoin them.
func (l *links) kept(days period.Days, before period.Day) (n int64) {
	for _, v := range l.of(days) {
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
	i, _ := slices.BinarySearchFunc(l.thirds, recent, func(v third, d period.Day) int { return int(v.day - d) })
	for ; i < len(l.thirds) && l.thirds[i].day < days.To; i++ {
		v := l.thirds[i]
		already := v.prev >= recent && v.third >= days.From
		if v.second >= days.From && !already {
			n += v.n
		}
	}
	return n
}
