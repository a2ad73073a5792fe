package shopify

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
	"fourfold/internal/fact"
	sim "fourfold/internal/sim/shopify"
)

// simulated is a shop behind the simulator, with a client that carries a token.
type simulated struct {
	*sim.Server
	acc  connectors.Account
	has  func(string) bool
	kept map[string]*kept
}

// bearer puts the token on requests, and lets answers tell the time of the simulated shop.
type bearer struct {
	token string
	now   func() time.Time
	next  http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Shopify-Access-Token", b.token)
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Header.Set("Date", b.now().UTC().Format(http.TimeFormat))
	}
	return resp, err
}

func simulate(t *testing.T, shop *sim.Shop, opts sim.Options) *simulated {
	t.Helper()
	if opts.RestoreRate == 0 {
		opts.RestoreRate = 2000
	}
	srv := sim.New(shop, opts)
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	net := srv.Transport()
	now := opts.Now
	if now == nil {
		now = time.Now
	}
	return &simulated{Server: srv, has: func(string) bool { return true }, acc: connectors.Account{
		Grant: connectors.Grant{Fields: map[string]string{fieldShop: shop.Domain},
			Client: &http.Client{Transport: bearer{srv.IssueToken(), now, net}}, Bare: &http.Client{Transport: net}},
		AccountInfo: connectors.AccountInfo{ID: "1", Currency: shop.Currency, Zone: shop.Zone, Since: shop.CreatedAt.Time()},
		Pacer:       transport.NewPacer(nil), Now: now,
	}}
}

// streamOf makes a stream whose bulk pages are small, so that little data are many pages.
func streamOf(t *testing.T, id string) connectors.Stream {
	t.Helper()
	for _, f := range feeds {
		if f.id == id {
			f.rows = 400
			return f.stream(nil)
		}
	}
	t.Fatalf("there is no feed %s", id)
	return connectors.Stream{}
}

// kept is what a store would hold after a pull: records by type and ID, with when they were read.
type kept struct {
	cursor  connectors.Cursor
	records map[string]fact.Record
	proofs  []connectors.Proof
	pages   int
	faults  []error
}

// keyOf names a record as the store does.
func keyOf(r fact.Record) string {
	switch r := r.(type) {
	case fact.Order:
		return "order " + r.ID
	case fact.OrderSeen:
		return "seen " + r.ID
	case fact.CustomerSeen:
		return "seen customer " + r.ID
	case fact.OrderLine:
		return "line " + r.ID
	case fact.Agreement:
		return "agreement " + r.ID
	case fact.Sale:
		return "sale " + r.ID
	case fact.Refund:
		return "refund " + r.ID
	case fact.RefundLine:
		return "refund line " + r.ID
	case fact.RefundAdjustment:
		return "adjustment " + r.ID
	case fact.Return:
		return "return " + r.ID
	case fact.ReturnLine:
		return "return line " + r.ID
	case fact.Fulfillment:
		return "fulfillment " + r.ID
	case fact.Promise:
		return "promise " + r.OrderID
	case fact.Transaction:
		return "transaction " + r.ID
	case fact.Dispute:
		return "dispute " + r.ID
	case fact.Customer:
		return "customer " + r.ID
	case fact.Product:
		return "product " + r.ID
	case fact.Variant:
		return "variant " + r.ID
	case fact.StockReading:
		return fmt.Sprint("stock ", r.ItemID, r.LocationID, r.Day)
	case fact.CostReading:
		return fmt.Sprint("cost ", r.ItemID, r.Day)
	case fact.SessionsDay:
		return fmt.Sprint("sessions ", r.Day, r.Source, r.Host, r.Medium, r.Campaign, r.Branded)
	case fact.ProviderSalesDay:
		return fmt.Sprint("sales ", r.Day)
	}
	return fmt.Sprintf("%T", r)
}

func (k *kept) store(p connectors.Page) {
	if k.records == nil {
		k.records = map[string]fact.Record{}
	}
	for _, r := range p.Records {
		k.records[keyOf(r)] = r
	}
	k.cursor = p.Next
	k.pages++
	if p.Proof != nil {
		k.proofs = append(k.proofs, *p.Proof)
	}
}

// pull runs a stream to its end as the worker does: it waits where the provider is at work, and tries again after what passes.
// A positive cut ends every pull after so many pages.
func (s *simulated) pull(t *testing.T, id string, k *kept, cut int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s.follow(t, ctx, streamOf(t, id), k, cut)
}

func (s *simulated) follow(t *testing.T, ctx context.Context, st connectors.Stream, k *kept, cut int) {
	t.Helper()
	id := st.ID
	for tries := 0; ; tries++ {
		if ctx.Err() != nil {
			t.Fatalf("%s: no end; the last fault was %v", id, lastOf(k.faults))
		}
		var fault error
		pages := 0
		for p, err := range st.Pull(ctx, s.acc, connectors.Request{Cursor: k.cursor, Has: s.has}) {
			if err != nil {
				fault = err
				break
			}
			k.store(p)
			if pages++; cut > 0 && pages == cut {
				break
			}
		}
		if fault == nil {
			if cut > 0 && pages == cut {
				continue
			}
			return
		}
		k.faults = append(k.faults, fault)
		f, ok := connectors.FaultOf(fault)
		if !ok || (f != connectors.Throttled && f != connectors.Unavailable) {
			t.Fatalf("%s: %v", id, fault)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func lastOf[T any](s []T) (last T) {
	if len(s) > 0 {
		last = s[len(s)-1]
	}
	return last
}

// count the records of a type.
func countOf[T fact.Record](k *kept) (n int) {
	for _, r := range k.records {
		if _, ok := r.(T); ok {
			n++
		}
	}
	return n
}

func request(s *simulated, k *kept) connectors.Request {
	return connectors.Request{Cursor: k.cursor, Has: s.has}
}
