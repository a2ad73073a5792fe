package store

import (
	"context"
	"slices"
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// dailyStreams are those of facts that are a day. A connection is known by their capability even before anything of it was read: an account
// that is linked and not read yet is not one that spent nothing.
var dailyStreams = []string{kpi.SpendStream, kpi.VisitsStream}

// Fed says from what a measure is counted in the scope: where no connection has its streams, or may read them, from what stands in.
func (c *Counter) Fed(info kpi.MeasureInfo) kpi.MeasureInfo {
	if info.Else == "" {
		return info
	}
	own := slices.ContainsFunc(c.with(info.Streams), func(src *source) bool {
		return info.Capability == "" || src.capabilities[info.Capability].Granted
	})
	if !own && len(c.with([]string{info.Else})) > 0 {
		info.Streams, info.Capability = []string{info.Else}, info.Else
	}
	return info
}

// Sources names the connections that a measure is counted from in the scope.
func (c *Counter) Sources(m kpi.Measure) []string {
	var names []string
	if info, ok := kpi.Info(m); ok {
		for _, src := range c.with(c.Fed(info).Streams) {
			names = append(names, src.connection.Name)
		}
	}
	return names
}

// with lists the sources that have the first of the streams.
func (c *Counter) with(streams []string) []*source {
	var found []*source
	for _, src := range c.sources {
		if len(streams) == 0 || src.has(streams[0]) {
			found = append(found, src)
		}
	}
	return found
}

func (src *source) has(stream string) bool {
	if _, ok := src.streams[stream]; ok || !slices.Contains(dailyStreams, stream) || src.connection.State == StateUnlinked {
		return ok
	}
	k, probed := src.capabilities[stream]
	if probed && !k.Granted { // it may be linked for something else, or be an account that is barred
		for _, other := range src.capabilities {
			probed = probed && !other.Granted
		}
	}
	return probed
}

// retired says that a source is no longer pulled while others of the streams are: what it has still counts, and it holds nothing up.
func (c *Counter) retired(src *source, streams []string) bool {
	if src.connection.State != StateUnlinked {
		return false
	}
	for _, other := range c.with(streams) {
		if other.connection.State != StateUnlinked {
			return true
		}
	}
	return false
}

// CompleteTo is how far all of the streams are complete, over the scope's connections that have the first of them; zero where one
// of them is not complete at all.
func (c *Counter) CompleteTo(streams []string) time.Time {
	to, _ := c.complete(streams)
	return to
}

// complete is how far all of the streams are complete: as an instant, and as the first day that is not whole.
func (c *Counter) complete(streams []string) (to time.Time, day period.Day) {
	first := true
	for _, src := range c.with(streams) {
		if c.retired(src, streams) {
			continue
		}
		at, d := src.completeTo(streams), c.whole(src, streams)
		if at.IsZero() {
			return time.Time{}, 0
		}
		if first || at.Before(to) {
			to = at
		}
		if first || d < day {
			day = d
		}
		first = false
	}
	return to, day
}

// Complete is how far everything is complete that some measures are counted from: as an instant, and as the first day that is not whole. Days
// are as each source cuts them: an account in another zone holds up nothing that is over there. Both are zero where something is missing.
func (c *Counter) Complete(measures []kpi.MeasureInfo) (to time.Time, day period.Day) {
	for i, info := range measures {
		at, d := c.complete(c.Fed(info).Streams)
		if at.IsZero() {
			return time.Time{}, 0
		}
		if i == 0 || at.Before(to) {
			to = at
		}
		if i == 0 || d < day {
			day = d
		}
	}
	return to, day
}

// completeTo is how far the streams are complete; of a connection whose totals are not worked out yet, nothing is.
func (src *source) completeTo(streams []string) time.Time {
	var least time.Time
	for i, name := range streams {
		to := src.streams[name].CompleteTo
		if i == 0 || to.Before(least) {
			least = to
		}
	}
	if !src.connection.Derived {
		return time.Time{}
	}
	return least
}

// whole is the first day that is not whole in all of the streams.
func (c *Counter) whole(src *source, streams []string) period.Day {
	if !src.connection.Derived {
		return 0
	}
	var least period.Day
	for i, name := range streams {
		st := src.streams[name]
		day := st.CompleteDay
		if day == 0 {
			day = c.day(st.CompleteTo)
		}
		if i == 0 || day < least {
			least = day
		}
	}
	return least
}

// Through is the first day that is not completely covered by the orders of the scope's stores; where the scope has no orders, by its
// advertising or its visits, and else by any of its streams. It is zero while nothing is complete.
func (c *Counter) Through() period.Day {
	for _, stream := range append([]string{ordersStream}, dailyStreams...) {
		if len(c.with([]string{stream})) > 0 {
			_, day := c.complete([]string{stream})
			return day
		}
	}
	var least time.Time
	for _, src := range c.sources {
		for _, st := range src.streams {
			if least.IsZero() || st.CompleteTo.Before(least) {
				least = st.CompleteTo
			}
		}
	}
	return c.day(least)
}

// ThroughOf is Through for a KPI. An account west of the merchant ends its day later: where it is a day behind for that, the KPI is told as of
// the last day that is over everywhere. One that is further behind is stale, and no reason to tell of fewer days.
func (c *Counter) ThroughOf(k kpi.KPI) period.Day {
	through := c.Through()
	measures := k.Measures()
	if !slices.ContainsFunc(measures, func(m kpi.MeasureInfo) bool { return slices.Contains(dailyStreams, c.Fed(m).Streams[0]) }) {
		return through
	}
	if _, day := c.Complete(measures); day == through-1 {
		return day
	}
	return through
}

// ledSince is the first day of which a source knows what a stream of daily facts tells; zero where that reaches back to the account's
// beginning, before which there was nothing to know.
func (src *source) ledSince(stream string) period.Day {
	first := src.streams[stream].FirstDay
	zone, err := time.LoadLocation(src.connection.Zone)
	if opened := src.connection.Since; err == nil && !opened.IsZero() && first <= period.On(opened, zone) {
		return 0
	}
	return first
}

// finalIn are the tables that say until when their days are provisional.
var finalIn = map[string]string{kpi.SpendStream: "ad_days", kpi.VisitsStream: "web_days"}

// Final is the first day on which no source changes the figures of a period any more that a KPI is told by; zero where none of them says so.
func (c *Counter) Final(k kpi.KPI, p period.Period) (final period.Day) {
	for _, info := range k.Measures() {
		stream := c.Fed(info).Streams[0]
		if finalIn[stream] == "" {
			continue
		}
		for _, src := range c.with([]string{stream}) {
			final = max(final, c.finalOf(src, stream, p.Days))
		}
	}
	return final
}

func (c *Counter) finalOf(src *source, stream string, days period.Days) period.Day {
	if src.final == nil {
		src.final = make(map[period.Days]map[string]period.Day)
	}
	if src.final[days] == nil {
		src.final[days] = make(map[string]period.Day)
	}
	day, known := src.final[days][stream]
	if known {
		return day
	}
	c.later(func(ctx context.Context, t *tx) error {
		_, err := t.one(ctx, []any{(*civil)(&day)}, "SELECT COALESCE(MAX(final), '') FROM "+finalIn[stream]+" WHERE "+ours+" AND day >= ? AND day < ?",
			src.connection.MerchantID, src.connection.ID, days.From.String(), days.To.String())
		return err
	})
	src.final[days][stream] = day
	return day
}
