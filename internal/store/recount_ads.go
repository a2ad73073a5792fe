package store

import (
	"context"

	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// reports counts the days of providers' reports that the page reads: side says whether as they were or as they are.
func (c *change) reports(ctx context.Context, side func(*effect) *count.Tally) error {
	for _, r := range []struct {
		days  map[period.Day]bool
		cause kpi.Cause
		day   func(context.Context, *count.Tally, period.Day) error
	}{
		{c.touched.sessions, kpi.CauseRestated, c.sessionsDay},
		{c.touched.visits, kpi.CauseRestated, c.webDay},
		{c.touched.ads, kpi.CauseAdPlatform, c.adDay},
	} {
		cause := r.cause
		if c.touched.backfill {
			cause = kpi.CauseBackfill // nothing was told before
		}
		for d := range r.days {
			if err := r.day(ctx, side(c.effects.of(cause)), d); err != nil {
				return err
			}
		}
	}
	return nil
}

// reportDays counts all of them.
func (b *rebuilder) reportDays(ctx context.Context) error {
	for table, count := range map[string]func(context.Context, *count.Tally, period.Day) error{
		"sessions_days": b.sessionsDay, "web_days": b.webDay, "ad_days": b.adDay,
	} {
		days, err := b.daysOf(ctx, table, "")
		if err != nil {
			return err
		}
		for _, d := range days {
			if err := count(ctx, &b.tally, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *recounter) sessionsDay(ctx context.Context, t *count.Tally, d period.Day) error {
	return r.each(ctx, func(scan func(...any) error) error {
		v := fact.SessionsDay{Day: d}
		err := scan(&v.Campaign, &v.Branded, &v.Sessions, &v.Completed)
		count.OfSessions(t, &v)
		return err
	}, "SELECT campaign, branded, sessions, completed FROM sessions_days WHERE "+ours+" AND day = ?", r.keys(d.String())...)
}

func (r *recounter) webDay(ctx context.Context, t *count.Tally, d period.Day) error {
	return r.each(ctx, func(scan func(...any) error) error {
		v := fact.WebDay{Day: d}
		err := scan(&v.Channel, &v.Source, &v.Sessions, &v.Purchases)
		count.OfWebDay(t, &v)
		return err
	}, "SELECT channel, source, sessions, purchases FROM web_days WHERE "+ours+" AND day = ?", r.keys(d.String())...)
}

func (r *recounter) adDay(ctx context.Context, t *count.Tally, d period.Day) error {
	return r.each(ctx, func(scan func(...any) error) error {
		v := fact.AdDay{Day: d}
		err := scan(&v.Channel, &v.Currency, &v.Spend, &v.Impressions, &v.Clicks, &v.Conversions, &v.Value, &v.Action)
		count.OfAdDay(t, &v)
		return err
	}, "SELECT channel, currency, spend, impressions, clicks, conversions, value, action FROM ad_days WHERE "+ours+" AND day = ?", r.keys(d.String())...)
}
