package tiktokads

import (
	"errors"

	"fourfold/internal/fact"
)

// purchases reads an ordinary campaign's day. Over which windows TikTok credits purchases is set at each ad group, and not told.
func purchases(m metrics) (a fact.AdDay, err error) {
	a.Channel, a.Action = fact.AdSocial, actionPurchase
	var errs [5]error
	a.Spend, errs[0] = m.Spend.micros()
	a.Impressions, errs[1] = m.Impressions.whole()
	a.Clicks, errs[2] = m.Clicks.whole()
	a.Value, errs[3] = m.Value.micros()
	count, e := m.Purchases.micros()
	a.Conversions, errs[4] = int64(count), e
	return a, errors.Join(errs[:]...)
}

// orders reads a GMV Max campaign's day, which sells in the merchant's shop on TikTok.
func orders(m metrics) (a fact.AdDay, err error) {
	a.Channel, a.Action = fact.AdMarketplace, actionOrder
	var errs [3]error
	a.Spend, errs[0] = m.Cost.micros()
	a.Value, errs[1] = m.Revenue.micros()
	count, e := m.Orders.micros()
	a.Conversions, errs[2] = int64(count), e
	return a, errors.Join(errs[:]...)
}
