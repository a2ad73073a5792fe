// Package rest asks providers whose interface is JSON over HTTP.
//
// It puts requests together, has them paced, repeated and judged by package transport, and reads the answers, so that a connector is left with
// what is the provider's own: addresses, fields, and what its refusals mean.
package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
)

// Judge says what an answer means: nil where it is as asked for, else a *connectors.Error without its Op. It sees every status, and reads the
// budget of no provider.
type Judge func(c *transport.Call) error

// Client asks one provider with one grant. It is safe for concurrent use.
type Client struct {
	http *http.Client
	now  func() time.Time
}

// New makes a client of a grant. now may be nil.
func New(g connectors.Grant, now func() time.Time, judge Judge) *Client {
	if now == nil {
		now = time.Now
	}
	return &Client{now: now, http: &http.Client{
		Transport: &transport.Transport{Base: baseOf(g.Client), Now: now, Judge: func(_ context.Context, c *transport.Call) (transport.Budget, error) {
			err := judge(c)
			var fault *connectors.Error
			if errors.As(err, &fault) && fault.Op == "" {
				fault.Op = c.Op
			}
			return transport.Budget{}, err
		}},
		// An answer that sends us elsewhere is none.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func baseOf(c *http.Client) http.RoundTripper {
	if c == nil || c.Transport == nil {
		return http.DefaultTransport
	}
	return c.Transport
}

// Ask is one question.
type Ask struct {
	Op     string // what is being done, for a person: "read the campaigns of account 123"
	Method string // GET where it is ""
	URL    string
	Query  url.Values
	Header map[string]string
	Body   any    // sent as JSON; nil for none
	Type   string // of Body; application/json where it is ""
	Reads  bool   // it changes nothing, so that it may be sent again, though it is a POST
}

// Do asks, and decodes the answer's JSON into out, unless that is nil. Its errors are *connectors.Error or the context's. The call tells the
// provider's time, the status and the headers.
func (c *Client) Do(ctx context.Context, a Ask, out any) (*transport.Call, error) {
	call := &transport.Call{Op: a.Op, Repeatable: a.Reads}
	r, err := a.request(call.Context(ctx))
	if err != nil {
		return call, connectors.Errorf(connectors.Malformed, a.Op, "%w", transport.Cause(err))
	}
	resp, err := c.http.Do(r)
	if ctx.Err() != nil {
		return call, ctx.Err()
	}
	if err != nil {
		err = transport.Cause(err)
		var fault *connectors.Error
		if errors.As(err, &fault) {
			return call, fault
		}
		return call, connectors.Errorf(connectors.Unavailable, a.Op, "%w", err)
	}
	defer resp.Body.Close()
	if call.At.IsZero() {
		call.At = c.now()
	}
	call.At = call.At.UTC()
	if out == nil {
		return call, nil
	}
	if err := json.Unmarshal(call.Body, out); err != nil {
		return call, connectors.Errorf(connectors.Malformed, a.Op, "the answer is not as agreed: %w", shape(err))
	}
	return call, nil
}

func (a Ask) request(ctx context.Context) (*http.Request, error) {
	method, at := a.Method, a.URL
	if method == "" {
		method = http.MethodGet
	}
	if len(a.Query) > 0 {
		at += "?" + a.Query.Encode()
	}
	var body io.Reader
	if a.Body != nil {
		b, err := json.Marshal(a.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		if a.Type != "" {
			r.Header.Set("Content-Type", a.Type)
		}
	}
	for name, value := range a.Header {
		r.Header.Set(name, value)
	}
	return r, nil
}

// shape says where JSON is not as expected, without its values, which may be anything.
func shape(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		what, _, _ := strings.Cut(kind.Value, " ") // "number 12.5" tells the number
		return fmt.Errorf("%s is a %s", cmp.Or(kind.Field, "it"), what)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("it is not JSON from byte %d on", syntax.Offset)
	}
	return errors.New("it cannot be read")
}

// Download fetches a prepared result from the address that the provider signed, without a token. It is read by read while it arrives. What is
// larger than limit bytes is TooLarge.
func Download(ctx context.Context, g connectors.Grant, op, address string, limit int64, read func(io.Reader) error) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || r.URL.Scheme != "https" {
		return connectors.Errorf(connectors.Malformed, op, "the address of the result is none")
	}
	bare := g.Bare
	if bare == nil {
		bare = http.DefaultClient
	}
	resp, err := bare.Do(r)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return connectors.Errorf(connectors.Unavailable, op, "%w", transport.Cause(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		// Signed addresses end; the next try gets a new one.
		return &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: fmt.Errorf("the result answers HTTP %d", resp.StatusCode),
			RetryAfter: transport.RetryAfter(resp.Header, time.Now())}
	}
	body := &bounded{r: resp.Body, left: limit}
	err = read(body)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case body.over:
		return connectors.Errorf(connectors.TooLarge, op, "the result is larger than %d bytes", limit)
	case body.err != nil:
		return connectors.Errorf(connectors.Unavailable, op, "the result was cut off: %w", transport.Cause(body.err))
	}
	return err
}

// bounded reads up to a limit, and keeps what went wrong on the way from what its reader makes of that.
type bounded struct {
	r    io.Reader
	left int64
	over bool
	err  error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.over = true
		return 0, io.ErrUnexpectedEOF
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// ByStatus judges an answer by its status alone; nil where that is 2xx. Connectors ask it for what their provider's own codes do not tell.
func ByStatus(c *transport.Call) error {
	said := fmt.Errorf("HTTP %d", c.Status)
	wait := transport.RetryAfter(c.Header, time.Now())
	switch {
	case c.Status >= 200 && c.Status < 300:
		return nil
	case c.Status == http.StatusUnauthorized:
		return &connectors.Error{Fault: connectors.Denied, Err: said, Hint: "link again"}
	case c.Status == http.StatusForbidden:
		return &connectors.Error{Fault: connectors.Forbidden, Err: said}
	case c.Status == http.StatusTooManyRequests:
		return &connectors.Error{Fault: connectors.Throttled, Err: said, RetryAfter: wait}
	case c.Status >= 500 || c.Status == http.StatusRequestTimeout:
		return &connectors.Error{Fault: connectors.Unavailable, Err: said, RetryAfter: wait}
	}
	return &connectors.Error{Fault: connectors.Malformed, Err: said}
}
