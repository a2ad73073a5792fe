package store

import (
	"slices"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// known lists the sources that a measure is counted from, if everything is known of them over the days; else the figure says why
// not. A store that lacks a stream which another has is a gap for the whole merchant too: absent is never zero.
func (c *Counter) known(info kpi.MeasureInfo, w kpi.Window, p period.Period, days period.Days) ([]*source, kpi.Figure) {
	info = c.Fed(info)
	sources := c.with(info.Streams)
	if len(sources) == 0 {
		return nil, kpi.Figure{Gap: kpi.NotConnected}
	}
	var worst kpi.Figure
	needed := c.needed(info, w, p, days)
	for _, src := range sources {
		if c.retired(src, info.Streams) {
			continue
		}
		f := c.lacks(src, info, days, needed)
		if f.Gap != "" && slices.ContainsFunc(info.Streams, func(id string) bool { return id == kpi.SpendStream || id == kpi.VisitsStream }) {
			f.Lacks = src.connection.Name
			if info.Capability != "" && src.capabilities[info.Capability].ID != "" && !c.may(src, info.Capability) {
				f.Lacks += " may not be read"
			}
		}
		if rank(f.Gap) > rank(worst.Gap) || (f.Gap == kpi.InsufficientHist && f.Gap == worst.Gap && f.Since > worst.Since) {
			worst = f
		}
	}
	if info.Shape == kpi.Stock || info.Measure == kpi.StockReadings {
		// A store that is left has no stock to add.
		sources = slices.DeleteFunc(sources, func(src *source) bool { return c.retired(src, info.Streams) })
	}
	return sources, worst
}

func rank(g kpi.Gap) int {
	switch g {
	case "":
		return 0
	case kpi.StaleSource:
		return 1
	case kpi.InsufficientHist:
		return 2
	}
	return 3
}

// lacks says what is missing of one source.
func (c *Counter) lacks(src *source, info kpi.MeasureInfo, days period.Days, needed period.Day) kpi.Figure {
	for _, stream := range info.Streams {
		if _, ok := src.streams[stream]; !ok {
			if src.has(stream) && src.capabilities[stream].Granted {
				return kpi.Figure{Gap: kpi.StaleSource} // it is about to be read
			}
			return kpi.Figure{Gap: kpi.NotConnected}
		}
	}
	if info.Capability != "" && !c.may(src, info.Capability) {
		return kpi.Figure{Gap: kpi.NotConnected}
	}
	if since, walled := c.history(src, info); since != 0 {
		if walled && (info.Whole || days.From < since) || needed < since {
			return kpi.Figure{Gap: kpi.InsufficientHist, Since: since}
		}
	} else if walled {
		return kpi.Figure{Gap: kpi.InsufficientHist}
	}
	if days.Len() == 0 || days.To > c.whole(src, info.Streams) {
		return kpi.Figure{Gap: kpi.StaleSource}
	}
	return kpi.Figure{}
}

// needed is the first day of which facts are needed for a measure over a window. A period that the first facts fall into is shown
// for what is there; what is compared with an earlier time is not.
func (c *Counter) needed(info kpi.MeasureInfo, w kpi.Window, p period.Period, days period.Days) period.Day {
	switch info.Measure {
	case kpi.NewProductSales, kpi.NewStreamSales, kpi.Launches, kpi.Adopters, kpi.AdoptionBase:
		return days.From - count.NewFor // everything sells for the first time in the first facts there are
	case kpi.HealthySales:
		return days.To - 2*count.StageDays
	case kpi.RetainedCustomers:
		return c.adjoining(w, p, days).From
	}
	switch w.Kind {
	case kpi.WholePeriod, kpi.CohortAge, kpi.LastDay:
		return days.To
	}
	return days.From
}

// history is the day from which a source's facts for a measure are whole, zero if there is no such limit. walled says that there
// were facts before it which the provider keeps back, so that nothing of before may be taken for nothing at all.
func (c *Counter) history(src *source, info kpi.MeasureInfo) (since period.Day, walled bool) {
	limit := func(day period.Day, wall bool) {
		if day > since {
			since = day
		}
		walled = walled || wall
	}
	for _, stream := range info.Streams {
		switch stream {
		case "orders":
			limit(c.ordersSince(src))
		case kpi.SpendStream, kpi.VisitsStream:
			if first := src.ledSince(stream); first != 0 {
				limit(first, true)
			}
		case "inventory":
			// The provider shows stock as it is now: sales of items whose stock was read begin with the readings.
			if first := src.stocked; first != 0 && info.Day != stockDay {
				limit(first, true)
			}
		}
	}
	if k, ok := src.capabilities[info.Capability]; ok && !k.Since.IsZero() {
		limit(c.day(k.Since), true)
	}
	return since, walled
}

// stockDay is how measures of the readings themselves are dated.
var stockDay = func() string {
	info, _ := kpi.Info(kpi.StockUnits)
	return info.Day
}()

// ordersSince is how far back the orders go: to the provider's wall where there is one, else to the shop's beginning, which is no
// limit; where that is not known, to the first order.
func (c *Counter) ordersSince(src *source) (since period.Day, walled bool) {
	k, probed := src.capabilities["all_orders"]
	if probed && (!k.Granted || !k.Since.IsZero()) {
		wall := k.Since
		if wall.IsZero() {
			return src.first, true
		}
		if began := src.connection.Since; !began.IsZero() && !began.Before(wall) {
			return 0, false // the shop is younger than the wall
		}
		return c.day(wall), true
	}
	if src.connection.Since.IsZero() {
		return src.first, false
	}
	return 0, false
}
