package snapchatads

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"net/url"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/internal/money"
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
	return connectors.Errorf(connectors.Unavailable, op, "a part of the answer is not there: %s %s", rest.Clean(i.Status), rest.Clean(i.Reason))
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

var errNumber = errors.New("a figure is no number")

// times is a figure multiplied, to the nearest whole number. One that is missing is zero.
func times(f json.Number, n int64) (int64, error) {
	text := f.String()
	if text == "" {
		return 0, nil
	}
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	r, ok := new(big.Rat), len(text) <= 40 && len(exponent) <= 3
	if ok {
		_, ok = r.SetString(text)
	}
	if !ok {
		return 0, errNumber
	}
	r.Mul(r, new(big.Rat).SetInt64(n))
	twice := new(big.Int).Lsh(r.Num(), 1)
	twice.Add(twice, r.Denom()) // rounds a half up
	whole := twice.Div(twice, new(big.Int).Lsh(r.Denom(), 1))
	if !whole.IsInt64() {
		return 0, money.ErrOverflow
	}
	return whole.Int64(), nil
}
