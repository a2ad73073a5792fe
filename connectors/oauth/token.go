package oauth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"fourfold/connectors"
	"fourfold/connectors/transport"
	"fourfold/internal/secret"
)

// config is the declaration as the library knows it.
func (d Code) config(app connectors.App, fields map[string]string, redirect string) *oauth2.Config {
	_, token := d.places(fields)
	style := oauth2.AuthStyleInParams
	if d.Style == oauth2.AuthStyleInHeader {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(), RedirectURL: redirect,
		Endpoint: oauth2.Endpoint{TokenURL: token, AuthStyle: style}}
}

// exchange turns a code into tokens (RFC 6749 §4.1.3). A code is good once, so it is sent once.
func (d Code) exchange(ctx context.Context, client *http.Client, app connectors.App, c connectors.Consent, code string) (connectors.Tokens, error) {
	const op = "exchange the code for tokens"
	dated := newDated(client)
	options := make([]oauth2.AuthCodeOption, 0, len(d.Form)+1)
	for name, value := range d.Form {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	if d.PKCE {
		options = append(options, oauth2.VerifierOption(c.Verifier))
	}
	t, err := d.config(app, c.Fields, c.Redirect).Exchange(dated.context(ctx), code, options...)
	if err != nil {
		return connectors.Tokens{}, Refused(ctx, op, err, "begin the link again", app.ClientSecret.Reveal(), code, c.Verifier)
	}
	return d.tokens(t, dated.at), nil
}

// renew gets the next tokens for the refresh token (RFC 6749 §6). Where the answer has no new one, the old one stays.
func (d Code) renew(ctx context.Context, client *http.Client, app connectors.App, fields map[string]string, old connectors.Tokens) (connectors.Tokens, error) {
	const op = "renew the tokens"
	if old.Refresh.Empty() {
		return connectors.Tokens{}, &connectors.Error{Fault: connectors.Denied, Op: op, Err: errors.New("there is no refresh token"), Hint: "link again"}
	}
	dated := newDated(client)
	dated.form = d.Renewal // the library has no way of adding to a renewal
	t, err := d.config(app, fields, "").TokenSource(dated.context(ctx), &oauth2.Token{RefreshToken: old.Refresh.Reveal()}).Token()
	if err != nil {
		return connectors.Tokens{}, Refused(ctx, op, err, "the consent has ended or was taken back; link again", app.ClientSecret.Reveal(), old.Refresh.Reveal())
	}
	next := d.tokens(t, dated.at)
	if said, _ := t.Extra("refresh_token").(string); said == "" {
		next.Refresh = old.Refresh
		if t.Extra("refresh_token_expires_in") == nil {
			next.RefreshExpires = old.RefreshExpires
		}
	}
	if len(next.Scopes) == 0 {
		next.Scopes = old.Scopes
	}
	return next, nil
}

// tokens counts from the provider's own clock, which is the one that ends them.
func (d Code) tokens(t *oauth2.Token, at time.Time) connectors.Tokens {
	next := connectors.Tokens{Access: secret.New(t.AccessToken), Refresh: secret.New(t.RefreshToken)}
	if t.ExpiresIn > 0 {
		next.AccessExpires = at.Add(time.Duration(t.ExpiresIn) * time.Second).UTC()
	}
	if seconds, ok := t.Extra("refresh_token_expires_in").(float64); ok && seconds > 0 {
		next.RefreshExpires = at.Add(time.Duration(seconds) * time.Second).UTC()
	} else if d.RefreshFor > 0 && t.RefreshToken != "" {
		next.RefreshExpires = at.Add(d.RefreshFor).UTC()
	}
	if scopes, ok := t.Extra("scope").(string); ok {
		next.Scopes = strings.FieldsFunc(scopes, func(r rune) bool { return r == ' ' || r == ',' })
	}
	return next
}

// final are the answers of RFC 6749 §5.2 and OpenID Connect §3.1.2.6 that asking again will not change, with what to do about those that are no matter
// of consent. Microsoft says that a person is wanted where a second factor was demanded since.
var final = map[string]string{"invalid_grant": "", "access_denied": "", "invalid_client": checkApp, "unauthorized_client": checkApp,
	"interaction_required": "", "login_required": "", "consent_required": ""}

// ours are those that say that the question is wrong.
var ours = map[string]bool{"invalid_request": true, "invalid_scope": true, "unsupported_grant_type": true, "redirect_uri_mismatch": true}

const checkApp = "check the app's client ID and secret in the configuration, and link again"

// Refused makes a fault of what the library says of a token address, without the answer's body, which may hold tokens, and without the secrets
// that were sent, should the provider repeat them.
func Refused(ctx context.Context, op string, err error, hint string, secrets ...string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var no *oauth2.RetrieveError
	if !errors.As(err, &no) {
		if cause := transport.Cause(err); cause != err { //nolint:errorlint // whether it is another value is the question
			return &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: cause}
		}
		return &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: errors.New("the answer holds no token")}
	}
	text := no.ErrorDescription
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[secret]")
		}
	}
	said := errors.New(strings.Join(strings.Fields(fmt.Sprintf("HTTP %d %s %s", no.Response.StatusCode, connectors.Clean(no.ErrorCode), connectors.Clean(text))), " "))
	if other, ok := final[no.ErrorCode]; ok && no.Response.StatusCode < 500 {
		return &connectors.Error{Fault: connectors.Denied, Op: op, Err: said, Hint: cmp.Or(other, hint)}
	}
	if no.ErrorCode == "" && no.Response.StatusCode == http.StatusUnauthorized { // a provider with codes of its own
		return &connectors.Error{Fault: connectors.Denied, Op: op, Err: said, Hint: hint}
	}
	if ours[no.ErrorCode] && no.Response.StatusCode < 500 {
		return &connectors.Error{Fault: connectors.Malformed, Op: op, Err: said, Hint: "check the app's settings at the provider, above all the address to return to"}
	}
	f := &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: said, RetryAfter: transport.RetryAfter(no.Response.Header, time.Now())}
	if no.Response.StatusCode == http.StatusTooManyRequests {
		f.Fault = connectors.Throttled
	}
	return f
}

// dated is a client that keeps the provider's time and sends secrets nowhere else, whoever asks for them to be sent on.
type dated struct {
	base http.RoundTripper
	out  *http.Client
	at   time.Time
	form map[string]string // added to what is sent
}

func newDated(client *http.Client) *dated {
	d := &dated{base: client.Transport, at: time.Now()}
	if d.base == nil {
		d.base = http.DefaultTransport
	}
	d.out = &http.Client{Transport: d, Timeout: max(client.Timeout, 30*time.Second),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return d
}

func (d *dated) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, d.out)
}

// RoundTrip sends the request and reads the date of its answer.
func (d *dated) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(d.form) > 0 {
		var err error
		if r, err = d.added(r); err != nil {
			return nil, err
		}
	}
	resp, err := d.base.RoundTrip(r)
	if err == nil {
		if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
			d.at = at
		}
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, 1<<20), resp.Body}
	}
	return resp, err
}

// added is the request with more parameters in its form.
func (d *dated) added(r *http.Request) (*http.Request, error) {
	sent, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(sent))
	if err != nil {
		return nil, err
	}
	for name, value := range d.form {
		form.Set(name, value)
	}
	body := form.Encode()
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	return r, nil
}
