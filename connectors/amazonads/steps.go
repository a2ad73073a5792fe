package amazonads

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "In Amazon's developer console, under Login with Amazon, create a security profile. Under Web settings add the redirect address below as an allowed return URL.", At: "https://developer.amazon.com"},
	{Text: "Apply for access to the Amazon Ads API as a direct advertiser, with the account that advertises. The answer takes days, and names a page on which the security profile is assigned to it.", At: "https://advertising.amazon.com/about-api"},
	{Text: "Copy the client ID and secret of the security profile."},
	{Text: "Agree as a user who may view campaigns and reports. Link once for each region in which you advertise."},
}
