package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
)

// wire answers requests in turn, the last answer again and again.
type wire struct {
	answers []answer
	asked   []*http.Request
	bodies  []string
}

type answer struct {
	status int
	body   string
	header http.Header
	err    error
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent string
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		sent = string(b)
	}
	w.asked, w.bodies = append(w.asked, r), append(w.bodies, sent)
	a := w.answers[min(len(w.asked), len(w.answers))-1]
	if a.err != nil {
		return nil, a.err
	}
	h := a.header.Clone()
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

func (w *wire) grant() connectors.Grant {
	return connectors.Grant{Client: &http.Client{Transport: w}, Bare: &http.Client{Transport: w}}
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func fault(t *testing.T, err error, want connectors.Fault) *connectors.Error {
	t.Helper()
	var e *connectors.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	return e
}

const address = "https://api.provider.example/v1/rows"

func TestAQuestionIsPutTogether(t *testing.T) {
	w := &wire{answers: []answer{{status: 200, body: `{"n":"41870000"}`, header: http.Header{"Date": {"Sat, 21 Nov 2026 08:00:00 GMT"}}}}}
	c := New(w.grant(), clock, ByStatus)
	var out struct {
		N json.Number `json:"n"`
	}
	call, err := c.Do(t.Context(), Ask{Op: "read rows", Method: http.MethodPost, URL: address, Query: url.Values{"a b": {"1&2"}},
		Header: map[string]string{"login-customer-id": "123"}, Body: map[string]string{"query": "SELECT a FROM b"}}, &out)
	if err != nil || out.N != "41870000" || call.Status != 200 || !call.At.Equal(time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v at %s: %v", out, call.At, err)
	}
	r := w.asked[0]
	if r.URL.String() != address+"?a+b=1%262" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Accept") != "application/json" ||
		r.Header.Get("login-customer-id") != "123" || w.bodies[0] != `{"query":"SELECT a FROM b"}` {
		t.Errorf("sent %s %v %s", r.URL, r.Header, w.bodies[0])
	}

	if _, err := c.Do(t.Context(), Ask{Op: "order", Method: http.MethodPost, URL: address, Body: 1, Type: "application/vnd.report+json"}, nil); err != nil {
		t.Fatal(err)
	}
	if got := w.asked[1].Header.Get("Content-Type"); got != "application/vnd.report+json" {
		t.Errorf("sent %s", got)
	}

	w.answers = []answer{{status: 200, body: `{}`}}
	if call, err = c.Do(t.Context(), Ask{Op: "read", URL: address}, nil); err != nil || !call.At.Equal(noon) || w.asked[2].Method != http.MethodGet || w.asked[2].Header.Get("Content-Type") != "" {
		t.Errorf("a plain question: %s at %s: %v", w.asked[2].Method, call.At, err)
	}
}

func TestAnswersAreJudged(t *testing.T) {
	judge := func(c *transport.Call) error {
		if bytes.Contains(c.Body, []byte("BUSY")) { // an error in HTTP 200
			return &connectors.Error{Fault: connectors.Throttled, RetryAfter: time.Hour}
		}
		return ByStatus(c)
	}
	for name, c := range map[string]struct {
		answer answer
		want   connectors.Fault
		asked  int
	}{
		"an error in a good answer": {answer{status: 200, body: `{"code":"BUSY"}`}, connectors.Throttled, 1},
		"a dead token":              {answer{status: 401}, connectors.Denied, 1},
		"no right":                  {answer{status: 403}, connectors.Forbidden, 1},
		"not there":                 {answer{status: 404}, connectors.Malformed, 1},
		"sent elsewhere":            {answer{status: 302, header: http.Header{"Location": {"https://evil.example/"}}}, connectors.Malformed, 1},
		"too many":                  {answer{status: 429, header: http.Header{"Retry-After": {"7200"}}}, connectors.Throttled, 1},
		"broken":                    {answer{status: 502, body: "<html>"}, connectors.Unavailable, 5},
		"slow":                      {answer{status: 408}, connectors.Unavailable, 5},
		"down for an hour":          {answer{status: 503, header: http.Header{"Retry-After": {"3600"}}}, connectors.Unavailable, 1},
		"no connection":             {answer{err: errors.New("no route")}, connectors.Unavailable, 5},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &wire{answers: []answer{c.answer}}
			var out map[string]any
			_, err := New(w.grant(), clock, judge).Do(t.Context(), Ask{Op: "read rows", URL: address + "?token=hush"}, &out)
			e := fault(t, err, c.want)
			if e.Op != "read rows" || len(w.asked) != c.asked {
				t.Errorf("%s: op %q, asked %d times, want %d", name, e.Op, len(w.asked), c.asked)
			}
			if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "://") {
				t.Errorf("%s: tells the address: %v", name, err)
			}
		})
	}
}

