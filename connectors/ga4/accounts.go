package ga4

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"fourfold/connectors"
)

// accounts are the properties that the login sees: one request, and one for each account that holds some.
func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	var all summaries
	err := list(ctx, g, "list the accounts of the login", "accountSummaries", url.Values{}, func(s summaries) string {
		all.Accounts = append(all.Accounts, s.Accounts...)
		return s.Next
	})
	if err != nil {
		return nil, err
	}
	var infos []connectors.AccountInfo
	for _, a := range all.Accounts {
		if len(a.Properties) == 0 {
			continue
		}
		var found []connectors.AccountInfo
		err := list(ctx, g, "read the properties of an account", "properties", url.Values{"filter": {"ancestor:" + a.Account}}, func(p properties) string {
			for _, one := range p.Properties {
				found = append(found, one.info())
			}
			return p.Next
		})
		var fault *connectors.Error
		if errors.As(err, &fault) && fault.Fault == connectors.Forbidden {
			// One account that does not open keeps no other from being linked.
			found, err = nil, nil
			for _, p := range a.Properties {
				info := property{Name: p.Property, Title: p.Title}.info()
				info.Barred = fault.Hint
				found = append(found, info)
			}
		}
		if err != nil {
			return nil, err
		}
		infos = append(infos, found...)
	}
	return infos, nil
}

func (p property) info() connectors.AccountInfo {
	id := strings.TrimPrefix(p.Name, "properties/")
	info := connectors.AccountInfo{ID: id, Name: p.Title, Currency: p.Currency, Zone: p.Zone, Since: p.Created.UTC()}
	if info.Name == "" {
		info.Name = "Property " + id
	}
	if info.Currency == "" {
		info.Currency = "USD" // what Google takes where none is set
	}
	info.Barred = info.Unknown()
	return info
}
