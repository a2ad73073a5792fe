package tiktokads

import (
	"context"
	"encoding/json"
	"iter"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/period"
)

// place is the cursor: that of the days, and whether what they hold includes GMV Max.
type place struct {
	GMVMax bool `json:"gmv_max,omitempty"`
	// Lost is the first day that was read when GMV Max no longer could be; zero where it can, or never could.
	Lost period.Day      `json:"lost,omitempty"`
	Days json.RawMessage `json:"days,omitempty"`
}

// stream makes a reader for each pull, which asks for the shops once. Where GMV Max can be read and could not before, all days are read anew, since
// what it cost is missing in them. Where it no longer can be, the days that hold it stay as they are: read again, they would look cheaper than they were.
func stream(report func(*reader) daily.Report) connectors.Stream {
	s := report(&reader{}).Stream()
	s.Pull = func(ctx context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
		return func(yield func(connectors.Page, error) bool) {
			var at place
			if err := req.Cursor.Decode(&at); err != nil {
				yield(connectors.Page{}, err)
				return
			}
			r := &reader{gmvMax: req.Has(canGMVMax)}
			if r.gmvMax && (!at.GMVMax || at.Lost > 0) {
				at = place{}
			}
			if at.GMVMax && !r.gmvMax && at.Lost == 0 {
				var err error
				if at.Lost, err = daily.Whole(connectors.Cursor(at.Days)); err != nil {
					yield(connectors.Page{}, err)
					return
				}
				if at.Lost == 0 { // before the first pull was through
					at = place{}
				}
			}
			at.GMVMax = at.GMVMax || r.gmvMax
			of := report(r)
			of.Begins = at.Lost
			req.Cursor = connectors.Cursor(at.Days)
			for p, err := range of.Stream().Pull(ctx, acc, req) {
				if err == nil {
					at.Days = json.RawMessage(p.Next)
					p.Next, err = connectors.Encode(at)
				}
				if !yield(p, err) || err != nil {
					return
				}
			}
		}
	}
	return s
}

// reader reads for one pull.
type reader struct {
	gmvMax bool // whether GMV Max can be read
	shops  []shop
	asked  bool
}

// own are the account's shops; none where it has no GMV Max.
func (r *reader) own(ctx context.Context, c *rest.Client, account string) ([]shop, error) {
	if r.gmvMax && !r.asked {
		own, err := shopsOf(ctx, c, account)
		if err != nil {
			return nil, err
		}
		r.shops, r.asked = own, true
	}
	return r.shops, nil
}
