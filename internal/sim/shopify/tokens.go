package shopify

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	accessLife  = time.Hour
	refreshLife = 90 * 24 * time.Hour
)

// token is one access token.
type token struct {
	value   string
	scopes  []string
	expires time.Time // zero for never
}

// pair is an expiring token with the refresh token that renews it.
type pair struct {
	access  *token
	refresh string
	expires time.Time // of the refresh token
	next    *pair     // what it was exchanged for
	used    bool      // the access token was shown: from then on the pair before it is dead
}

// desk issues and knows tokens.
type desk struct {
	srv    *Server
	mu     sync.Mutex
	codes  map[string][]string // scopes by code
	tokens map[string]*token
	pairs  map[string]*pair // by refresh token
	owner  map[*token]*pair
	before map[*pair]*pair
	last   *pair
	gone   bool // the app was uninstalled and not installed again
}

func newDesk(s *Server) *desk {
	d := &desk{srv: s}
	d.clear()
	return d
}

func (d *desk) clear() {
	d.codes, d.tokens, d.pairs = map[string][]string{}, map[string]*token{}, map[string]*pair{}
	d.owner, d.before, d.last = map[*token]*pair{}, map[*pair]*pair{}, nil
}

// IssueToken makes a static token that never expires, as an admin-created app has one. Without scopes it gets all that is granted.
func (s *Server) IssueToken(scopes ...string) string {
	if scopes == nil {
		scopes = s.opts.Scopes
	}
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	return s.auth.add(scopes, 0).value
}

// Uninstall removes the app: every token is dead at once.
func (s *Server) Uninstall() {
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	s.auth.clear()
	s.auth.gone = true
	s.hooks.uninstalled()
}

func (d *desk) code(scope string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gone = false // agreeing installs the app
	c := secret("", 16)
	d.codes[c] = d.grantable(scope)
	return c
}

// grantable cuts the asked scopes to those that the merchant grants; asking for none gives what the app version declares.
func (d *desk) grantable(scope string) []string {
	if scope == "" {
		return d.srv.opts.Scopes
	}
	out := []string{}
	for _, s := range strings.FieldsFunc(scope, func(r rune) bool { return r == ',' || r == ' ' }) {
		if slices.Contains(d.srv.opts.Scopes, s) {
			out = append(out, s)
		}
	}
	return out
}

func (d *desk) redeem(code string) ([]string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.codes[code]
	delete(d.codes, code)
	return s, ok
}

// add makes a token; the lock must be held.
func (d *desk) add(scopes []string, life time.Duration) *token {
	t := &token{value: secret("shpat_", 16), scopes: scopes}
	if life > 0 {
		t.expires = d.srv.opts.Now().Add(life)
	}
	d.tokens[t.value] = t
	return t
}

func (d *desk) installed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.gone
}

func (d *desk) issue(scopes []string, life time.Duration) *token {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.add(scopes, life)
}

func (d *desk) offline(scopes []string, expiring bool) *tokenReply {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !expiring {
		t := d.add(scopes, 0)
		return &tokenReply{AccessToken: t.value, Scope: strings.Join(scopes, ",")}
	}
	p := d.newPair(scopes)
	// One app has one refreshable token per store: a new grant retires the old one.
	if d.last != nil {
		delete(d.pairs, d.last.refresh)
	}
	d.last = p
	return p.reply()
}

func (d *desk) newPair(scopes []string) *pair {
	p := &pair{access: d.add(scopes, accessLife), refresh: secret("shprt_", 24), expires: d.srv.opts.Now().Add(refreshLife)}
	d.pairs[p.refresh] = p
	d.owner[p.access] = p
	return p
}

func (p *pair) reply() *tokenReply {
	return &tokenReply{
		AccessToken: p.access.value, Scope: strings.Join(p.access.scopes, ","), ExpiresIn: int(accessLife / time.Second),
		RefreshToken: p.refresh, RefreshExpiresIn: int(refreshLife / time.Second),
	}
}

// refresh exchanges a refresh token. A token that was exchanged already gives the same new pair again, until that pair is first used.
func (d *desk) refresh(value string) (*tokenReply, *tokenRefusal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.pairs[value]
	if p == nil || d.srv.opts.Now().After(p.expires) {
		return nil, &tokenRefusal{http.StatusUnauthorized, "invalid_request", "This request requires an active refresh_token"}
	}
	if p.next == nil {
		p.next = d.newPair(p.access.scopes)
		d.before[p.next] = p
		d.last = p.next
	}
	// Refreshing with the new token is using it.
	d.settle(p)
	return p.next.reply(), nil
}

// settle ends the grace of the pair before p.
func (d *desk) settle(p *pair) {
	p.used = true
	if old := d.before[p]; old != nil {
		delete(d.pairs, old.refresh)
		delete(d.before, p)
	}
}

// token finds a live access token and notes its use.
func (d *desk) token(value string) *token {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tokens[value]
	if t == nil || !t.expires.IsZero() && d.srv.opts.Now().After(t.expires) {
		return nil
	}
	if p := d.owner[t]; p != nil && !p.used {
		d.settle(p)
	}
	return t
}

func (d *desk) retire(t *token) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.tokens, t.value)
}

func secret(prefix string, n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return prefix + hex.EncodeToString(b)
}

// requestID looks like Shopify's.
func requestID(b *faultBox) string {
	return secret("", 4) + "-" + secret("", 2) + "-" + secret("", 2) + "-" + secret("", 2) + "-" + secret("", 6)
}
