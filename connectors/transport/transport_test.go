package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
)

// script answers requests one after the other, and keeps what was asked.
type script struct {
	steps []func(*http.Request) (*http.Response, error)
	asked []string // bodies
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	b, _ := io.ReadAll(r.Body)
	s.asked = append(s.asked, string(b))
	if len(s.asked) > len(s.steps) {
		return nil, fmt.Errorf("request %d was not expected", len(s.asked))
	}
	return s.steps[len(s.asked)-1](r)
}

func answer(status int, body string, header ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{"Date": {"Sat, 21 Nov 2026 08:00:00 GMT"}}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func lose(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

var errReset = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}

// judge is a provider's: 429 is Throttled, 5xx Unavailable, the body "full" a full bucket.
func judge(_ context.Context, c *Call) (Budget, error) {
	switch {
	case string(c.Body) == "full":
		c.Cost = 500
		return Budget{Available: 100, Maximum: 1000, Restore: 100}, connectors.Errorf(connectors.Throttled, c.Op, "full")
	case c.Status == 429:
		return Budget{}, &connectors.Error{Fault: connectors.Throttled, Op: c.Op, RetryAfter: RetryAfter(c.Header, time.Now())}
	case c.Status >= 500:
		return Budget{}, &connectors.Error{Fault: connectors.Unavailable, Op: c.Op, RetryAfter: RetryAfter(c.Header, time.Now())}
	case c.Status == 401:
		return Budget{}, connectors.Errorf(connectors.Denied, c.Op, "no")
	}
	return Budget{Charged: 10, Available: 990, Maximum: 1000, Restore: 100}, nil
}

func post(ctx context.Context, t http.RoundTripper, c *Call) (*http.Response, error) {
	r, err := http.NewRequestWithContext(c.Context(ctx), http.MethodPost, "https://shop.example/api?signature=s3cret", strings.NewReader("question"))
	if err != nil {
		return nil, err
	}
	return (&http.Client{Transport: t}).Do(r)
}

func TestTransportSendsAgainOnlyWhatDoesNoHarm(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	ok := answer(200, "yes")
	cases := []struct {
		name       string
		repeatable bool
		steps      []func(*http.Request) (*http.Response, error)
		sent       int
		fault      connectors.Fault // empty for an answer
	}{
		{"an answer", false, []func(*http.Request) (*http.Response, error){ok}, 1, ""},
		{"read, 502 and then an answer", true, []func(*http.Request) (*http.Response, error){answer(502, "<html>"), ok}, 2, ""},
		{"read, reset and then an answer", true, []func(*http.Request) (*http.Response, error){lose(errReset), ok}, 2, ""},
		{"read, five failures", true, []func(*http.Request) (*http.Response, error){answer(503, ""), lose(errReset), answer(500, ""), answer(504, ""), answer(502, "")}, 5, connectors.Unavailable},
		{"write, 502", false, []func(*http.Request) (*http.Response, error){answer(502, "<html>")}, 1, connectors.Unavailable},
		{"write, reset", false, []func(*http.Request) (*http.Response, error){lose(errReset)}, 1, connectors.Unavailable},
		{"write that never left", false, []func(*http.Request) (*http.Response, error){lose(dial), ok}, 2, ""},
		{"write, throttled", false, []func(*http.Request) (*http.Response, error){answer(429, "", "Retry-After", "2"), ok}, 2, ""},
		{"told to wait longer than is done here", true, []func(*http.Request) (*http.Response, error){answer(503, "", "Retry-After", "3600")}, 1, connectors.Unavailable},
		{"refused", true, []func(*http.Request) (*http.Response, error){answer(401, "")}, 1, connectors.Denied},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: c.steps}
				call := &Call{Op: "ask", Cost: 10, Repeatable: c.repeatable}
				resp, err := post(t.Context(), &Transport{Base: s, Judge: judge, Pacer: NewPacer(nil)}, call)
				if fault, _ := connectors.FaultOf(err); fault != c.fault {
					t.Fatalf("got fault %q (%v), want %q", fault, err, c.fault)
				}
				if len(s.asked) != c.sent || call.Attempts != c.sent {
					t.Errorf("sent %d times, counted %d, want %d", len(s.asked), call.Attempts, c.sent)
				}
				for _, body := range s.asked {
					if body != "question" {
						t.Errorf("sent %q", body)
					}
				}
				if err == nil {
					if b, _ := io.ReadAll(resp.Body); string(b) != "yes" || string(call.Body) != "yes" {
						t.Errorf("got %q, kept %q", b, call.Body)
					}
					if call.At.Format(time.RFC3339) != "2026-11-21T08:00:00Z" {
						t.Errorf("the provider's time is %s", call.At)
					}
				}
				if err != nil && c.fault == connectors.Unavailable && strings.Contains(Cause(err).Error(), "s3cret") {
					t.Errorf("the error tells the address: %v", Cause(err))
				}
			})
		})
	}
}

