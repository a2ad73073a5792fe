package snapchatads

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "In Snapchat's Business Manager, signed in as an admin of the organization, add an OAuth app under Business details.", At: "https://business.snapchat.com"},
	{Text: "Give it the redirect address below; it has to be the same to the letter. Copy its ID, and its secret, which is shown once."},
	{Text: "Agree as somebody who may read the ad accounts."},
}
