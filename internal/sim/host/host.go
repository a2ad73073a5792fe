package host

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Host is one simulated provider on a loopback port.
type Host struct {
	names   []string
	handler http.Handler
	tls     *Authority
	addr    atomic.Value // string
	stop    context.CancelFunc
	done    chan struct{}
}

// New makes a host of a handler, for names such as api.example.com and *.example.com.
func New(title string, handler http.Handler, names ...string) *Host {
	return &Host{names: names, handler: handler, tls: NewAuthority(title, names...)}
}

// Start serves on a free loopback port until ctx ends or Close is called.
func (h *Host) Start(ctx context.Context) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, h.stop = context.WithCancel(ctx)
	h.addr.Store(ln.Addr().String())
	h.done = make(chan struct{})
	srv := &http.Server{Handler: h.handler, TLSConfig: h.tls.Server(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: Quiet()}
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	go func() {
		defer close(h.done)
		_ = srv.ServeTLS(ln, "", "")
	}()
	return nil
}

// Close stops a started host and waits for it.
func (h *Host) Close() {
	if h.stop != nil {
		h.stop()
		<-h.done
	}
}

// Transport dials this host for its names, and none else.
func (h *Host) Transport() http.RoundTripper {
	return Transport(func() string { a, _ := h.addr.Load().(string); return a }, h.tls.PEM())
}

// plays says whether a name is one of the host's.
func (h *Host) plays(name string) bool {
	for _, n := range h.names {
		suffix, wild := strings.CutPrefix(n, "*")
		if n == name || wild && strings.HasSuffix(name, suffix) && !strings.Contains(strings.TrimSuffix(name, suffix), ".") {
			return true
		}
	}
	return false
}

// Together sends each request to the host that plays its name, and what none plays to rest.
func Together(rest http.RoundTripper, hosts ...*Host) http.RoundTripper {
	t := together{rest: rest}
	for _, h := range hosts {
		t.hosts = append(t.hosts, h)
		t.ways = append(t.ways, h.Transport())
	}
	return t
}

type together struct {
	rest  http.RoundTripper
	hosts []*Host
	ways  []http.RoundTripper
}

// RoundTrip finds the host by the name in the request's address.
func (t together) RoundTrip(r *http.Request) (*http.Response, error) {
	for i, h := range t.hosts {
		if h.plays(r.URL.Hostname()) {
			return t.ways[i].RoundTrip(r)
		}
	}
	return t.rest.RoundTrip(r)
}
