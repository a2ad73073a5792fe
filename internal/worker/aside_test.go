package worker_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
)

// A report that the provider does not finish keeps neither the other accounts nor the night waiting: it is put aside, and in the end put off.
func TestAReportThatIsNeverDoneKeepsNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var began []string
		var at []time.Duration
		start := time.Now()
		preparing := fault(connectors.Throttled, 5*time.Minute)
		// The first account's night is complete, and then its report is never done.
		answers := append([]answer{{pages: nil}}, repeat(100, preparing)...)
		stuck := scripted("orders", func(acc connectors.Account) {
			began, at = append(began, acc.Fields["shop"]), append(at, time.Since(start))
		}, answers...)
		b := newBench(t, 1, stuck)
		if err := b.w.Pull(t.Context(), b.merchant); err != nil {
			t.Fatal(err)
		}
		b.conns = append(b.conns, b.link(b.merchant, "two")...)
		began, at = nil, nil
		start = time.Now()
		err := b.w.Pull(t.Context(), b.merchant)
		if f, _ := connectors.FaultOf(err); f != connectors.Throttled {
			t.Errorf("the pull ends with %v", err)
		}
		if len(began) < 2 || !slices.Equal(began[:2], []string{"one", "two"}) || at[1] != 0 {
			t.Errorf("accounts began in the order %v, at %v", began[:2], at[:2])
		}
		if took := time.Since(start); took < 6*time.Hour || took > 6*time.Hour+10*time.Minute { // of the second it is the first pull
			t.Errorf("the pull took %s", took)
		}
		tries := 0
		for _, who := range began {
			if who == "one" {
				tries++
			}
		}
		if tries != 13 { // at once, and for an hour every five minutes
			t.Errorf("the first account was asked %d times", tries)
		}
		if s := b.state("orders"); s.LastFault != connectors.Throttled || !s.Backfilled {
			t.Errorf("the stream stands at %+v", s)
		}
	})
}
