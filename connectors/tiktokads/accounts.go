package tiktokads

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

const pathInfo = "/advertiser/info/"

// No contact, address or balance is asked for.
var infoFields = []string{"advertiser_id", "name", "currency", "timezone", "display_timezone", "status", "role", "create_time"}

type advertisers struct {
	List []struct {
		ID string `json:"advertiser_id"`
	} `json:"list"`
}

type infos struct {
	List []info `json:"list"`
}

type info struct {
	ID       string      `json:"advertiser_id"`
	Name     string      `json:"name"`
	Currency string      `json:"currency"`
	Zone     string      `json:"timezone"`
	Display  string      `json:"display_timezone"`
	Status   string      `json:"status"`
	Role     string      `json:"role"`
	Created  rest.Figure `json:"create_time"` // seconds
}

// infosAtOnce is how many accounts are asked about at once.
const infosAtOnce = 100

// accounts lists the ad accounts whose owner agreed, with what no report tells: currency and zone.
func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	c := rest.New(g, nil, judge)
	var open answer[advertisers]
	const op = "list the ad accounts"
	if _, err := c.Do(ctx, rest.Ask{Op: op, URL: base + pathAdvertisers}, &open); err != nil {
		return nil, wordless(err) // the app's secret was sent along
	}
	if open.Data == nil {
		return nil, connectors.Errorf(connectors.Malformed, op, "the answer holds no list")
	}
	var ids []string
	for _, a := range open.Data.List {
		ids = append(ids, a.ID)
	}
	var all []connectors.AccountInfo
	for some := range slices.Chunk(ids, infosAtOnce) {
		var out answer[infos]
		q := url.Values{"advertiser_ids": {list(some...)}, "fields": {list(infoFields...)}}
		if _, err := c.Do(ctx, rest.Ask{Op: "read the ad accounts", URL: base + pathInfo, Query: q}, &out); err != nil {
			return nil, err
		}
		told := map[string]bool{}
		if out.Data != nil {
			for _, i := range out.Data.List {
				all, told[i.ID] = append(all, i.account()), true
			}
		}
		for _, id := range some {
			if !told[id] {
				all = append(all, connectors.AccountInfo{ID: id, Name: id, Barred: "TikTok tells nothing of this account: " + hintAccess})
			}
		}
	}
	return all, nil
}

func (i info) account() connectors.AccountInfo {
	a := connectors.AccountInfo{ID: i.ID, Name: cmp.Or(i.Name, i.ID), Currency: i.Currency, Zone: i.zone()}
	a.Barred = cmp.Or(i.barred(), a.Unknown())
	if s, err := whole(i.Created); err == nil && s > 0 {
		a.Since = time.Unix(s, 0).UTC()
	}
	return a
}

// zone is the place's, which knows summer time, rather than an offset such as Etc/GMT+8.
func (i info) zone() string {
	for _, name := range []string{i.Display, i.Zone} {
		if _, err := time.LoadLocation(name); err == nil && name != "" {
			return name
		}
	}
	return ""
}

func (i info) barred() string {
	switch i.Status {
	case "STATUS_LIMIT":
		return "TikTok has suspended this ad account: settle it in TikTok Ads Manager, then link again"
	case "STATUS_DISABLE":
		return "this ad account is closed"
	case "STATUS_CONFIRM_FAIL", "STATUS_CONFIRM_FAIL_END":
		return "TikTok has not approved this ad account: see TikTok Ads Manager for its reason, then link again"
	}
	switch i.Role {
	case "ROLE_AGENT", "ROLE_CHILD_AGENT":
		return "this is an agency's account, which has no ads of its own: choose the accounts of its clients"
	}
	return ""
}
