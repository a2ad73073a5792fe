package googleads

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "In the Google Cloud console make a project of your own, and enable the Google Ads API in its library.", At: "https://console.cloud.google.com/apis/library/googleads.googleapis.com"},
	{Text: "On the API's overview page ask for an access level: Explorer opens real accounts, and is enough."},
	{Text: "Under Google Auth Platform fill in the consent screen, add the scope below, and publish it: while it is in testing, consents end after seven days.", At: "https://console.cloud.google.com/auth/overview"},
	{Text: "Under Clients make a web application client with the redirect address below as an authorised redirect URI. Copy its ID and secret.", At: "https://console.cloud.google.com/auth/clients"},
	{Text: "Agree with a Google login that may read the ad accounts; read-only access is enough, and safest."},
}
