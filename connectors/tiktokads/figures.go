package tiktokads

import (
	"errors"

	"fourfold/internal/fact"
)

// purchases reads an ordinary campaign's day. Over which windows TikTok credits purchases is set at each ad group, and not told.
func purchases(m metrics) (a fact.AdDay, err error) {
	a.Channel, a.Action = fact.AdSocial, actionPurchase
	var errs [5]error
	a.Spend, errs[0] = micros(m.Spend)
	a.Impressions, errs[1] = whole(m.Impressions)
	a.Clicks, errs[2] = whole(m.Clicks)
	a.Value, errs[3] = micros(m.Value)
	count, e := micros(m.Purchases)
	a.Conversions, errs[4] = int64(count), e
	return a, errors.Join(errs[:]...)
}

// orders reads a GMV Max campaign's day, which sells in the merchant's shop on TikTok.
func orders(m metrics) (a fact.AdDay, err error) {
	a.Channel, a.Action = fact.AdMarketplace, actionOrder
	var errs [3]error
	a.Spend, errs[0] = micros(m.Cost)
	a.Value, errs[1] = micros(m.Revenue)
	count, e := micros(m.Orders)
	a.Conversions, errs[2] = int64(count), e
	return a, errors.Join(errs[:]...)
}
