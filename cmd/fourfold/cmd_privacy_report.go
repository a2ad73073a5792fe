package main

import (
	"time"

	"github.com/spf13/cobra"

	"fourfold/internal/money"
	"fourfold/internal/store"
)

func privacyReportCommand(a *app) *cobra.Command {
	var who about
	cmd := &cobra.Command{
		Use:   "report",
		Short: "What is held about a customer, as JSON",
		Long: `Lists the customer's own row and the orders that name it: IDs, dates and
amounts, since nothing personal is held. The request is put on record, without
the ID.`,
		Example: "  fourfold privacy report --customer 6940095564\n  fourfold privacy report --connection 2 --customer 6940095564",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := who.findCustomer(cmd.Context(), a)
			if err != nil {
				return err
			}
			held, err := a.db.ReportCustomer(cmd.Context(), conn.MerchantID, conn.ID, who.customer, store.ActorCommand)
			if err != nil {
				return err
			}
			return a.json(reported(conn, who.customer, held))
		},
	}
	who.flags(cmd.Flags())
	return cmd
}

// heldReport is what is held about a customer, as it is handed on.
type heldReport struct {
	Store      string      `json:"store"`
	Customer   string      `json:"customer"`
	Redacted   bool        `json:"redacted"` // nothing can be found by the ID any more
	Record     *heldRecord `json:"record"`   // null where the customer was never read
	MergedFrom []string    `json:"merged_from"`
	Orders     []heldOrder `json:"orders"`
}

type heldRecord struct {
	CreatedAt  time.Time `json:"created_at,omitzero"`
	UpdatedAt  time.Time `json:"updated_at,omitzero"`
	ConsentAt  time.Time `json:"marketing_consent_at,omitzero"`
	Orders     int64     `json:"orders_at_provider"`
	MergedInto string    `json:"merged_into,omitempty"`
	ReadAt     time.Time `json:"read_at,omitzero"`
	GoneAt     time.Time `json:"gone_at,omitzero"`
}

type heldOrder struct {
	ID        string    `json:"id"`
	At        time.Time `json:"processed_at,omitzero"`
	Channel   string    `json:"channel"`
	Total     string    `json:"total"`
	Currency  string    `json:"currency"`
	Cancelled bool      `json:"cancelled"`
	Gone      bool      `json:"deleted"`
}

func reported(conn store.Connection, customer string, held store.Held) heldReport {
	r := heldReport{Store: conn.Name, Customer: customer, Redacted: held.Redacted, MergedFrom: append([]string{}, held.MergedFrom...), Orders: []heldOrder{}}
	if h := held.Record; h != nil {
		r.Record = &heldRecord{h.CreatedAt, h.UpdatedAt, h.ConsentAt, h.Orders, h.MergedInto, h.ReadAt, h.GoneAt}
	}
	for _, o := range held.Orders {
		r.Orders = append(r.Orders, heldOrder{o.ID, o.ProcessedAt, o.Channel, money.Amount{Micros: o.Total, Currency: o.Currency}.Decimal(), o.Currency, o.Cancelled, o.Gone})
	}
	return r
}
