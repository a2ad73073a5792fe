package ga4

import (
	"context"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

const (
	canVisits  = "visits"
	canRevenue = "web_revenue"
)

// probe asks for yesterday, as the stream does.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	seen := connectors.Capability{ID: canVisits,
		Costs:  "Sessions are not counted, and with them conversion rate, cart abandonment and what else is a share of visits.",
		Remedy: "Make the Google login that was linked a Viewer of the property, and link again."}
	paid := connectors.Capability{ID: canRevenue, Granted: true,
		Costs:  "Revenue as Google Analytics credits it to channels is zero. Orders of the store are not touched by it.",
		Remedy: "In the property's access management, take the restriction No Revenue Metrics off the Google login that was linked."}
	yesterday := period.On(acc.Clock(), time.UTC) - 1
	r, _, err := run(ctx, acc, "read the property "+acc.ID, asked(period.Days{From: yesterday, To: yesterday + 1}))
	if err := seen.Tried(err); err != nil {
		return nil, err
	}
	if !seen.Granted {
		paid.Granted, paid.Detail = false, "the property cannot be read"
		return []connectors.Capability{seen, paid}, nil
	}
	for _, a := range r.Metadata.Restrictions.Active {
		if slices.Contains(metrics, a.Metric) {
			paid.Granted, paid.Detail = false, "Google Analytics hides "+a.Metric+" from this login"
		}
	}
	return []connectors.Capability{seen, paid}, nil
}
