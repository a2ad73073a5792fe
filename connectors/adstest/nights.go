package adstest

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

// Nights are pulls of all streams of some accounts, night after night from where the clock stands.
type Nights struct {
	Count int
	Since time.Time
	// Open opens an account for a night's pulls: Login.Open where nil.
	Open func(t *testing.T, id string) connectors.Account
	// Before is called as a night begins; where it returns false the machine is off, and nothing is pulled.
	Before func(night int) bool
	// After is called when all accounts were pulled.
	After func(night int)
	// Pulls is how a stream is pulled: Held.Pull where nil.
	Pulls func(h *Held, s connectors.Stream, acc connectors.Account) error
}

// Run pulls, sees that each stream is whole up to the account's today every night, and returns what is held of each account.
func (n Nights) Run(t *testing.T, l *Login, ids ...string) map[string]*Held {
	t.Helper()
	if n.Open == nil {
		n.Open = l.Open
	}
	if n.Pulls == nil {
		n.Pulls = func(h *Held, s connectors.Stream, acc connectors.Account) error {
			return h.Pull(t, l.Clock, s, acc, n.Since)
		}
	}
	all := map[string]*Held{}
	for _, id := range ids {
		all[id] = NewHeld()
	}
	begin := l.Clock.Now()
	for night := range n.Count {
		l.Clock.Set(begin.AddDate(0, 0, night))
		if n.Before != nil && !n.Before(night) {
			continue
		}
		for _, id := range ids {
			n.pull(t, l, night, id, all[id])
		}
		if n.After != nil {
			n.After(night)
		}
	}
	return all
}

func (n Nights) pull(t *testing.T, l *Login, night int, id string, h *Held) {
	t.Helper()
	acc := n.Open(t, id)
	loc, err := time.LoadLocation(acc.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Connector.Streams {
		began := period.On(l.Clock.Now(), loc)
		if err := n.Pulls(h, s, acc); err != nil {
			t.Fatalf("night %d, %s, %s: %v", night, acc.Name, s.ID, err)
		}
		// Midnight may have passed while a report was waited for.
		if whole := h.Whole[s.ID]; whole < began || whole > period.On(l.Clock.Now(), loc) {
			t.Fatalf("night %d, %s, %s: whole up to %s, want %s", night, acc.Name, s.ID, whole, began)
		}
	}
}

// Compared is how much was held against the truth.
type Compared struct {
	Held     int // campaign-days on which something happened
	Nothing  int // on which nothing did, though the campaign ran
	Vanished int // of these, of a campaign that vanished
	Empty    int // campaign-days of nothing that are held all the same
}

// Compare holds the campaign-days of a run of days against what they should be, to the micro; ok is false for a day on which there is nothing to say yet.
// Each record must be the account's, and as described. Nothing may be held beside them.
func (h *Held) Compare(t *testing.T, a *ads.Account, days period.Days, want func(c ads.Campaign, day period.Day) (r ads.Row, ok bool), described func(c ads.Campaign, d fact.AdDay) bool) (n Compared) {
	t.Helper()
	campaigns := map[string]ads.Campaign{}
	for _, c := range a.Campaigns {
		campaigns[c.ID] = c
	}
	for k, d := range h.Days {
		c, known := campaigns[k.Name]
		if !known || !days.Has(k.Day) || k.Day < c.From || k.Day >= c.To {
			t.Fatalf("%s: %v is held, and there is no such day", a.Name, k)
		}
		if d.Currency != a.Currency || d.Zone != a.Zone || d.Name != c.Name || !described(c, d) {
			t.Fatalf("%s, %s of %s: held %+v", a.Name, k.Day, c.Name, d)
		}
	}
	for _, c := range a.Campaigns {
		for day := days.From; day < days.To; day++ {
			r, ok := want(c, day)
			if !ok {
				continue
			}
			got, held := h.Days[Key{day, c.ID}]
			if got.Spend != r.Spend || got.Impressions != r.Impressions || got.Clicks != r.Clicks || got.Conversions != r.Conversions*int64(money.Unit) || got.Value != r.Value {
				t.Fatalf("%s, %s of %s: held %+v, want %+v", a.Name, day, c.Name, got, r)
			}
			if r.Spend != 0 || r.Impressions != 0 || r.Clicks != 0 || r.Conversions != 0 {
				n.Held++
				continue
			}
			if day < c.From || day >= c.To {
				continue
			}
			n.Nothing++
			if held {
				n.Empty++
			}
			if c.Vanishes != 0 && day >= c.Vanishes-7 && day < c.Vanishes {
				n.Vanished++
			}
		}
	}
	return n
}

// Reconcile holds the platform's own months against the sums of the days held, where both are known to have been read alike. It returns how many it held.
func (h *Held) Reconcile(t *testing.T, a *ads.Account, alike func(days period.Days) bool) (months int) {
	t.Helper()
	for from, m := range h.Months {
		if m.Currency != a.Currency || m.Days.From != from || m.Days.To > h.Whole["spend_totals"] {
			t.Errorf("%s: %+v", a.Name, m)
		}
		if !alike(m.Days) {
			continue
		}
		months++
		if sum := h.Spent(m.Days); sum != m.Spend {
			t.Errorf("%s: %s of the whole account is %d, its days are %d", a.Name, m.Days, m.Spend, sum)
		}
	}
	return months
}

// IDs are those of accounts.
func IDs(all []*ads.Account) (ids []string) {
	for _, a := range all {
		ids = append(ids, a.ID)
	}
	return ids
}
