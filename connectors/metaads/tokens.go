package metaads

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/internal/secret"
)

// short is what a token must last to be kept as it is: those of an hour or two are exchanged for one of 60 days. System users' need not end, and
// then no end is told.
const short = 30 * 24 * time.Hour

// tokenAnswer is what the token address says.
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"` // seconds; absent where the token does not end
}

// inspection is what Meta says of a token.
type inspection struct {
	Data *struct {
		Valid      bool     `json:"is_valid"`
		Expires    int64    `json:"expires_at"` // seconds since 1970; zero for never
		DataAccess int64    `json:"data_access_expires_at"`
		Scopes     []string `json:"scopes"`
	} `json:"data"`
}

// exchange turns a code into a token that lasts, and asks Meta when that ends and what was agreed to.
func exchange(ctx context.Context, client *http.Client, app connectors.App, c connectors.Consent, code string) (connectors.Tokens, error) {
	const op = "exchange the code for a token"
	t, err := askToken(ctx, client, op, app, url.Values{"redirect_uri": {c.Redirect}, "code": {code}})
	if err == nil && t.ExpiresIn > 0 && time.Duration(t.ExpiresIn)*time.Second < short {
		t, err = lengthen(ctx, client, app, t.AccessToken)
	}
	if err != nil {
		return connectors.Tokens{}, refused(err, "begin the link again; if it persists, compare the app's ID and secret, and the redirect address under Facebook Login, with what is configured here")
	}
	return inspectOwn(ctx, client, app, t)
}

// renew tries to get another 60 days. Meta lengthens some tokens while they are good and others never; then the old one stays as long as it
// lasts, and its end is told beforehand.
func renew(ctx context.Context, client *http.Client, app connectors.App, _ map[string]string, old connectors.Tokens) (connectors.Tokens, error) {
	const hint = "Meta's consent lasts 60 days, and less where the password was changed or the app removed; link again"
	if old.Access.Empty() {
		return connectors.Tokens{}, &connectors.Error{Fault: connectors.Denied, Op: "renew the token", Err: errors.New("there is none"), Hint: hint}
	}
	if old.AccessExpires.IsZero() {
		return old, nil
	}
	t, err := lengthen(ctx, client, app, old.Access.Reveal())
	if f, _ := connectors.FaultOf(err); f == connectors.Forbidden {
		return old, nil
	}
	if err != nil {
		return connectors.Tokens{}, hinted(err, hint)
	}
	next, err := inspectOwn(ctx, client, app, t)
	if err != nil {
		return connectors.Tokens{}, hinted(err, hint)
	}
	if !next.AccessExpires.IsZero() && !next.AccessExpires.After(old.AccessExpires) {
		return old, nil
	}
	return next, nil
}

func lengthen(ctx context.Context, client *http.Client, app connectors.App, access string) (tokenAnswer, error) {
	return askToken(ctx, client, "exchange the token for one that lasts", app, url.Values{"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {access}})
}

func askToken(ctx context.Context, client *http.Client, op string, app connectors.App, q url.Values) (tokenAnswer, error) {
	q.Set("client_id", app.ClientID)
	q.Set("client_secret", app.ClientSecret.Reveal())
	var t tokenAnswer
	_, err := bare(client).Do(ctx, rest.Ask{Op: op, URL: graph + "/oauth/access_token", Query: q}, &t)
	if err == nil && t.AccessToken == "" {
		err = connectors.Errorf(connectors.Unavailable, op, "the answer holds no token")
	}
	return t, err
}

func bare(client *http.Client) *rest.Client {
	return rest.New(connectors.Grant{Client: client}, nil, judgeToken)
}

// inspectOwn asks as the app. The consent has no other life than the token, so that its end is that of both.
func inspectOwn(ctx context.Context, client *http.Client, app connectors.App, t tokenAnswer) (connectors.Tokens, error) {
	tokens, err := inspect(ctx, client, app.ClientID+"|"+app.ClientSecret.Reveal(), t.AccessToken)
	tokens.RefreshExpires = tokens.AccessExpires
	return tokens, err
}

// inspectPasted asks as the app, where one is configured, or else with the token about itself. Where Meta does not say, it is as good as it
// proves to be.
func inspectPasted(ctx context.Context, client *http.Client, app connectors.App, _ map[string]string, access secret.Text) (connectors.Tokens, error) {
	as := access.Reveal()
	if app.ClientID != "" && !app.ClientSecret.Empty() {
		as = app.ClientID + "|" + app.ClientSecret.Reveal()
	}
	tokens, err := inspect(ctx, client, as, access.Reveal())
	if f, _ := connectors.FaultOf(err); f == connectors.Forbidden {
		return connectors.Tokens{Access: access}, nil
	}
	if err != nil {
		return tokens, hinted(err, "generate a new token for the system user in Business settings, with "+canRead+", and paste it whole")
	}
	return tokens, nil
}

// inspect asks when a token ends, by its own date or because the consent to read data does, and what it may do.
func inspect(ctx context.Context, client *http.Client, as, access string) (connectors.Tokens, error) {
	const op = "ask when the token ends"
	var out inspection
	_, err := bare(client).Do(ctx, rest.Ask{Op: op, URL: graph + "/debug_token", Query: url.Values{"input_token": {access}}, Header: map[string]string{"Authorization": "Bearer " + as}}, &out)
	if err == nil && out.Data == nil {
		err = connectors.Errorf(connectors.Unavailable, op, "the answer holds no data")
	}
	if err != nil {
		return connectors.Tokens{}, err
	}
	if !out.Data.Valid {
		return connectors.Tokens{}, connectors.Errorf(connectors.Denied, op, "Meta says that it is not valid")
	}
	t := connectors.Tokens{Access: secret.New(access), Scopes: out.Data.Scopes}
	for _, end := range []int64{out.Data.Expires, out.Data.DataAccess} {
		if at := time.Unix(end, 0).UTC(); end > 0 && (t.AccessExpires.IsZero() || at.Before(t.AccessExpires)) {
			t.AccessExpires = at
		}
	}
	return t, nil
}

// refused makes what Meta does not accept final, with what to do.
func refused(err error, hint string) error {
	var fault *connectors.Error
	if errors.As(err, &fault) && fault.Fault == connectors.Forbidden {
		fault.Fault = connectors.Denied
	}
	return hinted(err, hint)
}

// hinted says what to do about a login that is refused.
func hinted(err error, hint string) error {
	var fault *connectors.Error
	if errors.As(err, &fault) && fault.Fault == connectors.Denied {
		fault.Hint = hint
	}
	return err
}
