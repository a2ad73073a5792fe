package metaads

import (
	"maps"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/metaads"
)

func loadZone(name string) (*time.Location, error) { return time.LoadLocation(name) }

// After thirty nights what is held is the truth, wherever Meta has settled it: campaigns that vanished, days that became nothing, accounts east
// and west of Greenwich, yen and dinars, and the days on which clocks change.
func TestThirtyNights(t *testing.T) {
	const nights = 30
	r := simulate(t, func(o *sim.Options) { o.Prepares = 2 * time.Minute })
	all := map[string]*books{}
	since := period.On(firstRun, time.UTC) - 150
	for night := range nights + 1 {
		r.clock.pass(firstRun.AddDate(0, 0, night).Sub(r.clock.now()))
		r.Fault(func(f *sim.Faults) {
			*f = sim.Faults{EmptyPages: night%5 == 0, Down: map[bool]int{true: 1}[night == 9]}
			switch night {
			case 7: // what was small enough is not, tonight: a report, which fails once
				f.MostCells, f.Fail = 1200, 1
			case 14: // a bad night altogether
				f.MostCells, f.MostReport, f.Reduce = 30, 100, true
			case 20:
				f.Usage = 80
			}
		})
		if night == 11 || night == 12 {
			continue // the machine was off
		}
		for _, a := range r.opts.Accounts {
			b := all[a.ID]
			if b == nil {
				b = newBooks()
				all[a.ID] = b
			}
			for _, s := range Connector().Streams {
				b.pullThrough(t, r, r.account(a), s, since)
			}
		}
	}
	for _, a := range r.opts.Accounts {
		t.Run(a.Currency, func(t *testing.T) { checkTruth(t, all[a.ID], a, since, r.clock.now()) })
	}
}

// pullThrough is a pull that is tried again after what passes.
func (b *books) pullThrough(t *testing.T, r *rig, acc connectors.Account, s connectors.Stream, since period.Day) {
	t.Helper()
	for range 500 {
		err := b.once(t, acc, s, since)
		if err == nil {
			return
		}
		switch f, _ := connectors.FaultOf(err); f {
		case connectors.Throttled:
			b.rests++
			r.clock.pass(connectors.RetryAfter(err))
		case connectors.Unavailable:
		default:
			t.Fatalf("%s of %s: %v", s.ID, acc.ID, err)
		}
	}
	t.Fatalf("%s of %s does not end, at %s: %v; cursor %s, %v", s.ID, acc.ID, r.clock.now(), b.once(t, acc, s, since), b.cursors[s.ID], r.Counts())
}

func checkTruth(t *testing.T, b *books, a *ads.Account, since period.Day, now time.Time) {
	today := period.On(now, a.Location())
	settled := period.Days{From: since, To: today - restates}
	held, nothing, vanished := 0, 0, 0
	wrong := maps.Clone(b.days) // what is held and should not be
	for _, c := range a.Campaigns {
		for day := settled.From; day < settled.To; day++ {
			key := campaignDay{day, c.ID}
			want, got := a.Truth(c, day), b.days[key]
			delete(wrong, key)
			if want.Spend == 0 && want.Impressions == 0 {
				if _, there := b.days[key]; there {
					t.Errorf("%s %s is held at %d, and came to nothing", c.Name, day, got.Spend)
				}
				nothing++
				if c.Vanishes != 0 && day >= c.Vanishes-7 && day < c.Vanishes {
					vanished++
				}
				continue
			}
			held++
			if got.Spend != want.Spend || got.Impressions != want.Impressions || got.Clicks != want.Clicks ||
				got.Conversions != want.Conversions*int64(money.Unit) || got.Value != want.Value {
				t.Errorf("%s %s: held %+v, the truth is %+v", c.Name, day, got, want)
			}
			if got.Currency != a.Currency || got.Zone != a.Zone || got.Name != c.Name || got.Action != anyPurchase || got.Attribution != "7d_click,1d_view" || got.Final != day+restates+1 {
				t.Errorf("%s %s is described as %+v", c.Name, day, got)
			}
		}
	}
	for key := range wrong {
		if settled.Has(key.day) {
			t.Errorf("%v is held, and there is no such campaign", key)
		}
		if key.day >= today {
			t.Errorf("%v is held, and the day is not over", key)
		}
	}
	if held < 300 || nothing < 20 || vanished < 5 || b.changed < 500 {
		t.Errorf("the truth was put to no test: %d held, %d of nothing, %d vanished, %d changed", held, nothing, vanished, b.changed)
	}
	// The platform's own totals are those of what is held, month by month.
	months := 0
	for from := since; from < today; {
		y, m, _ := from.UTC().Date()
		month := period.Days{From: from, To: min(period.Date(y, m+1, 1), today)}
		total, there := b.totals[from]
		if !there || total.Days != month || total.Currency != a.Currency || total.Spend != b.spent(month) || total.Spend == 0 {
			t.Errorf("%s: the platform's total is %+v, and the days come to %d", month, total, b.spent(month))
		}
		months++
		from = month.To
	}
	t.Logf("%d campaign-days equal the truth, %d came to nothing, %d readings changed, %d months, %d rests", held, nothing, b.changed, months, b.rests)
}
