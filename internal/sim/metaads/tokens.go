package metaads

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// How long tokens last: one from a code, one that was exchanged, and the consent to read data.
const (
	shortLife = 2 * time.Hour
	longLife  = 60 * 24 * time.Hour
	consent   = 90 * 24 * time.Hour
)

type token struct {
	kind       string // USER or SYSTEM_USER
	scopes     []string
	until      time.Time // zero where it does not end
	dataAccess time.Time // zero where the consent does not end
	dead       int       // the subcode of why it is no longer good
}

func (s *Server) issue(t token) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := "EAAB" + rand.Text() + rand.Text()
	s.tokens[text] = t
	return text
}

// SystemToken makes a system user's token as Business settings do, which ends after a while, or never where that is zero.
func (s *Server) SystemToken(lasts time.Duration, scopes ...string) string {
	t := token{kind: "SYSTEM_USER", scopes: scopes}
	if lasts > 0 {
		t.until = s.opts.Now().Add(lasts)
	}
	return s.issue(t)
}

// Revoke ends all tokens: the merchant has removed the app (458), changed the password (460) or taken the consent back (467).
func (s *Server) Revoke(subcode int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for text, t := range s.tokens {
		t.dead = subcode
		s.tokens[text] = t
	}
}

func (s *Server) look(text string) (t token, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known = s.tokens[text]
	if known && t.dead == 0 && !t.until.IsZero() && !s.opts.Now().Before(t.until) {
		t.dead = 463
	}
	return t, known
}

// dialog is the page where the merchant agrees, who does so at once. An app with Facebook Login for Business names a configuration.
func (s *Server) dialog(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	scopes := strings.Split(q.Get("scope"), ",")
	if q.Has("config_id") {
		scopes = []string{"ads_read"}
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case err != nil || q.Get("client_id") != s.opts.ClientID || q.Get("response_type") != "code" || len(s.opts.Redirects) > 0 && !slices.Contains(s.opts.Redirects, q.Get("redirect_uri")):
		http.Error(w, "URL blocked: this redirect failed because the redirect URI is not whitelisted in the app's client OAuth settings.", http.StatusBadRequest)
		return
	case q.Has("scope") == q.Has("config_id"):
		http.Error(w, "Invalid Scopes", http.StatusBadRequest)
		return
	}
	declined := s.Faults().Declined
	scopes = slices.DeleteFunc(scopes, func(p string) bool { return slices.Contains(declined, p) })
	v := back.Query()
	v.Set("code", s.desk.Code(q.Get("redirect_uri"), "", append(scopes, "public_profile")))
	v.Set("state", q.Get("state"))
	back.RawQuery = v.Encode()
	http.Redirect(w, r, back.String()+"#_=_", http.StatusFound)
}

// exchange gives a token for a code, or one that lasts for one that is good.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Method != http.MethodGet || !known(w, q, "client_id", "client_secret", "redirect_uri", "code", "grant_type", "fb_exchange_token") {
		return
	}
	if q.Get("client_id") != s.opts.ClientID || q.Get("client_secret") != s.opts.ClientSecret {
		refuse(w, refusal{400, 1, 0, "Error validating client secret.", false})
		return
	}
	now := s.opts.Now()
	t := token{kind: "USER", dataAccess: now.Add(consent)}
	life := shortLife
	switch q.Get("grant_type") {
	case "fb_exchange_token":
		old, good := s.look(q.Get("fb_exchange_token"))
		if !good || old.dead != 0 {
			refuse(w, dead(old))
			return
		}
		if s.Faults().NoLonger && old.until.After(now.Add(shortLife)) {
			parameter(w, "This token cannot be exchanged.")
			return
		}
		life, t = longLife, old
	case "":
		scopes, ok := s.desk.Redeem(q.Get("code"), q.Get("redirect_uri"), "")
		if !ok {
			refuse(w, refusal{400, 100, 36009, "This authorization code has been used.", false})
			return
		}
		t.scopes = scopes
	default:
		parameter(w, "Unsupported grant_type")
		return
	}
	t.until = now.Add(life)
	answer(w, map[string]any{"access_token": s.issue(t), "token_type": "bearer", "expires_in": int(life.Seconds())})
}

// inspect tells of a token, to the app or to a token of the same app.
func (s *Server) inspect(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	as := bearer(r)
	if r.Method != http.MethodGet || !known(w, q, "input_token") {
		return
	}
	if asker, ok := s.look(as); as != s.opts.ClientID+"|"+s.opts.ClientSecret && (!ok || asker.dead != 0) {
		refuse(w, dead(asker))
		return
	}
	t, ok := s.look(q.Get("input_token"))
	unix := func(at time.Time) int64 {
		if at.IsZero() {
			return 0
		}
		return at.Unix()
	}
	data := map[string]any{"app_id": s.opts.ClientID, "type": t.kind, "is_valid": ok && t.dead == 0, "scopes": t.scopes,
		"expires_at": unix(t.until), "data_access_expires_at": unix(t.dataAccess)}
	if t.dead != 0 {
		data["error"] = map[string]any{"code": 190, "subcode": t.dead, "message": "Error validating access token"}
	}
	answer(w, map[string]any{"data": data})
}

func bearer(r *http.Request) string {
	text, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return text
}

func dead(t token) refusal {
	message := map[int]string{0: "Invalid OAuth access token - Cannot parse access token", 463: "Error validating access token: Session has expired."}[t.dead]
	if message == "" {
		message = "Error validating access token: The session is invalid."
	}
	return refusal{400, 190, t.dead, message, false}
}

// allowed says whether a request comes with a token that may read ads, and with its proof.
func (s *Server) allowed(w http.ResponseWriter, r *http.Request) bool {
	text := bearer(r)
	t, ok := s.look(text)
	given := r.URL.Query().Get("appsecret_proof")
	h := hmac.New(sha256.New, []byte(s.opts.ClientSecret))
	_, _ = h.Write([]byte(text))
	switch {
	case !ok || t.dead != 0:
		refuse(w, dead(t))
	case given != "" && given != hex.EncodeToString(h.Sum(nil)):
		parameter(w, "Invalid appsecret_proof provided in the API argument")
	case given == "" && s.opts.RequireProof:
		parameter(w, "API calls from the server require an appsecret_proof argument")
	case !slices.Contains(t.scopes, "ads_read"):
		refuse(w, refusal{403, 200, 0, "(#200) Ad account owner has NOT grant ads_management or ads_read permission", false})
	default:
		return true
	}
	return false
}

// known refuses parameters that it does not know.
func known(w http.ResponseWriter, q url.Values, names ...string) bool {
	for name, values := range q {
		if name != "appsecret_proof" && !slices.Contains(names, name) || len(values) != 1 {
			parameter(w, "Unknown or repeated parameter %s", name)
			return false
		}
	}
	return true
}
