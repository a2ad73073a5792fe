package shopify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
)

// fakeShop answers what the simulator cannot be made to say. It stands where the network would be.
type fakeShop struct {
	mu    sync.Mutex
	steps []step
	seen  []seenRequest
}

type step func(r *http.Request, body []byte) (*http.Response, error)

type seenRequest struct {
	Method, Host, Path, Body string
	Header                   http.Header
}

func (f *fakeShop) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	f.seen = append(f.seen, seenRequest{r.Method, r.URL.Host, r.URL.Path, string(body), r.Header.Clone()})
	n := len(f.seen)
	if n > len(f.steps) {
		if n -= 1; len(f.steps) == 0 || f.steps[len(f.steps)-1] == nil {
			return nil, fmt.Errorf("request %d was not expected", n)
		}
		n = len(f.steps)
	}
	return f.steps[n-1](r, body)
}

// account of the fake shop. The last step answers everything that comes after it.
func (f *fakeShop) account() connectors.Account {
	c := &http.Client{Transport: f}
	return connectors.Account{
		Grant: connectors.Grant{Fields: map[string]string{fieldShop: "some-shop.myshopify.com"}, Client: c, Bare: c},
		Pacer: transport.NewPacer(nil), Now: time.Now,
	}
}

func (f *fakeShop) client(t *testing.T) *client {
	t.Helper()
	c, err := newClient(f.account(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// says is an answer with the pinned version in its header, unless header says otherwise.
func says(status int, body string, header ...string) step {
	return func(r *http.Request, _ []byte) (*http.Response, error) {
		h := http.Header{"X-Shopify-Api-Version": {apiVersion}, "Date": {"Sat, 21 Nov 2026 08:00:00 GMT"}}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Request: r, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func loses(err error) step {
	return func(*http.Request, []byte) (*http.Response, error) { return nil, err }
}

// file serves a file as cloud storage does, but for what breaks it.
func file(content string, cutAt int) step {
	return func(r *http.Request, _ []byte) (*http.Response, error) {
		from := 0
		status, h := 200, http.Header{}
		if v := r.Header.Get("Range"); v != "" {
			if _, err := fmt.Sscanf(v, "bytes=%d-", &from); err != nil {
				return nil, err
			}
			if from >= len(content) {
				h.Set("Content-Range", fmt.Sprintf("bytes */%d", len(content)))
				return &http.Response{StatusCode: 416, Header: h, Body: http.NoBody}, nil
			}
			status = 206
			h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
		}
		var body io.Reader = bytes.NewReader([]byte(content[from:]))
		if cutAt > from {
			body = io.MultiReader(strings.NewReader(content[from:cutAt]), breaks{})
		}
		return &http.Response{StatusCode: status, Header: h, ContentLength: int64(len(content) - from), Body: io.NopCloser(body)}, nil
	}
}

type breaks struct{}

func (breaks) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// variables of a request as sent.
func (s seenRequest) variables(t *testing.T) map[string]any {
	t.Helper()
	var q struct{ Variables map[string]any }
	if err := json.Unmarshal([]byte(s.Body), &q); err != nil {
		t.Fatal(err)
	}
	return q.Variables
}
