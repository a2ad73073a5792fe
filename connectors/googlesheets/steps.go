package googlesheets

import "fourfold/connectors"

// steps are what a merchant does before linking.
var steps = []connectors.Step{
	{Text: "In the Google Cloud console make a project of your own (or use that of Google Ads or Analytics), and enable the Google Sheets API.", At: "https://console.cloud.google.com/apis/library/sheets.googleapis.com"},
	{Text: "Under Google Auth Platform fill in the consent screen, add the scope below, which needs no review, and publish it: while it is in testing, consents end after seven days.", At: "https://console.cloud.google.com/auth/overview"},
	{Text: "Under Clients make a web application client with the redirect address below as an authorised redirect URI. Copy its ID and secret.", At: "https://console.cloud.google.com/auth/clients"},
	{Text: "Agree with the Google account that the spreadsheet is to belong to. Fourfold can see that one spreadsheet, which it makes, and none of your other files."},
}
