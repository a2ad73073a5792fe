package store

import (
	"cmp"
	"context"
	"slices"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// rate converts into the reporting currency from its day on.
type rate struct {
	day        period.Day
	billionths int64
}

func (t *tx) ratesTo(ctx context.Context, m Merchant) (map[string][]rate, error) {
	rates := make(map[string][]rate)
	err := t.each(ctx, func(scan func(...any) error) error {
		var from string
		var r rate
		err := scan(&from, &r.day, &r.billionths)
		rates[from] = append(rates[from], r)
		return err
	}, "SELECT from_currency, day, billionths FROM rates WHERE merchant_id = ? AND to_currency = ? ORDER BY from_currency, day, connection_id", m.ID, m.Currency)
	return rates, err
}

// own says whether an amount of a currency needs no rate.
func (c *Counter) own(currency string) bool { return currency == "" || currency == c.merchant.Currency }

// convert gives an amount in the reporting currency at the day's rate: the last one on or before it, at most seven days old.
func (c *Counter) convert(n int64, currency string, d period.Day) (int64, bool) {
	if c.own(currency) {
		return n, true
	}
	list := c.rates[currency]
	i, _ := slices.BinarySearchFunc(list, d+1, func(r rate, d period.Day) int { return cmp.Compare(r.day, d) })
	if i == 0 || list[i-1].day < d-rateAge {
		return 0, false
	}
	converted, err := money.Convert(money.Micros(n), list[i-1].billionths)
	return int64(converted), err == nil
}

// foreign is an amount in another currency: its total of the day is converted, not each channel's.
type foreign struct {
	measure  kpi.Measure
	day      period.Day
	part     string
	currency string
}
