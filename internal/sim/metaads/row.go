package metaads

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

// row is a line as Meta writes it: numbers are text, what was not asked for and most of what is zero is left out.
func (k ask) row(a *ads.Account, r ads.Row, days period.Days) map[string]any {
	all := map[string]any{
		"account_id": a.ID, "account_currency": a.Currency, "account_name": a.Name, "campaign_id": r.Campaign.ID, "campaign_name": r.Campaign.Name,
		"spend": decimal(r.Spend), "impressions": strconv.FormatInt(r.Impressions, 10), "attribution_setting": "7d_click_1d_view",
	}
	for name, n := range map[string]int64{"inline_link_clicks": r.Clicks, "clicks": r.Clicks + r.Clicks/3, "reach": r.Impressions * 2 / 3} {
		if n != 0 {
			all[name] = strconv.FormatInt(n, 10)
		}
	}
	actions, values := k.actions(r)
	if len(actions) > 0 {
		all["actions"] = actions
	}
	if len(values) > 0 {
		all["action_values"] = values
	}
	// The days come whether they were asked for or not.
	out := map[string]any{"date_start": days.From.String(), "date_stop": (days.To - 1).String()}
	for _, name := range k.fields {
		if v, ok := all[name]; ok {
			out[name] = v
		}
	}
	return out
}

// actions tells the same purchases under several names, of which some are a part of others.
func (k ask) actions(r ads.Row) (actions, values []any) {
	if r.Clicks > 0 {
		actions = append(actions, map[string]string{"action_type": "link_click", "value": strconv.FormatInt(r.Clicks, 10)})
	}
	if r.Conversions == 0 {
		return actions, nil
	}
	for _, kind := range []struct {
		name  string
		count int64
	}{{"omni_purchase", r.Conversions}, {"purchase", r.Conversions}, {"offsite_conversion.fb_pixel_purchase", r.Conversions - 1}} {
		if kind.count == 0 {
			continue
		}
		value := r.Value * money.Micros(kind.count) / money.Micros(r.Conversions)
		viewed := kind.count / 3
		actions = append(actions, k.action(kind.name, money.Micros(kind.count)*money.Unit, money.Micros(viewed)*money.Unit))
		values = append(values, k.action(kind.name, value, value*money.Micros(viewed)/money.Micros(kind.count)))
	}
	return actions, values
}

func (k ask) action(name string, value, viewed money.Micros) map[string]string {
	out := map[string]string{"action_type": name, "value": decimal(value)}
	if slices.Contains(k.windows, "7d_click") {
		out["7d_click"] = decimal(value - viewed)
	}
	if slices.Contains(k.windows, "1d_view") && viewed != 0 {
		out["1d_view"] = decimal(viewed)
	}
	return out
}

// decimal writes micros without needless zeros.
func decimal(m money.Micros) string {
	text := strings.TrimRight(fmt.Sprintf("%d.%06d", m/money.Unit, m%money.Unit), "0")
	return strings.TrimSuffix(text, ".")
}
