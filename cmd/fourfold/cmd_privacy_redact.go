package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"fourfold/internal/store"
)

func privacyRedactCommand(a *app) *cobra.Command {
	var who about
	cmd := &cobra.Command{
		Use:   "redact",
		Short: "Take a customer's ID out of everything, for good",
		Long: `Puts a random ID in the place of the customer's, wherever it stands, and keeps
it so, also if the provider still shows the customer for a while. What was
counted does not change. It cannot be undone.`,
		Example: "  fourfold privacy redact --customer 6940095564",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := who.findCustomer(cmd.Context(), a)
			if err != nil {
				return err
			}
			done, err := a.db.RedactCustomer(cmd.Context(), conn.MerchantID, conn.ID, who.customer, store.ActorCommand)
			if err != nil {
				return err
			}
			if done.Unknown && done.Customers == 0 {
				fmt.Fprintf(a.stdout, "Nothing is held of such a customer of %s. Should the provider still bring the ID, it is redacted.\n", conn.Name)
				return nil
			}
			if done.Customers == 0 {
				fmt.Fprintf(a.stdout, "The customer of %s was redacted before.\n", conn.Name)
				return nil
			}
			fmt.Fprintf(a.stdout, "Redacted a customer of %s, whom %d orders named.\n", conn.Name, done.Orders)
			return nil
		},
	}
	who.flags(cmd.Flags())
	return cmd
}
