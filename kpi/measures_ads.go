package kpi

// Streams and capabilities of advertising and of web analytics.
const (
	SpendStream  = "spend"
	VisitsStream = "visits"
)

// Advertising, on the day as the ad account cut it.
const (
	AdSpend        Measure = "ad_spend"
	AdSpendTracked Measure = "ad_spend_tracked"
	AdImpressions  Measure = "ad_impressions"
	AdClicks       Measure = "ad_clicks"
	AdConversions  Measure = "ad_conversions"
	AdValue        Measure = "ad_value"
)

const (
	adDay = "the day as the ad account cut it"
	// adGrace is how long platforms change their figures as a matter of course.
	adGrace = 30
)

var spendStream = []string{SpendStream}

var adMeasures = []MeasureInfo{
	{Measure: AdSpend, Shape: Additive, Money: true, Account: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace,
		Text: "what the linked ad accounts, and the files for what has no account, cost; converted at the day's rate"},
	{Measure: AdSpendTracked, Shape: Additive, Money: true, Account: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace,
		Text: "the part of it for which the platform says what it counts as a purchase"},
	{Measure: AdImpressions, Shape: Additive, Account: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace, Text: "times an advertisement was shown, as the platform counts"},
	{Measure: AdClicks, Shape: Additive, Account: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace, Text: "clicks, as the platform counts"},
	{Measure: AdConversions, Shape: Additive, Millionths: true, Account: true, Apart: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace,
		Text: "purchases that the platform credits to its ads, by the one action that the account declares"},
	{Measure: AdValue, Shape: Additive, Money: true, Account: true, Apart: true, Day: adDay, Streams: spendStream, Capability: SpendStream, Grace: adGrace,
		Text: "value of these purchases, as the platform says"},
}
