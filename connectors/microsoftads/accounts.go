package microsoftads

import (
	"cmp"
	"context"
	"net/http"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

// pageOfAccounts is the most that one search gives.
const pageOfAccounts = 1000

// accounts lists the accounts that the user may see, over all customers.
func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	client := rest.New(g, nil, judge)
	var user userAnswer
	if _, err := client.Do(ctx, rest.Ask{Op: "find out who agreed", Method: http.MethodPost, URL: "https://" + hostCustomers + pathUser,
		Body: userQuery{}, Reads: true}, &user); err != nil {
		return nil, err
	}
	const op = "list the accounts"
	if user.User.ID == "" {
		return nil, connectors.Errorf(connectors.Malformed, op, "the answer names no user")
	}
	var infos []connectors.AccountInfo
	for page := 0; ; page++ {
		var found accountsAnswer
		if _, err := client.Do(ctx, rest.Ask{Op: op, Method: http.MethodPost, URL: "https://" + hostCustomers + pathAccounts, Reads: true,
			Body: accountsSearch{
				Predicates: []predicate{{Field: "UserId", Operator: "Equals", Value: user.User.ID.String()}},
				Ordering:   []ordering{{Field: "Id", Order: "Ascending"}},
				PageInfo:   pageInfo{Index: page, Size: pageOfAccounts},
			}}, &found); err != nil {
			return nil, err
		}
		for _, a := range found.Accounts {
			infos = append(infos, a.info())
		}
		if len(found.Accounts) < pageOfAccounts {
			return infos, nil
		}
	}
}

// info is the account in our words. Reports are asked for under the customer that it belongs to.
func (a account) info() connectors.AccountInfo {
	i := connectors.AccountInfo{ID: a.ID.String(), Name: a.Name, Currency: a.CurrencyCode, Zone: zones[a.TimeZone], Manager: a.ParentCustomerID.String(),
		Barred: barred[a.AccountLifeCycleStatus]}
	if i.Name == "" {
		i.Name = a.Number
	}
	if i.Zone == "" {
		i.Zone = a.TimeZone // Microsoft's own name of it, by which it is said to be unknown
	}
	i.Barred = cmp.Or(i.Barred, i.Unknown())
	return i
}

// barred says of which states of an account nothing is pulled, and why.
var barred = map[string]string{
	"Draft":     "the account is a draft: finish setting it up in Microsoft Advertising, then link again",
	"Inactive":  "Microsoft closed the account because nothing ran in it: its support can open it again, then link again",
	"Suspended": "Microsoft suspended the account: its support can say why, then link again",
}

// probe looks whether the account may be seen, and is not suspended.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	can := connectors.Capability{ID: canSpend, Costs: "what was spent on ads at Microsoft, and every figure made of it",
		Remedy: "have an administrator of the account give the user who linked it at least the role Viewer, or link as another user"}
	var found accountAnswer
	_, err := rest.New(acc.Grant, acc.Now, judge).Do(ctx, rest.Ask{Op: "look at account " + acc.ID, Method: http.MethodPost,
		URL: "https://" + hostCustomers + pathAccount, Body: accountQuery{AccountID: acc.ID}, Reads: true}, &found)
	if err := can.Tried(err); err != nil {
		return nil, err
	}
	if can.Granted {
		if found.Account == nil {
			return nil, connectors.Errorf(connectors.Malformed, "look at account "+acc.ID, "the answer holds no account")
		}
		can.Since = spend.Since(acc)
		can.Bar(barred[found.Account.AccountLifeCycleStatus])
	}
	return []connectors.Capability{can}, nil
}

const canSpend = "spend"
