package main

import (
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/store"
)

func auditCommand(a *app) *cobra.Command {
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Who did what that the law may ask about later",
		Long: `Requests for a customer's data, customers that were redacted and stores that
were erased: when, by whom, and what it came to. No entry names a customer, and
none is ever changed or removed.`,
		Example: "  fourfold audit\n  fourfold audit --limit 500 --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usage(fmt.Errorf("--limit is %d: use 1 or more", limit))
			}
			db, m, err := a.linked(cmd.Context())
			if err != nil {
				return err
			}
			all, err := db.AuditEntries(cmd.Context(), m.ID, limit)
			if err != nil {
				return err
			}
			if asJSON {
				return a.json(audited(all))
			}
			if len(all) == 0 {
				fmt.Fprintln(a.stdout, "Nothing is on record.")
				return nil
			}
			t := newTable("At (UTC)", "By", "What", "Detail")
			for _, e := range all {
				t.AppendRow(table.Row{e.At.UTC().Format("2006-01-02 15:04"), e.Actor, e.Action, e.Detail})
			}
			a.printTable(t)
			return nil
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().IntVar(&limit, "limit", 50, "how many, the newest")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// auditEntry is an entry as scripts read it.
type auditEntry struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Detail string    `json:"detail"`
}

func audited(entries []store.AuditEntry) []auditEntry {
	all := make([]auditEntry, 0, len(entries))
	for _, e := range entries {
		all = append(all, auditEntry{e.At, e.Actor, e.Action, e.Detail})
	}
	return all
}
