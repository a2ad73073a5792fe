package csv

import (
	"cmp"
	"slices"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

var spendColumns = []column{{"date", true}, {"until", false}, {"campaign", true}, {"channel", false}, {"spend", true}, {"currency", false},
	{"impressions", false}, {"clicks", false}}

var adChannels = []fact.AdChannel{fact.AdSearch, fact.AdShopping, fact.AdSocial, fact.AdVideo, fact.AdDisplay, fact.AdMarketplace, fact.AdOther}

// spending makes a day of each line, or as many as it says: an invoice of a month is spread over its days evenly, and adds up exactly. Lines
// about the same campaign and day are added up, and one that was there already, word for word, is taken for a slip of the hand.
func spending(acc connectors.Account, lines []*line) []fact.Record {
	type key struct {
		day      period.Day
		campaign string
	}
	at := map[key]*fact.AdDay{}
	currencies := map[string]*line{}
	seen := map[string]int{}
	for _, l := range lines {
		from, until := l.day("date"), l.day("until")
		if until == 0 && l.cells["until"] == "" {
			until = from
		}
		if from == 0 || until == 0 {
			continue // told
		}
		if until < from || until-from > 3*366 {
			l.fail("until: %s is not within three years after %s", until, from)
			continue
		}
		channel := fact.AdChannel(strings.ToLower(l.cells["channel"]))
		if channel == "" {
			channel = fact.AdOther
		}
		if !slices.Contains(adChannels, channel) {
			l.fail("channel: %q is none of search, shopping, social, video, display, marketplace, other", short(l.cells["channel"]))
		}
		spend, impressions, clicks, currency := l.amount("spend"), l.count("impressions"), l.count("clicks"), l.currency(acc)
		if other := currencies[l.cells["campaign"]]; other != nil && other.currency(acc) != currency {
			l.fail("currency: the campaign %q has another one on line %d", short(l.cells["campaign"]), other.number)
		} else if other == nil {
			currencies[l.cells["campaign"]] = l
		}
		if n, again := seen[l.text()]; again && (spend != 0 || impressions != 0 || clicks != 0) {
			l.fail("it says again what line %d says: leave one out or, where both were spent, make one of them", n)
		}
		seen[l.text()] = l.number
		if len(l.faults) > 0 {
			continue
		}
		l.on(from, until+1)
		days := int64(until-from) + 1
		for i := range days {
			d := from + period.Day(i)
			k := key{d, l.cells["campaign"]}
			if at[k] == nil {
				at[k] = &fact.AdDay{Day: d, Zone: acc.Zone, Campaign: k.campaign, Name: k.campaign, Channel: channel, Currency: currency, Final: d + 1}
			}
			if at[k].Channel != channel {
				l.fail("channel: the campaign %q is %s on %s by another line", short(k.campaign), at[k].Channel, d)
				break
			}
			at[k].Spend += money.Micros(part(int64(spend), i, days))
			at[k].Impressions += part(impressions, i, days)
			at[k].Clicks += part(clicks, i, days)
		}
	}
	records := make([]fact.Record, 0, len(at))
	for _, d := range at {
		records = append(records, *d)
	}
	slices.SortFunc(records, func(a, b fact.Record) int {
		x, y := a.(fact.AdDay), b.(fact.AdDay)
		return cmp.Or(cmp.Compare(x.Day, y.Day), strings.Compare(x.Campaign, y.Campaign))
	})
	return records
}

// text is all that the line says.
func (l *line) text() string {
	var b strings.Builder
	for _, c := range spendColumns {
		b.WriteString(l.cells[c.name] + "\n")
	}
	return b.String()
}

// part is the ith of n equal parts of a whole, which add up to it.
func part(whole, i, n int64) int64 {
	return whole/n*(i+1) + whole%n*(i+1)/n - (whole/n*i + whole%n*i/n)
}
