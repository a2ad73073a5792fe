package metaads

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/metaads"
)

// After thirty nights what is held is the truth, wherever Meta has settled it: campaigns that vanished, days that became nothing, accounts east
// and west of Greenwich, yen and dinars, and the days on which clocks change.
func TestThirtyNights(t *testing.T) {
	const nights = 30
	r := simulate(t, func(o *sim.Options) { o.Prepares = 2 * time.Minute })
	since := period.On(firstRun, time.UTC) - 150
	byID := map[string]*ads.Account{}
	for _, a := range r.opts.Accounts {
		byID[a.ID] = a
	}
	all := adstest.Nights{Count: nights + 1, Before: func(night int) bool {
		f := sim.Faults{EmptyPages: night%5 == 0}
		switch night {
		case 7: // what was small enough is not, tonight: a report, which fails once
			f.MostCells, f.Failing = 1200, 1
		case 9:
			f.Down = 1
		case 14: // a bad night altogether
			f.MostCells, f.MostReport, f.Reduce = 30, 100, true
		case 20:
			f.Usage = 80
		}
		r.SetFaults(f)
		return night != 11 && night != 12 // the machine was off
	},
		Open: func(_ *testing.T, id string) connectors.Account { return r.account(byID[id]) },
		Pulls: func(b *adstest.Held, s connectors.Stream, acc connectors.Account) error {
			r.through(t, b, acc, s, since)
			return nil
		},
	}.Run(t, r.Login, adstest.IDs(r.opts.Accounts)...)
	for _, a := range r.opts.Accounts {
		t.Run(a.Currency, func(t *testing.T) { checkTruth(t, all[a.ID], a, since, r.Clock.Now()) })
	}
}

func checkTruth(t *testing.T, b *adstest.Held, a *ads.Account, since period.Day, now time.Time) {
	today := period.On(now, a.Location())
	n := b.Compare(t, a, period.Days{From: since, To: today},
		func(c ads.Campaign, day period.Day) (ads.Row, bool) { return a.Truth(c, day), day < today-restates },
		func(_ ads.Campaign, d fact.AdDay) bool {
			return d.Action == anyPurchase && d.Attribution == "7d_click,1d_view" && d.Final == d.Day+restates+1
		})
	if n.Held < 300 || n.Nothing < 20 || n.Vanished < 5 || n.Empty > 0 || b.Changed < 500 {
		t.Errorf("the truth was put to no test: %+v, %d changed", n, b.Changed)
	}
	// The platform's own totals are those of what is held, month by month.
	months := 0
	for from := since; from < today; {
		y, m, _ := from.UTC().Date()
		month := period.Days{From: from, To: min(period.Date(y, m+1, 1), today)}
		total, there := b.Months[from]
		if !there || total.Days != month || total.Currency != a.Currency || total.Spend != b.Spent(month) || total.Spend == 0 {
			t.Errorf("%s: the platform's total is %+v, and the days come to %d", month, total, b.Spent(month))
		}
		months++
		from = month.To
	}
	t.Logf("%+v, %d readings changed, %d months, %d rests", n, b.Changed, months, b.Rests)
}
