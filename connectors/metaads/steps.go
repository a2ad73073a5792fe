package metaads

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "At Meta for Developers create an app for the use case \"Create & manage ads with Marketing API\", under your own business. Limited access is enough.", At: "https://developers.facebook.com/apps"},
	{Text: "For your own business a system user's token is best, since it need not end: under Business settings add a system user with the role Employee, assign it the app and each ad account with View performance, and generate a token with the permission ads_read, expiry Never. Choose \"token\" below and paste it.", At: "https://business.facebook.com/settings/system-users"},
	{Text: "To agree in the browser instead: in the app, under Facebook Login, Settings, enter the redirect address below as a valid OAuth redirect URI. Meta wants https, but for localhost while the app is in development."},
	{Text: "Copy the app's ID and secret from App settings, Basic. A consent in the browser lasts 60 days; you are told before it ends."},
}
