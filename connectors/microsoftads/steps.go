package microsoftads

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "In the Azure portal, under App registrations, make a new registration for any Entra ID tenant and personal Microsoft accounts. Enter the redirect address below with the kind Web; Azure takes http://localhost, and no http://127.0.0.1.", At: "https://portal.azure.com"},
	{Text: "Under Certificates & secrets make a client secret. It ends after two years at most, and then this link with it."},
	{Text: "As a Super Admin of Microsoft Advertising, under Settings, Developer settings, request a developer token. One token serves all accounts.", At: "https://ads.microsoft.com"},
	{Text: "Agree as a user who has at least the role Viewer in the accounts."},
}
