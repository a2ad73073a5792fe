package web

import (
	"slices"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// proofsShown is how many proofs of a connection are listed, the latest.
const proofsShown = 500

type proofsPage struct {
	Connection store.Connection
	Provider   string
	Proofs     []provenSlice
	Streams    []provenStream // to choose from
	Stream     string         // that is chosen; "" for all
	More       bool
}

type provenStream struct{ ID, Title string }

type provenSlice struct {
	store.ProofRow
	Title, State string
	Promises     bool
}

// showProofs lists what was proven of a connection, slice by slice: what the provider promised, and what was read.
func showProofs(v *visit) error {
	ctx := v.r.Context()
	c, _, conn, err := v.account()
	if err != nil {
		return err
	}
	p := proofsPage{Connection: conn, Provider: c.Title, Stream: v.r.URL.Query().Get("stream")}
	states, err := v.site.Store.Streams(ctx, v.merchant.ID, conn.ID)
	if err != nil {
		return err
	}
	for _, s := range states {
		p.Streams = append(p.Streams, provenStream{s.Stream, streamTitle(c, s.Stream)})
	}
	if p.Stream != "" && !slices.ContainsFunc(p.Streams, func(s provenStream) bool { return s.ID == p.Stream }) {
		return errNoPage
	}
	rows, err := v.site.Store.Proofs(ctx, v.merchant.ID, conn.ID, proofsShown)
	if err != nil {
		return err
	}
	p.More = len(rows) == proofsShown
	for _, r := range rows {
		if p.Stream != "" && r.Stream != p.Stream {
			continue
		}
		row := provenSlice{ProofRow: r, Title: streamTitle(c, r.Stream), Promises: r.Promised != (connectors.Count{}), State: "to the last page"}
		switch {
		case row.Promises && r.Promised == r.Read:
			row.State = "as promised"
		case row.Promises:
			row.State = "differs"
		}
		p.Proofs = append(p.Proofs, row)
	}
	return v.show("proofs", page{Title: "Proofs of " + p.Connection.Name, Tab: "truth", Wide: true}, p)
}
