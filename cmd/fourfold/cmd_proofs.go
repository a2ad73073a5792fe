package main

import (
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/store"
)

func proofsCommand(a *app) *cobra.Command {
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "proofs",
		Short:   "What was proven to have arrived whole, per stream and slice",
		Long:    "Only a proof advances how far the data are called complete: what the provider promised (objects, roots, bytes) and what was read, without an error, from the API version as pinned.",
		Example: "  fourfold proofs --limit 20\n  fourfold proofs --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
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
				proofs, err := db.Proofs(ctx, m.ID, conn.ID, limit)
				if err != nil {
					return err
				}
				all = append(all, proofs...)
			}
			if asJSON {
				return a.json(all)
			}
			t := table.NewWriter()
			t.SetStyle(plainTable)
			t.AppendHeader(table.Row{"Read at", "Stream", "Slice", "By", "Promised", "Read", "Bytes", "Version"})
			for _, p := range all {
				promised := "-"
				if p.Promised.Objects > 0 || p.Promised.Bytes > 0 {
					promised = fmt.Sprint(p.Promised.Objects)
				}
				t.AppendRow(table.Row{p.Started.UTC().Format(time.DateTime), p.Stream, p.Slice, p.Method, promised, p.Read.Objects, p.Read.Bytes, p.Version})
			}
			fmt.Fprintln(a.stdout, t.Render())
			return nil
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "how many, the newest")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
