package metaads

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
	"fourfold/internal/secret"
)

// canRead is the permission that all reading rests on.
const canRead = "ads_read"

var scopes = connectors.Scopes{Required: []string{canRead}}

// auth lists the two ways in. The code grant ends after 60 days unless somebody agrees again; a system user's token, pasted, need not end at all,
// and is the better one for whoever runs this for their own business.
var auth = []connectors.Auth{login(), pasted}

var pasted = connectors.Auth{
	Kind: connectors.AuthToken, Title: "With a system user's token from Business settings", Scopes: scopes,
	Inspect: inspectPasted, Authorise: authorise,
}

var code = oauth.Code{
	Title: "Through your browser (Facebook Login)", Scopes: scopes, Separator: ",", Authorize: loginPage,
	Exchange: exchange, Renew: renew, Authorise: authorise,
}

// login is the code grant. An app with Facebook Login for Business names a configuration instead of permissions.
func login() connectors.Auth {
	a := code.Auth()
	a.Begin = func(app connectors.App, c connectors.Consent) (string, error) {
		d := code
		if id := c.Fields[fieldLogin]; id != "" {
			d.Extra, d.Params = map[string]string{"config_id": id}, map[string]string{"scope": "-"}
		}
		return d.Auth().Begin(app, c)
	}
	return a
}

// authorise puts the token on a request, and with it the proof that it is our app that sends it, which an app can be told to insist on. A pasted
// token comes without the app's secret, and so without proof.
func authorise(r *http.Request, app connectors.App, _ map[string]string, access secret.Text) error {
	if err := oauth.Guard(r, access, graphHost); err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+access.Reveal())
	if !app.ClientSecret.Empty() {
		q := r.URL.Query()
		q.Set(proofNamed, proof(app, access))
		r.URL.RawQuery = q.Encode()
	}
	return nil
}

func proof(app connectors.App, access secret.Text) string {
	h := hmac.New(sha256.New, []byte(app.ClientSecret.Reveal()))
	_, _ = h.Write([]byte(access.Reveal()))
	return hex.EncodeToString(h.Sum(nil))
}
