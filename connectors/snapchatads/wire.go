package snapchatads

import (
	"context"
	"net/url"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

// page is in every answer that may go on in another.
type page struct {
	Paging struct {
		Next string `json:"next_link"`
	} `json:"paging"`
}

func (p page) next() string { return p.Paging.Next }

// item is in every entry of an answer's list, which is refused by itself.
type item struct {
	Status string `json:"sub_request_status"`
	Reason string `json:"sub_request_error_reason"`
}

// refused is the fault of an entry; nil where it is as asked for. That part of an answer failed is taken to pass.
func (i item) refused(op string) error {
	if succeeded(i.Status) {
		return nil
	}
	return connectors.Errorf(connectors.Unavailable, op, "a part of the answer is not there: %s %s", connectors.Clean(i.Status), connectors.Clean(i.Reason))
}

// walk asks, and follows an answer to those that it goes on in. It returns when the first was given.
func walk[T interface{ next() string }](ctx context.Context, c *rest.Client, op, at string, q url.Values, take func(T) error) (first time.Time, _ error) {
	for seen := map[string]bool{}; ; {
		var out T
		call, err := c.Do(ctx, rest.Ask{Op: op, URL: at, Query: q}, &out)
		if err == nil {
			err = take(out)
		}
		if err != nil {
			return first, err
		}
		if first.IsZero() {
			first = call.At
		}
		if at, q = out.next(), nil; at == "" {
			return first, nil
		}
		if seen[at] || !strings.HasPrefix(at, base+"/") {
			return first, connectors.Errorf(connectors.Malformed, op, "the answer goes on in a circle, or elsewhere")
		}
		seen[at] = true
	}
}

// moment is how instants are written: with the offset that the account's zone has then, since days are to begin at its midnight.
const moment = "2006-01-02T15:04:05.000-07:00"
