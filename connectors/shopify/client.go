package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	goshopify "github.com/bold-commerce/go-shopify/v4"

	"fourfold/connectors"
	"fourfold/connectors/transport"
)

// client asks one shop. It is safe for concurrent use.
type client struct {
	shop   string // its host
	http   *http.Client
	bare   *http.Client
	now    func() time.Time
	prices *prices
}

// reply is what an answer said beside its data. It is filled as far as known even where do returns an error.
type reply struct {
	Cost     cost
	Report   reportCost // of ShopifyQL's own budget
	Warnings []searchWarning
	Version  string
	// At is the provider's time when it answered; ours where it told none.
	At time.Time
	// Errors as the provider wrote them.
	Errors []graphError
}

// reportCost is ShopifyQL's own budget, which runs in windows of a minute.
type reportCost struct {
	Requested float64
	Available float64
	Maximum   float64
	ResetAt   string // RFC 3339; its form is not settled
}

// UnmarshalJSON takes what it understands: a budget that is told in another form is no reason to refuse the report.
func (r *reportCost) UnmarshalJSON(b []byte) error {
	var told map[string]any
	if json.Unmarshal(b, &told) != nil {
		return nil //nolint:nilerr // as the comment says
	}
	r.Requested, _ = told["requestedQueryCost"].(float64)
	r.Available, _ = told["currentlyAvailable"].(float64)
	r.Maximum, _ = told["maximumAvailable"].(float64)
	r.ResetAt, _ = told["windowResetAt"].(string)
	return nil
}

// wait is how long until the window is over; a second where that is not known.
func (r *reportCost) wait(now time.Time) time.Duration {
	at, err := time.Parse(time.RFC3339, r.ResetAt)
	if err != nil {
		return time.Second
	}
	return min(max(at.Sub(now), time.Second), time.Minute)
}

