package main

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/connectors"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
)

func proofsCommand(a *app) *cobra.Command {
	var limit newest
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "proofs",
		Short: "What was proven to have arrived whole, per stream and slice",
		Long: `Only a proof advances how far the data are called complete: what the provider
promised (objects, roots, bytes) and what was read, without an error, from the
API version as pinned. Bytes and versions are in --json.`,
		Example: "  fourfold proofs --limit 20\n  fourfold proofs --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := limit.check(); err != nil {
				return err
			}
			ctx := cmd.Context()
			db, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			conns, err := db.Connections(ctx, m.ID)
			if err != nil {
				return err
			}
			var all []store.ProofRow
			for _, conn := range conns {
				proofs, err := db.Proofs(ctx, m.ID, conn.ID, int(limit))
				if err != nil {
					return err
				}
				all = append(all, proofs...)
			}
			t := newTable("Read at (UTC)", "Stream", "Slice", "Objects")
			for _, p := range all {
				read := fmt.Sprint(p.Read.Objects)
				if p.Promised != (connectors.Count{}) {
					read += fmt.Sprintf(" of %d", p.Promised.Objects)
				}
				t.AppendRow(table.Row{p.Started.UTC().Format(minutes), p.Stream, p.Slice, read})
			}
			return a.list(shapes.Proofs(all), t, asJSON, "Nothing is proven yet: "+a.next(ctx, m, "pull"))
		},
	}
	a.merchantFlag(cmd)
	limit.flag(cmd, " of each store")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
