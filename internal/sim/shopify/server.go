package shopify

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"fourfold/internal/sim/host"
)

// Options say how the simulated Shopify behaves around its data. The zero value is a store with every right granted, on the wall clock.
type Options struct {
	Now  func() time.Time // the store's present: token expiry, the 60-day wall; time.Now where nil
	Pace func() time.Time // the clock of the point bucket and of a bulk operation's delay; time.Now where nil

	ClientID     string   // "client-id" where empty
	ClientSecret string   // "client-secret" where empty
	Redirects    []string // allowed redirect URIs, exactly; any where empty
	Scopes       []string // what the merchant grants at most; AllScopes where nil
	Protected    int      // level of approval for customer data: 1 where zero, 2 with names and addresses, None for none
	HideCosts    bool     // the app's owner may not view product costs: unitCost is null

	RestoreRate int           // points a second: 100 where zero (Standard); 200 Advanced, 1000 Plus, 2000 Enterprise
	Latency     time.Duration // added to every reply

	BulkDir   string        // where results are kept; with a directory given, a result is prepared once and served again
	BulkDelay time.Duration // between CREATED and RUNNING
	BulkRate  int           // objects a second, without limit where zero

	// SearchLag is how long a changed order keeps its old place in sorts and ranges by time, as in an index that follows the data.
	SearchLag time.Duration

	Webhooks Webhooks // how they travel, and what goes wrong with them
}

// None is the Protected level of an app that was approved for no customer data at all.
const None = -1

// AllScopes is everything that the simulation knows a right for.
var AllScopes = []string{
	"read_all_orders", "read_customer_merge", "read_customers", "read_inventory", "read_locations", "read_merchant_managed_fulfillment_orders",
	"read_orders", "read_products", "read_reports", "read_returns",
}

// Server is one store behind its API. It is safe for concurrent use.
type Server struct {
	opts Options
	zone *time.Location
	tls  *host.Authority

	mu         sync.RWMutex // guards the shop and its indexes
	shop       *Shop
	orders     *orderIndex
	currencies []string // that buyers see, the shop's own among them
	catalog    *catalogIndex
	revision   int      // moves with every change
	unripe     []unripe // changes that the search does not know yet, oldest first

	auth     *desk
	bucket   *bucket
	bulks    *bulkBook
	hooks    *hookBook
	faults   *faultBox
	reports  reportCache
	qlBudget qlBudget
	owners   ownerCache

	statMu sync.Mutex
	stats  Stats

	stop context.CancelFunc
	done chan struct{}
	addr atomic.Value // string
	own  string       // a bulk directory made here, to be removed
}

// Stats counts what the server did.
type Stats struct {
	Requests     int // GraphQL requests that reached execution or were refused by it
	Throttled    int
	PointsUsed   int
	BulkRuns     int
	Downloads    int
	TokensLeaked int // requests to the storage host that carried a Shopify token
	Tokens       int // pairs and tokens handed out
}

// New makes a server over a shop. It panics on a shop whose zone does not exist, which is a fault in the caller's code.
func New(shop *Shop, opts Options) *Server {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Pace == nil {
		opts.Pace = time.Now
	}
	if opts.ClientID == "" {
		opts.ClientID = "client-id"
	}
	if opts.ClientSecret == "" {
		opts.ClientSecret = "client-secret"
	}
	if opts.Scopes == nil {
		opts.Scopes = AllScopes
	}
	if opts.Protected == 0 {
		opts.Protected = 1
	}
	if opts.RestoreRate == 0 {
		opts.RestoreRate = 100
	}
	zone, err := time.LoadLocation(shop.Zone)
	if err != nil {
		panic("shopify: " + err.Error())
	}
	s := &Server{opts: opts, zone: zone, tls: newAuthority(), shop: shop, faults: &faultBox{}}
	s.orders = newOrderIndex(shop.Orders)
	s.catalog = newCatalogIndex(shop)
	s.currencies = []string{shop.Currency}
	s.noteCurrencies(shop.Orders)
	shop.touched, shop.parties, shop.told, shop.telling = nil, nil, nil, true
	s.auth = newDesk(s)
	s.bucket = &bucket{rate: float64(opts.RestoreRate), size: float64(20 * opts.RestoreRate), now: opts.Pace}
	s.bulks = &bulkBook{srv: s}
	s.hooks = newHookBook(s)
	return s
}

// Start serves on a free loopback port until ctx ends or Close is called.
func (s *Server) Start(ctx context.Context) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.addr.Store(ln.Addr().String())
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		_ = s.serve(ctx, ln)
	}()
	return nil
}

// Serve serves HTTPS on ln until ctx ends.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	s.addr.Store(ln.Addr().String())
	return s.serve(ctx, ln)
}

func (s *Server) serve(ctx context.Context, ln net.Listener) error {
	if err := s.prepareDir(); err != nil {
		return errors.Join(err, ln.Close())
	}
	srv := &http.Server{Handler: s, TLSConfig: s.tls.Server(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: host.Quiet()}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.bulks.open(ctx)
	s.hooks.open(ctx)
	stopped := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stopped()
	err := srv.ServeTLS(ln, "", "")
	cancel()
	s.bulks.wait()
	s.hooks.wait()
	if s.own != "" {
		_ = os.RemoveAll(s.own)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close stops a started server and waits for it.
func (s *Server) Close() {
	if s.stop != nil {
		s.stop()
		<-s.done
	}
}

// Addr is the loopback address, host and port; empty before the server listens.
func (s *Server) Addr() string {
	a, _ := s.addr.Load().(string)
	return a
}

// Stats are the counts so far.
func (s *Server) Stats() Stats {
	s.statMu.Lock()
	defer s.statMu.Unlock()
	return s.stats
}

func (s *Server) count(f func(*Stats)) {
	s.statMu.Lock()
	defer s.statMu.Unlock()
	f(&s.stats)
}

func (s *Server) now() Instant { return At(s.opts.Now()) }

func (s *Server) prepareDir() (err error) {
	if s.opts.BulkDir != "" {
		s.bulks.dir, s.bulks.keep = s.opts.BulkDir, true
		return os.MkdirAll(s.opts.BulkDir, 0o700)
	}
	s.own, err = os.MkdirTemp("", "simulated-shopify-")
	s.bulks.dir = s.own
	return err
}
