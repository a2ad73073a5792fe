package metaads

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// row is a line of Insights. Numbers are text; amounts are decimals of the account's currency; what is zero may be left out.
type row struct {
	Currency    string   `json:"account_currency"`
	Campaign    string   `json:"campaign_id"`
	Name        string   `json:"campaign_name"`
	From        string   `json:"date_start"`
	Last        string   `json:"date_stop"`
	Spend       string   `json:"spend"`
	Impressions string   `json:"impressions"`
	Clicks      string   `json:"inline_link_clicks"` // to a page or an app; clicks counts likes and unfolded texts, too
	Actions     []action `json:"actions"`
	Values      []action `json:"action_values"`
	Attribution string   `json:"attribution_setting"`
}

// action is what people did after an ad, by kind.
type action struct {
	Type  string `json:"action_type"`
	Value string `json:"value"`
}

// page is one of several, of an account's rows or of a login's accounts.
type page[T any] struct {
	Data   []T `json:"data"`
	Paging struct {
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
		Next string `json:"next"`
	} `json:"paging"`
}

// ordered is the answer to the order of a report.
type ordered struct {
	ID string `json:"report_run_id"`
}

// progress is how far a report is. The last three are told of one that failed.
type progress struct {
	Status  string `json:"async_status"`
	Code    int    `json:"error_code"`
	Subcode int    `json:"error_subcode"`
	Message string `json:"error_message"`
}

// adDay makes the fact of a row of one day.
func (r row) adDay(acc connectors.Account, final func(period.Day) period.Day) (fact.AdDay, error) {
	days, err := r.days()
	if err == nil && days.Len() != 1 {
		err = fmt.Errorf("a row is of %s, not of a day", days)
	}
	if err == nil && r.Campaign == "" {
		err = fmt.Errorf("a row is of no campaign")
	}
	if err != nil {
		return fact.AdDay{}, err
	}
	purchases := purchase(acc.Fields)
	d := fact.AdDay{
		Day: days.From, Zone: acc.Zone, Campaign: r.Campaign, Name: r.Name, Channel: fact.AdSocial,
		Action: purchases, Attribution: windows(r.Attribution), Final: final(days.From),
	}
	if d.Currency, d.Spend, err = r.cost(acc.Currency); err != nil {
		return d, err
	}
	for _, n := range []struct {
		into *int64
		text string
	}{{&d.Impressions, r.Impressions}, {&d.Clicks, r.Clicks}} {
		if *n.into, err = count(n.text); err != nil {
			return d, err
		}
	}
	credited, err := of(r.Actions, purchases)
	if err != nil {
		return d, err
	}
	d.Conversions = int64(credited) // millionths of one, as amounts are of a unit
	d.Value, err = of(r.Values, purchases)
	return d, err
}

// days are those that a row is of.
func (r row) days() (period.Days, error) {
	from, err := period.ParseDay(r.From)
	if err != nil {
		return period.Days{}, err
	}
	last, err := period.ParseDay(r.Last)
	return period.Days{From: from, To: last + 1}, err
}

// cost is a row's spend. An account keeps its currency for life.
func (r row) cost(currency string) (string, money.Micros, error) {
	if r.Currency != currency {
		return "", 0, fmt.Errorf("a row is in %q, and the account is in %q", r.Currency, currency)
	}
	if r.Spend == "" {
		return currency, 0, nil
	}
	spent, err := money.Parse(r.Spend)
	return currency, spent, err
}

func count(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a count", text)
	}
	return n, nil
}

// of is how much there was of one kind of action; none where it is left out. What Meta credits may have the traces of its own floats.
func of(actions []action, kind string) (money.Micros, error) {
	for _, a := range actions {
		if a.Type == kind {
			return money.Nearest(a.Value)
		}
	}
	return 0, nil
}

var windowForm = regexp.MustCompile(`\d+d_(click|view|ev)`)

// windows writes an attribution setting as its windows, 7d_click,1d_view; other settings stay as Meta names them.
func windows(setting string) string {
	found := windowForm.FindAllString(setting, -1)
	if len(found) == 0 || strings.Join(found, "_") != setting {
		return setting
	}
	return strings.Join(found, ",")
}
