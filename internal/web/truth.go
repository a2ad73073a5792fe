package web

import (
	"context"
	"time"

	"fourfold/connectors"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
)

// truthRoutes are what the figures rest on: runs, proofs, the platforms' own figures, restatements and the audit log.
var truthRoutes = []route{
	{"GET /m/{merchant}/truth", viewing, showTruth},
	{"GET /m/{merchant}/truth/{connection}", viewing, showProofs},
	{"GET /m/{merchant}/reconciliation", viewing, showReconciliation},
	{"GET /m/{merchant}/restatements", viewing, showRestatements},
	{"GET /m/{merchant}/audit", operating, showAudit},
}

// runsShown is how many runs are listed, the latest.
const runsShown = 20

type truthPage struct {
	Status      shapes.Status
	Connections []truthConnection
	Runs        []truthRun
	Links       string
}

type truthConnection struct {
	store.Connection
	Provider string
	Linked   bool
	Streams  []truthStream
}

type truthStream struct {
	Title, Stream         string
	CompleteTo, LastProof time.Time
	Behind                string
	Error, Advice         string
	RetryAt               time.Time
}

type truthRun struct {
	store.Run
	Outcome, Took string
}

func showTruth(v *visit) error {
	ctx := v.r.Context()
	p := truthPage{Links: v.at("links")}
	var err error
	if p.Status, err = v.site.statusOf(ctx, v.merchant); err != nil {
		return err
	}
	for i, n := range p.Status.Needs {
		p.Status.Needs[i].Text = sentence(n.Text)
	}
	conns, err := v.site.Store.Connections(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	for _, conn := range conns {
		c, err := v.truthOf(conn)
		if err != nil {
			return err
		}
		p.Connections = append(p.Connections, c)
	}
	runs, err := v.site.Store.Runs(ctx, v.merchant.ID, runsShown)
	if err != nil {
		return err
	}
	for _, r := range runs {
		run := truthRun{Run: r, Outcome: shapes.Outcome(r)}
		if !r.EndedAt.IsZero() {
			run.Took = span(r.EndedAt.Sub(r.StartedAt))
		}
		p.Runs = append(p.Runs, run)
	}
	return v.show("truth", page{Title: "Runs and truth", Tab: "truth"}, p)
}

// statusOf is Status, or the little that is known where nobody tells it.
func (s *Site) statusOf(ctx context.Context, m store.Merchant) (shapes.Status, error) {
	if s.Status == nil {
		return shapes.Status{Merchant: m.Name, State: m.State, Zone: m.Zone, Streams: []shapes.Stream{}, Needs: []shapes.Need{}}, nil
	}
	return s.Status(ctx, m)
}

func (v *visit) truthOf(conn store.Connection) (truthConnection, error) {
	ctx := v.r.Context()
	c := v.site.connectorOf(conn)
	t := truthConnection{Connection: conn, Provider: c.Title, Linked: conn.State == store.StateActive}
	states, err := v.site.Store.Streams(ctx, v.merchant.ID, conn.ID)
	if err != nil {
		return t, err
	}
	proofs, err := v.site.Store.LastProofs(ctx, v.merchant.ID, conn.ID)
	if err != nil {
		return t, err
	}
	for _, s := range states {
		row := truthStream{Title: streamTitle(c, s.Stream), Stream: s.Stream, CompleteTo: s.CompleteTo, LastProof: proofs[s.Stream], RetryAt: s.RetryAt}
		if !s.CompleteTo.IsZero() {
			row.Behind = span(v.site.Now().Sub(s.CompleteTo))
		}
		if s.LastError != "" {
			row.Error, row.Advice = sentence(s.LastError), advice(s.LastFault)
		}
		t.Streams = append(t.Streams, row)
	}
	return t, nil
}

// advice is what to do about a pull that failed so.
func advice(f connectors.Fault) string {
	switch f {
	case connectors.Denied:
		return "The provider refuses the login: link it again."
	case connectors.Throttled:
		return "The provider asked us to wait. It goes on by itself."
	case connectors.Unavailable:
		return "The provider could not be reached. It is tried again by itself."
	case connectors.TooLarge:
		return "The answer was too large. It is asked for in smaller parts by itself."
	case connectors.Forbidden:
		return "A permission is missing: link it again and agree to it."
	case connectors.Malformed:
		return "The provider's answer is not as agreed. See whether a newer Fourfold reads it; if not, report it."
	}
	return "It is tried again with the next night; Fourfold's log has more."
}
