// Package oauth is the desk of a simulated provider that hands out tokens: who may come back where, what a code is good for, and how tokens
// end. It plays RFC 6749 with the habits of the provider that uses it.
package oauth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Desk hands out tokens. Its fields are set before it is used; it is safe for concurrent use.
type Desk struct {
	Now          func() time.Time
	ClientID     string
	ClientSecret string
	Redirects    []string      // allowed redirect addresses, exactly; any where empty
	Lifetime     time.Duration // of an access token; no end where zero
	Refreshes    time.Duration // of a refresh token; no end where zero
	NoRefresh    bool          // there are no refresh tokens
	Rotates      bool          // a refresh token is replaced when it is used, and then no longer good
	PKCE         bool          // the code is refused without its verifier, where a challenge came with the consent
	Basic        bool          // the app names itself by HTTP Basic; else in the form
	Scopes       []string      // granted at most; whatever is asked for where nil
	Prefix       string        // of tokens, such as "ya29."

	mu      sync.Mutex
	codes   map[string]code
	access  map[string]grant
	refresh map[string]grant
	// Handed counts the tokens that were given.
	handed int
}

type code struct {
	redirect, challenge string
	scopes              []string
	until               time.Time
}

type grant struct {
	scopes []string
	until  time.Time // zero where it has no end
}

func (d *Desk) lasting(l time.Duration) time.Time {
	if l == 0 {
		return time.Time{}
	}
	return d.Now().Add(l)
}

func token(prefix string) string { return prefix + rand.Text() }

// Code makes a code for a consent that was just given. Providers with addresses of their own call it from these.
func (d *Desk) Code(redirect, challenge string, scopes []string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.codes == nil {
		d.codes = map[string]code{}
	}
	if d.Scopes != nil {
		scopes = slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return !slices.Contains(d.Scopes, s) })
	}
	c := token("code-")
	d.codes[c] = code{redirect, challenge, scopes, d.Now().Add(10 * time.Minute)}
	return c
}

// Authorize is the page where the merchant agrees, who does so at once: the browser is sent back with a code.
func (d *Desk) Authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back := q.Get("redirect_uri")
	if q.Get("client_id") != d.ClientID || q.Get("response_type") != "code" || len(d.Redirects) > 0 && !slices.Contains(d.Redirects, back) {
		http.Error(w, "redirect_uri_mismatch or invalid client", http.StatusBadRequest)
		return
	}
	to, err := url.Parse(back)
	if err != nil {
		http.Error(w, "redirect_uri_mismatch", http.StatusBadRequest)
		return
	}
	scopes := strings.FieldsFunc(q.Get("scope"), func(r rune) bool { return r == ' ' || r == ',' })
	v := to.Query()
	v.Set("code", d.Code(back, q.Get("code_challenge"), scopes))
	v.Set("state", q.Get("state"))
	to.RawQuery = v.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// Token is the token address of RFC 6749 §4.1.3 and §6.
func (d *Desk) Token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	id, hush := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if d.Basic {
		id, hush, _ = r.BasicAuth()
	}
	switch {
	case r.Method != http.MethodPost:
		refuse(w, http.StatusMethodNotAllowed, "invalid_request", "POST only")
	case id != d.ClientID || hush != d.ClientSecret:
		refuse(w, http.StatusUnauthorized, "invalid_client", "The OAuth client was not found.")
	case r.PostForm.Get("grant_type") == "authorization_code":
		d.exchange(w, r)
	case r.PostForm.Get("grant_type") == "refresh_token":
		d.renew(w, r)
	default:
		refuse(w, http.StatusBadRequest, "unsupported_grant_type", "")
	}
}

func (d *Desk) exchange(w http.ResponseWriter, r *http.Request) {
	g, ok := d.Redeem(r.PostForm.Get("code"), r.PostForm.Get("redirect_uri"), r.PostForm.Get("code_verifier"))
	if !ok {
		refuse(w, http.StatusBadRequest, "invalid_grant", "Malformed auth code.")
		return
	}
	d.answer(w, g, "")
}

// Redeem takes a code, which is good once, for the redirect address and the verifier that belong to it.
func (d *Desk) Redeem(text, redirect, verifier string) (scopes []string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.codes[text]
	delete(d.codes, text)
	if !ok || d.Now().After(c.until) || c.redirect != redirect {
		return nil, false
	}
	if d.PKCE && c.challenge != "" {
		sum := sha256.Sum256([]byte(verifier))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge {
			return nil, false
		}
	}
	return c.scopes, true
}

func (d *Desk) renew(w http.ResponseWriter, r *http.Request) {
	text := r.PostForm.Get("refresh_token")
	d.mu.Lock()
	g, ok := d.refresh[text]
	if ok && d.Rotates {
		delete(d.refresh, text)
	}
	d.mu.Unlock()
	if !ok || !g.until.IsZero() && d.Now().After(g.until) {
		refuse(w, http.StatusBadRequest, "invalid_grant", "Token has been expired or revoked.")
		return
	}
	keep := text
	if d.Rotates {
		keep = ""
	}
	d.answer(w, g.scopes, keep)
}

// Issue makes an access token, and a refresh token unless there are none.
func (d *Desk) Issue(scopes []string) (access, refresh string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.access == nil {
		d.access, d.refresh = map[string]grant{}, map[string]grant{}
	}
	access = token(d.Prefix)
	d.access[access] = grant{scopes, d.lasting(d.Lifetime)}
	d.handed++
	if !d.NoRefresh {
		refresh = token("refresh-")
		d.refresh[refresh] = grant{scopes, d.lasting(d.Refreshes)}
	}
	return access, refresh
}

func (d *Desk) answer(w http.ResponseWriter, scopes []string, kept string) {
	access, refresh := d.Issue(scopes)
	a := map[string]any{"access_token": access, "token_type": "bearer", "scope": strings.Join(scopes, " ")}
	if d.Lifetime > 0 {
		a["expires_in"] = int(d.Lifetime.Seconds())
	}
	if kept != "" {
		d.mu.Lock()
		delete(d.refresh, refresh) // the old one goes on
		d.mu.Unlock()
	} else if refresh != "" {
		a["refresh_token"] = refresh
		if d.Refreshes > 0 {
			a["refresh_token_expires_in"] = int(d.Refreshes.Seconds())
		}
	}
	w.Header().Set("Date", d.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(a)
}

func refuse(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": text})
}

// Good says whether an access token is, and what it was granted.
func (d *Desk) Good(access string) (scopes []string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g, ok := d.access[access]
	return g.scopes, ok && (g.until.IsZero() || d.Now().Before(g.until))
}

// Revoke ends everything that was handed out: the merchant took the consent back.
func (d *Desk) Revoke() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.access, d.refresh, d.codes = map[string]grant{}, map[string]grant{}, map[string]code{}
}

// Expire ends the access tokens now.
func (d *Desk) Expire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.access = map[string]grant{}
}

// Handed is how many access tokens were given so far.
func (d *Desk) Handed() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.handed
}
