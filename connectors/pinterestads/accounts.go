package pinterestads

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

const pathAccounts = "/ad_accounts"

type accountList struct {
	Items    *[]adAccount `json:"items"`
	Bookmark string       `json:"bookmark"`
}

type adAccount struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Currency    string   `json:"currency"`
	Permissions []string `json:"permissions"`
	Created     int64    `json:"created_time"` // seconds
}

// readers are the roles that may read reports.
var readers = []string{"OWNER", "ADMIN", "ANALYST", "CAMPAIGN_MANAGER"}

// accounts lists the ad accounts that the login owns or was given access to.
func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	const op = "list the ad accounts"
	c := rest.New(g, nil, judge)
	var all []connectors.AccountInfo
	q := url.Values{"page_size": {"250"}}
	for seen := map[string]bool{}; ; {
		var out accountList
		if _, err := c.Do(ctx, rest.Ask{Op: op, URL: base + pathAccounts, Query: q}, &out); err != nil {
			return nil, err
		}
		if out.Items == nil {
			return nil, connectors.Errorf(connectors.Malformed, op, "the answer holds no list")
		}
		for _, a := range *out.Items {
			all = append(all, a.info())
		}
		if out.Bookmark == "" {
			return all, nil
		}
		if seen[out.Bookmark] {
			return nil, connectors.Errorf(connectors.Malformed, op, "the list goes round in a circle")
		}
		seen[out.Bookmark] = true
		q.Set("bookmark", out.Bookmark)
	}
}

// info tells days of UTC, whatever zone the account has: so Pinterest cuts them.
func (a adAccount) info() connectors.AccountInfo {
	i := connectors.AccountInfo{ID: a.ID, Name: cmp.Or(a.Name, a.ID), Currency: a.Currency, Zone: zone}
	i.Barred = i.Unknown()
	if why := a.unreadable(); why != "" {
		i.Barred = why + ": " + hintAccess
	}
	if a.Created > 0 {
		i.Since = time.Unix(a.Created, 0).UTC()
	}
	return i
}

// unreadable says that the login's roles do not let it read reports; "" where they do, or are not told.
func (a adAccount) unreadable() string {
	if len(a.Permissions) == 0 || slices.ContainsFunc(a.Permissions, func(p string) bool { return slices.Contains(readers, p) }) {
		return ""
	}
	return "whoever linked has the role " + connectors.Clean(strings.Join(a.Permissions, ", ")) + " only, which does not read reports"
}

// probe looks at the account and the roles in it.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	can := connectors.Capability{ID: canSpend, Costs: "what ads on Pinterest cost, and so MER and customer acquisition cost", Remedy: hintAccess}
	var a adAccount
	_, err := rest.New(acc.Grant, acc.Now, judge).Do(ctx, rest.Ask{Op: "read the ad account", URL: base + pathAccounts + "/" + url.PathEscape(acc.ID)}, &a)
	if err := can.Tried(err); err != nil {
		return nil, err
	}
	if can.Granted {
		can.Bar(a.unreadable())
		if wall := spend.Since(acc); time.Unix(a.Created, 0).Before(wall) {
			can.Since = wall // what was before that, Pinterest no longer tells
		}
	}
	return []connectors.Capability{can}, nil
}
