package worker_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
)

// provider is a leaky bucket that refuses what it does not hold.
type provider struct {
	mu                   sync.Mutex
	level, size, restore float64
	at                   time.Time
	refused, served      int
}

func (p *provider) fill() {
	now := time.Now()
	p.level, p.at = min(p.size, p.level+p.restore*now.Sub(p.at).Seconds()), now
}

// ask charges what is requested while it works, and then what it really cost; it says whether it did.
func (p *provider) ask(pacer connectors.Pacer, requested, actual float64) bool {
	p.mu.Lock()
	p.fill()
	if p.level < requested {
		p.refused++
		level := p.level
		p.mu.Unlock()
		pacer.Report(requested, 0, level, p.size, p.restore)
		return false
	}
	p.level -= requested
	p.mu.Unlock()
	time.Sleep(2 * time.Millisecond)
	p.mu.Lock()
	p.fill()
	p.level += requested - actual
	p.served++
	level := p.level
	p.mu.Unlock()
	pacer.Report(requested, actual, level, p.size, p.restore)
	return true
}

// accounts adds a merchant, who is number 1, with so many accounts.
func accounts(t *testing.T, db *store.Store, n int) {
	t.Helper()
	m, err := db.CreateMerchant(t.Context(), store.Merchant{Name: "Toy", Currency: "EUR", Zone: "UTC"})
	for i := range n {
		if err == nil {
			_, err = db.SaveConnection(t.Context(), store.Connection{MerchantID: m.ID, Connector: "toy", AccountID: fmt.Sprint(i), Currency: "EUR", Zone: "UTC"})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Two processes spend one account's budget: all are served, and the provider hardly ever has to refuse. It may have to where it stood full while a
// request was on its way: the budget here fills up meanwhile, and the provider's does not.
func TestOneBudgetForAllProcesses(t *testing.T) {
	dsn := storetest.Postgres(t)
	p := &provider{level: 200, size: 200, restore: 1000, at: time.Now()}
	var pacers []connectors.Pacer
	for range 2 {
		db, err := store.Open(t.Context(), dsn, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if len(pacers) == 0 {
			accounts(t, db, 1)
		}
		pacers = append(pacers, worker.SharedPacer(db, 1, 1))
	}
	ask := func(pacer connectors.Pacer, requested, actual float64) {
		for done := false; !done; done = p.ask(pacer, requested, actual) {
			if err := pacer.Wait(t.Context(), requested); err != nil {
				t.Error(err)
				return
			}
		}
	}
	ask(pacers[0], 50, 10) // from here on the bucket is known
	var all sync.WaitGroup
	for i, pacer := range pacers {
		for range 3 {
			all.Go(func() {
				for range 15 {
					ask(pacer, 50, float64(10+20*i))
				}
			})
		}
	}
	all.Wait()
	if p.refused > 20 || p.served != 91 { // paced each for itself they have sixty and more refused
		t.Errorf("%d were refused and %d served, want a few at most and 91", p.refused, p.served)
	}
}

// What an account owes is for the most part what others have under way, who are charged less than they took: who waited in vain comes
// back soon.
func TestABudgetThatOthersHold(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), storetest.Postgres(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	accounts(t, db, 1)
	p := worker.SharedPacer(db, 1, 1)
	p.Report(0, 0, 1000, 1000, 20)
	if err := p.Wait(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
	err = p.Wait(t.Context(), 900)
	if f, _ := connectors.FaultOf(err); f != connectors.Throttled || connectors.RetryAfter(err) > 5*time.Second {
		t.Errorf("got %v, again after %s, want throttled for five seconds at most", err, connectors.RetryAfter(err))
	}
	p.Report(1000, 10, 990, 1000, 20)
	if err := p.Wait(t.Context(), 900); err != nil {
		t.Errorf("what was given back cannot be spent: %v", err)
	}
}

// A wait that takes long is not spent holding a worker; it takes nothing from the budget, nor does one that is broken off.
func TestABudgetThatIsSpent(t *testing.T) {
	db, err := store.Open(t.Context(), storetest.Postgres(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	accounts(t, db, 2)
	p, other := worker.SharedPacer(db, 1, 1), worker.SharedPacer(db, 1, 2)
	p.Report(0, 0, 10, 100, 0.01)
	for range 3 {
		err := p.Wait(t.Context(), 20)
		if f, _ := connectors.FaultOf(err); f != connectors.Throttled || connectors.RetryAfter(err) < 900*time.Second || connectors.RetryAfter(err) > 1001*time.Second {
			t.Fatalf("got %v, again after %s", err, connectors.RetryAfter(err))
		}
	}
	if err := p.Wait(t.Context(), 9); err != nil {
		t.Errorf("what is there cannot be spent: %v", err)
	}
	if err := other.Wait(t.Context(), 1000); err != nil {
		t.Errorf("another account: %v", err)
	}
	p.Report(0, 0, 0, 100, 50)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := p.Wait(ctx, 100); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, ok, err := db.Spend(t.Context(), 1, 1, 0, time.Minute); !ok || err != nil || left > 0 {
		t.Errorf("what was broken off was spent all the same: %s, %v", left, err)
	}
}
