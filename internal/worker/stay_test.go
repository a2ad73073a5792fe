package worker_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"fourfold/connectors"
	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// Staying for four days: a night a day by the merchant's clock, signs of life all the time, through a night of hours as well, and an
// end as soon as it is asked for.
func TestRunStaysAndEndsWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(connectors.Account) { time.Sleep(2 * time.Hour) }
		b := newBench(t, 1, scripted("orders", slow))
		schedule, err := cron.ParseStandard("30 3 * * *")
		if err != nil {
			t.Fatal(err)
		}
		var last time.Time
		var longest time.Duration
		b.w.Beat = func(now time.Time) error {
			if !last.IsZero() {
				longest = max(longest, now.Sub(last))
			}
			last = now
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		b.w.Schedule = schedule
		go func() { ended <- b.w.Run(ctx) }()
		time.Sleep(4*24*time.Hour + 3*time.Hour + 31*time.Minute) // in the middle of the fifth night
		cancel()
		asked := time.Now()
		if err := <-ended; !errors.Is(err, context.Canceled) || time.Since(asked) > 2*time.Hour {
			t.Errorf("ended with %v after %s", err, time.Since(asked))
		}
		if longest > time.Minute+time.Second {
			t.Errorf("there was no sign of life for %s", longest)
		}
		runs, err := b.w.Store.Runs(t.Context(), b.merchant.ID, 100)
		if err != nil {
			t.Fatal(err)
		}
		berlin, err := b.merchant.Location()
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range runs {
			at := r.StartedAt.In(berlin).Format("15:04")
			switch {
			case i == 0 && !r.EndedAt.IsZero():
				t.Errorf("the night that was cut off has ended: %+v", r)
			case i < len(runs)-1 && at != "03:30" && at != "03:31":
				t.Errorf("a night at %s", at)
			}
		}
		if len(runs) != 6 { // at once, on 1, 2, 3 and 4 January, and the one that was cut off
			t.Errorf("%d nights", len(runs))
		}
	})
}

// A night that failed is tried again after an hour, three times; one that was cut off is gone on with as soon as somebody is there.
func TestRunTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		began := time.Now()
		b := newBench(t, 1, scripted("orders", func(connectors.Account) { at = append(at, time.Since(began).Round(time.Hour)) },
			repeat(4, fault(connectors.Malformed, 0))...))
		if _, err := b.w.Store.StartRun(t.Context(), b.merchant.ID, "night", ""); err != nil { // and then the process was killed
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Hour)
		defer cancel()
		schedule, err := cron.ParseStandard("0 0 1 1 *")
		if err != nil {
			t.Fatal(err)
		}
		b.w.Schedule = schedule
		if err := b.w.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended with %v", err)
		}
		if want := []time.Duration{0, time.Hour, 2 * time.Hour, 3 * time.Hour}; len(at) != 4 || at[1] != want[1] || at[3] != want[3] {
			t.Errorf("pulled after %v, want %v", at, want)
		}
		runs, err := b.w.Store.Runs(t.Context(), b.merchant.ID, 100)
		if err != nil || len(runs) != 5 || runs[0].Error == "" {
			t.Errorf("%d nights, %v", len(runs), err)
		}
	})
}

