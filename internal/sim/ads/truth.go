// Package ads is the truth behind the simulated ad platforms: what each campaign cost on each day in the end, and what a platform says of it
// at a moment before that. The truth is drawn from a seed, so that it is the same wherever it is asked for.
package ads

import (
	"hash/fnv"
	"math/rand/v2"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// Account is an ad account with its campaigns.
type Account struct {
	ID, Name, Currency, Zone string
	Seed                     uint64
	Campaigns                []Campaign
	// Settles is for how many days after a day a platform still changes what it says of it.
	Settles int
	// Unit is the smallest amount that the platform tells: a cent is money.Unit / 100. A micro where it is zero.
	Unit money.Micros
}

// Campaign runs from a day up to, but without, another.
type Campaign struct {
	ID, Name, Kind string // Kind in the words of the simulated platform
	From, To       period.Day
	Daily          money.Micros // what it costs on a usual day
	// Vanishes is a day from which on nothing is told of the campaign's last days, as when a platform finds that all its clicks were
	// machines: those of the seven days before are zero in the end. Zero for a campaign that stays.
	Vanishes period.Day
}

// Row is what a platform says of a campaign's day. Money is in micros of the account's currency.
type Row struct {
	Campaign    Campaign
	Day         period.Day
	Spend       money.Micros
	Impressions int64
	Clicks      int64
	Conversions int64 // whole purchases
	Value       money.Micros
}

// Add adds what another row says to the row.
func (r *Row) Add(o Row) {
	r.Spend += o.Spend
	r.Impressions += o.Impressions
	r.Clicks += o.Clicks
	r.Conversions += o.Conversions
	r.Value += o.Value
}

func (a *Account) draw(c Campaign, day period.Day, what string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(a.ID + "\x00" + c.ID + "\x00" + day.String() + "\x00" + what))
	return rand.New(rand.NewPCG(a.Seed, h.Sum64())) //nolint:gosec // the truth is to be drawn the same again
}

// Location is the account's zone.
func (a *Account) Location() *time.Location {
	loc, err := time.LoadLocation(a.Zone)
	if err != nil {
		panic("ads: " + err.Error())
	}
	return loc
}

// Truth is what a campaign's day came to in the end. A day on which nothing happened is zero; about one day in twelve is one.
func (a *Account) Truth(c Campaign, day period.Day) Row {
	r := Row{Campaign: c, Day: day}
	if day < c.From || day >= c.To || c.Vanishes != 0 && day >= c.Vanishes-7 {
		return r
	}
	return a.full(c, day)
}

func (a *Account) full(c Campaign, day period.Day) Row {
	r := Row{Campaign: c, Day: day}
	d := a.draw(c, day, "truth")
	if d.IntN(12) == 0 {
		return r
	}
	r.Spend = a.round(c.Daily/2 + money.Micros(d.Int64N(int64(c.Daily)+1)))
	r.Impressions = 200 + d.Int64N(20_000)
	r.Clicks = 1 + r.Impressions/50 + d.Int64N(20)
	r.Conversions = d.Int64N(9)
	r.Value = a.round(money.Micros(r.Conversions) * (20*money.Unit + money.Micros(d.Int64N(int64(60*money.Unit)))))
	return r
}

func (a *Account) round(m money.Micros) money.Micros {
	unit := max(a.Unit, 1)
	return m / unit * unit
}

// Told is what the platform says of a campaign's day at a moment: nothing of days that have not begun in the account's zone, a part of the day
// that is running, and afterwards figures that come nearer to the truth until they are settled. ok is false where it says nothing.
func (a *Account) Told(c Campaign, day period.Day, at time.Time) (r Row, ok bool) {
	return a.told(c, day, period.On(at, a.Location()))
}

func (a *Account) told(c Campaign, day, today period.Day) (r Row, ok bool) {
	if day > today || day < c.From || day >= c.To {
		return r, false
	}
	age := int(today - day)
	if c.Vanishes != 0 && day >= c.Vanishes-7 && today >= c.Vanishes {
		return r, false
	}
	r = a.full(c, day)
	if age < a.Settles {
		d := a.draw(c, day, "early")
		// Costs are credited back as clicks are found void, purchases are credited late.
		extra := r.Spend / 50 * money.Micros(a.Settles-age) / money.Micros(max(a.Settles, 1))
		r.Spend = a.round(r.Spend + extra)
		late := int64(0)
		if r.Conversions > 0 {
			late = d.Int64N(r.Conversions+1) * int64(a.Settles-age) / int64(max(a.Settles, 1))
		}
		if r.Conversions > 0 {
			r.Value = a.round(r.Value / money.Micros(r.Conversions) * money.Micros(r.Conversions-late))
		}
		r.Conversions -= late
		// One day in thirty costs something at first and nothing in the end, or the other way round.
		if r.Spend == 0 && d.IntN(3) == 0 {
			r.Spend, r.Impressions, r.Clicks = a.round(c.Daily/10), 100, 2
		}
		if age == 0 {
			r.Spend, r.Impressions, r.Clicks = a.round(r.Spend/2), r.Impressions/2, r.Clicks/2
		}
	}
	return r, r.Spend != 0 || r.Impressions != 0 || r.Clicks != 0 || r.Conversions != 0
}

// Report is all that the platform says of days at a moment, in the order of days and campaigns.
func (a *Account) Report(days period.Days, at time.Time) []Row {
	var rows []Row
	today := period.On(at, a.Location())
	for day := days.From; day < days.To; day++ {
		for _, c := range a.Campaigns {
			if r, ok := a.told(c, day, today); ok {
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// Spend is the sum of what the platform says of days at a moment.
func (a *Account) Spend(days period.Days, at time.Time) (sum money.Micros) {
	for _, r := range a.Report(days, at) {
		sum += r.Spend
	}
	return sum
}

// Generate makes up an account's campaigns: some that run for ever, one that ends, one that begins late and one that vanishes.
func Generate(a Account, kinds []string, from, to period.Day, daily money.Micros) *Account {
	span := to - from
	for i, kind := range kinds {
		c := Campaign{ID: a.ID + "0" + string(rune('1'+i)), Name: kind + " " + string(rune('A'+i)), Kind: kind, From: from, To: to, Daily: daily / money.Micros(i+1)}
		switch i % 4 {
		case 1:
			c.To = from + span/2
		case 2:
			c.From = from + span/3
		case 3:
			c.Vanishes = to - span/4
		}
		a.Campaigns = append(a.Campaigns, c)
	}
	return &a
}
