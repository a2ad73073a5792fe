package cluster_test

import (
	"sync"
	"testing"
	"time"

	"fourfold/internal/worker"
	"fourfold/internal/worker/cluster"
)

// A night that somebody asks for follows the one that is under way, however often and wherever it is asked for, and one that is asked for while
// none is begins at once.
func TestANightThatIsAskedFor(t *testing.T) {
	held := make(chan struct{})
	release := sync.OnceFunc(func() { close(held) })
	b := newBench(t, map[string]answers{"orders": func(_ string, n int) error {
		if n == 1 {
			<-held
		}
		return nil
	}})
	m := b.merchant("one")
	one, other := b.work(), b.work()
	defer one()
	defer other()
	defer release() // else a test that failed would wait for its workers
	asker, err := cluster.Open(t.Context(), cluster.Config{DSN: b.dsn, Worker: b.worker(), Log: b.worker().Log})
	if err != nil {
		t.Fatal(err)
	}
	defer asker.Close()
	ask := func() {
		t.Helper()
		if err := asker.AskNight(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
	}
	nights := func(want int) bool {
		runs, err := b.db.RunsOf(t.Context(), m.ID, 10, worker.NightKind)
		if err != nil {
			t.Fatal(err)
		}
		open := 0
		for _, r := range runs {
			if r.EndedAt.IsZero() {
				open++
			}
		}
		if open > 1 {
			t.Fatalf("%d nights at once", open)
		}
		return len(runs) == want && open == 0
	}
	b.until("the first night reads", func() bool { return b.begun("one/orders") == 1 })
	ask()
	ask()
	for until := time.Now().Add(3 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if nights(2); b.begun("one/orders") > 1 {
			t.Fatal("another night began beside the one that is under way")
		}
	}
	release()
	b.until("one more night, and no other", func() bool { return nights(2) })
	ask()
	b.until("the night that was asked for afterwards", func() bool { return nights(3) })
	if n := b.begun("one/orders"); n != 3 {
		t.Errorf("read %d times, want 3", n)
	}
}