func TestWhatChangesSomethingIsSentOnce(t *testing.T) {
	for reads, want := range map[bool]int{false: 1, true: 3} {
		synctest.Test(t, func(t *testing.T) {
			w := &wire{answers: []answer{{status: 500}, {status: 500}, {status: 200, body: `{}`}}}
			_, err := New(w.grant(), clock, ByStatus).Do(t.Context(), Ask{Op: "order", Method: http.MethodPost, URL: address, Body: "same", Reads: reads}, nil)
			if len(w.asked) != want || (err == nil) != reads {
				t.Errorf("reads %v: asked %d times: %v", reads, len(w.asked), err)
			}
			for _, b := range w.bodies {
				if b != `"same"` {
					t.Errorf("sent %s", b)
				}
			}
		})
	}
}

func TestAnotherShapeIsSaidWithoutItsValues(t *testing.T) {
	for body, want := range map[string]string{
		`{"rows":[{"cost":true}]}`:    "rows.cost is a bool",
		`{"rows":[{"cost":666.5}]}`:   "rows.cost is a number",
		`{"rows":[{"cost":"hush!"}]}`: "rows.cost is a string",
		`["hush"]`:                    "it is a array",
		`{"rows":`:                    "not JSON from byte 8 on",
		`hush`:                        "not JSON from byte 1 on",
		``:                            "not JSON",
	} {
		w := &wire{answers: []answer{{status: 200, body: body}}}
		var out struct {
			Rows []struct {
				Cost int64 `json:"cost"`
			} `json:"rows"`
		}
		_, err := New(w.grant(), clock, ByStatus).Do(t.Context(), Ask{Op: "read rows", URL: address}, &out)
		e := fault(t, err, connectors.Malformed)
		if !strings.Contains(e.Error(), want) || strings.Contains(e.Error(), "hush") || strings.Contains(e.Error(), "666") {
			t.Errorf("%s gave %q, want %q", body, e, want)
		}
	}
}

func TestAStopIsNoFault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := &wire{answers: []answer{{err: context.Canceled}}}
	if _, err := New(w.grant(), clock, ByStatus).Do(ctx, Ask{Op: "read", URL: address}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := Download(ctx, w.grant(), "download", address, 10, func(io.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a download gave %v", err)
	}
}

func TestAnAddressThatIsNoneIsNotShown(t *testing.T) {
	_, err := New((&wire{}).grant(), nil, ByStatus).Do(t.Context(), Ask{Op: "read", URL: "https://hush:\x7f/"}, nil)
	if e := fault(t, err, connectors.Malformed); strings.Contains(e.Error(), "hush") {
		t.Errorf("got %v", e)
	}
	_, err = New((&wire{}).grant(), nil, ByStatus).Do(t.Context(), Ask{Op: "read", URL: address, Body: func() {}}, nil)
	fault(t, err, connectors.Malformed)
}

func TestDownload(t *testing.T) {
	all := func(r io.Reader) error { _, err := io.ReadAll(r); return err }
	for name, c := range map[string]struct {
		at     string
		answer answer
		limit  int64
		want   connectors.Fault
	}{
		"whole":         {address + "?signature=hush", answer{status: 200, body: "123456"}, 10, ""},
		"too large":     {address + "?signature=hush", answer{status: 200, body: "12345678901"}, 10, connectors.TooLarge},
		"ended":         {address + "?signature=hush", answer{status: 403}, 10, connectors.Unavailable},
		"in the clear":  {"http://api.provider.example/?signature=hush", answer{status: 200}, 10, connectors.Malformed},
		"no address":    {"hush", answer{status: 200}, 10, connectors.Malformed},
		"no connection": {address + "?signature=hush", answer{err: errors.New("no route")}, 10, connectors.Unavailable},
	} {
		w := &wire{answers: []answer{c.answer}}
		err := Download(t.Context(), w.grant(), "download", c.at, c.limit, all)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if e := fault(t, err, c.want); strings.Contains(e.Error(), "hush") || strings.Contains(e.Error(), "://") {
			t.Errorf("%s: tells the address: %v", name, e)
		}
	}
	own := errors.New("the reader's own")
	w := &wire{answers: []answer{{status: 200, body: "1"}}}
	if err := Download(t.Context(), w.grant(), "download", address, 10, func(io.Reader) error { return own }); !errors.Is(err, own) {
		t.Errorf("the reader's error is lost: %v", err)
	}
}

// A provider that sends us elsewhere gets no second request, whatever its connector thinks of the answer: the first carried a token.
func TestAnAnswerThatSendsUsElsewhereIsNotFollowed(t *testing.T) {
	w := &wire{answers: []answer{{status: http.StatusFound, header: http.Header{"Location": {"https://elsewhere.example/"}}}, {status: 200}}}
	c := New(w.grant(), clock, func(*transport.Call) error { return nil })
	if call, err := c.Do(t.Context(), Ask{Op: "read", URL: address}, nil); err != nil || call.Status != http.StatusFound || len(w.asked) != 1 {
		t.Errorf("asked %d times, HTTP %d: %v", len(w.asked), call.Status, err)
	}
}
