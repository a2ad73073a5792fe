package microsoftads

import (
	"strings"

	"fourfold/internal/fact"
)

// channels are by the report's names of campaign types, without spaces and case. Performance max and hotels run everywhere.
var channels = map[string]fact.AdChannel{
	"search&content": fact.AdSearch,
	"search":         fact.AdSearch,
	"dynamicsearch":  fact.AdSearch,
	"shopping":       fact.AdShopping,
	"audience":       fact.AdDisplay,
}

func channelOf(campaignType string) fact.AdChannel {
	if c, ok := channels[strings.ToLower(strings.ReplaceAll(campaignType, " ", ""))]; ok {
		return c
	}
	return fact.AdOther
}
