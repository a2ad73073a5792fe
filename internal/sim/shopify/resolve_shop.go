package shopify

import (
	"fmt"
	"slices"
	"time"
)

func shopFields() map[string]map[string]resolver {
	return map[string]map[string]resolver{
		"Shop": {
			"createdAt":    of(func(s *Shop) any { return s.CreatedAt }),
			"currencyCode": of(func(s *Shop) any { return s.Currency }),
			"enabledPresentmentCurrencies": with(func(x *exec, _ *Shop, _ args) any {
				return slices.Clone(x.srv.currencies)
			}),
			"id":                    of(func(s *Shop) any { return gid{"Shop", s.ID} }),
			"ianaTimezone":          of(func(s *Shop) any { return s.Zone }),
			"myshopifyDomain":       of(func(s *Shop) any { return s.Domain }),
			"name":                  of(func(s *Shop) any { return s.Name }),
			"plan":                  of(func(s *Shop) any { return s.Plan }),
			"primaryDomain":         of(func(s *Shop) any { return s }),
			"taxShipping":           of(func(s *Shop) any { return s.TaxShipping }),
			"taxesIncluded":         of(func(s *Shop) any { return s.TaxesIncluded }),
			"timezoneAbbreviation":  with(func(x *exec, _ *Shop, _ args) any { n, _ := x.zone(); return n }),
			"timezoneOffset":        with(func(x *exec, _ *Shop, _ args) any { _, o := x.zone(); return offset(o) }),
			"timezoneOffsetMinutes": with(func(x *exec, _ *Shop, _ args) any { _, o := x.zone(); return o / 60 }),
			"weightUnit":            of(func(*Shop) any { return "KILOGRAMS" }),
		},
		"ShopPlan": {
			"partnerDevelopment": of(func(p Plan) any { return p.Development }),
			"publicDisplayName":  of(func(p Plan) any { return p.Name }),
			"shopifyPlus":        of(func(p Plan) any { return p.Plus }),
		},
		"Domain": {
			"host":       of(func(s *Shop) any { return s.Domain }),
			"id":         of(func(s *Shop) any { return gid{"Domain", s.ID + 1} }),
			"sslEnabled": of(func(*Shop) any { return true }),
			"url":        of(func(s *Shop) any { return "https://" + s.Domain }),
		},
		"AppInstallation": {
			"accessScopes": of(func(t *token) any {
				return list{len(t.scopes), func(i int) any { return accessScope(t.scopes[i]) }}
			}),
			"app": of(func(t *token) any { return t }),
			"id":  of(func(*token) any { return gid{"AppInstallation", 1} }),
		},
		"App": {
			"apiKey": with(func(x *exec, _ *token, _ args) any { return x.srv.opts.ClientID }),
			"id":     of(func(*token) any { return gid{"App", 1} }),
			"title":  of(func(*token) any { return "Simulated app" }),
		},
		"AccessScope": {
			"description": of(func(s accessScope) any { return "Grants " + string(s) }),
			"handle":      of(func(s accessScope) any { return string(s) }),
		},
		"MoneyV2": { // as one kind of PricingValue; elsewhere the executor writes it itself
			"amount":       of(func(c coin) any { return decimal(c.amount) }),
			"currencyCode": of(func(c coin) any { return c.currency }),
		},
		"Count": {
			"count":     of(func(c count) any { return c.n }),
			"precision": of(func(c count) any { return c.precision() }),
		},
		"UserError": {
			"field":   of(func(e userError) any { return e.where() }),
			"message": of(func(e userError) any { return e.message }),
		},
		"MailingAddress": {
			"address1": personal, "address2": personal, "city": personal, "country": personal, "firstName": personal,
			"id": personal, "lastName": personal, "latitude": personal, "longitude": personal, "name": personal,
			"phone": personal, "zip": personal,
		},
	}
}

type accessScope string

// count is a number that may have been cut at a limit.
type count struct {
	n   int
	cut bool
}

func (c count) precision() string {
	if c.cut {
		return "AT_LEAST"
	}
	return "EXACT"
}

// userError is a failure inside a mutation's payload.
type userError struct {
	field   []string
	message string
	code    string
}

func (e userError) where() any {
	if e.field == nil {
		return nil
	}
	return e.field
}

// zone is the shop's abbreviation and offset in seconds at present.
func (x *exec) zone() (string, int) { return x.now.Time().In(x.srv.zone).Zone() }

func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	d := time.Duration(seconds) * time.Second
	return fmt.Sprintf("%c%02d%02d", sign, int(d.Hours()), int(d.Minutes())%60)
}

// noteCurrencies adds what the buyers of these orders saw to the shop's currencies. One that was seen stays enabled.
func (s *Server) noteCurrencies(orders []*Order) {
	for _, o := range orders {
		if o.Presentment != "" && !slices.Contains(s.currencies, o.Presentment) {
			s.currencies = append(s.currencies, o.Presentment)
			slices.Sort(s.currencies)
		}
	}
}
