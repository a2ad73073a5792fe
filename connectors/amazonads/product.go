package amazonads

import "fourfold/internal/fact"

// product is one of Amazon's kinds of ads. Each has a report of its own, and names for what it credits to itself.
type product struct {
	report      string // reportTypeId
	purchases   string
	sales       string
	attribution string
	channel     fact.AdChannel
}

// products are by their adProduct, which is the part of the stream's report too. Sponsored TV and the DSP are not among them.
var products = map[string]product{
	"SPONSORED_PRODUCTS": {"spCampaigns", "purchases14d", "sales14d", "14d_click", fact.AdMarketplace},
	"SPONSORED_BRANDS":   {"sbCampaigns", "purchases", "sales", "14d_click,14d_view", fact.AdMarketplace},
	"SPONSORED_DISPLAY":  {"sdCampaigns", "purchases", "sales", "14d_click,14d_view", fact.AdMarketplace},
}

// parts are the products in the order in which they are asked for.
var parts = []string{"SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"}
