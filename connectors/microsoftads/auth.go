package microsoftads

import (
	"errors"
	"net/http"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
	"fourfold/internal/secret"
)

const (
	scopeManage  = "https://ads.microsoft.com/msads.manage" // there is none that only reads
	scopeOffline = "offline_access"
)

// login is Microsoft's identity platform. It wants the scope with every request for tokens, and gives a new refresh token with each.
var login = oauth.Code{
	Title:      "Through your browser, as a user of Microsoft Advertising",
	Scopes:     connectors.Scopes{Required: []string{scopeManage, scopeOffline}},
	Authorize:  "https://" + hostLogin + "/common/oauth2/v2.0/authorize",
	Token:      "https://" + hostLogin + "/common/oauth2/v2.0/token",
	Extra:      map[string]string{"prompt": "select_account"},
	PKCE:       true,
	Form:       map[string]string{"scope": scopeManage + " " + scopeOffline},
	Renewal:    map[string]string{"scope": scopeManage + " " + scopeOffline},
	RefreshFor: 90 * 24 * time.Hour,
	Authorise:  authorise,
}.Auth()

const headerDeveloper = "DeveloperToken"

// authorise puts the token and the developer's on requests to Microsoft Advertising, and on nothing else.
func authorise(r *http.Request, app connectors.App, fields map[string]string, access secret.Text) error {
	if err := bearer(r, app, fields, access); err != nil {
		return err
	}
	if app.DeveloperToken.Empty() {
		return &connectors.Error{Fault: connectors.Forbidden, Op: "authorise", Scope: "developer token", Err: errors.New("there is no developer token"),
			Hint: "ask for one on the page Settings, Developer settings of Microsoft Advertising and put it beside the app in the configuration"}
	}
	r.Header.Set(headerDeveloper, app.DeveloperToken.Reveal())
	return nil
}

var bearer = oauth.Bearer(nil, hostCustomers, hostReports)
