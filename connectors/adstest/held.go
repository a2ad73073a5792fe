package adstest

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// Key is a campaign's day, or a channel group's.
type Key struct {
	Day  period.Day
	Name string
}

// Held is what the store would hold of one account: days come whole, and a cursor for each stream.
type Held struct {
	Cursors map[string]connectors.Cursor
	Days    map[Key]fact.AdDay           // by campaign
	Visits  map[Key]fact.WebDay          // by source
	Months  map[period.Day]fact.AdTotal  // by their first day
	Whole   map[string]period.Day        // by stream: the first day that is not known to be whole
	Has     func(capability string) bool // what the account grants: all unless a test says otherwise
	Rests   int                          // how often a pull was told to come back later
	Changed int                          // campaign-days that came to read otherwise, or went
	ReadAt  time.Time                    // of the latest page with records
}

// NewHeld holds nothing yet.
func NewHeld() *Held {
	return &Held{Cursors: map[string]connectors.Cursor{}, Days: map[Key]fact.AdDay{}, Visits: map[Key]fact.WebDay{}, Months: map[period.Day]fact.AdTotal{},
		Whole: map[string]period.Day{}, Has: func(string) bool { return true }}
}

// Once is one run of a stream from where the last one ended, as far as it comes.
func (h *Held) Once(t *testing.T, s connectors.Stream, acc connectors.Account, since time.Time) error {
	t.Helper()
	return h.Some(t, s, acc, since, -1)
}

// Some is a run that breaks off after so many pages.
func (h *Held) Some(t *testing.T, s connectors.Stream, acc connectors.Account, since time.Time, pages int) error {
	t.Helper()
	for p, err := range s.Pull(t.Context(), acc, connectors.Request{Cursor: h.Cursors[s.ID], Since: since, Has: h.Has}) {
		if err != nil {
			return err
		}
		h.store(t, s.ID, p)
		if pages--; pages == 0 {
			break
		}
	}
	return nil
}

// Pull runs a stream until it has reached the present, or ends with a fault that is no waiting. The clock goes on while it waits.
func (h *Held) Pull(t *testing.T, c *Clock, s connectors.Stream, acc connectors.Account, since time.Time) error {
	t.Helper()
	for range 10_000 {
		err := h.Once(t, s, acc, since)
		if f, _ := connectors.FaultOf(err); f != connectors.Throttled {
			return err
		}
		h.Rests++
		c.Pass(connectors.RetryAfter(err))
	}
	t.Fatalf("the pull of %s does not end, at %s; cursor %s", s.ID, c.Now(), h.Cursors[s.ID])
	return nil
}

func (h *Held) store(t *testing.T, stream string, p connectors.Page) {
	t.Helper()
	old := map[Key]fact.AdDay{}
	if p.Replaces != nil {
		switch stream {
		case "spend":
			for k, d := range h.Days {
				if p.Replaces.Has(k.Day) {
					old[k] = d
				}
			}
			remove(h.Days, func(k Key) bool { return p.Replaces.Has(k.Day) })
		case "visits":
			remove(h.Visits, func(k Key) bool { return p.Replaces.Has(k.Day) })
		default:
			remove(h.Months, p.Replaces.Has)
		}
	}
	here := map[Key]bool{}
	for _, rec := range p.Records {
		switch rec := rec.(type) {
		case fact.AdDay:
			k := Key{rec.Day, rec.Campaign}
			if here[k] {
				t.Errorf("%v comes twice", k)
			}
			here[k], h.Days[k] = true, rec
		case fact.WebDay:
			h.Visits[Key{rec.Day, rec.Source}] = rec
		case fact.AdTotal:
			h.Months[rec.Days.From] = rec
		default:
			t.Fatalf("a %T came", rec)
		}
	}
	for k, was := range old {
		if now := h.Days[k]; now.Spend != was.Spend || now.Value != was.Value {
			h.Changed++
		}
	}
	if len(p.Records) > 0 {
		h.ReadAt = p.ReadAt
	}
	h.Cursors[stream] = p.Next
	if p.Proof != nil {
		h.Whole[stream] = p.Proof.CompleteDay
	}
}

func remove[K comparable, V any](m map[K]V, which func(K) bool) {
	for k := range m {
		if which(k) {
			delete(m, k)
		}
	}
}

// Spent is the sum of the campaign-days held of a run of days.
func (h *Held) Spent(days period.Days) (sum money.Micros) {
	for k, d := range h.Days {
		if days.Has(k.Day) {
			sum += d.Spend
		}
	}
	return sum
}

// HeldDays is how many days something is held of.
func (h *Held) HeldDays() int {
	days := map[period.Day]bool{}
	for k := range h.Days {
		days[k.Day] = true
	}
	for k := range h.Visits {
		days[k.Day] = true
	}
	return len(days)
}
