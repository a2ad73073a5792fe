package main

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
)

// TestAPullIsWatchedForLong: progress is told for longer than the server gives any other answer, may be left and come back to, and does not keep
// the server from stopping.
func TestAPullIsWatchedForLong(t *testing.T) {
	t.Parallel()
	// The shop takes its time, longer than web's limits for reading a request (10 s) and for writing an answer (15 s).
	r := newLinksRigOf(t, storetest.SQLite(t), nil, sim.Options{BulkDelay: 17 * time.Second})
	b := r.began()
	b.post(r.at("links/shopify"), "mode", "client", "f_shop", "tea")
	b.post(b.at.Path, "account", shopID(t, r))
	began := time.Now()
	b.post(b.at.Path, "reach", "all").says(200, "Pulling")

	leaving, leave := context.WithCancel(t.Context())
	first := r.watch(leaving, b)
	if line := <-first; line == "" {
		t.Error("nothing was told")
	}
	leave()
	for range first {
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("leaving took %s", took)
	}

	last := ""
	for comes := 0; last != "event: over" && comes < 5; comes++ { // each answer ends after two minutes, and browsers come again
		came := time.Now()
		for line := range r.watch(t.Context(), b) {
			last = line
		}
		if lasted := time.Since(came); last != "event: over" && lasted < time.Minute {
			t.Fatalf("an answer was cut off after %s with %q", lasted, last)
		}
	}
	if took := time.Since(began); took < 15*time.Second || last != "event: over" {
		t.Errorf("the second time it ended after %s with %q", took, last)
	}
	b.get(r.at("links/progress")).says(200, "done")

	// Another pull, which is watched while the server is asked to stop.
	b.post(r.at("links/pull")).says(200, "Pulling")
	third := r.watch(t.Context(), b)
	<-third
	asked := time.Now()
	r.stop()
	for range third {
	}
	if took := time.Since(asked); took > 8*time.Second {
		t.Errorf("the server stopped after %s, kept by whoever watched", took)
	}
}

// TestAProviderThatIsSlow: a page that asks a provider waits for it, longer than the server gives a request that is read.
func TestAProviderThatIsSlow(t *testing.T) {
	t.Parallel()
	r := newLinksRig(t, storetest.SQLite(t), nil)
	b := r.began()
	b.post(r.at("links/shopify"), "mode", "client", "f_shop", "tea").says(200, "What Shopify opens")
	r.wire.slows(16 * time.Second)
	b.get(b.at.Path).says(200, "What Shopify opens")
	r.wire.slows(0)
}

// watch reads the events' names as they come.
func (r *linksRig) watch(ctx context.Context, b *browser) <-chan string {
	names := make(chan string, 1000)
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+r.at("links/progress/events"), nil)
	r.must(err)
	c := *b.c
	c.Timeout = 0
	resp, err := c.Do(q)
	r.must(err)
	go func() {
		defer close(names)
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			if strings.HasPrefix(s.Text(), "event: ") {
				names <- s.Text()
			}
		}
	}()
	return names
}

// TestAPullOfAnotherProcess: what this process does not do itself is told from the database, and what nobody does any more is not called
// under way.
func TestAPullOfAnotherProcess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		r := newLinksRigOf(t, dsn, nil, sim.Options{BulkDelay: 4 * time.Second})
		b := r.began()
		b.post(r.at("links/shopify"), "mode", "client", "f_shop", "tea")
		b.post(b.at.Path, "account", shopID(t, r))
		m, err := r.app.db.Merchant(t.Context(), r.m.ID)
		r.must(err)
		other, err := r.app.worker(t.Context()) // which tells nobody of its progress
		r.must(err)
		ended := make(chan error, 1)
		go func() {
			_, err := other.Night(t.Context(), m)
			ended <- err
		}()
		r.eventually("the other's pull is shown", func() bool {
			b.get(r.at("links/progress"))
			return strings.Contains(b.body, "under way") && strings.Contains(b.body, ">reading<")
		})
		last, count := b.events(r.at("links/progress/events"))
		if count < 2 || strings.TrimSpace(last["over"]) != "done" {
			t.Errorf("%d events, the last: %v", count, last)
		}
		r.must(<-ended)
		b.get(r.at("links/progress")).says(200, "done", "complete to")

		// One that was killed has a record without an end, and nothing is heard of it.
		_, err = r.app.db.StartRun(t.Context(), m.ID, "pull", "")
		r.must(err)
		b.get(r.at("links/progress")).says(200, "under way")
		r.clock.set(r.clock.now().Add(11 * time.Minute))
		b.get(r.at("links/progress")).says(200, "quiet", "nothing was heard of it for 11 min")
	})
}
