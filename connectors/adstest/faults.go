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

// Fault holds an error to its fault, and to what it tells a person. It tells no address.
func Fault(t *testing.T, err error, want connectors.Fault, says ...string) *connectors.Error {
	t.Helper()
	var e *connectors.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "://") {
		t.Errorf("%q tells an address", err)
	}
	return e
}

// Refused holds an error that came by the login to its fault, to what it tells a person, and to what it must not tell: its secrets and tokens, and what is
// in Hush. It says what was being done.
func (l *Login) Refused(t *testing.T, err error, want connectors.Fault, says ...string) *connectors.Error {
	t.Helper()
	e := Fault(t, err, want, says...)
	if e.Op == "" {
		t.Errorf("%q does not say what was being done", err)
	}
	for _, s := range []secret.Text{l.App.ClientSecret, l.App.DeveloperToken, l.Tokens.Access, l.Tokens.Refresh} {
		if !s.Empty() && strings.Contains(err.Error(), s.Reveal()) {
			t.Error("the error tells a secret") // and so shall not we
		}
	}
	for _, part := range l.Hush {
		if strings.Contains(err.Error(), part) {
			t.Errorf("%q tells %q", err, part)
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
