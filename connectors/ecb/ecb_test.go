package ecb

import (
	"context"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/ecb"
)

var night = time.Date(2026, 11, 22, 3, 30, 0, 0, time.UTC) // a Sunday

func bank(t *testing.T, now time.Time) *sim.Server {
	t.Helper()
	s := sim.New(func() time.Time { return now })
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func account(s *sim.Server, now time.Time, currency string) connectors.Account {
	client := &http.Client{Transport: s.Transport()}
	return connectors.Account{
		Grant:       connectors.Grant{Fields: map[string]string{connectors.FieldCurrency: currency}, Client: client, Bare: client},
		AccountInfo: connectors.AccountInfo{ID: currency, Name: "rates", Currency: currency, Zone: zone},
		Now:         func() time.Time { return now },
	}
}

func TestConformance(t *testing.T) {
	s := bank(t, night)
	connectortest.Exercise(t, connectortest.Case{
		Connector: Connector(),
		Account:   func(*testing.T) connectors.Account { return account(s, night, "EUR") },
		Rest:      func(context.Context, time.Duration) {},
		Since:     night.AddDate(0, -6, 0),
	})
}

// pull reads all rates there are since a moment.
func pull(t *testing.T, acc connectors.Account, since time.Time) map[period.Day]map[string]int64 {
	t.Helper()
	all := map[period.Day]map[string]int64{}
	for p, err := range Connector().Streams[0].Pull(t.Context(), acc, connectors.Request{Since: since}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Records {
			rate := r.(fact.Rate)
			if all[rate.Day] == nil {
				all[rate.Day] = map[string]int64{}
			}
			if rate.To != acc.Currency {
				t.Errorf("a rate to %s", rate.To)
			}
			all[rate.Day][rate.From] = rate.Billionths
		}
	}
	return all
}

func TestRates(t *testing.T) {
	s := bank(t, night)
	friday := period.Date(2026, 11, 20)
	euros := pull(t, account(s, night, "EUR"), night.AddDate(0, 0, -30))
	if _, ok := euros[friday+1]; ok || euros[friday] == nil || euros[period.Date(2026, 11, 1)] != nil {
		t.Errorf("rates of %d days", len(euros))
	}
	// 1 ÷ what the bank published, and by way of the euro for another currency, to within one billionth.
	usd, yen := number(t, sim.Rate("USD", friday)), number(t, sim.Rate("JPY", friday))
	for name, c := range map[string]struct{ got, want float64 }{
		"dollars to euros": {float64(euros[friday]["USD"]), 1e9 / usd},
		"yen to euros":     {float64(euros[friday]["JPY"]), 1e9 / yen},
		"yen to dollars":   {float64(pull(t, account(s, night, "USD"), night.AddDate(0, 0, -30))[friday]["JPY"]), 1e9 * usd / yen},
		"euros to dollars": {float64(pull(t, account(s, night, "USD"), night.AddDate(0, 0, -30))[friday]["EUR"]), 1e9 * usd},
	} {
		if c.got-c.want > 1 || c.want-c.got > 1 {
			t.Errorf("%s: %v billionths, want %v", name, c.got, c.want)
		}
	}
	if one := pull(t, account(s, night, "EUR"), night.AddDate(-2, 0, 0)); len(one) < 500 || len(one) > 530 {
		t.Errorf("two years have %d days with rates", len(one))
	}
}

// A rate is exact to the billionth, and what lies between is rounded half to even.
func TestRatesAreRoundedOnce(t *testing.T) {
	for text, want := range map[string]int64{
		"10000/10863": 920_556_016, "10000/16234": 615_991_130, "1/3": 333_333_333, "2/3": 666_666_667, "1": 1_000_000_000,
		"5/10000000000": 0, "15/10000000000": 2, "25/10000000000": 2, "26/10000000000": 3, "1/100000000000": 0, "1000000000000000": 0,
	} {
		r, ok := new(big.Rat).SetString(text)
		if got := billionths(r); !ok || got != want {
			t.Errorf("%s is %d billionths, want %d", text, got, want)
		}
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	r := rateDay{Rates: []struct {
		Currency string `xml:"currency,attr"`
		Rate     string `xml:"rate,attr"`
	}{{"X", s}}}.of("X")
	if r == nil {
		t.Fatalf("%q is no rate", s)
	}
	f, _ := r.Float64()
	return f
}

func TestACurrencyWithoutARate(t *testing.T) {
	s := bank(t, night)
	caps, err := probe(t.Context(), account(s, night, "KWD"))
	if err != nil || caps[0].Granted || !strings.Contains(caps[0].Detail, "KWD") || caps[0].Remedy == "" {
		t.Errorf("got %+v, %v", caps, err)
	}
	s.SetFaults(sim.Faults{Status: 503})
	if _, err := probe(t.Context(), account(s, night, "EUR")); err == nil {
		t.Error("the bank is down")
	}
}

func TestRequestsOfABackfillAndOfANight(t *testing.T) {
	s := bank(t, night)
	var at connectors.Cursor
	for i, file := range []string{"eurofxref-hist.xml", "eurofxref-hist-90d.xml"} {
		s.Forget()
		acc := account(s, night.AddDate(0, 0, i), "EUR")
		for p, err := range Connector().Streams[0].Pull(t.Context(), acc, connectors.Request{Cursor: at, Since: night.AddDate(-1, -1, 0)}) {
			if err != nil {
				t.Fatal(err)
			}
			at = p.Next
		}
		if got := s.Requests(); !maps.Equal(got, map[string]int{file: 1}) {
			t.Errorf("night %d took %v, and one of %s would do", i, got, file)
		}
	}
}

func TestTheCurrencyIsChecked(t *testing.T) {
	if n, err := connectors.CheckCurrency(" eur "); n != "EUR" || err != nil {
		t.Errorf("%q, %v", n, err)
	}
	if _, err := connectors.CheckCurrency("euro"); err == nil {
		t.Error("euro is no code")
	}
}
