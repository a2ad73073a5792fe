package pinterestads

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "At Pinterest for Developers, signed in with a business account, connect an app under My apps. Trial access is enough to begin with.", At: "https://developers.pinterest.com/apps"},
	{Text: "In the app add the redirect address below; it has to be the same to the letter. Copy the app's ID and secret."},
	{Text: "Agree as the owner of the ad account, or with the role of admin, analyst or campaign manager in it."},
}
