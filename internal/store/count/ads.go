package count

import (
	"fourfold/internal/fact"
	"fourfold/kpi"
)

// OfAdDay counts what a campaign cost on a day, on the day as its account cut it, by kind of advertising. What the platform credits to its
// ads is counted beside the part of spend for which it credits anything: without an action that counts as a purchase there is none to know.
func OfAdDay(t *Tally, v *fact.AdDay) {
	things := func(m kpi.Measure, n int64) { t.Add(Key{Channel: string(v.Channel), Measure: m, Day: v.Day}, n) }
	amount := func(m kpi.Measure, n int64) {
		t.Add(Key{Channel: string(v.Channel), Measure: m, Day: v.Day, Currency: v.Currency}, n)
	}
	amount(kpi.AdSpend, int64(v.Spend))
	things(kpi.AdImpressions, v.Impressions)
	things(kpi.AdClicks, v.Clicks)
	if v.Action == "" {
		return
	}
	amount(kpi.AdSpendTracked, int64(v.Spend))
	things(kpi.AdConversions, v.Conversions)
	amount(kpi.AdValue, int64(v.Value))
}

// OfWebDay counts visits of one day and channel as a web analytics service saw them. Those of a campaign came by an advertisement, by a
// message or by another link that was made to be counted; those of the brand came by themselves: of searches the service does not say for
// what.
func OfWebDay(t *Tally, v *fact.WebDay) {
	add := func(m kpi.Measure, n int64) { t.Add(Key{Measure: m, Day: v.Day}, n) }
	add(kpi.Sessions, v.Sessions)
	add(kpi.SessionsCompleted, v.Purchases)
	if tagged(v) {
		add(kpi.CampaignSessions, v.Sessions)
		add(kpi.CampaignCompleted, v.Purchases)
	}
	if v.Channel == fact.Direct {
		add(kpi.BrandSessions, v.Sessions)
	}
}

// tagged says whether visits came by links that a campaign made. What a service could not group tells nothing of the kind.
func tagged(v *fact.WebDay) bool {
	switch v.Channel {
	case fact.PaidSearch, fact.PaidSocial, fact.PaidOther, fact.Email:
		return true
	case fact.OtherChannel:
		return v.Source != "" && v.Source != "Unassigned" && v.Source != "(other)" && v.Source != "(not set)"
	}
	return false
}
