package book

import (
	"context"
	"fmt"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

// spendMonths is how far back spend is held against the platforms' own totals: thirteen months, so that a year stands beside the last.
const spendMonths = 400

// ratesStream is the stream of exchange rates, and Carried what readers of converted amounts are told.
const (
	ratesStream = "rates"
	Carried     = "Amounts in other currencies are converted at each day's rate; weekends and holidays carry the last rate before them."
)

// reconcileSpend compares what an ad account spent, by our days, with the platform's own totals of the same days. What differs is told to who reads
// the scorecard, too.
func (k Maker) reconcileSpend(ctx context.Context, conn store.Connection, today period.Day, b *export.Book) error {
	rows, err := k.Store.SpendReconciliation(ctx, conn.MerchantID, conn.ID, period.Days{From: today - spendMonths, To: today + 1})
	if err != nil {
		return err
	}
	for _, r := range rows {
		c := export.Check{Store: conn.Name, Title: "Ad spend", Range: r.Days.String(), Theirs: export.Money(r.Theirs), Ours: export.Money(r.Ours)}
		by := r.Difference()
		switch {
		case !r.Whole:
			c.Cause = "Not all of these days are read yet."
		case by.Micros != 0 && r.OursAt.Before(r.TheirsAt):
			c.Cause = "The platform's total was read later than our days: it may have changed its figures in between."
		}
		b.Checks = append(b.Checks, c)
		if r.Whole && by.Micros != 0 {
			b.Notes = append(b.Notes, fmt.Sprintf("%s: our ad spend of %s is %s, and the platform's own total is %s; fourfold export says more under Completeness.", conn.Name, r.Days, r.Ours, r.Theirs))
		}
	}
	return nil
}