// Merchants are worked side by side, as many at a time as there is room for; one of them that takes long keeps none of the others
// waiting for more than its room, and one that is paused has no nights.
func TestRunServesAllMerchants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		served := map[string]int{}
		slow := connectors.Stream{ID: "orders", Title: "orders", Pull: func(_ context.Context, acc connectors.Account, _ connectors.Request) iter.Seq2[connectors.Page, error] {
			return func(func(connectors.Page, error) bool) {
				mu.Lock()
				now++
				most = max(most, now)
				served[acc.ID]++
				mu.Unlock()
				took := 20 * time.Minute
				if acc.ID == "one" {
					took = 30 * time.Hour
				}
				time.Sleep(took)
				mu.Lock()
				now--
				mu.Unlock()
			}
		}}
		b := newBench(t, 1, slow)
		for _, shop := range []string{"two", "three", "four", "paused"} {
			m, err := b.w.Store.CreateMerchant(t.Context(), store.Merchant{Name: shop, Currency: "EUR", Zone: "Asia/Tokyo", Schedule: "0 4 * * *"})
			if err != nil {
				t.Fatal(err)
			}
			b.link(m, shop)
			if shop == "paused" {
				was := m
				m.State = store.StatePaused
				if err := b.w.Store.UpdateMerchant(t.Context(), was, m); err != nil {
					t.Fatal(err)
				}
			}
		}
		parse := func(text string) (worker.Schedule, error) { return cron.ParseStandard(text) }
		var err error
		if b.w.Schedule, err = parse("30 3 * * *"); err != nil {
			t.Fatal(err)
		}
		b.w.Parse, b.w.Workers = parse, 2
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Hour)
		defer cancel()
		if err := b.w.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		// At once, and then each at its four o'clock in Tokyo, twice; the slow one for the second time after its first 30 hours.
		if want := map[string]int{"one": 2, "two": 3, "three": 3, "four": 3}; !maps.Equal(served, want) || most != 2 {
			t.Errorf("served %v, %d at a time; want %v, 2 at a time", served, most, want)
		}
	})
}

// What is under way when it is asked to stop finishes its page, stores it, and begins no other.
func TestRunFinishesThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages := 0
		slow := connectors.Stream{ID: "orders", Title: "orders", Pull: func(ctx context.Context, _ connectors.Account, _ connectors.Request) iter.Seq2[connectors.Page, error] {
			return func(yield func(connectors.Page, error) bool) {
				for {
					select {
					case <-ctx.Done():
						yield(connectors.Page{}, ctx.Err())
						return
					case <-time.After(5 * time.Second):
					}
					if pages++; !yield(brought(fmt.Sprint(pages)), nil) {
						return
					}
				}
			}
		}}
		b := newBench(t, 1, slow)
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		if err := b.w.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if number := b.state("orders").Number; pages != 3 || number != 3 {
			t.Errorf("%d pages were read and %d stored, want 3", pages, number)
		}
		runs, err := b.w.Store.Runs(t.Context(), b.merchant.ID, 10)
		if err != nil || len(runs) != 1 || !runs[0].EndedAt.IsZero() {
			t.Errorf("the night is on record as %+v, %v", runs, err)
		}
	})
}

// A night that somebody asks for begins at once; one that is asked for during another follows it, however often it was asked for, and two of one
// merchant are never under way together.
func TestNightsThatAreAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		var at []time.Duration
		began := time.Now()
		slow := func(connectors.Account) {
			mu.Lock()
			now++
			most = max(most, now)
			at = append(at, time.Since(began).Round(time.Minute))
			mu.Unlock()
			time.Sleep(time.Hour)
			mu.Lock()
			now--
			mu.Unlock()
		}
		b := newBench(t, 1, scripted("orders", slow))
		schedule, err := cron.ParseStandard("0 0 1 1 *")
		if err != nil {
			t.Fatal(err)
		}
		b.w.Schedule, b.w.Workers = schedule, 2
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.w.Run(ctx) }()
		ask := func(after time.Duration) {
			t.Helper()
			time.Sleep(time.Until(began.Add(after)))
			if err := b.w.AskNight(ctx, b.merchant.ID); err != nil {
				t.Error(err)
			}
		}
		ask(20 * time.Minute) // during the first night
		ask(30 * time.Minute)
		ask(5 * time.Hour)
		time.Sleep(2 * time.Hour)
		was := b.merchant
		b.merchant.State = store.StatePaused
		if err := b.w.Store.UpdateMerchant(ctx, was, b.merchant); err != nil {
			t.Fatal(err)
		}
		ask(8 * time.Hour)
		time.Sleep(2 * time.Hour)
		cancel()
		<-ended
		if want := []time.Duration{0, time.Hour, 5 * time.Hour}; fmt.Sprint(at) != fmt.Sprint(want) || most != 1 {
			t.Errorf("pulled after %v, want %v; %d at once", at, want, most)
		}
	})
}
