package googleads

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/google"
	"fourfold/connectors/rest"
	"fourfold/connectors/transport"
	"fourfold/internal/money"
)

// batch is one element of a stream.
type batch struct {
	Results []row           `json:"results"`
	Error   json.RawMessage `json:"error"`
}

// listed is the answer that names the accounts which a login opens.
type listed struct {
	Names []string `json:"resourceNames"`
}

const base = "https://" + host + "/" + version + "/"

// Rows of an answer, by the names of the protocol's JSON. Whole numbers come as texts, fields that are zero may be missing.
type row struct {
	Customer struct {
		ID       string `json:"id"`
		Currency string `json:"currencyCode"`
		Zone     string `json:"timeZone"`
	} `json:"customer"`
	Client   client `json:"customerClient"`
	Campaign struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Channel string `json:"advertisingChannelType"`
	} `json:"campaign"`
	Segments struct {
		Date  string `json:"date"`
		Month string `json:"month"`
	} `json:"segments"`
	Metrics struct {
		Cost        count       `json:"costMicros"`
		Impressions count       `json:"impressions"`
		Clicks      count       `json:"clicks"`
		Conversions json.Number `json:"conversions"`
		Value       json.Number `json:"conversionsValue"`
	} `json:"metrics"`
}

// client is an account below another, or that one itself.
type client struct {
	ID       string `json:"id"`
	Name     string `json:"descriptiveName"`
	Currency string `json:"currencyCode"`
	Zone     string `json:"timeZone"`
	Manager  bool   `json:"manager"`
	Status   string `json:"status"`
}

// count is a whole number, which comes as a text.
type count int64

// UnmarshalJSON reads "412" and 412.
func (c *count) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(strings.Trim(string(b), `"`), 10, 64)
	*c = count(n)
	return err
}

// millionths reads a number that Google reckons in floating point.
func millionths(n json.Number) (money.Micros, error) {
	if n == "" {
		return 0, nil
	}
	return money.Nearest(n.String())
}

// search asks an account for rows, through a manager where it is reached through one, and says when it was answered.
func search(ctx context.Context, g connectors.Grant, now func() time.Time, op, account, manager, query string) ([]row, time.Time, error) {
	if manager == "" {
		manager = account
	}
	var batches []batch
	c := rest.New(g, now, judge)
	call, err := c.Do(ctx, rest.Ask{Op: op, Method: http.MethodPost, URL: base + "customers/" + account + "/googleAds:searchStream",
		Header: map[string]string{"login-customer-id": manager}, Body: map[string]string{"query": query}, Reads: true}, &batches)
	if err != nil {
		return nil, call.At, err
	}
	var rows []row
	for _, b := range batches {
		if b.Error != nil {
			return nil, call.At, broken(op, call)
		}
		rows = append(rows, b.Results...)
	}
	return rows, call.At, nil
}

// broken is a stream that began well and ended in a refusal.
func broken(op string, call *transport.Call) error {
	e := &connectors.Error{Fault: connectors.Unavailable}
	if s, ok := google.Refusal(call.Body); ok {
		if e = refused(s); e == nil {
			e = s.Fault(call.Header)
		}
	}
	e.Op = op
	return e
}

// accessible are the accounts that the login opens by itself.
func accessible(ctx context.Context, g connectors.Grant) ([]string, error) {
	const op = "list the accounts of the login"
	var answer listed
	if _, err := rest.New(g, nil, judge).Do(ctx, rest.Ask{Op: op, URL: base + "customers:listAccessibleCustomers"}, &answer); err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(answer.Names))
	for _, name := range answer.Names {
		id, ok := strings.CutPrefix(name, "customers/")
		if !ok || strings.Trim(id, "0123456789") != "" {
			return nil, connectors.Errorf(connectors.Malformed, op, "an account's name is not as agreed")
		}
		ids = append(ids, id)
	}
	return ids, nil
}
