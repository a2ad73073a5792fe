package daily

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

func TestDaysAreThoseOfTheAccountsZone(t *testing.T) {
	for zone, want := range map[string]string{"Pacific/Auckland": "2026-11-22", "Europe/Berlin": "2026-11-21", "America/Los_Angeles": "2026-11-20"} {
		f := &figures{now: at("2026-11-21T23:30:00Z")}
		if zone == "America/Los_Angeles" {
			f.now = at("2026-11-21T07:30:00Z")
		}
		if zone == "Europe/Berlin" {
			f.now = at("2026-11-21T22:30:00Z")
		}
		var s shelf
		if err := s.pull(t, Report{Nightly: 3, Most: 100, Read: f.read}, f.now, zone, f.now.AddDate(0, 0, -5), 0); err != nil {
			t.Fatal(err)
		}
		last := f.asked[len(f.asked)-1].To
		if last.String() != want {
			t.Errorf("%s: the first day left out is %s, want %s, which is running there", zone, last, want)
		}
		loc, _ := time.LoadLocation(zone)
		if p := s.proofs[0]; p.CompleteDay != last || !p.CompleteTo.Equal(last.Start(loc)) || p.Started != f.now || p.Read.Objects != 5 && p.Read.Objects != 6 {
			t.Errorf("%s: the proof is %+v", zone, p)
		}
	}
}

func TestAFirstPullGoesBackAsFarAsThereIsAnything(t *testing.T) {
	now := at("2026-11-21T12:00:00Z")
	for name, c := range map[string]struct {
		report Report
		since  time.Time
		want   []period.Days
	}{
		"since":          {Report{}, at("2026-11-01T00:00:00Z"), []period.Days{run("2026-11-01", "2026-11-21")}},
		"in slices":      {Report{Most: 15}, at("2026-11-01T00:00:00Z"), []period.Days{run("2026-11-01", "2026-11-16"), run("2026-11-16", "2026-11-21")}},
		"what it keeps":  {Report{Keeps: 10}, time.Time{}, []period.Days{run("2026-11-11", "2026-11-21")}},
		"where it began": {Report{Begins: day("2026-11-18")}, at("2020-01-01T00:00:00Z"), []period.Days{run("2026-11-18", "2026-11-21")}},
		"months":         {Report{Months: true}, at("2026-09-15T00:00:00Z"), []period.Days{run("2026-09-15", "2026-10-01"), run("2026-10-01", "2026-11-01"), run("2026-11-01", "2026-11-21")}},
		"months joined":  {Report{Months: true, Joined: true, Most: 60}, at("2026-09-15T00:00:00Z"), []period.Days{run("2026-09-15", "2026-11-01"), run("2026-11-01", "2026-11-21")}},
		"all months":     {Report{Months: true, Joined: true}, at("2026-09-15T00:00:00Z"), []period.Days{run("2026-09-15", "2026-11-21")}},
	} {
		f := &figures{now: now}
		c.report.Read = f.read
		var s shelf
		if err := s.pull(t, c.report, now, "UTC", c.since, 0); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { wantDays(t, f.asked, c.want...) })
	}
}

func TestAnAccountThatWasOpenedTodayIsComplete(t *testing.T) {
	f := &figures{now: at("2026-11-21T12:00:00Z")}
	r := Report{Nightly: 30, Most: 30, Read: f.read}
	var s shelf
	if err := s.pull(t, r, f.now, "UTC", f.now, 0); err != nil || len(f.asked) != 0 || len(s.proofs) != 1 || s.proofs[0].CompleteDay != day("2026-11-21") {
		t.Fatalf("asked for %v, proofs %+v: %v", f.asked, s.proofs, err)
	}
	f.now = f.now.AddDate(0, 0, 1)
	if err := s.pull(t, r, f.now, "UTC", f.now.AddDate(0, 0, -1), 0); err != nil {
		t.Fatal(err)
	}
	wantDays(t, f.asked, run("2026-11-21", "2026-11-22"))
}

func TestTooLargeIsHalvedAndGrowsBack(t *testing.T) {
	f := &figures{now: at("2026-11-21T12:00:00Z"), largest: 8}
	r := Report{Nightly: 3, Most: 30, Read: f.read}
	var s shelf
	s.whole(t, r, f.now, at("2026-10-22T00:00:00Z"))
	if f.asked[0].Len() != 30 || f.asked[1].Len() != 15 || f.asked[2].Len() != 7 || len(f.asked) != 2+5 {
		t.Errorf("asked for %v", f.asked)
	}
	if len(s.days) != 30 {
		t.Errorf("%d days came, want 30", len(s.days))
	}
	f.largest, f.asked = 0, nil
	for range 3 {
		f.now = f.now.AddDate(0, 0, 1)
		s.whole(t, r, f.now, at("2026-10-22T00:00:00Z"))
	}
	var here place
	if err := s.cursor.Decode(&here); err != nil || here.Most != 0 {
		t.Errorf("three nights later %d days are asked for at once, want no limit but the declared one: %v", here.Most, err)
	}

	f.largest = -1
	one := Report{Most: 1, Read: func(context.Context, Ask) (Answer, error) {
		return Answer{}, connectors.Errorf(connectors.TooLarge, "read", "always")
	}}
	var none shelf
	faultOf(t, none.pull(t, one, f.now, "UTC", f.now.AddDate(0, 0, -3), 0), connectors.TooLarge)
}

