package tiktokads

import (
	"context"
	"errors"
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
	var err error
	if spend.Granted, spend.Detail, err = allowed(readOne(ctx, c, acc)); err != nil {
		return nil, err
	}
	gmv := connectors.Capability{ID: canGMVMax, Costs: "what GMV Max campaigns cost, where the account advertises a TikTok Shop",
		Remedy: hintShop}
	var own []shop
	own, err = shopsOf(ctx, c, acc.ID)
	if gmv.Granted, gmv.Detail, err = allowed(err); err != nil {
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

// allowed tells a refusal from what keeps the probe from being made.
func allowed(err error) (granted bool, detail string, _ error) {
	if f, ok := connectors.FaultOf(err); !ok || f != connectors.Forbidden {
		return err == nil, "", err
	}
	var e *connectors.Error
	errors.As(err, &e)
	return false, e.Err.Error(), nil
}
