package store

import (
	"strconv"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// unpriced are the counters of what nobody says the cost of.
var unpriced = map[kpi.Measure]kpi.Measure{
	kpi.ShippingCost: count.UnpricedShipping, kpi.PaymentFees: count.UnpricedPayments, kpi.FulfilmentCost: count.UnpricedFulfilment, kpi.ReturnCost: count.UnpricedReturns,
}

// some says whether a measure has anything on the days.
func (c *Counter) some(m kpi.Measure, days period.Days) bool {
	for _, src := range c.sources {
		for _, n := range c.amounts(src, m, days).daily {
			if n != 0 {
				return true
			}
		}
	}
	return false
}

// unitCost is the capability of reading unit costs.
const unitCost = "unit_cost"

// may says whether a source's grant allows what a measure needs. Unit costs that the merchant tells do for those that the provider does not.
func (c *Counter) may(src *source, capability string) bool {
	return src.capabilities[capability].Granted || capability == unitCost && c.OwnCosts()
}

// OwnCosts says whether the merchant tells unit costs.
func (c *Counter) OwnCosts() bool { return c.ownCosts }

// curve is what a cohort brought, by age. N is for how many days all of its members were followed.
func (c *Counter) curve(m kpi.Measure, w kpi.Window, p period.Period, days period.Days) kpi.Figure {
	f := kpi.Figure{N: int64(max(0, min(period.Day(w.N), c.through-p.To)))}
	sums := make(map[int64]money.Micros)
	var lacking, overflow bool
	for _, src := range c.sources {
		abroad := make(map[foreign]int64)
		c.parts(src, m, days, func(day period.Day, part, currency string, n int64) error {
			abroad[foreign{day: day, part: part, currency: currency}] += n
			return nil
		})
		for k, n := range abroad {
			converted, ok := c.convert(n, k.currency, k.day)
			age, err := strconv.ParseInt(k.part, 10, 64)
			if err != nil || !ok {
				lacking = true
				continue
			}
			sums[age], err = money.Add(sums[age], money.Micros(converted))
			overflow = overflow || err != nil
		}
	}
	switch {
	case overflow:
		return kpi.Figure{Gap: kpi.StaleSource}
	case lacking:
		return kpi.Figure{Gap: kpi.NoRate}
	}
	for _, age := range count.CurveAges() {
		f.Bins = append(f.Bins, kpi.Bin{Upper: int64(age), Count: int64(sums[int64(age)])})
	}
	return f
}