func TestAPullGoesOnAfterEveryPage(t *testing.T) {
	f := &figures{now: at("2026-11-21T12:00:00Z"), settles: 9}
	r := Report{Nightly: 10, Most: 7, Read: f.read}
	since := at("2026-09-01T00:00:00Z")
	var one, many shelf
	if err := one.pull(t, r, f.now, "UTC", since, 0); err != nil {
		t.Fatal(err)
	}
	n := len(f.asked)
	many.whole(t, r, f.now, since)
	if len(f.asked) != 2*n || many.pages != one.pages || len(many.days) != 81 {
		t.Errorf("cut after every page: %d requests and %d pages for %d days, want %d and %d for 81", len(f.asked)-n, many.pages, len(many.days), n, one.pages)
	}
	for d, v := range one.days {
		if many.days[d] != v {
			t.Errorf("%s: %d, want %d", d, many.days[d], v)
		}
	}
	if a, b := one.proofs[0], many.proofs[0]; a != b {
		t.Errorf("the proofs differ: %+v and %+v", a, b)
	}
}

func TestAReadingOverMidnightReachesThePresent(t *testing.T) {
	f := &figures{now: at("2026-11-21T23:59:00Z")}
	r := Report{Nightly: 3, Most: 7, Read: f.read}
	var s shelf
	if err := s.pull(t, r, f.now, "UTC", at("2026-11-01T00:00:00Z"), 2); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	f.now = at("2026-11-22T00:01:00Z")
	s.whole(t, r, f.now, at("2026-11-01T00:00:00Z"))
	if s.proofs[0].CompleteDay != day("2026-11-22") {
		t.Errorf("complete up to %s", s.proofs[0].CompleteDay)
	}
}

// Every day's last figure is read after the provider has stopped changing it, whatever nights are missed.
func TestEveryDayIsReadOnceItIsSettled(t *testing.T) {
	for name, missed := range map[string]func(night int) bool{
		"every night":        func(int) bool { return false },
		"two nights a week":  func(n int) bool { return n%7 != 0 && n%7 != 3 },
		"a month's absence":  func(n int) bool { return n > 60 && n < 90 },
		"not when it is due": func(n int) bool { return n%7 == 0 || n%7 == 1 },
	} {
		for _, c := range []struct{ nightly, weekly int }{{30, 90}, {5, 14}, {28, 0}} {
			f := &figures{now: at("2026-01-10T04:00:00Z"), settles: max(c.nightly, c.weekly)}
			r := Report{Nightly: c.nightly, Weekly: c.weekly, Most: 100, Read: f.read}
			var s shelf
			for night := range 250 {
				if !missed(night) {
					s.whole(t, r, f.now, at("2026-01-01T00:00:00Z"))
				}
				f.now = f.now.AddDate(0, 0, 1)
			}
			s.whole(t, r, f.now, at("2026-01-01T00:00:00Z"))
			old := period.On(f.now, time.UTC) - period.Day(f.settles) - 7
			for d := day("2026-01-01"); d < period.On(f.now, time.UTC); d++ {
				if v, ok := s.days[d]; !ok || d < old && v != f.settled(d) {
					t.Errorf("%s, %+v: %s holds %d, want %d", name, c, d, v, f.settled(d))
					break
				}
			}
		}
	}
}

// Once a day is said to be final, what is held of it stays, as long as no night is missed.
func TestADayIsFinalOnceItWasReadSettled(t *testing.T) {
	for _, c := range []struct{ nightly, weekly int }{{30, 90}, {5, 14}, {28, 0}, {14, 16}} {
		f := &figures{now: at("2026-01-10T04:00:00Z"), settles: max(c.nightly, c.weekly) + 1}
		r := Report{Nightly: c.nightly, Weekly: c.weekly, Most: 100, Read: f.read}
		var s shelf
		final := 0
		for range 120 {
			s.whole(t, r, f.now, at("2026-01-01T00:00:00Z"))
			for d, v := range s.days {
				if r.final(d) <= period.On(f.now, time.UTC) {
					if final++; v != f.settled(d) {
						t.Fatalf("%+v: %s is final on %s, and holds %d on %s, want %d", c, d, r.final(d), v, f.now, f.settled(d))
					}
				}
			}
			f.now = f.now.AddDate(0, 0, 1)
		}
		if final < 300 {
			t.Errorf("%+v: %d days were final", c, final)
		}
	}
}

func TestTheLongReadingIsWeekly(t *testing.T) {
	f := &figures{now: at("2026-11-01T04:00:00Z")}
	r := Report{Nightly: 5, Weekly: 14, Most: 100, Read: f.read}
	var s shelf
	for range 22 {
		s.whole(t, r, f.now, at("2026-09-01T00:00:00Z"))
		f.now = f.now.AddDate(0, 0, 1)
	}
	var long []string
	for _, d := range f.asked[1:] {
		switch d.Len() {
		case 6:
		case 21:
			long = append(long, d.To.String())
		default:
			t.Errorf("asked for %s", d)
		}
	}
	if got := strings.Join(long, " "); got != "2026-11-08 2026-11-15 2026-11-22" {
		t.Errorf("long readings on %s", got)
	}
}

func TestWhatWasPromisedMustCome(t *testing.T) {
	f := &figures{now: at("2026-11-21T12:00:00Z")}
	r := Report{Read: func(_ context.Context, a Ask) (Answer, error) {
		answer := f.answer(a.Days)
		answer.Promised.Objects, answer.Read.Objects = 5, 4
		return answer, nil
	}}
	var s shelf
	faultOf(t, s.pull(t, r, f.now, "UTC", f.now.AddDate(0, 0, -4), 0), connectors.Unavailable)
}

func TestAZoneThatNobodyKnowsIsSaid(t *testing.T) {
	var s shelf
	err := s.pull(t, Report{}, at("2026-11-21T12:00:00Z"), "Mars/Olympus", time.Time{}, 0)
	if e := faultOf(t, err, connectors.Malformed); !strings.Contains(e.Error(), "Mars/Olympus") {
		t.Errorf("got %v", e)
	}
}
