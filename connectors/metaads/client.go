package metaads

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

// client asks the Graph with one grant, and keeps what the latest answer said of the allowance.
type client struct {
	rest  *rest.Client
	usage usage
}

func newClient(g connectors.Grant, now func() time.Time) *client {
	return &client{rest: rest.New(g, now, judge)}
}

// get asks for an object, or for an edge of it.
func (c *client) get(ctx context.Context, op, path string, q url.Values, out any) (at time.Time, err error) {
	return c.ask(ctx, rest.Ask{Op: op, URL: graph + path, Query: q}, out)
}

// order asks for something to be prepared. That changes nothing that anybody sees, so it may be sent again.
func (c *client) order(ctx context.Context, op, path string, q url.Values, out any) error {
	_, err := c.ask(ctx, rest.Ask{Op: op, Method: http.MethodPost, URL: graph + path, Query: q, Reads: true}, out)
	return err
}

func (c *client) ask(ctx context.Context, a rest.Ask, out any) (time.Time, error) {
	call, err := c.rest.Do(ctx, a, out)
	c.usage = usageOf(call.Header)
	return call.At, err
}

// spent is the fault of an allowance that is used up while there is more to ask.
func (c *client) spent(op string) error {
	if !c.usage.spent() {
		return nil
	}
	return &connectors.Error{Fault: connectors.Throttled, Op: op, Err: errSpent, RetryAfter: c.usage.regains()}
}

var errSpent = errors.New("the account has used nearly all that Meta lets it ask for now")

// all reads an edge to its end, which is told by the lack of an address of the next page: a page may be empty and have one. That address carries
// a token, so only its cursor is used. at is when the first page was read.
func all[T any](ctx context.Context, c *client, op, path string, q url.Values) (rows []T, at time.Time, err error) {
	for after := ""; ; {
		var p page[T]
		read, err := c.get(ctx, op, path, q, &p)
		if err != nil {
			return nil, at, err
		}
		if p.Data == nil {
			return nil, at, connectors.Errorf(connectors.Malformed, op, "the answer holds no data")
		}
		if at.IsZero() {
			at = read
		}
		rows = append(rows, p.Data...)
		if p.Paging.Next == "" {
			return rows, at, nil
		}
		if p.Paging.Cursors.After == "" || p.Paging.Cursors.After == after {
			return nil, at, connectors.Errorf(connectors.Malformed, op, "there is a next page, and no cursor that leads to it")
		}
		if err := c.spent(op); err != nil {
			return nil, at, err
		}
		after = p.Paging.Cursors.After
		q.Set("after", after)
	}
}
