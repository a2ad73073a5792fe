package amazonads

import (
	"context"
	"net/url"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
)

const canSpend = "spend"

// profiles are the accounts of the region, one for each country, that the user may see reports of. One answer holds up to 5,000.
func profiles(ctx context.Context, g connectors.Grant, now func() time.Time) ([]profile, error) {
	var found []profile
	_, err := rest.New(g, now, judge).Do(ctx, rest.Ask{Op: "list the profiles", URL: host(g) + pathProfiles,
		Query: url.Values{"apiProgram": {"report"}, "accessLevel": {"view"}}}, &found)
	return found, err
}

func host(g connectors.Grant) string { return "https://" + regions[g.Fields[fieldRegion]].api }

func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	found, err := profiles(ctx, g, nil)
	var infos []connectors.AccountInfo
	for _, p := range found {
		infos = append(infos, p.info())
	}
	return infos, err
}

func (p profile) info() connectors.AccountInfo {
	i := connectors.AccountInfo{ID: p.ProfileID.String(), Name: p.AccountInfo.Name + " (" + p.CountryCode + ")", Currency: p.CurrencyCode, Zone: p.Timezone}
	i.Barred = i.Unknown()
	if p.AccountInfo.Type == "agency" {
		i.Barred = "it is an agency's profile, which only manages others and the DSP: pick the profiles of its sellers and vendors"
	}
	return i
}

// probe looks whether the profile is still among those of the user.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	can := connectors.Capability{ID: canSpend, Costs: "what was spent on ads at Amazon, and every figure made of it",
		Remedy: "have an administrator of the advertising account let the user who linked it view its campaigns and reports, or link as another user"}
	found, err := profiles(ctx, acc.Grant, acc.Now)
	if err := can.Tried(err); err != nil || !can.Granted {
		return []connectors.Capability{can}, err
	}
	can.Since = spend.Since(acc)
	i := slices.IndexFunc(found, func(p profile) bool { return p.ProfileID.String() == acc.ID })
	if i < 0 {
		can.Bar("Amazon no longer shows profile " + acc.ID + " to the user who linked it")
	} else {
		can.Bar(found[i].info().Barred)
	}
	return []connectors.Capability{can}, nil
}
