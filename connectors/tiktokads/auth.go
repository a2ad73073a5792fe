package tiktokads

import (
	"context"
	"errors"
	"net/http"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
	"fourfold/connectors/rest"
	"fourfold/internal/secret"
)

const (
	pathToken       = "/oauth2/access_token/"
	pathAdvertisers = "/oauth2/advertiser/get/"
)

// auth is TikTok's own kind of code grant: other names, JSON, no scopes in the address since they belong to the app, and a token that lasts until
// the merchant, TikTok or a new app secret ends it.
var auth = oauth.Code{
	Title:     "TikTok for Business login",
	Authorize: consent,
	Params:    map[string]string{"client_id": "app_id", "code": "auth_code", "response_type": "-", "scope": "-"},
	Exchange:  exchange,
	Lasting:   true,
	Authorise: authorise,
}.Auth()

type tokenRequest struct {
	AppID    string `json:"app_id"`
	Secret   string `json:"secret"`
	AuthCode string `json:"auth_code"`
}

// tokenAnswer leaves out what was granted: these are numbers that TikTok explains nowhere.
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
}

// exchange turns the code, which is good once and for an hour, into a token.
func exchange(ctx context.Context, client *http.Client, app connectors.App, _ connectors.Consent, code string) (connectors.Tokens, error) {
	const op = "exchange the code for a token"
	var none connectors.Tokens
	var out answer[tokenAnswer]
	ask := rest.Ask{Op: op, Method: http.MethodPost, URL: base + pathToken,
		Body: tokenRequest{AppID: app.ClientID, Secret: app.ClientSecret.Reveal(), AuthCode: code}}
	if _, err := rest.New(connectors.Grant{Client: client}, nil, judge).Do(ctx, ask, &out); err != nil {
		err = wordless(err)
		var fault *connectors.Error
		var no *refusal
		if errors.As(err, &fault) && errors.As(err, &no) && fault.Fault != connectors.Throttled && fault.Fault != connectors.Unavailable {
			fault.Fault, fault.Scope = connectors.Denied, ""
			fault.Hint = "begin the link again, and finish it within the hour; if it persists, check the app's ID and secret"
		}
		return none, err
	}
	if out.Data == nil || out.Data.AccessToken == "" {
		return none, connectors.Errorf(connectors.Malformed, op, "the answer holds no token")
	}
	return connectors.Tokens{Access: secret.New(out.Data.AccessToken)}, nil
}

// wordless takes TikTok's words off a refusal of what was sent with secrets, since it may repeat them.
func wordless(err error) error {
	var no *refusal
	if errors.As(err, &no) {
		no.message = "it is refused"
	}
	return err
}

// authorise puts the token into TikTok's own header: with "Bearer" before it, it would be refused. The list of accounts wants to know the app too.
func authorise(r *http.Request, app connectors.App, _ map[string]string, access secret.Text) error {
	if err := oauth.Guard(r, access, host); err != nil {
		return err
	}
	r.Header.Set("Access-Token", access.Reveal())
	if r.URL.Path == root+pathAdvertisers {
		q := r.URL.Query()
		q.Set("app_id", app.ClientID)
		q.Set("secret", app.ClientSecret.Reveal())
		r.URL.RawQuery = q.Encode()
	}
	return nil
}
