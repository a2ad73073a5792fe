// Package fixedrates gives exchange rates that the merchant fixed, for who plans with a budget rate or sells in a currency that no bank publishes.
package fixedrates

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
)

const (
	fieldRates = "rates"
	version    = "1"
	// years is how far back the rates hold, where the merchant does not say from when figures are wanted.
	years = 5
)

// Connector declares the rates.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID: "fixed_rates", Title: "Fixed exchange rates", Version: version,
		Auth: []connectors.Auth{{Kind: connectors.AuthOpen, Title: "Your own", Authorise: func(*http.Request, connectors.App, map[string]string, secret.Text) error {
			return errors.New("fixed rates send no requests")
		}}},
		Steps: steps,
		Fields: []connectors.Field{
			{ID: connectors.FieldCurrency, Title: "Currency", Option: true, Check: connectors.CheckCurrency, Help: "the currency to convert into; the scorecard's own if it is left out"},
			{ID: fieldRates, Title: "Rates", Option: true, Check: checkRates, Help: "what one unit of each currency is worth, such as USD=0.92 GBP=1.17"},
		},
		Accounts: func(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
			to := g.Fields[connectors.FieldCurrency]
			return []connectors.AccountInfo{{ID: to, Name: "Fixed rates to " + to, Currency: to, Zone: "UTC"}}, ctx.Err()
		},
		Probe: func(ctx context.Context, _ connectors.Account) ([]connectors.Capability, error) {
			return []connectors.Capability{{ID: "rates", Granted: true, Costs: "Amounts in other currencies are not converted.", Remedy: "Link again with --set rates=…"}}, ctx.Err()
		},
		Streams: []connectors.Stream{{ID: "rates", Title: "exchange rates", Needs: []string{"rates"}, Reaches: true, Pull: pull}},
	}
}

// checkRates gives the canonical form: USD=0.92 GBP=1.17, by currency.
func checkRates(s string) (string, error) {
	rates, err := parse(s)
	if err != nil {
		return "", err
	}
	words := make([]string, len(rates))
	for i, r := range rates {
		words[i] = r.currency + "=" + r.text
	}
	return strings.Join(words, " "), nil
}

type rate struct {
	currency, text string
	billionths     int64
}

func parse(s string) ([]rate, error) {
	var rates []rate
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' }) {
		currency, text, ok := strings.Cut(word, "=")
		currency = strings.ToUpper(currency)
		value, isNumber := new(big.Rat).SetString(text)
		if !ok || !money.Known(currency) || !isNumber || strings.ContainsAny(text, "/eEpPxX_") || value.Sign() <= 0 {
			return nil, fmt.Errorf("%q is no rate: expected a currency and what one unit of it is worth, such as USD=0.92", word)
		}
		n := new(big.Rat).Mul(value, big.NewRat(1_000_000_000, 1))
		if !n.IsInt() || !n.Num().IsInt64() {
			return nil, fmt.Errorf("%q has more than nine decimals, or is too large", word)
		}
		if slices.ContainsFunc(rates, func(r rate) bool { return r.currency == currency }) {
			return nil, fmt.Errorf("%s has two rates: keep one", currency)
		}
		rates = append(rates, rate{currency, text, n.Num().Int64()})
	}
	if len(rates) == 0 {
		return nil, errors.New("expected at least one rate, such as USD=0.92")
	}
	slices.SortFunc(rates, func(a, b rate) int { return cmp.Compare(a.currency, b.currency) })
	return rates, nil
}

// place is the cursor: which rates were given, up to which day.
type place struct {
	Rates string     `json:"rates"`
	From  period.Day `json:"from"`
	Whole period.Day `json:"whole"`
}

// pull gives every day its rates; all of them anew where the merchant has changed the rates.
func pull(ctx context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		p, err := page(ctx, acc, req)
		yield(p, err)
	}
}

func page(ctx context.Context, acc connectors.Account, req connectors.Request) (connectors.Page, error) {
	var at place
	if err := cmp.Or(ctx.Err(), req.Cursor.Decode(&at)); err != nil {
		return connectors.Page{}, err
	}
	rates, err := parse(acc.Fields[fieldRates])
	if err != nil {
		return connectors.Page{}, connectors.Errorf(connectors.Malformed, "read the fixed rates", "%w", err)
	}
	now := time.Now()
	if acc.Now != nil {
		now = acc.Now()
	}
	today := period.On(now, time.UTC) + 1 // in some zone the next day has begun
	first := at.Rates == ""
	if at.Rates != acc.Fields[fieldRates] {
		at.Rates, at.Whole = acc.Fields[fieldRates], 0
		if first {
			at.From = today - years*366
			if !req.Since.IsZero() {
				at.From = period.On(req.Since, time.UTC)
			}
		}
	}
	days := period.Days{From: max(at.From, at.Whole-1), To: today}
	p := connectors.Page{ReadAt: now.UTC(), Replaces: &days, Backfill: first}
	for d := days.From; d < days.To; d++ {
		for _, r := range rates {
			if r.currency != acc.Currency {
				p.Records = append(p.Records, fact.Rate{Day: d, From: r.currency, To: acc.Currency, Billionths: r.billionths})
			}
		}
	}
	at.Whole = today
	p.Proof = &connectors.Proof{Slice: days.String(), From: days.From.UTC(), To: days.To.UTC(), Started: p.ReadAt, Method: "pages", Version: version,
		Read: connectors.Count{Objects: int64(len(p.Records))}, CompleteTo: days.To.UTC(), CompleteDay: today}
	p.Next, err = connectors.Encode(at)
	return p, err
}
