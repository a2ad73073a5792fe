package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func pullCommand(a *app) *cobra.Command {
	var quiet bool
	cmd := &cobra.Command{
		Use:   "pull",
		Short: "Pull what changed, derive the figures and take snapshots",
		Long: `The first pull reaches back to the beginning (or to "since" of the
configuration) and may take a while; it can be interrupted at any moment, and
the next one goes on where it ended. Later pulls read what changed.`,
		Example: "  fourfold pull\n  fourfold pull --quiet",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if err := a.takeOne(ctx); err != nil {
				return err
			}
			_, m, err := a.pullable(ctx)
			if err != nil {
				return err
			}
			w, done, err := a.watched(ctx, quiet)
			if err != nil {
				return err
			}
			defer done()
			report, err := w.Night(ctx, m)
			done()
			switch {
			case quiet:
			case report.Snapshots > 0:
				fmt.Fprintf(a.stdout, "%d snapshots taken, %d of them restatements.\n", report.Snapshots, report.Restatements)
			case err == nil:
				fmt.Fprintln(a.stdout, "No snapshot changed.")
			}
			return err
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "no progress")
	return cmd
}
