package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/internal/store"
)

// Several watch a pull whose streams tell how far they are all at once; each of them sees its last word, and its end.
func TestAPullIsToldToAllWhoWatch(t *testing.T) {
	r := newRig(t, nil)
	m := r.merchant("Tea")
	r.member("vera", m, store.Viewer)
	conn := r.linkedStore(m, "1", "Tea shop", map[string]string{"shop": "tea.myshopify.com"})
	run, err := r.Store.StartRun(t.Context(), m.ID, "pull", "")
	r.must(err)
	vera := r.as("vera")
	const watchers, tellers, steps = 3, 4, 50
	last := fmt.Sprintf("step %d of teller 0", steps)
	saw := make(chan bool, watchers) // the last word
	ended := make(chan string, watchers)
	for range watchers {
		resp, err := vera.client.Get(r.server.URL + merchantAt(m.ID, "links/progress/events"))
		r.must(err)
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("status %d", resp.StatusCode)
		}
		go func() {
			defer resp.Body.Close()
			name, seen := "", false
			for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
				if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
					name = event
				}
				if !seen && strings.Contains(lines.Text(), last) {
					seen = true
					saw <- true
				}
			}
			if !seen {
				saw <- false
			}
			ended <- name
		}()
	}
	var telling sync.WaitGroup
	for i := range tellers {
		telling.Go(func() {
			for n := range steps {
				r.Progress.Tell(Step{Merchant: m.ID, Connection: conn.ID, Job: []string{"orders", "products", "customers", "payouts"}[i], Text: fmt.Sprintf("step %d of teller %d", n+1, i), Done: int64(n), Total: steps}, r.clock())
				r.Progress.ask(m.ID+1, 0, r.clock())
			}
		})
	}
	telling.Wait()
	for range watchers {
		if !<-saw {
			t.Error("somebody did not see the last step")
		}
	}
	r.must(r.Store.EndRun(t.Context(), run, nil, ""))
	for range watchers {
		if name := <-ended; name != "over" {
			t.Errorf("the stream ends with %q", name)
		}
	}
	r.Progress.mu.Lock()
	defer r.Progress.mu.Unlock()
	if len(r.Progress.changed) != 0 {
		t.Errorf("%d watch still", len(r.Progress.changed))
	}
}

// A pull that was asked for has begun once there is a run after the last one, whatever the clocks say: it may begin in the very millisecond that
// it was asked for in, or be begun by a machine whose clock is behind.
func TestAPullThatWasAskedForBeginsAndEnds(t *testing.T) {
	for name, behind := range map[string]time.Duration{"in the same millisecond": 0, "on a clock that is behind": time.Minute} {
		t.Run(name, func(t *testing.T) {
			var r *rig
			var began store.Run
			r = newRig(t, func(s *Site) {
				s.Pull = func(ctx context.Context, m store.Merchant) error {
					r.pass(-behind)
					defer r.pass(behind)
					var err error
					began, err = r.Store.StartRun(ctx, m.ID, "night", "")
					return err
				}
			})
			r.pass(600 * time.Microsecond) // the database keeps whole milliseconds
			m := r.merchant("Tea")
			r.member("olga", m, store.Operator)
			r.linkedStore(m, "1", "Tea shop", map[string]string{"shop": "tea.myshopify.com"})
			earlier, err := r.Store.StartRun(t.Context(), m.ID, "night", "")
			r.must(err)
			r.must(r.Store.EndRun(t.Context(), earlier, nil, ""))
			r.pass(time.Hour)
			olga := r.as("olga")
			olga.post(merchantAt(m.ID, "links/pull"))
			olga.get(merchantAt(m.ID, "links/progress")).sees(t, http.StatusOK, "under way")
			r.must(r.Store.EndRun(t.Context(), began, nil, ""))
			olga.get(merchantAt(m.ID, "links/progress")).sees(t, http.StatusOK, "Read the scorecard")
		})
	}
}

// Until a pull that was asked for has begun the page says so, whatever earlier ones there are.
func TestAPullThatWasAskedForIsWaitedFor(t *testing.T) {
	r := newRig(t, func(s *Site) { s.Pull = func(context.Context, store.Merchant) error { return nil } })
	m := r.merchant("Tea")
	r.member("olga", m, store.Operator)
	r.linkedStore(m, "1", "Tea shop", map[string]string{"shop": "tea.myshopify.com"})
	olga := r.as("olga")
	for range 2 {
		olga.post(merchantAt(m.ID, "links/pull"))
		olga.get(merchantAt(m.ID, "links/progress")).sees(t, http.StatusOK, "It begins within a minute")
		run, err := r.Store.StartRun(t.Context(), m.ID, "night", "")
		r.must(err)
		r.must(r.Store.EndRun(t.Context(), run, nil, ""))
		mail, err := r.Store.StartRun(t.Context(), m.ID, "weekly", "")
		r.must(err)
		r.must(r.Store.EndRun(t.Context(), mail, errors.New("the mail server is away"), "")) // is no matter of the pull
		olga.get(merchantAt(m.ID, "links/progress")).sees(t, http.StatusOK, "Read the scorecard")
	}
}
