package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"fourfold/connectors"
)

// Budget is what a provider said of an account's budget in an answer. Maximum is zero where it said nothing.
type Budget struct {
	Charged, Available, Maximum, Restore float64
}

// Judge reads an answer: what it says of the budget, and whether it is a fault. A fault keeps the answer from the client
// library; it is a *connectors.Error. Throttled and Unavailable are tried again, the latter only where that does no harm.
type Judge func(ctx context.Context, c *Call) (Budget, error)

// Transport is the RoundTripper. Base and Judge are needed; the rest has defaults. It is safe for concurrent use.
type Transport struct {
	Base  http.RoundTripper
	Judge Judge
	// Pacer is asked before each attempt and told after it; nil where the provider has no budget.
	Pacer connectors.Pacer
	Now   func() time.Time
	// Attempts bounds the failed ones; waiting for the budget is not a failure. Default 5.
	Attempts int
	// Timeout of one attempt, body included. Default 90 s.
	Timeout time.Duration
	// Patience is the longest wait that is spent here; for more, the fault goes up and the job is put off. Default 30 s.
	Patience time.Duration
	// MaxBody bounds an answer, in bytes. Default 64 MiB.
	MaxBody int64
}

// maxThrottled bounds how often one request is put off: a budget that says yes and then no is not as agreed.
const maxThrottled = 10

// RoundTrip sends the request until it is answered, refused for good, or not worth another attempt here. Its errors are
// *connectors.Error, the context's, or an UnpacedError.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	call := CallOf(ctx)
	if call == nil {
		call = &Call{Op: r.Method + " " + r.URL.Host}
	}
	body, err := drain(r)
	if err != nil {
		return nil, err
	}
	repeatable := call.Repeatable || r.Method == http.MethodGet || r.Method == http.MethodHead
	failed, throttled := 0, 0
	for {
		resp, err := t.attempt(r, body, call)
		if err == nil {
			return resp, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var fault *connectors.Error
		var unpaced *UnpacedError
		if !errors.As(err, &fault) || errors.As(err, &unpaced) {
			return nil, err // a pacer has waited for as long as is waited here
		}
		wait := fault.RetryAfter
		switch {
		case fault.Fault == connectors.Throttled:
			// Nothing was carried out, so anything may be sent again.
			if throttled++; throttled >= maxThrottled {
				return nil, err
			}
			if wait == 0 && t.Pacer == nil {
				wait = Backoff(throttled)
			}
		case fault.Fault == connectors.Unavailable && (repeatable || unsent(err)):
			if failed++; failed >= or(t.Attempts, 5) {
				return nil, err
			}
			if wait == 0 {
				wait = Backoff(failed)
			}
		default:
			return nil, err
		}
		if wait > or(t.Patience, 30*time.Second) {
			return nil, err
		}
		if err := Pause(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// attempt sends the request once. The pacer hears of it whatever happens.
func (t *Transport) attempt(r *http.Request, body []byte, call *Call) (_ *http.Response, err error) {
	cost, said := call.Cost, Budget{}
	if t.Pacer != nil {
		if err := t.Pacer.Wait(r.Context(), cost); err != nil {
			return nil, &UnpacedError{err}
		}
		defer func() { t.Pacer.Report(cost, said.Charged, said.Available, said.Maximum, said.Restore) }()
	}
	call.Attempts++
	call.Status, call.Header, call.Body, call.At = 0, nil, nil, time.Time{}

	ctx, cancel := context.WithTimeout(r.Context(), or(t.Timeout, 90*time.Second))
	defer cancel()
	out := r.Clone(ctx)
	if body != nil {
		// A grant that finds its token refused renews it and sends the same body again.
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.Body, _ = out.GetBody()
		out.ContentLength = int64(len(body))
	}
	resp, err := t.Base.RoundTrip(out)
	if err != nil {
		return nil, lost(call.Op, err)
	}
	defer resp.Body.Close()
	limit := or(t.MaxBody, 64<<20)
	answer, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, lost(call.Op, fmt.Errorf("the answer was cut off: %w", err))
	}
	call.Status, call.Header, call.Body = resp.StatusCode, resp.Header, answer
	call.At, _ = http.ParseTime(resp.Header.Get("Date"))
	if int64(len(answer)) > limit {
		return nil, connectors.Errorf(connectors.TooLarge, call.Op, "the answer is larger than %d bytes", limit)
	}
	if said, err = t.Judge(r.Context(), call); err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
	resp.Request = r
	return resp, nil
}

// UnpacedError is the pacer's own: the request was not sent, and the provider is not at fault unless what it wraps says so.
type UnpacedError struct{ Err error }

func (e *UnpacedError) Error() string { return "pace requests: " + e.Err.Error() }

// Unwrap gives the pacer's error.
func (e *UnpacedError) Unwrap() error { return e.Err }

// lost makes a fault of an answer that did not arrive. Faults from below, such as a grant that cannot be renewed, stay as they are.
func lost(op string, err error) error {
	err = Cause(err)
	var fault *connectors.Error
	if errors.As(err, &fault) {
		return err
	}
	return &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: err}
}

// drain takes the request's body, so that it can be sent more than once.
func drain(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	return b, nil
}

func or[T int | int64 | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}
