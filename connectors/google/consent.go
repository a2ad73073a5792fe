package google

import (
	"fourfold/connectors"
	"fourfold/connectors/oauth"
)

// Where Google's merchants agree, and where tokens are given: Google's OAuth 2.0 for web server applications.
const (
	AuthorizeHost = "accounts.google.com"
	TokenHost     = "oauth2.googleapis.com"

	authorize = "https://" + AuthorizeHost + "/o/oauth2/v2/auth"
	token     = "https://" + TokenHost + "/token" //nolint:gosec // an address
)

// Consent is Google's code grant for scopes, good for requests to the hosts. A refresh token lasts until it is revoked or has not been used for six
// months; it does not rotate. Google gives one only to those who ask to go on without the merchant, and again only where the merchant is asked again.
func Consent(title string, scopes connectors.Scopes, with oauth.Authorise) connectors.Auth {
	return oauth.Code{
		Title: title, Scopes: scopes, Authorize: authorize, Token: token, PKCE: true,
		Extra:     map[string]string{"access_type": "offline", "prompt": "consent"},
		Authorise: with,
	}.Auth()
}
