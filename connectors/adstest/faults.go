package adstest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

// Refused holds an error to its fault, to what it tells a person, and to what it must not tell: secrets, tokens, addresses.
func (l *Login) Refused(t *testing.T, err error, want connectors.Fault, says ...string) *connectors.Error {
	t.Helper()
	var e *connectors.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	if e.Op == "" {
		t.Errorf("%q does not say what was being done", err)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	hush := append([]string{"://"}, l.Hush...)
	for _, s := range []secret.Text{l.App.ClientSecret, l.App.DeveloperToken, l.Tokens.Access, l.Tokens.Refresh} {
		if !s.Empty() {
			hush = append(hush, s.Reveal())
		}
	}
	for _, part := range hush {
		if strings.Contains(err.Error(), part) {
			t.Errorf("%q tells a secret or an address", err)
		}
	}
	return e
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Says answers everything alike.
func Says(status int, body string) *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})}
}
