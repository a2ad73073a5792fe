package shopify

import (
	"fmt"
	"net/http"
	"strings"

	goshopify "github.com/bold-commerce/go-shopify/v4"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

// auth lists the three kinds of app that a self-hosted merchant has in 2026. The code grant comes first, because it works
// whoever owns the app; client credentials need no address that Shopify can reach, but app and store in one organization; a
// token can be pasted from an app that was made in the store's admin before 2026.
var auth = []connectors.Auth{
	{
		Kind: connectors.AuthCode, Title: "Through your browser (an app of the Dev Dashboard)", Scopes: scopes,
		Begin: begin, Verify: verify, Install: install, Exchange: exchange, Renew: refresh, Authorise: authorise,
	},
	{
		Kind: connectors.AuthClient, Title: "With the app's client ID and secret (app and store in one organization)", Scopes: scopes,
		Renew: askAgain, Authorise: authorise,
	},
	{
		Kind: connectors.AuthToken, Title: "With a token from the store's admin (apps made before 2026)", Scopes: scopes,
		Authorise: authorise,
	},
}

// begin gives the page where the merchant agrees. Without grant_options Shopify gives an offline token, which outlives the
// merchant's session.
func begin(app connectors.App, c connectors.Consent) (string, error) {
	shop, err := hostOf(c.Fields)
	if err != nil {
		return "", err
	}
	if app.ClientID == "" || app.ClientSecret.Empty() {
		return "", fmt.Errorf("the app's client ID and secret are missing: copy them from the app's settings in the Dev Dashboard")
	}
	if c.State == "" || c.Redirect == "" {
		return "", fmt.Errorf("a link needs a state and an address to return to")
	}
	lib := goshopify.App{ApiKey: app.ClientID, RedirectUrl: c.Redirect, Scope: strings.Join(scopes.Asked(c.Fields), ",")}
	return lib.AuthorizeUrl(shop, c.State)
}

const tokenHeader = "X-Shopify-Access-Token"

// authorise puts the token on a request to the shop's own Admin API, and on nothing else.
func authorise(r *http.Request, _ connectors.App, fields map[string]string, access secret.Text) error {
	shop, err := hostOf(fields)
	if err != nil {
		return err
	}
	if r.URL.Scheme != "https" || !strings.EqualFold(r.URL.Host, shop) || (r.Host != "" && !strings.EqualFold(r.Host, shop)) {
		return fmt.Errorf("the token of %s is not sent to %s://%s", shop, r.URL.Scheme, r.URL.Host)
	}
	if access.Empty() {
		return &connectors.Error{Fault: connectors.Denied, Op: "authorise", Err: fmt.Errorf("there is no token for %s", shop), Hint: "link the store"}
	}
	r.Header.Set(tokenHeader, access.Reveal())
	return nil
}
