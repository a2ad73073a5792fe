package main

import (
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/connectors"
	"fourfold/internal/store"
)

func proofsCommand(a *app) *cobra.Command {
	var limit int
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
			if limit < 1 {
				return usage(fmt.Errorf("--limit is %d: use 1 or more", limit))
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
				proofs, err := db.Proofs(ctx, m.ID, conn.ID, limit)
				if err != nil {
					return err
				}
				all = append(all, proofs...)
			}
			if asJSON {
				return a.json(proven(all))
			}
			if len(all) == 0 {
				fmt.Fprintln(a.stdout, "Nothing is proven yet: fourfold pull")
				return nil
			}
			t := newTable("Read at (UTC)", "Stream", "Slice", "Objects")
			for _, p := range all {
				read := fmt.Sprint(p.Read.Objects)
				if p.Promised != (connectors.Count{}) {
					read += fmt.Sprintf(" of %d", p.Promised.Objects)
				}
				t.AppendRow(table.Row{p.Started.UTC().Format("2006-01-02 15:04"), p.Stream, p.Slice, read})
			}
			a.printTable(t)
			return nil
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().IntVar(&limit, "limit", 50, "how many of each store, the newest")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// provenSlice is a proof as scripts read it.
type provenSlice struct {
	Store    int64        `json:"store"`
	Stream   string       `json:"stream"`
	Slice    string       `json:"slice"`
	Method   string       `json:"method"` // bulk or pages
	Started  time.Time    `json:"started"`
	Stored   time.Time    `json:"stored"`
	Promised *provenCount `json:"promised"` // null where the provider promises no number: pages end where there is no next one
	Read     provenCount  `json:"read"`
	Version  string       `json:"api_version"`
}

type provenCount struct {
	Objects int64 `json:"objects"`
	Roots   int64 `json:"roots"`
	Bytes   int64 `json:"bytes"`
}

func proven(rows []store.ProofRow) []provenSlice {
	all := make([]provenSlice, 0, len(rows))
	for _, r := range rows {
		p := provenSlice{Store: r.ConnectionID, Stream: r.Stream, Slice: r.Slice, Method: r.Method, Started: r.Started, Stored: r.StoredAt,
			Read: provenCount(r.Read), Version: r.Version}
		if r.Promised != (connectors.Count{}) {
			promised := provenCount(r.Promised)
			p.Promised = &promised
		}
		all = append(all, p)
	}
	return all
}
