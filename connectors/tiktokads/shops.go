package tiktokads

import (
	"context"
	"errors"
	"net/url"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

const pathShops = "/gmv_max/store/list/"

type shops struct {
	List []shop `json:"store_list"`
}

type shop struct {
	ID        string `json:"store_id"`
	Available bool   `json:"is_gmv_max_available"`
	Exclusive struct {
		Advertiser string `json:"advertiser_id"`
	} `json:"exclusive_authorized_advertiser_info"`
}

// shopsOf lists the TikTok Shops that the account advertises with GMV Max. Only one account may do so for a shop: where that is another one, the
// shop is that one's.
func shopsOf(ctx context.Context, c *rest.Client, account string) (own []shop, err error) {
	const op = "list the TikTok Shops"
	var out answer[shops]
	if _, err := c.Do(ctx, rest.Ask{Op: op, URL: base + pathShops, Query: url.Values{"advertiser_id": {account}}}, &out); err != nil {
		return nil, ofGMVMax(err)
	}
	if out.Data == nil {
		return nil, connectors.Errorf(connectors.Malformed, op, "the answer holds no list")
	}
	for _, s := range out.Data.List {
		if s.Exclusive.Advertiser == account || s.Exclusive.Advertiser == "" && s.Available {
			own = append(own, s)
		}
	}
	return own, nil
}

// ofGMVMax says that a permission which is missing is that of GMV Max.
func ofGMVMax(err error) error {
	var fault *connectors.Error
	if errors.As(err, &fault) && fault.Fault == connectors.Forbidden {
		fault.Scope, fault.Hint = canGMVMax, hintShop
	}
	return err
}

const hintShop = "if there is a TikTok Shop, give whoever linked access to it in Business Center, and the app the permissions Store Management and GMV MAX Report; then link again"
