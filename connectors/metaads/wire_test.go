package metaads

import (
	"encoding/json"
	"testing"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

var berlin = connectors.Account{AccountInfo: connectors.AccountInfo{ID: "7001", Currency: "EUR", Zone: "Europe/Berlin"}, Grant: connectors.Grant{Fields: map[string]string{}}}

func plus29(d period.Day) period.Day { return d + 29 }

func adDay(t *testing.T, acc connectors.Account, text string) (fact.AdDay, error) {
	t.Helper()
	var r row
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r.adDay(acc, plus29)
}

const whole = `{"account_id":"7001","account_currency":"EUR","campaign_id":"23850001","campaign_name":"Prospecting DE","date_start":"2026-11-19","date_stop":"2026-11-19",
 "spend":"128.37","impressions":"20481","clicks":"512","inline_link_clicks":"301","attribution_setting":"7d_click_1d_view",
 "actions":[{"action_type":"purchase","value":"13"},{"action_type":"omni_purchase","value":"11.5","7d_click":"10","1d_view":"1.5"},{"action_type":"link_click","value":"301"}],
 "action_values":[{"action_type":"omni_purchase","value":"731.55","7d_click":"690.10","1d_view":"41.45"},{"action_type":"offsite_conversion.fb_pixel_purchase","value":"700.0000000001"}]}`

func TestARow(t *testing.T) {
	want := fact.AdDay{Day: period.Date(2026, 11, 19), Zone: "Europe/Berlin", Campaign: "23850001", Name: "Prospecting DE", Channel: fact.AdSocial, Currency: "EUR",
		Spend: 128_370_000, Impressions: 20481, Clicks: 301, Conversions: 11_500_000, Value: 731_550_000, Action: "omni_purchase", Attribution: "7d_click,1d_view", Final: period.Date(2026, 12, 18)}
	if got, err := adDay(t, berlin, whole); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	// One purchase has several names: the one that was chosen counts, and no other.
	own := berlin
	own.Fields = map[string]string{fieldPurchase: "offsite_conversion.fb_pixel_purchase"}
	want.Action, want.Conversions, want.Value = "offsite_conversion.fb_pixel_purchase", 0, 700_000_000
	if got, err := adDay(t, own, whole); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	// What is left out is zero.
	want = fact.AdDay{Day: period.Date(2026, 11, 19), Zone: "Europe/Berlin", Campaign: "1", Channel: fact.AdSocial, Currency: "EUR", Action: "omni_purchase", Final: period.Date(2026, 12, 18)}
	if got, err := adDay(t, berlin, `{"account_currency":"EUR","campaign_id":"1","date_start":"2026-11-19","date_stop":"2026-11-19"}`); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestARowThatIsNotAsAgreedIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"another currency": `{"account_currency":"USD","campaign_id":"1","date_start":"2026-11-19","date_stop":"2026-11-19"}`,
		"two days":         `{"account_currency":"EUR","campaign_id":"1","date_start":"2026-11-19","date_stop":"2026-11-20"}`,
		"no day":           `{"account_currency":"EUR","campaign_id":"1"}`,
		"no campaign":      `{"account_currency":"EUR","date_start":"2026-11-19","date_stop":"2026-11-19"}`,
		"no amount":        `{"account_currency":"EUR","campaign_id":"1","date_start":"2026-11-19","date_stop":"2026-11-19","spend":"1,5"}`,
		"no count":         `{"account_currency":"EUR","campaign_id":"1","date_start":"2026-11-19","date_stop":"2026-11-19","impressions":"1.5"}`,
		"no value":         `{"account_currency":"EUR","campaign_id":"1","date_start":"2026-11-19","date_stop":"2026-11-19","actions":[{"action_type":"omni_purchase"}]}`,
	} {
		if got, err := adDay(t, berlin, text); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestDecimalsOfCredits(t *testing.T) {
	for text, want := range map[string]int64{"731.55": 731_550_000, "1079.9300000000001": 1_079_930_000, "1079.9299999999998": 1_079_930_000} {
		if got, err := of([]action{{"purchase", "9"}, {anyPurchase, text}}, anyPurchase); err != nil || int64(got) != want {
			t.Errorf("%s is read as %d, %v", text, got, err)
		}
	}
}

func TestAttributionIsWrittenAsWindows(t *testing.T) {
	for text, want := range map[string]string{"7d_click_1d_view": "7d_click,1d_view", "1d_view_7d_click_1d_ev": "1d_view,7d_click,1d_ev", "28d_click": "28d_click", "skan": "skan", "7d_click_dda": "7d_click_dda", "": ""} {
		if got := windows(text); got != want {
			t.Errorf("%q is written %q", text, got)
		}
	}
}

func TestFieldsAreChecked(t *testing.T) {
	for _, c := range []struct {
		field, value string
		ok           bool
	}{
		{fieldPurchase, "", true}, {fieldPurchase, "offsite_conversion.custom.123", true}, {fieldPurchase, "Purchases!", false},
		{fieldLogin, "", true}, {fieldLogin, "123456", true}, {fieldLogin, "abc", false},
	} {
		for _, f := range Connector().Fields {
			if f.ID != c.field {
				continue
			}
			if got, err := f.Check(c.value); (err == nil) != c.ok || c.ok && got != c.value {
				t.Errorf("%s %q: %q, %v", c.field, c.value, got, err)
			}
		}
	}
}
