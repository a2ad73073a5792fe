package cluster_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"testing"

	"fourfold/connectors"
	"fourfold/internal/worker/cluster"
)

// A new merchant's first pull stores one page and makes way for a while where others' nights wait for a worker; where none does it goes on.
// What follows on it takes no place of theirs either.
func TestABackfillMakesWayForNightsThatWait(t *testing.T) {
	const pages = 6
	b := newBench(t, map[string]answers{"orders": func(string, int) error { return nil }})
	turn, held := make(chan struct{}), make(chan struct{})
	var blocked atomic.Bool
	var stored, left atomic.Int32
	b.l.Connectors[0].Streams[0].Pull = func(ctx context.Context, acc connectors.Account, r connectors.Request) iter.Seq2[connectors.Page, error] {
		return func(yield func(connectors.Page, error) bool) {
			if acc.ID != "new" {
				if blocked.Load() {
					<-held
				}
				return
			}
			for n := max(len(r.Cursor)-1, 0); n < pages; n++ {
				<-turn
				stored.Add(1)
				if !yield(connectors.Page{ReadAt: b.now(), Next: slices.Repeat(connectors.Cursor("1"), n+2)}, nil) {
					left.Add(1)
					return
				}
			}
		}
	}
	w := b.worker()
	c, err := cluster.Open(t.Context(), cluster.Config{DSN: b.dsn, Worker: w, Log: w.Log, Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func(id int64) {
		if err := c.AskNight(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	var others []int64
	for i := range 6 {
		m := b.merchant(fmt.Sprint("old", i))
		others = append(others, m.ID)
		ask(m.ID)
	}
	defer b.work()()
	b.until("the others' first nights", func() bool { return b.alive() == 0 })

	ask(b.merchant("new").ID)
	turn <- struct{}{}
	turn <- struct{}{}
	if n := left.Load(); n > 0 {
		t.Fatalf("it made way %d times while nobody waited", n)
	}
	blocked.Store(true)
	for _, id := range others {
		ask(id)
	}
	b.until("a night that waits", func() bool {
		return b.number("SELECT COUNT(*) FROM river_job WHERE queue = 'night' AND state = 'available' AND scheduled_at < now() - interval '1 second'") > 0
	})
	turn <- struct{}{}
	asleep := "SELECT COUNT(*) FROM river_job WHERE kind = 'pull' AND queue = 'backfill' AND state = 'scheduled' AND args->>'merchant' = '7' AND scheduled_at > now()"
	b.until("the backfill making way", func() bool { return b.number(asleep) == 1 })
	if n := stored.Load(); n != 3 || left.Load() != 1 {
		t.Errorf("it stored %d pages and made way %d times", n, left.Load())
	}

	close(held)
	b.until("the others' nights", func() bool {
		return b.number("SELECT COUNT(*) FROM river_job WHERE queue = 'night' AND finalized_at IS NULL") == 0
	})
	close(turn)
	b.until("the end of the backfill", func() bool { return b.alive() == 0 })
	if n := stored.Load(); n != pages || left.Load() != 1 {
		t.Errorf("in the end it stored %d pages and made way %d times", n, left.Load())
	}
	if n := b.number("SELECT COUNT(*) FROM river_job WHERE kind = 'finish' AND queue = 'backfill' AND state = 'completed' AND args->>'merchant' = '7'"); n != 1 {
		t.Errorf("%d finishes of its first night were in the queue of backfills", n)
	}
}
