package count

import (
	"strconv"
	"strings"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// Totals kept in parts, from which several measures are read.
const (
	// Links counts customers by purchase day; the part is the day they bought before, "" for the first time.
	Links kpi.Measure = "customer_links"
	// Loyalty counts third and later purchase days within LoyalSpan days; the part holds the three purchase days before.
	Loyalty kpi.Measure = "customer_thirds"
	// ProductNet and ProductUnits are net sales and units of product rows by product.
	ProductNet   kpi.Measure = "product_net"
	ProductUnits kpi.Measure = "product_units"
	// ProductOut counts, by product, days on which nothing of it was to be had.
	ProductOut kpi.Measure = "product_out"
)

// LoyalSpan is the longest window, in days, for which Loyalty answers.
const LoyalSpan = 366

// LoyalPart writes the purchase days before a third or later one: the previous, the one before that, and the one before that,
// which may be missing.
func loyalPart(before []period.Day) string {
	n := len(before)
	part := before[n-1].String() + " " + before[n-2].String()
	if n > 2 {
		part += " " + before[n-3].String()
	}
	return part
}

// ParseLoyalPart reads what a Loyalty total's part holds; third is ok false where there is no third.
func ParseLoyalPart(part string) (prev, second, third period.Day, ok bool, err error) {
	fields := strings.Fields(part)
	days := make([]period.Day, 3)
	for i := range min(len(fields), 3) {
		if days[i], err = period.ParseDay(fields[i]); err != nil {
			return 0, 0, 0, false, err
		}
	}
	return days[0], days[1], days[2], len(fields) > 2, nil
}

// Reach says which measures, on which run of days, a changed total moves. A window that holds one of those days has to be
// worked out again.
type Reach struct {
	Measure kpi.Measure
	Days    period.Days
}

// Reaches lists what a change of the total moves.
func (k Key) Reaches() []Reach {
	on := period.Days{From: k.Day, To: k.Day + 1}
	switch k.Measure {
	case Links:
		moved := []Reach{{kpi.Customers, on}, {kpi.ReturningCustomers, on}, {kpi.RetainedCustomers, on},
			{kpi.AdoptionBase, period.Days{From: k.Day + 1, To: k.Day + 1 + NewFor}}}
		if k.Part == "" {
			moved = append(moved, Reach{kpi.NewCustomers, on})
		}
		return moved
	case Loyalty:
		return []Reach{{kpi.LoyalCustomers, on}}
	case ProductNet:
		return []Reach{{kpi.Concentration, on}, {kpi.NewProductSales, on}, {kpi.NewStreamSales, on}, {kpi.HealthySales, on}}
	case ProductUnits:
		return []Reach{{kpi.Launches, on}, {kpi.HealthySales, period.Days{From: k.Day, To: k.Day + StageDays + 1}},
			{kpi.AdoptionBase, on}, {kpi.Adopters, period.Days{From: k.Day - AdoptionDays, To: k.Day + 1}}}
	case ProductOut:
		return []Reach{{kpi.HealthySales, period.Days{From: k.Day, To: k.Day + StageDays + 1}}}
	}
	return []Reach{{k.Measure, on}}
}

const (
	// NewFor is how many days a product, or a stream of revenue, is new.
	NewFor = 365
	// StageDays is how far a product's stage looks: these days against as many before them.
	StageDays = 90
	// AdoptionDays is how long after its launch a purchase of a product counts as adoption.
	AdoptionDays = 90
)

// inf is the bin of what has not ended.
const inf = "inf"

// Bin is the part of a duration: the upper bound, in seconds, of its histogram bin. The resolution is an hour up to 14 days and
// six hours up to 60 days, and a day beyond.
func Bin(seconds int64) string {
	const hour, day = 3600, 86400
	seconds = max(seconds, 0)
	step := int64(hour)
	switch {
	case seconds > 60*day:
		step = day
	case seconds > 14*day:
		step = 6 * hour
	}
	upper := max((seconds+step-1)/step*step, step)
	return strconv.FormatInt(upper, 10)
}

// ParseBin reads a bin's upper bound.
func ParseBin(part string) (int64, error) {
	if part == inf {
		return kpi.Infinite, nil
	}
	return strconv.ParseInt(part, 10, 64)
}
