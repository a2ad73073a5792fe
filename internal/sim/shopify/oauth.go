package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// authorize is the page on which a merchant agrees. This one always does, and goes back to the app with a code.
func (d *desk) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	fail := func(code, what string) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><body><h2>Oauth error "+code+": "+what+"</h2></body></html>")
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("client_id") != d.srv.opts.ClientID:
		fail("application_cannot_be_found", "The application cannot be found by api key.")
		return
	case err != nil || back.Host == "" || len(d.srv.opts.Redirects) > 0 && !slices.Contains(d.srv.opts.Redirects, q.Get("redirect_uri")):
		fail("invalid_request", "The redirect_uri is not whitelisted")
		return
	}
	shop := d.srv.shop.Domain
	v := url.Values{
		"code":      {d.code(q.Get("scope"))},
		"host":      {base64.RawURLEncoding.EncodeToString([]byte("admin.shopify.com/store/" + strings.TrimSuffix(shop, ".myshopify.com")))},
		"shop":      {shop},
		"state":     {q.Get("state")},
		"timestamp": {strconv.FormatInt(d.srv.opts.Now().Unix(), 10)},
	}
	for k, own := range back.Query() {
		if !v.Has(k) {
			v[k] = own
		}
	}
	v.Set("hmac", Sign(v, d.srv.opts.ClientSecret))
	back.RawQuery = v.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// Sign is the hmac parameter of a query that Shopify sends: its other parameters sorted, joined as k=v with &, HMAC-SHA256 in hex.
func Sign(v url.Values, secret string) string {
	var keys []string
	for k := range v {
		if k != "hmac" && k != "signature" {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	var pairs []string
	for _, k := range keys {
		pairs = append(pairs, k+"="+v.Get(k))
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(strings.Join(pairs, "&")))
	return hex.EncodeToString(m.Sum(nil))
}

// tokenReply is what the token endpoint gives.
type tokenReply struct {
	AccessToken      string `json:"access_token"`
	Scope            string `json:"scope"`
	ExpiresIn        int    `json:"expires_in,omitempty"`
	RefreshToken     string `json:"refresh_token,omitempty"`
	RefreshExpiresIn int    `json:"refresh_token_expires_in,omitempty"`
}

// tokenRefusal is an OAuth error.
type tokenRefusal struct {
	status      int
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

const (
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	offlineToken  = "urn:shopify:params:oauth:token-type:offline-access-token"
)

func (d *desk) accessToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writeError(w, http.StatusNotFound, "Not Found")
		return
	}
	if f := d.srv.faults.now(); f.Frozen || f.Locked {
		d.srv.broken(w, r, f)
		return
	}
	if d.srv.faults.strikes(func(f *Faults) *Chance { return &f.TokenBroken }) {
		writeHTML(w, http.StatusServiceUnavailable)
		return
	}
	p, err := parameters(r)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, tokenRefusal{Code: "invalid_request", Description: "The request could not be read."})
		return
	}
	reply, refusal := d.grant(p)
	if refusal != nil {
		writeJSON(w, refusal.status, refusal)
		return
	}
	d.srv.count(func(s *Stats) { s.Tokens++ })
	if p["grant_type"] == "refresh_token" && d.srv.faults.strikes(func(f *Faults) *Chance { return &f.LostRefresh }) {
		reset(w)
		return
	}
	writeJSON(w, http.StatusOK, reply)
}

func (d *desk) grant(p map[string]string) (*tokenReply, *tokenRefusal) {
	opts := d.srv.opts
	if p["client_id"] != opts.ClientID {
		return nil, &tokenRefusal{http.StatusBadRequest, "application_cannot_be_found", "The application cannot be found by api key."}
	}
	if !hmac.Equal([]byte(p["client_secret"]), []byte(opts.ClientSecret)) {
		return nil, &tokenRefusal{http.StatusBadRequest, "invalid_client", "The client secret is not valid."}
	}
	expiring := p["expiring"] == "1" || p["expiring"] == "true"
	switch p["grant_type"] {
	case "", "authorization_code":
		scopes, ok := d.redeem(p["code"])
		if !ok {
			return nil, &tokenRefusal{http.StatusBadRequest, "invalid_request", "The authorization code was not found or was already used"}
		}
		return d.offline(scopes, expiring), nil
	case "refresh_token":
		return d.refresh(p["refresh_token"])
	case "client_credentials":
		if !d.installed() {
			return nil, &tokenRefusal{http.StatusBadRequest, "shop_not_permitted", "Client credentials cannot be performed on this shop."}
		}
		t := d.issue(opts.Scopes, 86399*time.Second)
		return &tokenReply{AccessToken: t.value, Scope: strings.Join(t.scopes, ","), ExpiresIn: 86399}, nil
	case grantExchange:
		old := d.token(p["subject_token"])
		if old == nil || p["subject_token_type"] != offlineToken || p["requested_token_type"] != offlineToken || !expiring {
			return nil, &tokenRefusal{http.StatusBadRequest, "invalid_subject_token", "The subject token is not valid."}
		}
		d.retire(old)
		return d.offline(old.scopes, true), nil
	}
	return nil, &tokenRefusal{http.StatusBadRequest, "unsupported_grant_type", "The grant type is not supported."}
}

// parameters reads a form or a JSON body.
func parameters(r *http.Request) (map[string]string, error) {
	out := map[string]string{}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		var m map[string]any
		if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&m); err != nil {
			return nil, err
		}
		for k, v := range m {
			switch v := v.(type) {
			case string:
				out[k] = v
			case float64:
				out[k] = strconv.FormatFloat(v, 'f', -1, 64)
			case bool:
				out[k] = strconv.FormatBool(v)
			}
		}
		return out, nil
	}
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	for k := range r.PostForm {
		out[k] = r.PostForm.Get(k)
	}
	return out, nil
}
