package snapchatads

import (
	"fourfold/connectors"
	"fourfold/connectors/oauth"
)

// auth asks for an access token of an hour and a refresh token without an end.
var auth = oauth.Code{
	Title:     "Snapchat login",
	Scopes:    connectors.Scopes{Required: []string{scope}},
	Authorize: logins + "/authorize",
	Token:     logins + "/access_token",
	Authorise: oauth.Bearer(nil, host),
}.Auth()
