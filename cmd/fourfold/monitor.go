package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"fourfold/internal/metrics"
	"fourfold/internal/store"
)

// readyFor is how long the database may take to answer before this process is called not ready.
const readyFor = 3 * time.Second

// monitor answers those that watch this process: /healthz says that it lives, /readyz that the database answers and has the schema that
// this fourfold knows, /metrics what it did and how the data stand.
func monitor(db *store.Store, m *metrics.Metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyFor)
		defer cancel()
		database, binary, err := db.Version(ctx)
		switch {
		case err != nil:
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable) // why is in the log; an address may be in the error
		case database != binary:
			http.Error(w, fmt.Sprintf("the database is at schema %d, this fourfold knows %d", database, binary), http.StatusServiceUnavailable)
		default:
			fmt.Fprintln(w, "ok")
		}
	})
	return mux
}

// serve serves until ctx ends, where the configuration names an address. It returns once it listens; done waits for its end.
func serve(ctx context.Context, address string, h http.Handler) (done func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for what watches: %w; free the port, or change metrics_listen in the configuration", err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = srv.Serve(l) // ends with Close
	}()
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	return func() {
		if stop() {
			_ = srv.Close()
		}
		<-ended
	}, nil
}
