package store

import (
	"context"
	"database/sql"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// overChannels are the totals that count customers: those of a store are kept as such, since channels share customers.
var overChannels = map[kpi.Measure]bool{
	count.Links: true, count.Loyalty: true, count.OriginNew: true, kpi.CohortMargin365: true, kpi.RepeatWithin90: true, kpi.NewReferred: true, kpi.CohortProfit365: true,
	kpi.CohortNet365: true, kpi.CohortWithCost365: true, kpi.FirstReturns: true, kpi.SecondReturns180: true,
}

// channelsOf are the channels whose totals of a measure make up the scope.
func (c *Counter) channelsOf(src *source, m kpi.Measure) []string {
	switch {
	case m == count.ProductOut:
		return []string{""} // stock is the store's
	case c.scope.Channel != "":
		return []string{c.scope.Channel}
	case overChannels[m]:
		return []string{count.Whole}
	}
	return src.channels
}

// channelsIn lists the channels with totals of a connection, but for that of the whole store. Each is looked up after the one before:
// a DISTINCT would read all totals there are.
func (t *tx) channelsIn(ctx context.Context, of Connection) ([]string, error) {
	var all []string
	err := t.each(ctx, func(scan func(...any) error) error {
		var channel string
		err := scan(&channel)
		if channel != count.Whole {
			all = append(all, channel)
		}
		return err
	}, allChannels+" SELECT channel FROM c WHERE channel IS NOT NULL", of.MerchantID, of.ID, of.MerchantID, of.ID)
	return all, err
}

// allChannels makes c of the channels with totals of a connection, which is asked for twice.
const allChannels = `WITH RECURSIVE c (channel) AS (SELECT MIN(channel) FROM totals WHERE ` + ours + ` UNION ALL
	SELECT (SELECT MIN(t.channel) FROM totals t WHERE t.merchant_id = ? AND t.connection_id = ? AND t.channel > c.channel) FROM c WHERE c.channel IS NOT NULL)`

// firstDay is the first day of the scope with a total of a measure; zero if there is none.
func (c *Counter) firstDay(ctx context.Context, t *tx, src *source, m kpi.Measure) (first period.Day, err error) {
	for _, channel := range c.channelsOf(src, m) {
		var day sql.Null[period.Day]
		if _, err := t.one(ctx, []any{&day}, "SELECT MIN(day) FROM totals WHERE "+ours+" AND channel = ? AND measure = ?",
			src.connection.MerchantID, src.connection.ID, channel, string(m)); err != nil {
			return 0, err
		}
		first = earlier(first, day.V)
	}
	return first, nil
}
