package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of one request and of its connection. A delivery is small, and its sender is in a hurry.
const (
	readHeader = 5 * time.Second
	readAll    = 10 * time.Second
	writeAll   = 15 * time.Second
	idle       = 2 * time.Minute
	maxHeader  = 64 << 10
	windUp     = 10 * time.Second // that requests under way have once the server is asked to stop
)

// Serve answers on ln until ctx ends; then it takes nothing new and finishes what is under way.
func Serve(ctx context.Context, ln net.Listener, handler http.Handler, log *slog.Logger) error {
	s := &http.Server{
		Handler: handler, ReadHeaderTimeout: readHeader, ReadTimeout: readAll, WriteTimeout: writeAll, IdleTimeout: idle, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what strangers do to a connection is no news
	}
	ended := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), windUp)
		defer cancel()
		ended <- s.Shutdown(late)
	}()
	if err := s.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answer on %s: %w", ln.Addr(), err)
	}
	return <-ended
}
