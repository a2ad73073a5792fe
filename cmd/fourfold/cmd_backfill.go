package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/worker"
)

func backfillCommand(a *app) *cobra.Command {
	var text string
	cmd := &cobra.Command{
		Use:   "backfill",
		Short: "Reach further back than the first pull did",
		Long: `Has the next pull read orders, and what else reaches back, anew from a day on:
after read_all_orders was granted, or where the first pull was kept short. All
from that day on is read again, since what is proven complete is proven as a
whole. What is there stays until then, and the scorecard with it.`,
		Example: "  fourfold backfill --since 2023-01-01",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			given, err := config.Parse("since", text, a.now())
			if err != nil {
				return usage(fmt.Errorf("--since is %q: %w", text, err))
			}
			day := given.Since
			if err := a.takeOne(ctx); err != nil {
				return err
			}
			_, m, err := a.pullable(ctx)
			if err != nil {
				return err
			}
			c, err := a.settings(ctx, m)
			if err != nil {
				return err
			}
			if place, ok := c.Says("since"); ok && c.Since != day {
				return usage(fmt.Errorf("--since: what the configuration says wins, and it says %s: %s; change it there first", c.Since, place))
			}
			w, err := a.worker(ctx)
			if err != nil {
				return err
			}
			reach, err := a.reach(ctx, w, m)
			switch {
			case err != nil:
				return err
			case reach == 0:
				return usage(errors.New("all there is has been read, or is being read: nothing reaches further back"))
			case reach <= day:
				return usage(fmt.Errorf("--since: what is read reaches back to %s already", reach))
			}
			titles, err := w.Backfill(ctx, m, day)
			if err != nil {
				return err
			}
			for _, title := range titles {
				fmt.Fprintf(a.stdout, "From %s on: %s\n", day, title)
			}
			fmt.Fprintln(a.stdout, "The next night reads it, or now: "+a.next(ctx, m, "pull"))
			return nil
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().StringVar(&text, "since", "", "the day to reach back to (required)")
	return cmd
}

// reach is the day to which a merchant's data reach back, of whatever reaches the least; zero where that is all there is. It goes by what
// was proven, since what is set may have changed without anything being read anew; of a first pull that has proven nothing so far, by
// what is set.
func (a *app) reach(ctx context.Context, w *worker.Worker, m store.Merchant) (period.Day, error) {
	loc, err := m.Location()
	if err != nil {
		return 0, err
	}
	conns, err := a.db.Connections(ctx, m.ID)
	if err != nil {
		return 0, err
	}
	var least period.Day
	known := false
	for _, conn := range conns {
		c, err := a.connector(conn.Connector)
		if err != nil {
			return 0, err
		}
		if conn.State != store.StateActive {
			continue
		}
		proofs, err := a.db.Proofs(ctx, m.ID, conn.ID, math.MaxInt32)
		if err != nil {
			return 0, err
		}
		for _, s := range c.Streams {
			from, proven := earliest(proofs, s)
			known = known || proven
			if proven && from.After(conn.Since) { // before the store was opened there was nothing
				least = max(least, period.On(from, loc))
			}
		}
	}
	if !known {
		return cmp.Or(m.Since, w.Since), nil
	}
	return least, nil
}

// earliest is where the earliest range of a stream begins that was proven, of those that reach back; zero is the beginning.
func earliest(proofs []store.ProofRow, s connectors.Stream) (from time.Time, proven bool) {
	for _, p := range proofs {
		if s.Reaches && p.Stream == s.ID && (!proven || p.From.Before(from)) {
			from, proven = p.From, true
		}
	}
	return from, proven
}
