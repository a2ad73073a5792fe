package tiktokads

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "At TikTok for Business, register as a developer and create an app under My Apps. TikTok's other two portals, for logins and for TikTok Shop, are of no use here.", At: "https://business-api.tiktok.com/portal"},
	{Text: "Permissions belong to the app: reading under Ad Account Management and Reporting, Consolidated Report; with a TikTok Shop also Reporting, GMV MAX Report, and Ads Management, GMV MAX, Store Management."},
	{Text: "Enter the redirect address below as the advertiser's redirect address; it has to be the same to the letter. Submit the app: until TikTok has approved it, it opens test accounts only."},
	{Text: "Copy the app's ID and secret. Agree with at least the role Analyst for the ad accounts."},
}
