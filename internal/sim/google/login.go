// Package google is what the simulated Google products share: the login that hands out tokens for all of them, and the form of a refusal.
package google

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/internal/sim/oauth"
)

// Hosts of the login.
const (
	AuthorizeHost = "accounts.google.com"
	TokenHost     = "oauth2.googleapis.com"
)

// NewDesk is Google's desk for one app: access tokens of an hour, refresh tokens that stay the same. Products that are given the same desk take each
// other's tokens, as far as their scopes go.
func NewDesk(now func() time.Time, clientID, clientSecret string, redirects ...string) *oauth.Desk {
	return &oauth.Desk{Now: now, ClientID: clientID, ClientSecret: clientSecret, Redirects: redirects, Lifetime: time.Hour, PKCE: true, Prefix: "ya29."}
}

// Door is how a simulated product is entered: by a login, which others may share, and with the scope that a token must be granted. A product embeds it.
type Door struct {
	desk  *oauth.Desk
	scope string
}

// NewDoor makes the door of a product. Where desk is nil it has one of its own, for the app "client-id" with the secret "client-secret".
func NewDoor(now func() time.Time, desk *oauth.Desk, scope string) Door {
	if desk == nil {
		desk = NewDesk(now, "client-id", "client-secret")
	}
	return Door{desk, scope}
}

// Desk is the login.
func (d Door) Desk() *oauth.Desk { return d.desk }

// Token is an access token of a merchant who has agreed.
func (d Door) Token() string {
	access, _ := d.desk.Issue([]string{d.scope})
	return access
}

// Login serves the hosts of the login; ok is false for any other. A consent that is not asked for offline, and anew, brings no refresh token, which is
// never what is wanted here: it is refused.
func (d Door) Login(w http.ResponseWriter, r *http.Request) (ok bool) {
	switch r.Host {
	case AuthorizeHost:
		q := r.URL.Query()
		switch {
		case r.URL.Path != "/o/oauth2/v2/auth":
			http.NotFound(w, r)
		case q.Get("access_type") != "offline" || q.Get("prompt") != "consent" || q.Get("code_challenge_method") != "S256":
			http.Error(w, "this consent would bring no refresh token, or has no challenge", http.StatusBadRequest)
		default:
			d.desk.Authorize(w, r)
		}
		return true
	case TokenHost:
		if r.URL.Path != "/token" {
			http.NotFound(w, r)
			return true
		}
		d.desk.Token(w, r)
		return true
	}
	return false
}

// Bearer looks at the token of a request. Where it is not good, or lacks the scope, the request is refused and ok is false.
func (d Door) Bearer(w http.ResponseWriter, r *http.Request) (ok bool) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	scopes, good := d.desk.Good(token)
	switch {
	case !good:
		Refuse(w, http.StatusUnauthorized, "UNAUTHENTICATED",
			"Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. "+
				"See https://developers.google.com/identity/sign-in/web/devconsole-project.", Info("ACCESS_TOKEN_EXPIRED"))
	case !slices.Contains(scopes, d.scope):
		Refuse(w, http.StatusForbidden, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", Info("ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
	default:
		return true
	}
	return false
}

// Info is a google.rpc.ErrorInfo.
func Info(reason string) map[string]any {
	return map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
}

// Retry is a google.rpc.RetryInfo.
func Retry(after time.Duration) map[string]any {
	return map[string]any{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": Seconds(after)}
}

// Seconds is a google.protobuf.Duration as JSON has it.
func Seconds(d time.Duration) string { return fmt.Sprintf("%gs", d.Seconds()) }

// Refusal is the body of a google.rpc.Status.
func Refusal(status int, code, message string, details ...map[string]any) map[string]any {
	e := map[string]any{"code": status, "message": message, "status": code}
	if len(details) > 0 {
		e["details"] = details
	}
	return map[string]any{"error": e}
}

// Refuse answers with a google.rpc.Status.
func Refuse(w http.ResponseWriter, status int, code, message string, details ...map[string]any) {
	Answer(w, status, Refusal(status, code, message, details...))
}

// Answer answers with JSON.
func Answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// Broken answers as Google's front does where nothing behind it does, or where nothing is.
func Broken(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html><html lang=en><title>Error %d</title><p><b>%d.</b> That’s an error.", status, status)
}
