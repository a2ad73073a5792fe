package metaads

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"fourfold/connectors"
)

const accountFields = "account_id,name,currency,timezone_name,account_status,disable_reason,created_time"

// account is an ad account as Meta tells of it.
type account struct {
	ID       string `json:"account_id"`
	Name     string `json:"name"`
	Currency string `json:"currency"`
	Zone     string `json:"timezone_name"`
	Status   int    `json:"account_status"`
	Reason   int    `json:"disable_reason"`
	Created  string `json:"created_time"`
}

// States in which an account is of no use here; the others, such as one with an unpaid bill, have figures.
const (
	statusDisabled = 2
	statusClosed   = 101
)

// disabled are Meta's reasons for suspending an account.
var disabled = map[int]string{
	1: "its ads were found to break the advertising rules", 2: "its content is being reviewed for intellectual property", 3: "a payment is in doubt",
	4: "it was closed with other accounts", 5: "its ads are under review", 6: "its business was found to break the rules", 7: "it was not used for long",
}

// accounts lists what a login opens.
func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	const op = "list the ad accounts"
	found, _, err := all[account](ctx, newClient(g, nil), op, "/me/adaccounts", url.Values{"fields": {accountFields}, "limit": {"200"}})
	if err != nil {
		return nil, err
	}
	infos := make([]connectors.AccountInfo, 0, len(found))
	seen := map[string]bool{}
	for _, a := range found {
		if a.ID == "" {
			return nil, connectors.Errorf(connectors.Malformed, op, "an account has no ID")
		}
		if !seen[a.ID] { // pages shift where an account is added meanwhile
			seen[a.ID] = true
			infos = append(infos, a.info())
		}
	}
	if len(infos) == 0 {
		return nil, &connectors.Error{Fault: connectors.Forbidden, Op: op, Scope: canRead, Err: fmt.Errorf("this login opens no ad account"),
			Hint: "in Meta's Business settings, assign the ad accounts to this person or system user with at least “View performance”, and link again"}
	}
	return infos, nil
}

func (a account) info() connectors.AccountInfo {
	i := connectors.AccountInfo{ID: a.ID, Name: a.Name, Currency: strings.ToUpper(a.Currency), Zone: a.Zone, Barred: a.barred()}
	if i.Name == "" {
		i.Name = "Ad account " + a.ID
	}
	if at, err := time.Parse("2006-01-02T15:04:05-0700", a.Created); err == nil {
		i.Since = at.UTC()
	}
	i.Barred = cmp.Or(i.Barred, i.Unknown())
	return i
}

// barred says why an account is of no use.
func (a account) barred() string {
	switch a.Status {
	case statusDisabled:
		why := disabled[a.Reason]
		if why == "" {
			why = "Meta does not say why"
		}
		return "Meta has suspended it (" + why + "): ask for a review under Account quality in Meta's Business support"
	case statusClosed:
		return "it was closed: open it again in Meta's Ads Manager, or leave it out"
	}
	return ""
}

const canSpend = "spend"

// probe looks whether the account may be read.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	can := connectors.Capability{ID: canSpend,
		Costs:  "what Meta's ads cost: ad spend, acquisition cost and everything after ads lack this account",
		Remedy: "in Meta's Business settings, assign the ad account to the person or system user that is linked, with at least “View performance”, and see that it is active",
	}
	var a account
	_, err := newClient(acc.Grant, acc.Now).get(ctx, "look at ad account "+acc.ID, "/act_"+acc.ID, url.Values{"fields": {accountFields}}, &a)
	if err := can.Tried(err); err != nil {
		return nil, err
	}
	if can.Granted && a.ID != acc.ID {
		return nil, connectors.Errorf(connectors.Malformed, "look at ad account "+acc.ID, "the answer is about another account")
	}
	can.Bar(a.barred())
	return []connectors.Capability{can}, nil
}
