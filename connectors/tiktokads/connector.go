// Package tiktokads pulls what campaigns on TikTok cost, by the day of the ad account, from TikTok's API for Business.
//
// Two reports make up a day: ordinary campaigns are in one, and GMV Max campaigns, which sell in a TikTok Shop, in another, shop by shop. They are
// read together and come in one page, so that a day is whole or not there.
package tiktokads

import (
	"fourfold/connectors"
	"fourfold/connectors/oauth"
)

// What TikTok may move, in one place. TikTok has named no end of v1.3.
const (
	version = "v1.3"
	host    = "business-api.tiktok.com"
	root    = "/open_api/" + version
	base    = "https://" + host + root
	consent = "https://" + host + "/portal/auth"
)

// Capabilities.
const (
	canSpend  = "spend"
	canGMVMax = "gmv_max"
)

// Connector declares TikTok Ads.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:       "tiktok",
		Title:    "TikTok Ads",
		Auth:     []connectors.Auth{auth},
		Steps:    steps,
		Fields:   []connectors.Field{oauth.Login},
		Choose:   true,
		Accounts: accounts,
		Probe:    probe,
		Streams:  []connectors.Stream{spend(), totals()},
		Version:  version,
	}
}
