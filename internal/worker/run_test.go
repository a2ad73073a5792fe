package worker

import (
	"slices"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"fourfold/internal/store"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func schedule(t *testing.T, text string) Schedule {
	t.Helper()
	s, err := cron.ParseStandard(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The nights that a process which never sleeps works between two instants, each asked for at every minute.
func TestNightsByTheWallClock(t *testing.T) {
	for name, c := range map[string]struct {
		cron, last, until string
		nights            []string
	}{
		"plain": {"30 3 * * *", "2026-11-20T02:30:10Z", "2026-11-23T00:00:00Z", []string{"2026-11-21T02:30", "2026-11-22T02:30"}},
		// Clocks go back on 2026-10-25 at 01:00 UTC: 02:30 comes at 00:30 and at 01:30 UTC.
		"half past two comes twice": {"30 2 * * *", "2026-10-24T00:30:10Z", "2026-10-27T00:00:00Z", []string{"2026-10-25T00:30", "2026-10-26T01:30"}},
		// Caught up between the two: the second is not another night.
		"caught up between the two": {"30 2 * * *", "2026-10-25T01:10:00Z", "2026-10-27T00:00:00Z", []string{"2026-10-26T01:30"}},
		// Clocks go forward on 2026-03-29 at 01:00 UTC: there is no 02:30.
		"half past two is skipped": {"30 2 * * *", "2026-03-28T01:30:10Z", "2026-03-31T00:00:00Z", []string{"2026-03-29T01:30", "2026-03-30T00:30"}},
		"by day of the week":       {"0 4 * * 1", "2026-11-16T03:00:10Z", "2026-12-01T00:00:00Z", []string{"2026-11-23T03:00", "2026-11-30T03:00"}},
		"four times a day":         {"0 */6 * * *", "2026-11-20T17:00:10Z", "2026-11-21T12:00:00Z", []string{"2026-11-20T23:00", "2026-11-21T05:00", "2026-11-21T11:00"}},
		// A night before midnight that is caught up after it takes nothing from the next one.
		"caught up after midnight": {"30 23 * * *", "2026-11-20T23:10:00Z", "2026-11-22T12:00:00Z", []string{"2026-11-21T22:30"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, loc := schedule(t, c.cron), berlin(t)
			last := instant(t, c.last)
			var nights []string
			for now := last.Truncate(time.Minute); now.Before(instant(t, c.until)); now = now.Add(time.Minute) {
				if _, ok := due(s, last, now, 0, loc); ok {
					nights = append(nights, now.UTC().Format("2006-01-02T15:04"))
					last = now
				}
			}
			if len(nights) != len(c.nights) {
				t.Fatalf("nights at %v, want %v", nights, c.nights)
			}
			for i := range nights {
				if nights[i] != c.nights[i] {
					t.Errorf("nights at %v, want %v", nights, c.nights)
				}
			}
		})
	}
}

// A laptop that slept through three nights catches up once.
func TestMissedNightsAreCaughtUpOnce(t *testing.T) {
	s, loc := schedule(t, "30 3 * * *"), berlin(t)
	last, now := instant(t, "2026-11-17T02:30:05Z"), instant(t, "2026-11-21T09:12:00Z")
	if date, ok := due(s, last, now, 0, loc); !ok || date != "2026-11-21" {
		t.Fatalf("the night of %q was caught up, not the latest", date)
	}
	if date, ok := due(s, now, now.Add(17*time.Hour), 0, loc); ok {
		t.Errorf("the night of %s was caught up twice", date)
	}
	if date, ok := due(s, now, now.Add(18*time.Hour), 0, loc); !ok || date != "2026-11-22" {
		t.Errorf("the next night did not come, but that of %q", date)
	}
}

type never struct{}

func (never) Next(time.Time) time.Time { return time.Time{} }

func TestWhichNightIsOwed(t *testing.T) {
	s, loc := schedule(t, "30 3 * * *"), berlin(t)
	now := instant(t, "2026-11-21T09:00:00Z")
	began := now.Add(-time.Minute) // when this process did
	ran := func(from string, ended time.Duration, fault string) store.Run {
		r := store.Run{Kind: NightKind, StartedAt: instant(t, from), Error: fault}
		if ended > 0 {
			r.EndedAt = r.StartedAt.Add(ended)
		}
		return r
	}
	tonight, failed := ran("2026-11-21T02:30:05Z", time.Minute, ""), ran("2026-11-21T02:30:05Z", time.Minute, "unavailable")
	for name, c := range map[string]struct {
		s      Schedule
		nights []store.Run
		want   bool
	}{
		"the first":                          {s, nil, true},
		"the first of no schedule":           {never{}, nil, true},
		"done":                               {s, []store.Run{tonight}, false},
		"missed":                             {s, []store.Run{ran("2026-11-20T02:30:05Z", time.Minute, "")}, true},
		"killed half-way":                    {s, []store.Run{ran("2026-11-21T02:30:05Z", 0, "")}, true},
		"killed half-way, and gone on with":  {s, []store.Run{tonight, ran("2026-11-21T02:30:05Z", 0, "")}, false},
		"another process is at it":           {s, []store.Run{ran("2026-11-21T08:59:30Z", 0, "")}, false},
		"failed":                             {s, []store.Run{failed}, true},
		"failed just now":                    {s, []store.Run{ran("2026-11-21T08:30:00Z", time.Minute, "unavailable")}, false},
		"failed three times":                 {s, []store.Run{failed, failed, failed}, true},
		"failed four times":                  {s, []store.Run{failed, failed, failed, failed}, false},
		"failed four times, and another due": {s, []store.Run{ran("2026-11-20T02:30:05Z", time.Minute, "x"), failed, failed, failed}, true},
		"failed before, then done":           {s, []store.Run{tonight, failed}, false},
		"never again":                        {never{}, []store.Run{tonight}, false},
	} {
		here := func(r store.Run) bool { return !r.StartedAt.Before(began) }
		if date, got := owed(c.s, c.nights, now, 0, loc, here); got != c.want || got && date != "2026-11-21" {
			t.Errorf("%s: %t of %q, want %t", name, got, date, c.want)
		}
	}
}

// A night begins late by the merchant's own jitter, keeps the date on which the schedule came due, and is the same night however late.
func TestNightsAreSpread(t *testing.T) {
	s, loc := schedule(t, "50 23 * * *"), berlin(t)
	last := instant(t, "2026-11-20T22:50:10Z")
	const late = 25 * time.Minute
	var nights []string
	for now := last.Truncate(time.Minute); now.Before(instant(t, "2026-11-23T12:00:00Z")); now = now.Add(time.Minute) {
		if date, ok := due(s, last, now, late, loc); ok {
			nights = append(nights, date+" at "+now.In(loc).Format("2 15:04"))
			last = now
		}
	}
	if want := []string{"2026-11-21 at 22 00:15", "2026-11-22 at 23 00:15"}; !slices.Equal(nights, want) {
		t.Errorf("the nights of %v, want %v", nights, want)
	}
	var sum time.Duration
	const spread, merchants = 30 * time.Minute, 1000
	for id := range int64(merchants) {
		j := jitter(id, spread)
		if j < 0 || j >= spread || j != jitter(id, spread) {
			t.Fatalf("merchant %d is late by %s", id, j)
		}
		sum += j
	}
	if mean := sum / merchants; mean < 14*time.Minute || mean > 16*time.Minute {
		t.Errorf("merchants are late by %s on average", mean)
	}
	if jitter(7, 0) != 0 {
		t.Error("there is jitter without a spread")
	}
}
