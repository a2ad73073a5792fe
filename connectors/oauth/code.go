package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"fourfold/connectors"
)

// Code declares an authorization code grant.
type Code struct {
	Title  string
	Scopes connectors.Scopes
	// Authorize is the page where the merchant agrees, Token the address that gives tokens. Place, where it is set, gives both by the
	// connector's fields, for providers with one for each part of the world.
	Authorize, Token string
	Place            func(fields map[string]string) (authorize, token string)
	// Style is how the app names itself to Token: oauth2.AuthStyleInHeader, or else in the form. It is never tried out: a code is good once.
	Style oauth2.AuthStyle
	// Separator stands between scopes; a space if it is "".
	Separator string
	// Extra are further parameters of Authorize, such as access_type=offline.
	Extra map[string]string
	// Params are what the parameters of Authorize and of the callback are called where not as in RFC 6749: "client_id": "app_id",
	// "code": "auth_code". One that is renamed to "-" is left out.
	Params map[string]string
	// PKCE says that the provider knows RFC 7636.
	PKCE bool
	// Form are further parameters of Token when a code is exchanged, Renewal when tokens are renewed.
	Form, Renewal map[string]string
	// RefreshFor is how long a refresh token lasts where the answer does not say; zero where it does, or where it does not end.
	RefreshFor time.Duration
	// Exchange and Renew stand in for those of RFC 6749; see connectors.Auth. Lasting says that tokens have no successor.
	Exchange func(ctx context.Context, client *http.Client, app connectors.App, c connectors.Consent, code string) (connectors.Tokens, error)
	Renew    func(ctx context.Context, client *http.Client, app connectors.App, fields map[string]string, old connectors.Tokens) (connectors.Tokens, error)
	Lasting  bool
	// Authorise puts the token on a request; see connectors.Auth and Bearer.
	Authorise Authorise
}

// Auth is the way of linking that the declaration describes.
func (d Code) Auth() connectors.Auth {
	a := connectors.Auth{Kind: connectors.AuthCode, Title: d.Title, Scopes: d.Scopes, Begin: d.begin, Verify: d.verify, Authorise: d.Authorise}
	a.Exchange, a.Renew = d.exchange, d.renew
	if d.Exchange != nil {
		a.Exchange = d.Exchange
	}
	if d.Lasting || d.Renew != nil {
		a.Renew = d.Renew
	}
	return a
}

func (d Code) name(parameter string) string {
	if other, ok := d.Params[parameter]; ok {
		return other
	}
	return parameter
}

func (d Code) places(fields map[string]string) (authorize, token string) {
	if d.Place != nil {
		return d.Place(fields)
	}
	return d.Authorize, d.Token
}

func (d Code) begin(app connectors.App, c connectors.Consent) (string, error) {
	if app.ClientID == "" || c.State == "" || c.Redirect == "" {
		return "", errors.New("a link needs the app's client ID, a state and an address to return to")
	}
	if d.PKCE && c.Verifier == "" {
		return "", errors.New("a link needs a verifier, since the provider knows PKCE")
	}
	page, _ := d.places(c.Fields)
	u, err := url.Parse(page)
	if err != nil {
		return "", fmt.Errorf("the page to agree on: %w", err)
	}
	separator := d.Separator
	if separator == "" {
		separator = " "
	}
	q := u.Query()
	set := func(name, value string) {
		if name = d.name(name); name != "-" && value != "" {
			q.Set(name, value)
		}
	}
	set("response_type", "code")
	set("client_id", app.ClientID)
	set("redirect_uri", c.Redirect)
	set("state", c.State)
	set("scope", strings.Join(d.Scopes.Asked(c.Fields), separator))
	if d.PKCE {
		q.Set("code_challenge", oauth2.S256ChallengeFromVerifier(c.Verifier))
		q.Set("code_challenge_method", "S256")
	}
	for name, value := range d.Extra {
		q.Set(name, value)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// verify reads a callback that nobody signed: it is as good as its state, which the caller compares. Parameters that it does not know mean
// nothing here (RFC 6749 §4.1.2).
func (d Code) verify(_ connectors.App, callback *http.Request, _ time.Time) (connectors.Callback, error) {
	var none connectors.Callback
	if callback.Method != http.MethodGet {
		return none, fmt.Errorf("it is a %s, not a GET", callback.Method)
	}
	if len(callback.URL.RawQuery) > 8192 {
		return none, errors.New("it is too long")
	}
	q, err := url.ParseQuery(callback.URL.RawQuery)
	if err != nil {
		return none, errors.New("its parameters cannot be read")
	}
	code := d.name("code")
	for name, values := range q {
		if len(values) != 1 && (name == code || name == "state" || name == "error") {
			return none, fmt.Errorf("it has %s twice", name)
		}
	}
	if q.Has("error") {
		return none, fmt.Errorf("the provider says %s: begin again, and agree", connectors.Clean(q.Get("error")))
	}
	for _, name := range []string{code, "state"} {
		if q.Get(name) == "" {
			return none, fmt.Errorf("it has no %s", name)
		}
	}
	return connectors.Callback{Code: q.Get(code), State: q.Get("state")}, nil
}
