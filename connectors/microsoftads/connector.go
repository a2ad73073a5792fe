// Package microsoftads pulls ad spend from Microsoft Advertising (once Bing Ads): one report of campaign days, and one of the account by itself
// to hold it against. Microsoft prepares reports; their jobs live in the cursor.
package microsoftads

import (
	"fourfold/connectors"
	"fourfold/connectors/oauth"
)

// What may have to be changed when Microsoft changes its interface is here.
const (
	// apiVersion is part of every path. There is no other, and no end of it is announced.
	apiVersion = "v13"

	hostCustomers = "clientcenter.api.bingads.microsoft.com"
	hostReports   = "reporting.api.bingads.microsoft.com"
	hostLogin     = "login.microsoftonline.com"

	pathUser     = "/CustomerManagement/" + apiVersion + "/User/Query"
	pathAccount  = "/CustomerManagement/" + apiVersion + "/Account/Query"
	pathAccounts = "/CustomerManagement/" + apiVersion + "/Accounts/Search"
	pathSubmit   = "/Reporting/" + apiVersion + "/GenerateReport/Submit"
	pathPoll     = "/Reporting/" + apiVersion + "/GenerateReport/Poll"

	// dayZone is the zone that days are cut in; the account's where it is "". Microsoft's help says the account's; its guide to the API says
	// UTC of the same reports. Whoever finds the guide right on an account of his own writes UTC here.
	dayZone = ""
)

// Connector declares Microsoft Advertising.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:             "microsoft_ads",
		Title:          "Microsoft Advertising",
		Auth:           []connectors.Auth{login},
		DeveloperToken: true,
		Steps:          steps,
		Fields:         []connectors.Field{oauth.Login},
		Choose:         true,
		Accounts:       accounts,
		Probe:          probe,
		Streams:        []connectors.Stream{spend.Stream(), totals.Stream()},
		Version:        apiVersion,
	}
}
