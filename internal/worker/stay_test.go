package worker_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"fourfold/connectors"
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
