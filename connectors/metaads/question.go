package metaads

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

// keys tell what a row is of, and metrics what it says. Metrics in groups are what can be asked for apart; actions are by far the dearest.
var (
	keys       = []string{"account_currency", "campaign_id", "campaign_name", "date_start", "date_stop"}
	metrics    = [][]string{{"spend", "impressions", "inline_link_clicks"}, {"actions", "attribution_setting"}, {"action_values"}}
	everything = slices.Concat(append([][]string{keys}, metrics...)...)
)

// states are all that a campaign can have: without them, those that were archived or deleted are left out, and what they cost with them.
var states = []string{"ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES"}

// credited are the windows within which a click or a view counts for a purchase, where the ad set does not say otherwise.
var credited = []string{"7d_click", "1d_view"}

// filter is a condition on what is asked for.
type filter struct {
	Field    string   `json:"field"`
	Operator string   `json:"operator"`
	Value    []string `json:"value"`
}

func in(field string, values ...string) filter { return filter{field, "IN", values} }

// fieldsOf asks for fields, by the page.
func fieldsOf(fields ...string) url.Values {
	return url.Values{"fields": {strings.Join(fields, ",")}, "limit": {pageSize}}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("metaads: " + err.Error()) // strings only
	}
	return string(b)
}

func within(q url.Values, days period.Days) {
	q.Set("time_range", text(map[string]string{"since": days.From.String(), "until": (days.To - 1).String()}))
}

// byDay asks for campaigns by the day, of all campaigns or of some.
func byDay(days period.Days, fields []string, campaigns ...string) url.Values {
	q := fieldsOf(fields...)
	within(q, days)
	q.Set("level", "campaign")
	q.Set("time_increment", "1")
	q.Set("action_attribution_windows", text(credited))
	q.Set("use_unified_attribution_setting", "true")
	filters := []filter{in("campaign.effective_status", states...)}
	if len(campaigns) > 0 {
		filters = append(filters, in("campaign.id", campaigns...))
	}
	q.Set("filtering", text(filters))
	return q
}

// question asks for the rows of days at once.
type question struct {
	c       *client
	op      string
	account string
	days    period.Days
	at      time.Time // when the first answer was read
}

// rows asks for all; a single day that is too large is asked for in parts.
func (q *question) rows(ctx context.Context) ([]row, time.Time, error) {
	rows, err := q.ask(ctx, everything)
	if !tooLarge(err) || q.days.Len() > 1 {
		return rows, q.at, err
	}
	rows, err = q.byCampaign(ctx)
	var fault *connectors.Error
	if tooLarge(err) && errors.As(err, &fault) {
		fault.Hint = "Meta does not even give one campaign's day metric by metric: look at Meta's status page; it is tried again the next night"
	}
	return rows, q.at, err
}

func (q *question) ask(ctx context.Context, fields []string, campaigns ...string) ([]row, error) {
	rows, at, err := all[row](ctx, q.c, q.op, "/act_"+q.account+"/insights", byDay(q.days, fields, campaigns...))
	if q.at.IsZero() {
		q.at = at
	}
	return rows, err
}

// most is how many campaigns are named in one question, whose address has a length that is bearable.
const most = 100

// byCampaign asks which campaigns the day has, and then for these.
func (q *question) byCampaign(ctx context.Context) ([]row, error) {
	found, err := q.ask(ctx, []string{"campaign_id"})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, r := range found {
		ids[i] = r.Campaign
	}
	if len(ids) < 2 {
		return q.byField(ctx, ids)
	}
	var rows []row
	for part := range slices.Chunk(ids, min(most, (len(ids)+1)/2)) {
		more, err := q.some(ctx, part)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// some asks for campaigns, by halves where they are still too large, and for one that is too large field by field.
func (q *question) some(ctx context.Context, ids []string) ([]row, error) {
	rows, err := q.ask(ctx, everything, ids...)
	switch half := len(ids) / 2; {
	case !tooLarge(err):
		return rows, err
	case half == 0:
		return q.byField(ctx, ids)
	default:
		if rows, err = q.some(ctx, ids[:half]); err != nil {
			return nil, err
		}
		more, err := q.some(ctx, ids[half:])
		return append(rows, more...), err
	}
}

// byField asks for one campaign's metrics group by group, and puts them together. What is too large then is so for good.
func (q *question) byField(ctx context.Context, ids []string) ([]row, error) {
	var rows []row
	if len(ids) == 0 {
		return rows, nil
	}
	at := map[string]int{}
	for _, group := range metrics {
		part, err := q.ask(ctx, slices.Concat(keys, group), ids...)
		if err != nil {
			return nil, err
		}
		for _, r := range part {
			i, found := at[r.Campaign]
			if !found {
				at[r.Campaign] = len(rows)
				rows = append(rows, r)
				continue
			}
			rows[i] = rows[i].with(r)
		}
	}
	return rows, nil
}

// with adds what another part of the same row says.
func (r row) with(o row) row {
	r.Spend, r.Impressions, r.Clicks, r.Attribution = r.Spend+o.Spend, r.Impressions+o.Impressions, r.Clicks+o.Clicks, r.Attribution+o.Attribution
	r.Actions, r.Values = append(r.Actions, o.Actions...), append(r.Values, o.Values...)
	return r
}
