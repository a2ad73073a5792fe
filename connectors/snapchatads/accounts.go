package snapchatads

import (
	"cmp"
	"context"
	"net/url"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

// organizations are those that the login belongs to, with the ad accounts in them that it may see.
type organizations struct {
	page
	All *[]struct {
		item
		Organization struct {
			Accounts []adAccount `json:"ad_accounts"`
		} `json:"organization"`
	} `json:"organizations"`
}

// adAccounts is the answer to one being asked for.
type adAccounts struct {
	All []struct {
		item
		Account adAccount `json:"adaccount"`
	} `json:"adaccounts"`
}

type adAccount struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Currency string    `json:"currency"`
	Zone     string    `json:"timezone"`
	Test     bool      `json:"test"`
	Created  time.Time `json:"created_at"`
}

const pathAccounts = "/adaccounts/"

// accounts lists the ad accounts of all organizations that the login belongs to.
func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	const op = "list the ad accounts"
	var all []connectors.AccountInfo
	seen := map[string]bool{}
	_, err := walk(ctx, rest.New(g, nil, judge), op, base+"/me/organizations", url.Values{"with_ad_accounts": {"true"}}, func(out organizations) error {
		if out.All == nil {
			return connectors.Errorf(connectors.Malformed, op, "the answer holds no list")
		}
		for _, o := range *out.All {
			if err := o.refused(op); err != nil {
				return err
			}
			for _, a := range o.Organization.Accounts {
				if !seen[a.ID] { // an agency's organization may name its client's account again
					seen[a.ID] = true
					all = append(all, a.info())
				}
			}
		}
		return nil
	})
	return all, err
}

func (a adAccount) info() connectors.AccountInfo {
	i := connectors.AccountInfo{ID: a.ID, Name: cmp.Or(a.Name, a.ID), Currency: a.Currency, Zone: a.Zone, Since: a.Created.UTC()}
	i.Barred = i.Unknown()
	if a.Test {
		i.Barred = "it is a test account, in which Snapchat never spends anything: choose another"
	}
	return i
}

// probe looks whether the account can still be seen.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	const op = "read the ad account"
	can := connectors.Capability{ID: canSpend, Costs: "what ads on Snapchat cost, and so MER and customer acquisition cost", Remedy: hintAccess}
	var out adAccounts
	_, err := rest.New(acc.Grant, acc.Now, judge).Do(ctx, rest.Ask{Op: op, URL: base + pathAccounts + url.PathEscape(acc.ID)}, &out)
	if err := can.Tried(err); err != nil {
		return nil, err
	}
	switch {
	case !can.Granted:
		return []connectors.Capability{can}, nil
	case len(out.All) != 1 || out.All[0].Account.ID != acc.ID && succeeded(out.All[0].Status):
		return nil, connectors.Errorf(connectors.Malformed, op, "the answer is not of this account")
	}
	one := out.All[0]
	if refused := one.refused(op); refused != nil {
		return nil, refused
	}
	// Days are cut by the zone, and spend is told in the currency, that the account had when it was linked.
	if one.Account.Currency != acc.Currency || one.Account.Zone != acc.Zone {
		can.Bar("the account is now in " + connectors.Clean(one.Account.Currency) + " and " + connectors.Clean(one.Account.Zone) + ", and was linked in " + acc.Currency + " and " + acc.Zone +
			": link the account again")
	}
	can.Bar(one.Account.info().Barred)
	return []connectors.Capability{can}, nil
}
