package ga4

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// Figures settle within three days; credit for purchases moves for twelve. What Google says of the quality of a report it says of all of it, so that a
// report is of a month at most.
var visits = daily.Report{ID: "visits", Title: "visits", Needs: []string{canVisits}, Version: version,
	Nightly: 5, Weekly: 14, Most: 31, Begins: period.Date(2015, time.August, 14), Read: readVisits}

// limit is how many rows an answer may hold: a day has about twenty. Google allows 250,000.
const limit = 100_000

const (
	byDay   = "date"
	byGroup = "sessionDefaultChannelGroup"
)

// The metrics, at most ten, by the names of the published schema.
const (
	mSessions  = "sessions"
	mEngaged   = "engagedSessions"
	mUsers     = "totalUsers"
	mNewUsers  = "newUsers"
	mCarts     = "addToCarts"
	mCheckouts = "checkouts"
	mPurchases = "ecommercePurchases"
	mRevenue   = "purchaseRevenue"
)

var metrics = []string{mSessions, mEngaged, mUsers, mNewUsers, mCarts, mCheckouts, mPurchases, mRevenue}

func asked(days period.Days) question {
	q := question{Ranges: []dateRange{{days.From.String(), (days.To - 1).String()}}, Dimensions: []named{{byDay}, {byGroup}}, Limit: strconv.Itoa(limit)}
	for _, m := range metrics {
		q.Metrics = append(q.Metrics, named{m})
	}
	return q
}

func readVisits(ctx context.Context, a daily.Ask) (daily.Answer, error) {
	op := "read visits " + a.Days.String()
	r, at, err := run(ctx, a.Account, op, asked(a.Days))
	if err != nil {
		return daily.Answer{}, err
	}
	if err := r.fits(op); err != nil {
		return daily.Answer{}, err
	}
	if r.Metadata.Zone != a.Zone || r.Metadata.Currency != a.Currency {
		return daily.Answer{}, &connectors.Error{Fault: connectors.Malformed, Op: op,
			Err:  fmt.Errorf("the property is in %s and %s by now, and was linked in %s and %s", r.Metadata.Currency, r.Metadata.Zone, a.Currency, a.Zone),
			Hint: "the next night reads it as it is now"}
	}
	answer := daily.Answer{ReadAt: at, Promised: connectors.Count{Objects: r.Count}, Read: connectors.Count{Objects: int64(len(r.Rows))}}
	days := map[period.Day]bool{}
	for i := range r.Rows {
		v, err := r.webDay(i, a)
		if err != nil {
			return daily.Answer{}, connectors.Errorf(connectors.Malformed, op, "%w", err)
		}
		days[v.Day] = true
		answer.Records = append(answer.Records, v)
	}
	if q := r.quality(); q == fact.QualityThresholded {
		// A day of which nothing is shown is not a day without visits.
		for day := a.Days.From; day < a.Days.To; day++ {
			if !days[day] {
				answer.Records = append(answer.Records, fact.WebDay{Day: day, Zone: a.Zone, Channel: fact.OtherChannel, Source: hidden, Currency: a.Currency, Quality: q, Final: a.Final(day)})
			}
		}
	}
	return answer, nil
}

// fits says whether the answer had room for all rows. Fewer days have fewer.
func (r report) fits(op string) error {
	if len(r.Rows) >= limit && int64(len(r.Rows)) < r.Count {
		return connectors.Errorf(connectors.TooLarge, op, "%d rows do not fit into one answer", r.Count)
	}
	return nil
}

// hidden is the channel group of days of which a thresholded report shows nothing.
const hidden = "(not shown)"

func (r report) webDay(i int, a daily.Ask) (v fact.WebDay, err error) {
	row := r.Rows[i]
	if len(row.Dimensions) != len(r.Dimensions) || len(row.Metrics) != len(r.Metrics) {
		return v, errors.New("a row has more or fewer values than there are headers")
	}
	at := map[string]string{}
	for j, h := range r.Dimensions {
		at[h.Name] = row.Dimensions[j].Value
	}
	for j, h := range r.Metrics {
		at[h.Name] = row.Metrics[j].Value
	}
	date, err := time.Parse("20060102", at[byDay])
	day := period.Date(date.Date())
	if err != nil || !a.Days.Has(day) {
		return v, fmt.Errorf("a row is of %q, which was not asked for", at[byDay])
	}
	v = fact.WebDay{Day: day, Zone: a.Zone, Channel: channelOf(at[byGroup]), Source: at[byGroup], Currency: a.Currency, Quality: r.quality(), Final: a.Final(day)}
	for name, into := range map[string]*int64{mSessions: &v.Sessions, mEngaged: &v.Engaged, mUsers: &v.Users, mNewUsers: &v.NewUsers, mCarts: &v.Carts,
		mCheckouts: &v.Checkouts, mPurchases: &v.Purchases} {
		if *into, err = strconv.ParseInt(at[name], 10, 64); err != nil {
			return v, fmt.Errorf("%s of %s is no whole number", name, day)
		}
	}
	if v.Revenue, err = money.Nearest(at[mRevenue]); err != nil {
		return v, fmt.Errorf("%s of %s is no amount", mRevenue, day)
	}
	return v, nil
}

// quality is the worst that Google says of the report.
func (r report) quality() fact.WebQuality {
	switch m := r.Metadata; {
	case m.Thresholded:
		return fact.QualityThresholded
	case len(m.Samples) > 0:
		return fact.QualitySampled
	case m.OtherRow:
		return fact.QualityOtherRow
	}
	return fact.QualityOK
}

// groups are Google's default channel groups. One that is not named here is other.
var groups = map[string]fact.WebChannel{
	"Paid Search": fact.PaidSearch, "Paid Shopping": fact.PaidSearch,
	"Paid Social":   fact.PaidSocial,
	"Cross-network": fact.PaidOther, "Display": fact.PaidOther, "Paid Video": fact.PaidOther, "Paid Other": fact.PaidOther, "Audio": fact.PaidOther, "Affiliates": fact.PaidOther,
	"Organic Search": fact.OrganicSearch, "Organic Shopping": fact.OrganicSearch,
	"Organic Social": fact.OrganicSocial, "Organic Video": fact.OrganicSocial,
	"Email": fact.Email, "SMS": fact.Email, "Mobile Push Notifications": fact.Email,
	"Direct":   fact.Direct,
	"Referral": fact.Referral,
}

func channelOf(group string) fact.WebChannel {
	if c, ok := groups[group]; ok {
		return c
	}
	return fact.OtherChannel
}
