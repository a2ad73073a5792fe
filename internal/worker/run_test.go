package worker

import (
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
				if due(s, last, now, loc) {
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
	if !due(s, last, now, loc) {
		t.Fatal("nothing was caught up")
	}
	if due(s, now, now.Add(17*time.Hour), loc) {
		t.Error("a night was caught up twice")
	}
	if !due(s, now, now.Add(18*time.Hour), loc) {
		t.Error("the next night did not come")
	}
}

type never struct{}

func (never) Next(time.Time) time.Time { return time.Time{} }

func TestWhichNightIsOwed(t *testing.T) {
	s, loc := schedule(t, "30 3 * * *"), berlin(t)
	now := instant(t, "2026-11-21T09:00:00Z")
	began := now.Add(-time.Minute) // when this process did
	ran := func(from string, ended time.Duration, fault string) store.Run {
		r := store.Run{Kind: nightKind, StartedAt: instant(t, from), Error: fault}
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
		if got := owed(c.s, c.nights, now, began, loc); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
