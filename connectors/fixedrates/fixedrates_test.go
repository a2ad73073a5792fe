package fixedrates

import (
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
)

var now = time.Date(2026, 11, 22, 3, 30, 0, 0, time.UTC)

func account(rates string) connectors.Account {
	return connectors.Account{
		Grant:       connectors.Grant{Fields: map[string]string{connectors.FieldCurrency: "EUR", fieldRates: rates}},
		AccountInfo: connectors.AccountInfo{ID: "EUR", Name: "rates", Currency: "EUR", Zone: "UTC"},
		Now:         func() time.Time { return now },
	}
}

func read(t *testing.T, acc connectors.Account, cursor connectors.Cursor, since time.Time) connectors.Page {
	t.Helper()
	var last connectors.Page
	for p, err := range pull(t.Context(), acc, connectors.Request{Cursor: cursor, Since: since}) {
		if err != nil {
			t.Fatal(err)
		}
		last = p
	}
	return last
}

func TestEveryDayHasTheRates(t *testing.T) {
	since := now.AddDate(0, 0, -9)
	first := read(t, account("GBP=1.17 USD=0.92"), nil, since)
	if len(first.Records) != 2*10 || first.Records[0] != (fact.Rate{Day: first.Replaces.From, From: "GBP", To: "EUR", Billionths: 1_170_000_000}) || !first.Backfill {
		t.Errorf("the first pull has %d rates, %+v", len(first.Records), first.Records[0])
	}
	if again := read(t, account("GBP=1.17 USD=0.92"), first.Next, since); again.Replaces.Len() != 1 {
		t.Errorf("the next one gives %s", again.Replaces)
	}
	other := read(t, account("USD=0.95"), first.Next, since)
	if other.Replaces.From != first.Replaces.From || other.Replaces.Len() != 10 || len(other.Records) != 10 {
		t.Errorf("other rates are given for %s", other.Replaces)
	}
}

func TestRatesAreChecked(t *testing.T) {
	if got, err := checkRates("usd=0.92, GBP=1.17"); err != nil || got != "GBP=1.17 USD=0.92" {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "USD", "USD=", "USD=0", "USD=-1", "USD=1/2", "USD=1e3", "XXL=2", "USD=1 usd=2", "USD=0.0000000001", "USD=x"} {
		if got, err := checkRates(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
}
