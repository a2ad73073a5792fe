package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fourfold/internal/period"
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
			day, err := period.ParseDay(text)
			if err != nil {
				return usage(fmt.Errorf("--since is %q: expected a day such as 2023-01-01", text))
			}
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
			switch reach := cmp.Or(m.Since, a.cfg.Since); {
			case reach == 0:
				return usage(errors.New("all there is has been read, or is being read: nothing reaches further back"))
			case reach < day:
				return usage(fmt.Errorf("--since: what is read reaches back to %s already", reach))
			}
			w, err := a.worker(ctx)
			if err != nil {
				return err
			}
			titles, err := w.Backfill(ctx, m, day)
			if err != nil {
				return err
			}
			for _, title := range titles {
				fmt.Fprintf(a.stdout, "From %s on: %s\n", day, title)
			}
			fmt.Fprintln(a.stdout, "The next night reads it, or now: fourfold pull")
			return nil
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().StringVar(&text, "since", "", "the day to reach back to (required)")
	return cmd
}
