package main

import (
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/shapes"
	"fourfold/internal/store"
)

func auditCommand(a *app) *cobra.Command {
	var limit newest
	var people, asJSON bool
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Who did what that the law may ask about later",
		Long: `Requests for a customer's data, customers that were redacted, stores that were
erased, and who was let in by whom: when, by whom, and what it came to. No entry
names a customer, and none is ever changed or removed. --people shows what is
about no merchant: admins, people removed, addresses for a new password.`,
		Example: "  fourfold audit\n  fourfold audit --limit 500 --json\n  fourfold audit --people",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := limit.check(); err != nil {
				return err
			}
			merchant := store.Installation
			db, err := a.store(cmd.Context())
			if !people && err == nil {
				var m store.Merchant
				_, m, err = a.linked(cmd.Context())
				merchant = m.ID
			}
			if err != nil {
				return err
			}
			all, err := db.AuditEntries(cmd.Context(), merchant, int(limit))
			if err != nil {
				return err
			}
			t := newTable("At (UTC)", "By", "What", "Detail")
			for _, e := range all {
				t.AppendRow(table.Row{e.At.UTC().Format(minutes), e.Actor, e.Action, e.Detail})
			}
			return a.list(shapes.Audit(all), t, asJSON, "Nothing is on record.")
		},
	}
	a.merchantFlag(cmd)
	limit.flag(cmd, "")
	cmd.Flags().BoolVar(&people, "people", false, "what is about people and no merchant")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
