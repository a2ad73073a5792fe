package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
)

// With these in its environment the test binary is not a test but the program itself, as a process of its own that can be killed:
// the address of a simulated store in another process, the file with its authority's certificate, and where the clock stands.
const (
	childStore = "FOURFOLD_TEST_CHILD"
	childCA    = "FOURFOLD_TEST_CA"
	childClock = "FOURFOLD_TEST_CLOCK"
	// and, where it is set, after how long a cluster takes a job for dead.
	childRescue = "FOURFOLD_TEST_RESCUE"
	// and since when the clock goes, where it does.
	childGoes = "FOURFOLD_TEST_GOES"
)

func TestMain(m *testing.M) {
	if addr := os.Getenv(childStore); addr != "" {
		os.Exit(beProgram(addr))
	}
	os.Exit(m.Run())
}

// beProgram is main with the simulated store for a network and a clock of its own, which stands still unless it is said to go.
func beProgram(addr string) int {
	ca, err := os.ReadFile(os.Getenv(childCA))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitUsage
	}
	at, err := time.Parse(time.RFC3339, os.Getenv(childClock))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitUsage
	}
	now := func() time.Time { return at }
	if began, err := time.Parse(time.RFC3339, os.Getenv(childGoes)); err == nil {
		now = func() time.Time { return at.Add(time.Since(began)) }
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := newApp(os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	a.onStore(sim.TransportTo(addr, ca), now)
	if a.rescue, err = time.ParseDuration(or(os.Getenv(childRescue), "0s")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitUsage
	}
	if began := os.NewFile(3, "began"); began != nil {
		_ = began.Close() // whoever started us times us from here
	}
	return a.main(ctx, os.Args[1:])
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// onStore gives the program a simulated store for a network, a browser that agrees, and the store's clock.
func (a *app) onStore(network http.RoundTripper, now func() time.Time) {
	a.now, a.transport = now, stamped{network, now}
	a.browse = func(ctx context.Context, address string) { agree(ctx, network, address) }
}

// stamped dates a store's answers by its own clock, where net/http has put the machine's.
type stamped struct {
	http.RoundTripper
	now func() time.Time
}

func (s stamped) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Header.Set("Date", s.now().UTC().Format(http.TimeFormat))
	}
	return resp, err
}