// newClient makes the client of an account's shop. The account's Client authorises; its Bare fetches signed links. known are the prices
// that were learned so far; nil begins anew.
func newClient(acc connectors.Account, known *prices) (*client, error) {
	shop, err := hostOf(acc.Fields)
	if err != nil {
		return nil, err
	}
	if acc.Client == nil {
		return nil, errors.New("the grant has no client")
	}
	now := acc.Now
	if now == nil {
		now = time.Now
	}
	base := acc.Client.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	if known == nil {
		known = newPrices()
	}
	c := &client{shop: shop, now: now, prices: known}
	if acc.Bare != nil {
		// A large result takes hours; what stands still is noticed by the reader.
		bare := *acc.Bare
		bare.Timeout = 0
		c.bare = &bare
	}
	c.http = &http.Client{
		Transport: &transport.Transport{Base: base, Pacer: acc.Pacer, Judge: c.judge, Now: now},
		// A shop that sends us elsewhere is not the shop that was linked.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// do asks document with vars and decodes the data into out.
//
// Reads are sent again after resets, 5xx and internal errors; a mutation never is, unless Shopify says that it did nothing.
// Errors are *connectors.Error or the context's. A search warning and an API version other than the pinned one are Malformed,
// with searchError and versionError as cause. On Forbidden out holds what Shopify did give, and the denied fields are null.
func (c *client) do(ctx context.Context, op, document string, vars map[string]any, out any) (reply, error) {
	rep := &reply{}
	key := c.prices.key(document, vars)
	call := &transport.Call{Op: op, Cost: c.prices.expect(key, document), Repeatable: !isMutation(document)}
	ctx = context.WithValue(call.Context(ctx), replyKey{}, rep)

	// The library's client is not safe for concurrent use and cheap to make. Without a token: the account's own client puts it on.
	lib, err := goshopify.NewClient(goshopify.App{}, c.shop, "", goshopify.WithVersion(apiVersion), goshopify.WithRetry(0),
		goshopify.WithHTTPClient(c.http))
	if err != nil {
		return *rep, fmt.Errorf("%s: %w", op, err)
	}
	var data json.RawMessage
	err = lib.GraphQL.Query(ctx, document, vars, &data)
	c.prices.learn(key, rep.Cost.Requested)
	if ctx.Err() != nil {
		return *rep, ctx.Err()
	}
	var fault *connectors.Error
	if errors.As(err, &fault) {
		return *rep, fault
	}
	var unpaced *transport.UnpacedError
	if errors.As(err, &unpaced) {
		return *rep, fmt.Errorf("%s: %w", op, unpaced)
	}
	if call.Status != http.StatusOK {
		return *rep, connectors.Errorf(connectors.Unavailable, op, "no answer: %w", transport.Cause(err))
	}
	if len(rep.Errors) == 0 && err != nil {
		return *rep, &connectors.Error{Fault: connectors.Malformed, Op: op, Err: transport.Cause(err)}
	}
	denied := c.verdict(op, rep)
	if denied != nil && !isForbidden(denied) {
		return *rep, denied
	}
	err = decodeData(op, data, out)
	if denied != nil {
		return *rep, denied
	}
	return *rep, err
}

type replyKey struct{}

// judge reads an answer for the transport. Only what may pass by waiting is a fault here; the rest must reach do with its data.
func (c *client) judge(ctx context.Context, call *transport.Call) (transport.Budget, error) {
	if err := judgeStatus(call.Op, call.Status, call.Header, c.now()); err != nil {
		return transport.Budget{}, err
	}
	var body struct {
		Errors     []graphError `json:"errors"`
		Extensions struct {
			Cost   cost       `json:"cost"`
			Report reportCost `json:"shopifyqlCost"`
			Search []struct {
				Warnings []searchWarning `json:"warnings"`
			} `json:"search"`
		} `json:"extensions"`
	}
	if err := json.Unmarshal(call.Body, &body); err != nil {
		// A page of HTML with status 200 happens behind proxies, and passes.
		return transport.Budget{}, connectors.Errorf(connectors.Unavailable, call.Op, "the answer is not JSON: %w", err)
	}
	rep, _ := ctx.Value(replyKey{}).(*reply)
	if rep == nil {
		rep = &reply{}
	}
	*rep = reply{Cost: body.Extensions.Cost, Report: body.Extensions.Report, Version: call.Header.Get("X-Shopify-API-Version"), At: call.At, Errors: body.Errors}
	if rep.At.IsZero() {
		rep.At = c.now().UTC()
	}
	for _, s := range body.Extensions.Search {
		rep.Warnings = append(rep.Warnings, s.Warnings...)
	}
	fault := judgeErrors(call.Op, body.Errors)
	if fault == nil {
		return rep.Cost.budget(), nil
	}
	if fault.Fault == connectors.Throttled {
		if rep.Cost.Requested > 0 {
			call.Cost = rep.Cost.Requested
		}
		if fault.RetryAfter = rep.Cost.wait(); fault.RetryAfter == 0 {
			// The points would have sufficed: it was another budget.
			fault.RetryAfter = rep.Report.wait(rep.At)
		}
	}
	if fault.Fault == connectors.Throttled || fault.Fault == connectors.Unavailable {
		return rep.Cost.budget(), fault
	}
	return rep.Cost.budget(), nil
}

// verdict on an answer that arrived whole.
func (c *client) verdict(op string, rep *reply) error {
	if rep.Version != apiVersion {
		return &connectors.Error{Fault: connectors.Malformed, Op: op, Err: &versionError{Asked: apiVersion, Answered: rep.Version},
			Hint: "Fourfold must be upgraded to a version of the API that Shopify supports"}
	}
	if fault := judgeErrors(op, rep.Errors); fault != nil {
		return fault
	}
	if len(rep.Warnings) > 0 {
		return &connectors.Error{Fault: connectors.Malformed, Op: op, Err: &searchError{rep.Warnings}}
	}
	return nil
}

func decodeData(op string, data json.RawMessage, out any) error {
	if len(data) == 0 || string(data) == "null" {
		return connectors.Errorf(connectors.Malformed, op, "the answer has no data")
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return &connectors.Error{Fault: connectors.Malformed, Op: op, Err: fmt.Errorf("decode answer: %w", err)}
	}
	return nil
}
