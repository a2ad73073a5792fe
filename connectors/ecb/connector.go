// Package ecb reads the euro foreign exchange reference rates of the European Central Bank.
//
// They are public: nothing is linked but the currency that the scorecard reports in. Rates are published on working days, at about four in the
// afternoon in Frankfurt; a day without one takes the last before it.
package ecb

import (
	"context"
	"errors"
	"net/http"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/internal/period"
	"fourfold/internal/secret"
)

const (
	host = "www.ecb.europa.eu"
	// The files of the last ninety days, and of all days since the euro began.
	recentFile  = "https://" + host + "/stats/eurofxref/eurofxref-hist-90d.xml"
	historyFile = "https://" + host + "/stats/eurofxref/eurofxref-hist.xml"

	zone = "Europe/Berlin" // Frankfurt's

	canRates = "rates"
)

// Connector declares the reference rates.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID: "ecb", Title: "ECB reference rates", Version: "eurofxref",
		Auth:  []connectors.Auth{{Kind: connectors.AuthOpen, Title: "Public", Authorise: open}},
		Steps: steps,
		Fields: []connectors.Field{{
			ID: connectors.FieldCurrency, Title: "Currency", Option: true, Check: connectors.CheckCurrency,
			Help: "the currency to convert into; the scorecard's own if it is left out",
		}},
		Accounts: accounts, Probe: probe,
		Streams: []connectors.Stream{rates.Stream()},
	}
}

// rates are read again for a week each night: the ECB corrects a rate now and then.
var rates = daily.Report{
	ID: "rates", Title: "exchange rates", Needs: []string{canRates}, Version: "eurofxref",
	Nightly: 7, Most: 40_000, Begins: period.Date(1999, time.January, 4), Keeps: 5*366 + 1, Zone: zone, Read: read,
}

func open(r *http.Request, _ connectors.App, _ map[string]string, _ secret.Text) error {
	if r.URL.Scheme != "https" || r.URL.Host != host {
		return errors.New("the request is to another host than the ECB's")
	}
	return nil
}

func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	to := g.Fields[connectors.FieldCurrency]
	return []connectors.AccountInfo{{ID: to, Name: "ECB rates to " + to, Currency: to, Zone: zone}}, nil
}

// probe reads the recent rates and looks whether the reporting currency is among them.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	c := connectors.Capability{ID: canRates, Granted: true, Costs: "Amounts in other currencies are not converted: what is made of them has a gap.",
		Remedy: "Fix rates by hand: fourfold link fixed-rates --set rates='USD=0.92'."}
	days, err := fetch(ctx, acc, recentFile)
	if err != nil {
		return nil, err
	}
	to := acc.Fields[connectors.FieldCurrency]
	if len(days) == 0 || to != euro && days[0].of(to) == nil {
		c.Granted, c.Detail = false, "the ECB publishes no rate of "+to
	}
	return []connectors.Capability{c}, nil
}
