package book

import (
	"context"
	"slices"

	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

// proofsShown is how many proofs of a connection a book holds, the newest.
const proofsShown = 500

// completeness fills in what was proven, what is allowed, and how our sales compare with the provider's own.
func (k Maker) completeness(ctx context.Context, m store.Merchant, b *export.Book) error {
	today, err := k.today(m)
	if err != nil {
		return err
	}
	conns, err := k.Store.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, conn := range conns {
		title := map[string]string{}
		if c, ok := k.connector(conn.Connector); ok {
			for _, s := range c.Streams {
				title[s.ID] = s.Title
			}
		}
		proofs, err := k.Store.Proofs(ctx, m.ID, conn.ID, proofsShown)
		if err != nil {
			return err
		}
		states, err := k.Store.Streams(ctx, m.ID, conn.ID)
		if err != nil {
			return err
		}
		for _, s := range states {
			if s.Stream == ratesStream && !slices.Contains(b.Notes, Carried) {
				b.Notes = append(b.Notes, Carried)
			}
			row := export.Stream{Store: conn.Name, Title: title[s.Stream], CompleteTo: s.CompleteTo, Backfilled: s.Backfilled}
			if row.Title == "" {
				row.Title = s.Stream
			}
			for _, p := range proofs {
				if p.Stream == s.Stream {
					row.Proofs = append(row.Proofs, export.Proof{
						Range: p.Slice, Method: p.Method, Version: p.Version, At: p.Started,
						Promised: export.Amounts(p.Promised), Read: export.Amounts(p.Read),
					})
				}
			}
			b.Streams = append(b.Streams, row)
			if !s.CompleteTo.IsZero() && (b.CompleteTo.IsZero() || s.CompleteTo.Before(b.CompleteTo)) {
				b.CompleteTo = s.CompleteTo
			}
		}
		caps, err := k.Store.Capabilities(ctx, m.ID, conn.ID)
		if err != nil {
			return err
		}
		for _, c := range caps {
			b.Capabilities = append(b.Capabilities, export.Capability{
				Store: conn.Name, Name: c.ID, Granted: c.Granted, Detail: c.Detail, Costs: c.Costs, Remedy: c.Remedy, Since: c.Since,
			})
		}
		if err := k.check(ctx, m, conn, today, b); err != nil {
			return err
		}
	}
	if m.CostsHistory == "current" {
		b.Notes = append(b.Notes, "Sales from before the first unit cost was read take that cost: their margins are estimated.")
	}
	return nil
}

// Checks holds our figures against the platforms' own: sales by the day, ad spend by the month.
func (k Maker) Checks(ctx context.Context, m store.Merchant) ([]export.Check, error) {
	today, err := k.today(m)
	if err != nil {
		return nil, err
	}
	conns, err := k.Store.Connections(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	var b export.Book
	for _, conn := range conns {
		if err := k.check(ctx, m, conn, today, &b); err != nil {
			return nil, err
		}
	}
	return b.Checks, nil
}

// check adds the checks of a connection.
func (k Maker) check(ctx context.Context, m store.Merchant, conn store.Connection, today period.Day, b *export.Book) error {
	checks, err := k.reconcile(ctx, m, conn, today)
	if err != nil {
		return err
	}
	b.Checks = append(b.Checks, checks...)
	return k.reconcileSpend(ctx, conn, today, b)
}

// noteEvents tells what happened to the merchant or a store in the period, or in the one it is compared with; with the whole history,
// whatever happened until its end. Of what came later it tells what the page is read by: the merchant's zone and currency stand on it as
// they are now, and the period was cut by another zone, or published in another currency. What a store changed later is nothing to it.
func (k Maker) noteEvents(ctx context.Context, m store.Merchant, at period.Period, whole bool, b *export.Book) error {
	events, err := k.Store.Events(ctx, m.ID)
	for _, e := range events {
		early, later := e.Day < at.Prev(m.Calendar).From, e.Day >= at.To
		if later && e.Connection == 0 || !later && (whole || !early) {
			b.Notes = append(b.Notes, e.Text)
		}
	}
	return err
}

// reconcileDays is how far back our sales are held against the provider's own.
const reconcileDays = 35

// reconcile compares our sales of each of the last days with the provider's own report of them.
func (k Maker) reconcile(ctx context.Context, m store.Merchant, conn store.Connection, today period.Day) ([]export.Check, error) {
	rows, err := k.Store.Reconciliation(ctx, m.ID, conn.ID, period.Days{From: today - reconcileDays, To: today})
	if err != nil {
		return nil, err
	}
	var checks []export.Check
	for _, r := range rows {
		money := func(title string, theirs, ours export.Money) {
			c := export.Check{Store: conn.Name, Title: title, Range: r.Day.String(), Theirs: theirs, Ours: ours}
			checks = append(checks, c)
		}
		money("Net sales", export.Money(r.TheirNet), export.Money(r.OurNet))
		money("Total sales", export.Money(r.TheirTotal), export.Money(r.OurTotal))
		checks = append(checks, export.Check{Store: conn.Name, Title: "Orders", Range: r.Day.String(), Theirs: export.Count(r.TheirOrders), Ours: export.Count(r.OurOrders)})
	}
	return checks, nil
}
