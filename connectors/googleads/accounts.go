package googleads

import (
	"cmp"
	"context"
	"errors"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

// The query has no level, so that it tells of all accounts below, however deep.
const below = "SELECT customer_client.id, customer_client.descriptive_name, customer_client.currency_code, customer_client.time_zone, customer_client.manager, " +
	"customer_client.status FROM customer_client"

// accounts are those that the login opens, and those that these manage: one request, and one for each of the first.
func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	roots, err := accessible(ctx, g)
	if err != nil {
		return nil, err
	}
	var infos []connectors.AccountInfo
	at := map[string]int{}
	keep := func(info connectors.AccountInfo) {
		i, again := at[info.ID]
		switch open, opened := info.Barred == "", again && infos[i].Barred == ""; {
		case !again:
			at[info.ID] = len(infos)
			infos = append(infos, info)
		case open && !opened, open == opened && info.Manager == "":
			infos[i] = info // of the ways that are open, the shortest is the one that lasts
		}
	}
	for _, root := range roots {
		rows, _, err := search(ctx, g, nil, "read the accounts below "+shown(root), root, "", below)
		var fault *connectors.Error
		if errors.As(err, &fault) && fault.Fault == connectors.Forbidden {
			// One account that does not open keeps no other from being linked.
			keep(connectors.AccountInfo{ID: root, Name: titled("", root), Barred: cmp.Or(fault.Hint, fault.Error())})
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			keep(r.Client.info(root))
		}
	}
	return infos, nil
}

func (c client) info(root string) connectors.AccountInfo {
	info := connectors.AccountInfo{ID: c.ID, Name: titled(c.Name, c.ID), Currency: c.Currency, Zone: c.Zone, Manager: root}
	if c.ID == root {
		info.Manager = ""
	}
	switch {
	case c.Manager:
		info.Barred = hintManager
	case c.Status == "ENABLED":
		info.Barred = info.Unknown()
	case c.Status == "SUSPENDED":
		info.Barred = hintSuspended
	case c.Status == "CANCELED" || c.Status == "CLOSED":
		info.Barred = "it is cancelled or closed: reopen it in Google Ads, if that can be done, and link again"
	default:
		info.Barred = "Google does not say that it is enabled: look at it in Google Ads, and link again"
	}
	return info
}

// titled is an account's name, which may be missing.
func titled(name, id string) string {
	return cmp.Or(name, "Google Ads "+shown(id))
}

// shown is an account's ID as Google Ads shows it: 555-000-1111.
func shown(id string) string {
	if len(id) != 10 {
		return id
	}
	return id[:3] + "-" + id[3:6] + "-" + id[6:]
}

// probe asks for yesterday's cost.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	can := connectors.Capability{ID: canSpend,
		Costs:  "What Google's ads cost is missing, and with it every KPI over all ad spend.",
		Remedy: "Give the Google login that was linked access to the account, at least read only, and link again."}
	yesterday := period.On(acc.Clock(), time.UTC) - 1
	_, _, err := search(ctx, acc.Grant, acc.Now, "read the account "+shown(acc.ID), acc.ID, acc.Manager, totalled(period.Days{From: yesterday, To: yesterday + 1}))
	if err := can.Tried(err); err != nil {
		return nil, err
	}
	return []connectors.Capability{can}, nil
}
