package amazonads

import (
	"encoding/json"
	"net/http"
	"slices"

	"fourfold/internal/sim/ads"
)

var countries = map[string]string{"EUR": "DE", "GBP": "UK", "USD": "US", "JPY": "JP", "SEK": "SE", "AUD": "AU", "BRL": "BR"}

// profiles are those of the region that is asked, as far as the user may view their reports.
func (s *Server) profiles(w http.ResponseWriter, r *http.Request, _ []byte) {
	q := r.URL.Query()
	for name, values := range q {
		known := map[string][]string{"apiProgram": {"billing", "campaign", "paymentMethod", "store", "report", "account", "posts"}, "accessLevel": {"edit", "view"},
			"profileTypeFilter": {"seller", "vendor", "agency"}, "validPaymentMethodFilter": {"true", "false"}}[name]
		if len(values) != 1 || !slices.Contains(known, values[0]) {
			refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "Unknown parameter "+name)
			return
		}
	}
	found, f := []map[string]any{}, s.Faults()
	if r.Host == regions[s.opts.Region].api {
		for _, a := range s.opts.Accounts {
			if f.Withdrawn[a.ID] {
				continue
			}
			kind := f.Kinds[a.ID]
			if kind == "" {
				kind = "seller"
			}
			found = append(found, map[string]any{"profileId": json.Number(a.ID), "countryCode": countries[a.Currency], "currencyCode": a.Currency, "timezone": a.Zone,
				"accountInfo": map[string]any{"marketplaceStringId": "A1PA6795UKMFR9", "id": "A2EXAMPLE", "type": kind, "name": a.Name, "validPaymentMethod": true}})
		}
	}
	answer(w, http.StatusOK, found)
}

// profile is the one that a request is about.
func (s *Server) profile(r *http.Request) *ads.Account {
	id := r.Header.Get("Amazon-Advertising-API-Scope")
	i := slices.IndexFunc(s.opts.Accounts, func(a *ads.Account) bool { return a.ID == id })
	if i < 0 || s.Faults().Withdrawn[id] {
		return nil
	}
	return s.opts.Accounts[i]
}
