package worker_test

import (
	"slices"
	"strings"
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

// What keeps an account from being probed stands with its streams, where people look, and not with those of others.
func TestAnAccountThatCannotBeProbedSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, 1, scripted("orders", nil), scripted("weekly", nil))
		c := &b.w.Connectors[0].Streams[1]
		c.Every = 7 * 24 * time.Hour
		if err := b.w.Pull(t.Context(), b.merchant); err != nil {
			t.Fatal(err)
		}
		b.probes = []error{fault(connectors.Malformed, 0).err}
		if err := b.w.Pull(t.Context(), b.merchant); err == nil {
			t.Fatal("the pull has not failed")
		}
		if s := b.state("orders"); s.LastFault != connectors.Malformed || !strings.Contains(s.LastError, "what one allows") {
			t.Errorf("the stream of every night stands at %+v", s)
		}
		if s := b.state("weekly"); s.LastError != "" {
			t.Errorf("the one that is not due stands at %+v", s)
		}
		needs, err := b.w.Needs(t.Context(), b.merchant)
		if err != nil || len(needs) != 1 || needs[0].Kind() != "malformed" {
			t.Errorf("needs are %+v, %v", needs, err)
		}
		if err := b.w.Pull(t.Context(), b.merchant); err != nil || b.state("orders").LastError != "" {
			t.Errorf("after it was mended: %v, %+v", err, b.state("orders"))
		}
	})
}

// A file of spend has no stream of orders, though its connector has: nights without one are no cause to call a person.
func TestStreamsOfOtherKindsOfAccountsAreNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := scripted("other", nil)
		other.Needs = []string{"other"}
		b := newBench(t, 1, scripted("orders", nil), other)
		for range 4 {
			time.Sleep(24 * time.Hour)
			if _, err := b.w.Night(t.Context(), b.merchant); err != nil {
				t.Fatal(err)
			}
		}
		needs, err := b.w.Needs(t.Context(), b.merchant)
		for _, n := range needs {
			if strings.Contains(n.Text, "other") {
				t.Errorf("needs %+v", n)
			}
		}
		if err != nil {
			t.Error(err)
		}
	})
}
