package amazonads

import (
	"fmt"
	"net/http"
	"strings"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
	"fourfold/internal/secret"
)

const (
	fieldRegion = "region"
	scopeAds    = "advertising::campaign_management"
)

// region is a part of the world with hosts of its own.
type region struct{ consent, token, api string }

var regions = map[string]region{
	"na": {"https://www.amazon.com/ap/oa", "https://api.amazon.com/auth/o2/token", "advertising-api.amazon.com"},
	"eu": {"https://eu.account.amazon.com/ap/oa", "https://api.amazon.co.uk/auth/o2/token", "advertising-api-eu.amazon.com"},
	"fe": {"https://apac.account.amazon.com/ap/oa", "https://api.amazon.co.jp/auth/o2/token", "advertising-api-fe.amazon.com"},
}

func checkRegion(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, ok := regions[s]; !ok {
		return "", fmt.Errorf("%q is no region: say na, eu or fe", s)
	}
	return s, nil
}

// login is Login with Amazon. Its refresh tokens last until the merchant takes them back.
var login = oauth.Code{
	Title:  "Through your browser, as a user of Amazon Ads",
	Scopes: connectors.Scopes{Required: []string{scopeAds}},
	Place: func(fields map[string]string) (authorize, token string) {
		r := regions[fields[fieldRegion]]
		return r.consent, r.token
	},
	PKCE:      true,
	Authorise: authorise,
}.Auth()

// authorise puts the token, and the app's name, on requests to the region's own host.
func authorise(r *http.Request, app connectors.App, fields map[string]string, access secret.Text) error {
	named := func(r *http.Request, app connectors.App) { r.Header.Set(headerClient, app.ClientID) }
	return oauth.Bearer(named, regions[fields[fieldRegion]].api)(r, app, fields, access)
}
