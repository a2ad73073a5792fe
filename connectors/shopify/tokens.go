package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
	"fourfold/internal/secret"
)

// tokenAnswer is what the token address says, in each of its shapes: expires_in and the refresh token are absent from tokens
// that do not expire.
type tokenAnswer struct {
	AccessToken      string  `json:"access_token"`
	Scope            string  `json:"scope"`
	ExpiresIn        float64 `json:"expires_in"`
	RefreshToken     string  `json:"refresh_token"`
	RefreshExpiresIn float64 `json:"refresh_token_expires_in"`
}

// tokenRefusal is the token address's no.
type tokenRefusal struct {
	Status      int    `json:"-"`
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func (e *tokenRefusal) Error() string {
	s := fmt.Sprintf("HTTP %d", e.Status)
	if e.Code != "" {
		s += " " + clean(e.Code)
	}
	if e.Description != "" {
		s += ": " + clean(e.Description)
	}
	return s
}

// exchange turns a code into a pair of tokens. A code is good once, so it is sent once.
func exchange(ctx context.Context, client *http.Client, app connectors.App, c connectors.Consent, code string) (connectors.Tokens, error) {
	const op = "exchange the code for a token"
	t, err := askToken(ctx, client, op, c.Fields, url.Values{
		"client_id": {app.ClientID}, "client_secret": {app.ClientSecret.Reveal()}, "code": {code}, "expiring": {"1"},
	})
	var no *tokenRefusal
	if errors.As(err, &no) && no.Status >= 400 && no.Status < 500 && no.Status != http.StatusTooManyRequests {
		return connectors.Tokens{}, &connectors.Error{Fault: connectors.Denied, Op: op, Err: no,
			Hint: "begin the link again; if it persists, check the app's client ID and secret"}
	}
	return t, err
}

// refresh gets the next pair. Shopify keeps a used refresh token until its successor is used, so a lost answer is asked for
// again at once with the same token. Only one answer is final; everything else may pass, and the pair must be kept.
func refresh(ctx context.Context, c *http.Client, app connectors.App, fields map[string]string, old connectors.Tokens) (connectors.Tokens, error) {
	const op = "refresh the token"
	if old.Refresh.Empty() {
		if old.AccessExpires.IsZero() && !old.Access.Empty() {
			return old, nil // does not expire
		}
		return connectors.Tokens{}, &connectors.Error{Fault: connectors.Denied, Op: op, Err: errors.New("there is no refresh token"), Hint: "link the store again"}
	}
	form := url.Values{
		"grant_type": {"refresh_token"}, "client_id": {app.ClientID}, "client_secret": {app.ClientSecret.Reveal()},
		"refresh_token": {old.Refresh.Reveal()},
	}
	var err error
	for n := 1; n <= 3; n++ {
		if n > 1 {
			if err := transport.Pause(ctx, transport.Backoff(n-1)); err != nil {
				return connectors.Tokens{}, err
			}
		}
		var t connectors.Tokens
		t, err = askToken(ctx, c, op, fields, form)
		if err == nil && t.Refresh.Empty() && !t.AccessExpires.IsZero() {
			return connectors.Tokens{}, connectors.Errorf(connectors.Unavailable, op, "the answer has no refresh token")
		}
		if err == nil {
			if len(t.Scopes) == 0 {
				t.Scopes = old.Scopes
			}
			return t, nil
		}
		var no *tokenRefusal
		if errors.As(err, &no) {
			if no.Status == http.StatusUnauthorized && no.Code == "invalid_request" {
				return connectors.Tokens{}, &connectors.Error{Fault: connectors.Denied, Op: op, Err: no,
					Hint: "the app was uninstalled, or the link was unused for 90 days; link the store again"}
			}
			if no.Status < 500 {
				return connectors.Tokens{}, err
			}
		}
	}
	return connectors.Tokens{}, err
}

// finalRefusals are the answers to client credentials that no waiting will change.
var finalRefusals = []string{"invalid_client", "application_cannot_be_found", "shop_not_permitted", "app_not_installed"}

// askAgain gets a token for the app's own credentials, good for a day. It is both the first and every next one.
func askAgain(ctx context.Context, c *http.Client, app connectors.App, fields map[string]string, _ connectors.Tokens) (connectors.Tokens, error) {
	const op = "ask for a token with the app's credentials"
	t, err := askToken(ctx, c, op, fields, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app.ClientID}, "client_secret": {app.ClientSecret.Reveal()},
	})
	var no *tokenRefusal
	if errors.As(err, &no) && slices.Contains(finalRefusals, no.Code) {
		return connectors.Tokens{}, &connectors.Error{Fault: connectors.Denied, Op: op, Err: no,
			Hint: "check client ID and secret, that the app is installed in the store, and that app and store belong to one organization"}
	}
	if err == nil && len(t.Scopes) == 0 {
		return connectors.Tokens{}, &connectors.Error{Fault: connectors.Forbidden, Op: op, Scope: strings.Join(scopes.Required, ","),
			Err: errors.New("the token has no scopes"), Hint: "release a version of the app that declares the scopes, and install it again"}
	}
	return t, err
}

// askToken posts a form to the shop's token address. Its secrets are in the body only, and in no error.
func askToken(ctx context.Context, c *http.Client, op string, fields map[string]string, form url.Values) (connectors.Tokens, error) {
	shop, err := hostOf(fields)
	if err != nil {
		return connectors.Tokens{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+shop+"/admin/oauth/access_token", strings.NewReader(form.Encode()))
	if err != nil {
		return connectors.Tokens{}, connectors.Errorf(connectors.Malformed, op, "%w", transport.Cause(err))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	own := *c
	// The secrets go to the shop and nowhere else, whoever asks for them to be sent on.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if own.Timeout == 0 {
		own.Timeout = 30 * time.Second
	}
	resp, err := own.Do(r)
	if ctx.Err() != nil {
		return connectors.Tokens{}, ctx.Err()
	}
	if err != nil {
		return connectors.Tokens{}, &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: transport.Cause(err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return connectors.Tokens{}, connectors.Errorf(connectors.Unavailable, op, "the answer was cut off: %w", transport.Cause(err))
	}
	if resp.StatusCode != http.StatusOK {
		no := &tokenRefusal{}
		_ = json.Unmarshal(body, no) // a page of HTML has no code, and is judged by its status
		no.Status = resp.StatusCode
		return connectors.Tokens{}, &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: no, RetryAfter: transport.RetryAfter(resp.Header, time.Now())}
	}
	var a tokenAnswer
	if err := json.Unmarshal(body, &a); err != nil || a.AccessToken == "" {
		return connectors.Tokens{}, connectors.Errorf(connectors.Unavailable, op, "the answer holds no token")
	}
	return a.tokens(resp.Header), nil
}

// tokens counts from the provider's own clock, which is the one that ends them.
func (a tokenAnswer) tokens(h http.Header) connectors.Tokens {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		at = time.Now()
	}
	t := connectors.Tokens{Access: secret.New(a.AccessToken), Refresh: secret.New(a.RefreshToken), Scopes: splitScopes(a.Scope)}
	if a.ExpiresIn > 0 {
		t.AccessExpires = at.Add(time.Duration(a.ExpiresIn * float64(time.Second))).UTC()
	}
	if a.RefreshExpiresIn > 0 {
		t.RefreshExpires = at.Add(time.Duration(a.RefreshExpiresIn * float64(time.Second))).UTC()
	}
	return t
}
