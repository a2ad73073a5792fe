package tiktokads

import (
	"context"
	"fmt"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/period"
)

// probe reads one report and lists the shops, since the app's scopes are numbers that say nothing.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	c := rest.New(acc.Grant, acc.Now, judge)
	spend := connectors.Capability{ID: canSpend, Costs: "what ads on TikTok cost, and so MER and customer acquisition cost", Remedy: hintAccess}
	if err := spend.Tried(readOne(ctx, c, acc)); err != nil {
		return nil, err
	}
	gmv := connectors.Capability{ID: canGMVMax, Costs: "what GMV Max campaigns cost, where the account advertises a TikTok Shop",
		Remedy: hintShop}
	own, err := shopsOf(ctx, c, acc.ID)
	if err := gmv.Tried(err); err != nil {
		return nil, err
	}
	if gmv.Granted {
		gmv.Granted, gmv.Detail = len(own) > 0, fmt.Sprintf("%d TikTok Shops are advertised by this account", len(own))
	}
	return []connectors.Capability{spend, gmv}, nil
}

// readOne asks for the account's sum of a day that is over everywhere.
func readOne(ctx context.Context, c *rest.Client, acc connectors.Account) error {
	day := period.On(acc.Clock(), time.UTC) - 2
	_, err := ask(ctx, c, byAccount(daily.Ask{Account: acc, Days: period.Days{From: day, To: day + 1}}))
	return err
}
