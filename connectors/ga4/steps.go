package ga4

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "In the Google Cloud console make a project of your own (or use that of Google Ads), and enable the Google Analytics Data API and the Google Analytics Admin API.", At: "https://console.cloud.google.com/apis/library"},
	{Text: "Under Google Auth Platform fill in the consent screen, add the scope below, and publish it: while it is in testing, consents end after seven days.", At: "https://console.cloud.google.com/auth/overview"},
	{Text: "Under Clients make a web application client with the redirect address below as an authorised redirect URI. Copy its ID and secret.", At: "https://console.cloud.google.com/auth/clients"},
	{Text: "Agree with a Google login that has the role Viewer of the property, without the restriction No Revenue Metrics."},
}
