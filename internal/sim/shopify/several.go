package shopify

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"path"
	"sync/atomic"
	"time"

	"fourfold/internal/sim/host"
)

// Several are stores behind one address, told apart by the host that is asked for, as Shopify's own are. The storage host is one for all.
type Several struct {
	stores  []*Server
	byHost  map[string]*Server
	tls     *host.Authority
	latency atomic.Int64
	addr    string
	stop    context.CancelFunc
	done    chan struct{}
}

// NewSeveral puts stores, none of which is started, behind one address.
func NewSeveral(stores ...*Server) *Several {
	s := &Several{stores: stores, byHost: map[string]*Server{}, tls: newAuthority()}
	for _, store := range stores {
		s.byHost[store.shop.Domain] = store
	}
	return s
}

// Start serves on a free loopback port until ctx ends or Close is called.
func (s *Several) Start(ctx context.Context) error {
	for _, store := range s.stores {
		if err := store.prepareDir(); err != nil {
			return err
		}
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.addr = ln.Addr().String()
	ctx, s.stop = context.WithCancel(ctx)
	s.done = make(chan struct{})
	for _, store := range s.stores {
		store.addr.Store(s.addr)
		store.bulks.open(ctx)
		store.hooks.open(ctx)
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: host.Quiet()}
	stopped := context.AfterFunc(ctx, func() { _ = srv.Close() })
	go func() {
		defer close(s.done)
		defer stopped()
		_ = srv.Serve(tls.NewListener(ln, s.tls.Server()))
		s.stop()
		for _, store := range s.stores {
			store.bulks.wait()
			store.hooks.wait()
			if store.own != "" {
				_ = os.RemoveAll(store.own)
			}
		}
	}()
	return nil
}

// Close stops serving and waits for it.
func (s *Several) Close() {
	if s.stop != nil {
		s.stop()
		<-s.done
	}
}

// Addr is the loopback address, host and port; empty before Start.
func (s *Several) Addr() string { return s.addr }

// CA is the authority's certificate in PEM, for TransportTo.
func (s *Several) CA() []byte { return s.tls.PEM() }

// SetLatency adds so much to every reply from now on, besides each store's own.
func (s *Several) SetLatency(d time.Duration) { s.latency.Store(int64(d)) }

// ServeHTTP plays the shops' hosts and the storage host.
func (s *Several) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d := time.Duration(s.latency.Load()); d > 0 {
		wait(r.Context(), d)
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	store := s.byHost[host]
	if host == storageHost {
		store = s.signer(path.Base(r.URL.Path), r.URL.Query().Get("Signature"))
	}
	if store == nil {
		writeError(w, http.StatusNotFound, "Not Found")
		return
	}
	store.ServeHTTP(w, r)
}

// signer is the store that gave out the link to a result; any of them refuses a link that none gave out.
func (s *Several) signer(file, signature string) *Server {
	for _, store := range s.stores {
		if store.bulks.signed(file, signature) {
			return store
		}
	}
	return s.stores[0]
}

// signed says whether the link to a file was given out here.
func (b *bulkBook) signed(file, signature string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := b.keys[file]
	return key != "" && key == signature
}
