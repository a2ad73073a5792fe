package shopify

import (
	"context"
	"errors"
	"time"

	"fourfold/connectors"
)

// accounts gives the one shop that a grant opens.
func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	const op = "read the shop"
	c, err := newClient(connectors.Account{Grant: g}, nil)
	if err != nil {
		return nil, err
	}
	text, err := document("shop", everything)
	if err != nil {
		return nil, err
	}
	var out struct {
		Shop *struct {
			ID        string    `json:"id"`
			Name      string    `json:"name"`
			Currency  string    `json:"currencyCode"`
			Zone      string    `json:"ianaTimezone"`
			CreatedAt time.Time `json:"createdAt"`
		} `json:"shop"`
	}
	if _, err := c.do(ctx, op, text, nil, &out); err != nil {
		return nil, err
	}
	if out.Shop == nil || out.Shop.ID == "" {
		return nil, connectors.Errorf(connectors.Malformed, op, "%w", errors.New("the answer holds no shop"))
	}
	s := out.Shop
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" {
		return nil, connectors.Errorf(connectors.Malformed, op, "the shop's time zone %q is not known here", s.Zone)
	}
	return []connectors.AccountInfo{{ID: s.ID, Name: s.Name, Currency: s.Currency, Zone: s.Zone, Since: s.CreatedAt.UTC()}}, nil
}

// everything is granted: a document in full.
func everything(string) bool { return true }
