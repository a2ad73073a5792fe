package daily

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// figures is a provider that changes a day's figure each night until it is settled, and forgets nothing.
type figures struct {
	now     time.Time
	settles int
	largest int // days that one question may ask for before it is too large; no limit where zero
	asked   []period.Days
}

// told is what the provider says of a day now: the day itself, and how often it has changed its mind.
func (f *figures) told(day period.Day) money.Micros {
	age := min(int(period.On(f.now, time.UTC)-day), f.settles)
	return money.Micros(int(day)*1000 + age)
}

func (f *figures) settled(day period.Day) money.Micros {
	return money.Micros(int(day)*1000 + f.settles)
}

func (f *figures) answer(days period.Days) Answer {
	a := Answer{ReadAt: f.now}
	for day := days.From; day < days.To; day++ {
		a.Records = append(a.Records, fact.AdDay{Day: day, Campaign: "1", Spend: f.told(day)})
	}
	return a
}

func (f *figures) read(_ context.Context, a Ask) (Answer, error) {
	f.asked = append(f.asked, a.Days)
	if f.largest > 0 && a.Days.Len() > f.largest {
		return Answer{}, connectors.Errorf(connectors.TooLarge, "read", "%d days are too many", a.Days.Len())
	}
	return f.answer(a.Days), nil
}

// shelf is what a store would hold of a stream.
type shelf struct {
	cursor connectors.Cursor
	days   map[period.Day]money.Micros
	proofs []connectors.Proof
	pages  int
}

// pull pulls once, storing at most so many pages, and gives the error that ended it.
func (s *shelf) pull(t *testing.T, r Report, now time.Time, zone string, since time.Time, most int) error {
	t.Helper()
	acc := connectors.Account{AccountInfo: connectors.AccountInfo{ID: "1", Zone: zone}, Now: func() time.Time { return now }}
	taken := 0
	for p, err := range r.Stream().Pull(t.Context(), acc, connectors.Request{Cursor: bytes.Clone(s.cursor), Since: since}) {
		if err != nil {
			return err
		}
		if s.days == nil {
			s.days = map[period.Day]money.Micros{}
		}
		if p.Replaces != nil {
			for d := p.Replaces.From; d < p.Replaces.To; d++ {
				delete(s.days, d)
			}
		}
		for _, rec := range p.Records {
			s.days[rec.(fact.AdDay).Day] += rec.(fact.AdDay).Spend
		}
		if p.Proof != nil {
			s.proofs = append(s.proofs, *p.Proof)
		}
		s.cursor = p.Next
		s.pages++
		if taken++; taken == most {
			return errCut
		}
	}
	return nil
}

var errCut = errors.New("cut off")

// whole pulls until the stream has reached the present, cut off after each page.
func (s *shelf) whole(t *testing.T, r Report, now time.Time, since time.Time) {
	t.Helper()
	for range 1000 {
		done := len(s.proofs)
		if err := s.pull(t, r, now, "UTC", since, 1); err == nil || errors.Is(err, errCut) && len(s.proofs) > done {
			return
		} else if !errors.Is(err, errCut) {
			t.Fatal(err)
		}
	}
	t.Fatal("the pull does not end")
}

func day(text string) period.Day {
	d, err := period.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

func at(text string) time.Time {
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return when
}

func run(from, to string) period.Days { return period.Days{From: day(from), To: day(to)} }

func faultOf(t *testing.T, err error, want connectors.Fault) *connectors.Error {
	t.Helper()
	var e *connectors.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	return e
}

func wantDays(t *testing.T, got []period.Days, want ...period.Days) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}
