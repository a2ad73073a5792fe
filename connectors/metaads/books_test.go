package metaads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// books is what a store would hold of an account.
type books struct {
	cursors map[string]connectors.Cursor
	days    map[campaignDay]fact.AdDay
	totals  map[period.Day]fact.AdTotal
	changed int // campaign-days that came to read otherwise, or went
	rests   int
	readAt  time.Time // of the latest page with records
}

type campaignDay struct {
	day      period.Day
	campaign string
}

func newBooks() *books {
	return &books{cursors: map[string]connectors.Cursor{}, days: map[campaignDay]fact.AdDay{}, totals: map[period.Day]fact.AdTotal{}}
}

// once pulls once from where the last pull ended.
func (b *books) once(t *testing.T, acc connectors.Account, s connectors.Stream, since period.Day) error {
	t.Helper()
	loc, err := loadZone(acc.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for p, err := range s.Pull(t.Context(), acc, connectors.Request{Cursor: b.cursors[s.ID], Since: since.Start(loc)}) {
		if err != nil {
			return err
		}
		b.store(t, p)
		b.cursors[s.ID] = p.Next
	}
	return nil
}

func (b *books) store(t *testing.T, p connectors.Page) {
	t.Helper()
	here := map[campaignDay]fact.AdDay{}
	if len(p.Records) > 0 {
		b.readAt = p.ReadAt
	}
	for _, rec := range p.Records {
		switch rec := rec.(type) {
		case fact.AdDay:
			key := campaignDay{rec.Day, rec.Campaign}
			if _, twice := here[key]; twice {
				t.Errorf("%v comes twice", key)
			}
			here[key] = rec
		case fact.AdTotal:
			b.totals[rec.Days.From] = rec
		}
	}
	if p.Replaces == nil {
		return
	}
	for key, old := range b.days {
		if hasDays(p) && p.Replaces.Has(key.day) {
			if here[key].Spend != old.Spend || here[key].Value != old.Value {
				b.changed++
			}
			delete(b.days, key)
		}
	}
	for key, d := range here {
		b.days[key] = d
	}
}

// spent is the sum of the campaign-days of a run of days.
func (b *books) spent(days period.Days) (sum money.Micros) {
	for key, d := range b.days {
		if days.Has(key.day) {
			sum += d.Spend
		}
	}
	return sum
}

// hasDays says whether a page is of the stream of campaign-days: the other one's are totals.
func hasDays(p connectors.Page) bool {
	for _, rec := range p.Records {
		if _, total := rec.(fact.AdTotal); total {
			return false
		}
	}
	return true
}
