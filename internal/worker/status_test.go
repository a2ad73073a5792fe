package worker_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
)

// The next night is the one that will be worked next: the schedule's, or the last one's next try.
func TestNextNight(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	var err error
	if s.w.Schedule, err = cron.ParseStandard("30 3 * * *"); err != nil {
		t.Fatal(err)
	}
	berlin, err := s.merchant().Location()
	if err != nil {
		t.Fatal(err)
	}
	want := func(what string, m store.Merchant, want time.Time) {
		t.Helper()
		got, err := s.w.NextNight(t.Context(), m)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s: the next night is at %s, %v; want %s", what, got, err, want)
		}
	}
	scheduled := func() time.Time { // after now
		now := s.clock.Now().In(berlin)
		at := time.Date(now.Year(), now.Month(), now.Day(), 3, 30, 0, 0, berlin)
		if !at.After(now) {
			at = at.AddDate(0, 0, 1)
		}
		return at
	}
	begin := func() store.Run {
		run, err := s.w.Store.StartRun(t.Context(), s.merchant().ID, worker.NightKind, "")
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	end := func(run store.Run, failed error) {
		if err := s.w.Store.EndRun(t.Context(), run, failed, ""); err != nil {
			t.Fatal(err)
		}
	}
	want("before the first", s.merchant(), s.clock.Now())
	run := begin()
	want("while it is worked", s.merchant(), scheduled())
	s.clock.Advance(time.Minute)
	end(run, nil)
	want("once it is done", s.merchant(), scheduled())
	for tries := range 4 {
		run = begin()
		s.clock.Advance(time.Minute)
		end(run, errors.New("unavailable"))
		again := s.clock.Now().Add(time.Hour)
		if tries == 3 {
			again = scheduled() // it is left to the next one
		}
		want("after it failed", s.merchant(), again)
	}
	run = begin()
	s.clock.Advance(7 * time.Hour)
	want("after it was cut off", s.merchant(), s.clock.Now())
	end(run, nil)

	paused := s.merchant()
	paused.State = store.StatePaused
	want("paused", paused, time.Time{})
	none, err := s.w.Store.CreateMerchant(t.Context(), store.Merchant{Name: "None", Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	want("without a store", none, time.Time{})
	s.w.Schedule = nil
	want("where no nights are kept", s.merchant(), time.Time{})
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
