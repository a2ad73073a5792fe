package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"runtime"
	"time"

	"fourfold/internal/link"
	"fourfold/internal/store"
)

// callback waits for the merchant's browser to come back from the provider.
type callback struct {
	address string // where it listens, as the provider is to be told
	server  *http.Server
	came    chan visit
	log     *slog.Logger
}

type visit struct {
	request *http.Request
	answer  chan error
}

// listenForCallback listens where the callback leads: on this machine, or behind a public address at listen.
func listenForCallback(ctx context.Context, connector, address, listen string, log *slog.Logger) (*callback, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%s.callback: %w", connector, err)
	}
	if listen == "" {
		if u.Scheme == "https" {
			return nil, usage(fmt.Errorf("the callback %s is public: say with --listen where your proxy sends it, such as --listen 127.0.0.1:8377; or paste the address with --paste", u.Host))
		}
		listen = u.Host
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listen for the callback: %w; free the port, or change %s.callback", err, connector)
	}
	if u.Port() == "0" {
		u.Host = ln.Addr().String() // any free port, for the demo and for tests
	}
	c := &callback{address: u.String(), came: make(chan visit), log: log}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+u.Path, c.serve)
	c.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() {
		if err := c.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			log.Error("callback listener ended", "error", err)
		}
	}()
	return c, nil
}

func (c *callback) serve(w http.ResponseWriter, r *http.Request) {
	v := visit{r, make(chan error, 1)}
	select {
	case c.came <- v:
	case <-r.Context().Done():
		return
	}
	select {
	case err := <-v.answer:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintln(w, "This callback was refused. Begin again in the terminal.")
			return
		}
		fmt.Fprintln(w, "Linked. You can close this page and go back to the terminal.")
	case <-r.Context().Done():
	}
}

// complete waits for a callback that is genuine. A forged one is refused, logged without its secrets, and the wait goes on.
func (c *callback) complete(ctx context.Context, l *link.Linker, p *link.Pending) (store.Grant, error) {
	for {
		select {
		case <-ctx.Done():
			return store.Grant{}, ctx.Err()
		case v := <-c.came:
			g, err := l.Complete(ctx, p, v.request)
			v.answer <- err
			if errors.Is(err, link.ErrForged) {
				c.log.Warn("callback refused", "reason", err.Error(), "from", v.request.RemoteAddr)
				continue
			}
			return g, err
		}
	}
}

func (c *callback) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = c.server.Shutdown(ctx)
}

// openBrowser tries to open the address; where that fails the person opens it.
func openBrowser(ctx context.Context, address string) {
	name := map[string]string{"darwin": "open", "linux": "xdg-open"}[runtime.GOOS]
	if name != "" {
		_ = exec.CommandContext(ctx, name, address).Start()
	}
}
