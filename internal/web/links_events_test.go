package web

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

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
				r.Progress.ask(m.ID+1, r.clock())
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
