package ga4

import (
	"hash/fnv"
	"math/rand/v2"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// Account holds properties.
type Account struct {
	ID, Name   string
	Properties []*Property
}

// Property is a website with its visits, which are drawn from a seed.
type Property struct {
	ID, Name, Currency, Zone string
	Created                  time.Time
	Seed                     uint64
	Groups                   []string // Google's default channel groups; Groups where nil
	Daily                    int64    // sessions of a channel group on a usual day: 200 where zero
	// Settles is for how many days after a day Google still changes what it says of it.
	Settles int
	Unit    money.Micros // the smallest amount of the currency; a cent where zero
}

// Groups are those that a shop usually sees.
var Groups = []string{
	"Cross-network", "Direct", "Display", "Email", "Organic Search", "Organic Shopping", "Organic Social", "Paid Search", "Paid Shopping", "Paid Social", "Referral",
	"Unassigned",
}

// Visits is what Google says of a channel group's day.
type Visits struct {
	Day                                period.Day
	Group                              string
	Sessions, Engaged, Users, NewUsers int64
	Carts, Checkouts, Purchases        int64
	Revenue                            money.Micros
}

// Location is the property's zone.
func (p *Property) Location() *time.Location {
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		panic("ga4: " + err.Error())
	}
	return loc
}

func (p *Property) groups() []string {
	if p.Groups == nil {
		return Groups
	}
	return p.Groups
}

// Truth is what a channel group's day came to in the end. About one in ten has no visits.
func (p *Property) Truth(group string, day period.Day) Visits {
	v := Visits{Day: day, Group: group}
	if day < period.On(p.Created, p.Location()) {
		return v
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.ID + "\x00" + group + "\x00" + day.String()))
	d := rand.New(rand.NewPCG(p.Seed, h.Sum64())) //nolint:gosec // the truth is to be drawn the same again
	if d.IntN(10) == 0 {
		return v
	}
	usual := max(p.Daily, 0)
	if usual == 0 {
		usual = 200
	}
	v.Sessions = usual/2 + d.Int64N(usual+1)
	v.Engaged = v.Sessions * (40 + d.Int64N(40)) / 100
	v.Users = v.Sessions * (80 + d.Int64N(20)) / 100
	v.NewUsers = v.Users * (30 + d.Int64N(50)) / 100
	v.Carts = v.Sessions * d.Int64N(12) / 100
	v.Checkouts = v.Carts * d.Int64N(80) / 100
	v.Purchases = v.Checkouts * d.Int64N(80) / 100
	unit := p.Unit
	if unit == 0 {
		unit = money.Unit / 100
	}
	v.Revenue = money.Micros(v.Purchases) * (20*money.Unit + money.Micros(d.Int64N(int64(60*money.Unit)))) / unit * unit
	return v
}

// told is what Google says of a channel group's day on another: a part of it at first, and purchases last. ok is false where it says nothing.
func (p *Property) told(group string, day, today period.Day) (v Visits, ok bool) {
	if day > today {
		return v, false
	}
	v = p.Truth(group, day)
	age := int64(today - day)
	settles := int64(p.Settles)
	if age < settles {
		for _, n := range []*int64{&v.Sessions, &v.Engaged, &v.Users, &v.NewUsers, &v.Carts, &v.Checkouts} {
			*n -= *n / 20 * (settles - age) / settles
		}
		if v.Purchases > 0 {
			late := v.Purchases * (settles - age) / (settles + 1)
			v.Revenue = v.Revenue / money.Micros(v.Purchases) * money.Micros(v.Purchases-late)
			v.Purchases -= late
		}
		if age == 0 {
			v.Sessions, v.Engaged, v.Users, v.NewUsers = v.Sessions/2, v.Engaged/2, v.Users/2, v.NewUsers/2
		}
	}
	return v, v.Sessions > 0
}

// Told is what Google says of a channel group's day at a moment. ok is false where it says nothing.
func (p *Property) Told(group string, day period.Day, at time.Time) (Visits, bool) {
	return p.told(group, day, period.On(at, p.Location()))
}