func TestTransportWaitsForAFullBucketByWhatItHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func(*http.Request) (*http.Response, error){answer(200, "full"), answer(200, "yes")}}
		begin := time.Now()
		if _, err := post(t.Context(), &Transport{Base: s, Judge: judge, Pacer: NewPacer(nil)}, &Call{Cost: 10}); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin).Round(100 * time.Millisecond); d != 4*time.Second {
			t.Errorf("waited %s for 500 points with 100 there at 100 a second, want 4s", d)
		}
	})
}

func TestTransportGivesUpOnABucketThatNeverFills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		for range maxThrottled {
			s.steps = append(s.steps, answer(200, "full"))
		}
		_, err := post(t.Context(), &Transport{Base: s, Judge: judge, Pacer: NewPacer(nil)}, &Call{Cost: 10})
		if f, _ := connectors.FaultOf(err); f != connectors.Throttled || len(s.asked) != maxThrottled {
			t.Errorf("got %v after %d requests", err, len(s.asked))
		}
	})
}

// fullHouse is a pacer that has waited for as long as it does.
type fullHouse struct{ *Pacer }

func (fullHouse) Wait(context.Context, float64) error {
	return &connectors.Error{Fault: connectors.Throttled, Op: "keep to the limit", RetryAfter: 4 * time.Second}
}

// Who asked is told at once: to wait again here would keep others from working.
func TestTransportDoesNotWaitAfterItsPacer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		_, err := post(t.Context(), &Transport{Base: &script{}, Judge: judge, Pacer: fullHouse{}}, &Call{Cost: 10})
		if f, _ := connectors.FaultOf(err); f != connectors.Throttled || connectors.RetryAfter(err) != 4*time.Second {
			t.Errorf("got %v, want throttled for 4s", err)
		}
		if d := time.Since(begin); d != 0 {
			t.Errorf("it waited %s more", d)
		}
	})
}

func TestTransportStopsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		s := &script{steps: []func(*http.Request) (*http.Response, error){answer(503, "", "Retry-After", "20")}}
		begin := time.Now()
		_, err := post(ctx, &Transport{Base: s, Judge: judge}, &Call{Repeatable: true})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		if _, isFault := connectors.FaultOf(err); isFault {
			t.Errorf("%v is no fault of the provider", err)
		}
		if d := time.Since(begin); d != 300*time.Millisecond {
			t.Errorf("stopped after %s", d)
		}
	})
}

func TestTransportTimesOutASilentProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }
		s := &script{steps: []func(*http.Request) (*http.Response, error){hang, answer(200, "yes")}}
		begin := time.Now()
		if _, err := post(t.Context(), &Transport{Base: s, Judge: judge, Timeout: 10 * time.Second}, &Call{Repeatable: true}); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d < 10*time.Second || d > 11*time.Second {
			t.Errorf("took %s", d)
		}
	})
}

// cut is a body that breaks off.
type cut struct{ io.Reader }

func (c cut) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
func (cut) Close() error { return nil }

func TestTransportTakesNoHalfAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		half := func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: cut{bytes.NewReader([]byte("ye"))}}, nil
		}
		s := &script{steps: []func(*http.Request) (*http.Response, error){half, answer(200, "yes")}}
		call := &Call{Repeatable: true}
		if _, err := post(t.Context(), &Transport{Base: s, Judge: judge}, call); err != nil || string(call.Body) != "yes" {
			t.Errorf("got %q, %v", call.Body, err)
		}
		s = &script{steps: []func(*http.Request) (*http.Response, error){answer(200, "yes, and much more")}}
		_, err := post(t.Context(), &Transport{Base: s, Judge: judge, MaxBody: 5}, &Call{Repeatable: true})
		if f, _ := connectors.FaultOf(err); f != connectors.TooLarge {
			t.Errorf("an answer beyond the limit gave %v", err)
		}
	})
}

func TestTransportLeavesTheGrantsFaultsAlone(t *testing.T) {
	dead := &connectors.Error{Fault: connectors.Denied, Op: "refresh"}
	s := &script{steps: []func(*http.Request) (*http.Response, error){lose(&url.Error{Op: "Post", URL: "https://x", Err: dead})}}
	_, err := post(t.Context(), &Transport{Base: s, Judge: judge}, &Call{Repeatable: true})
	if f, _ := connectors.FaultOf(err); f != connectors.Denied || len(s.asked) != 1 {
		t.Errorf("got %v after %d requests", err, len(s.asked))
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, "2.0": 2 * time.Second, "-3": 0, "soon": 0, "99999999": 0,
		"Sat, 21 Nov 2026 08:01:30 GMT": 90 * time.Second,
		"Sat, 21 Nov 2026 07:01:30 GMT": 0,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q is %s, want %s", value, got, want)
		}
	}
	// The provider's clock counts, not ours.
	h := http.Header{"Retry-After": {"Sat, 21 Nov 2026 08:01:30 GMT"}, "Date": {"Sat, 21 Nov 2026 08:01:00 GMT"}}
	if got := RetryAfter(h, now.Add(-time.Hour)); got != 30*time.Second {
		t.Errorf("got %s, want 30s by the provider's clock", got)
	}
}

func TestBackoffStaysWithinItsBound(t *testing.T) {
	for n := range 40 {
		if d := Backoff(n); d <= 0 || d > maxBackoff+time.Millisecond {
			t.Errorf("attempt %d waits %s", n, d)
		}
	}
}
