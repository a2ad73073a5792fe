package csv

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/connectortest"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/host"
)

var now = time.Date(2026, 11, 22, 3, 30, 0, 0, time.UTC)

func account(kind, file string, client *http.Client) connectors.Account {
	return connectors.Account{
		Grant:       connectors.Grant{Fields: map[string]string{fieldKind: kind, fieldFile: file, fieldName: "", connectors.FieldCurrency: "EUR", fieldZone: "UTC"}, Client: client, Bare: client},
		AccountInfo: connectors.AccountInfo{ID: kind, Name: kind, Currency: "EUR", Zone: "UTC"},
		Now:         func() time.Time { return now },
	}
}

var examples = map[string]string{
	"spend":      "date,until,campaign,channel,spend,currency,clicks\n2026-11-01,2026-11-30,Studio Nine,social,1000.00,EUR,\n2026-11-03,,Flyers,,250,CHF,3\n",
	"unit_costs": "sku;from;cost\nTEA-1;2025-01-01;3,20\nTEA-1;2026-01-01;3,45\n",
	"tariffs":    "kind,from,per_order,per_unit,percent\npayment,2025-01-01,0.25,,1.4%\nshipping,2025-01-01,4.90,,\nfulfilment,2025-01-01,1.10,0.30,\nreturn,2025-01-01,3.80,,\n",
	"orders": "order,date,customer,sku,quantity,price,discount,tax,shipping\nA1,2026-10-01 10:00,7,TEA-1,2,10.00,1.00,3.61,4.90\nA1,2026-10-01 10:00,7,TEA-2,1,5.00,,0.95,\n" +
		"A1,2026-10-09 09:00,7,TEA-1,-1,10.00,0.50,1.81,\nA2,2026-10-02,,TEA-2,3,5.00,,,\n",
}

func TestConformance(t *testing.T) {
	h := host.New("file", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(examples[strings.TrimPrefix(r.URL.Path, "/")]))
	}), "files.example.com")
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			c := Connector() // of which a file has one stream
			c.Streams = slices.DeleteFunc(c.Streams, func(s connectors.Stream) bool { return s.ID != k.stream })
			connectortest.Exercise(t, connectortest.Case{
				Connector: c,
				Account: func(*testing.T) connectors.Account {
					return account(k.name, "https://files.example.com/"+k.name, &http.Client{Transport: h.Transport()})
				},
				Rest: func(context.Context, time.Duration) {},
			})
		})
	}
}

// page pulls a file once.
func page(t *testing.T, acc connectors.Account, cursor connectors.Cursor) connectors.Page {
	t.Helper()
	var last connectors.Page
	for p, err := range kindOf(acc.Fields[fieldKind]).pull(t.Context(), acc, connectors.Request{Cursor: cursor}) {
		if err != nil {
			t.Fatal(err)
		}
		last = p
	}
	return last
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSpendIsSpreadExactly(t *testing.T) {
	p := page(t, account("spend", write(t, "\xef\xbb\xbfDate,Until,Campaign,Spend,Clicks\n2026-11-01,2026-11-30,A,1000.01,7\n2026-11-05,,A,1,\n"), nil), nil)
	var sum money.Micros
	var clicks int64
	for _, r := range p.Records {
		d := r.(fact.AdDay)
		sum, clicks = sum+d.Spend, clicks+d.Clicks
		if d.Spend < 33*money.Unit || d.Currency != "EUR" || d.Channel != fact.AdOther || d.Zone != "UTC" {
			t.Errorf("a day of it: %+v", d)
		}
	}
	if len(p.Records) != 30 || sum != 1_001_010_000 || clicks != 7 {
		t.Errorf("%d days, %d micros, %d clicks", len(p.Records), sum, clicks)
	}
	if p.Replaces.String() != "2026-11-01..2026-11-30" || p.Proof.CompleteDay != period.Date(2026, 11, 22) || !p.Backfill {
		t.Errorf("replaces %s, proof %+v", p.Replaces, p.Proof)
	}
}

func TestAChangedFileTakesBackWhatItNoLongerSays(t *testing.T) {
	file := write(t, "date,campaign,spend\n2026-11-03,A,10\n2026-11-20,B,20\n")
	acc := account("spend", file, nil)
	first := page(t, acc, nil)
	if again := page(t, acc, first.Next); again.Replaces != nil || len(again.Records) != 0 || again.Proof == nil || again.Backfill {
		t.Errorf("unchanged: %+v", again)
	}
	if err := os.WriteFile(file, []byte("date,campaign,spend\n2026-11-10,A,10\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if other := page(t, acc, first.Next); other.Replaces.String() != "2026-11-03..2026-11-20" || len(other.Records) != 1 {
		t.Errorf("changed: replaces %s with %d records", other.Replaces, len(other.Records))
	}
}

func TestUnitCostsAndTariffs(t *testing.T) {
	costs := page(t, account("unit_costs", write(t, examples["unit_costs"]), nil), nil).Records
	if len(costs) != 2 || costs[0] != (fact.SKUCost{SKU: "TEA-1", From: period.Date(2025, 1, 1), Cost: 3_200_000, Currency: "EUR"}) {
		t.Errorf("costs: %+v", costs)
	}
	card := page(t, account("tariffs", write(t, examples["tariffs"]), nil), nil).Records
	if len(card) != 4 || card[0] != (fact.Tariff{Kind: fact.TariffPayment, From: period.Date(2025, 1, 1), Currency: "EUR", PerOrder: 250_000, Share: 14_000}) {
		t.Errorf("rate card: %+v", card)
	}
}

func TestOrders(t *testing.T) {
	p := page(t, account("orders", write(t, examples["orders"]), nil), nil)
	var orders []fact.Order
	var net, tax, units money.Micros
	reasons := map[fact.AgreementReason]int{}
	for _, r := range p.Records {
		switch v := r.(type) {
		case fact.Order:
			orders = append(orders, v)
		case fact.Agreement:
			reasons[v.Reason]++
		case fact.Sale:
			if v.Line == fact.LineProduct {
				net, tax, units = net+v.Total-v.Tax, tax+v.Tax, units+money.Micros(v.Quantity)
			}
		}
	}
	// (20 − 1) + 5 − (10 − 0.50) + 15 = 29.50; the first order: 19 + 3.61 + 4.90 + 5.95 − 11.31 = 22.15
	if net != 29_500_000 || tax != 2_750_000 || units != 5 || reasons[fact.ReasonOrder] != 2 || reasons[fact.ReasonRefund] != 1 {
		t.Errorf("net %d, tax %d, %d units, %v", net, tax, units, reasons)
	}
	if len(orders) != 2 || orders[0].CustomerID != "7" || orders[0].Total != 22_150_000 || orders[1].CustomerID != "" || !p.Proof.Absences {
		t.Errorf("%+v", orders)
	}
}

func TestWhatIsWrongIsToldByLine(t *testing.T) {
	for name, c := range map[string]struct {
		kind, text string
		want       []string
	}{
		"empty":               {"spend", "\xef\xbb\xbf", []string{"the file is empty", "date, until, campaign"}},
		"no letters of UTF-8": {"spend", "date,campaign,spend\n2026-11-21,M\xfcller,1\n", []string{"line 2: a letter in it is not UTF-8: save it as CSV UTF-8"}},
		"UTF-16":              {"spend", "\xff\xfed\x00a\x00", []string{"UTF-16", "save it as CSV UTF-8"}},
		"no text":             {"spend", "date,campaign,spend\n2026-11-21,A\x00B,1\n", []string{"line 2: it has a sign that is no text"}},
		"a workbook":          {"spend", "PK\x03\x04", []string{"it is a workbook"}},
		"a web page":          {"spend", "\n<!DOCTYPE html><html>", []string{"it is a web page"}},
		"strange columns":     {"orders", "order,date,quantity,price,name,jo@example.com\n", []string{`line 1: there is no column "name", "[address]"; there are`}},
		"a nameless column":   {"spend", "date,campaign,spend,\n2026-11-21,A,1,x\n", []string{"line 2: cell 4 is in a column without a name"}},
		"a year of old":       {"spend", "date,campaign,spend\n0206-11-21,A,1\n", []string{"line 2: date: 0206-11-21 is before 1990-01-01: look at the year"}},
		"a year to come":      {"spend", "date,campaign,spend\n2062-11-21,A,1\n", []string{"line 2: date: 2062-11-21 is more than three years ahead"}},
		"a line twice":        {"spend", "date,campaign,spend\n2026-11-21,A,1\n2026-11-22,A,1\n2026-11-21,A,1\n", []string{"line 4: it says again what line 2 says"}},
		"two channels":        {"spend", "date,campaign,channel,spend\n2026-11-21,A,social,1\n2026-11-21,A,search,2\n", []string{`line 3: channel: the campaign "A" is social on 2026-11-21`}},
		"a tariff of nothing": {"tariffs", "kind,from,per_order\npayment,2026-01-01,\n", []string{"line 2: it does not say what it costs: write 0"}},
		"an address as name":  {"orders", "order,date,quantity,price\njo@example.com,2026-01-01,1,1\n", []string{"line 2: order: it looks like an e-mail address"}},
		"an order to come":    {"orders", "order,date,quantity,price\nA,2027-01-01,1,1\n", []string{"line 2: date: 2027-01-01 is still to come"}},
		"more given back":     {"orders", "order,date,quantity,price\nA,2026-01-01,1,1\nA,2026-01-02,-2,1\n", []string{"line 3: quantity: the order A has more given back than was bought by then"}},
		"an unknown column":   {"spend", "date,campaign,spend,email\n", []string{`line 1: there is no column "email"; there are: date`}},
		"a missing column":    {"spend", "date,spend\n", []string{"line 1: the column campaign is missing"}},
		"a column twice":      {"spend", "date,date,campaign,spend\n", []string{"date is there twice"}},
		"many at once":        {"spend", "date,campaign,spend\n21.11.2026,A,1\n2026-11-21,,1\n2026-11-21,A,one\n", []string{"line 2: date: \"21.11.2026\" is not a day", "line 3: campaign is empty", "line 4: spend: \"one\" is not an amount"}},
		"too few cells":       {"spend", "date,campaign,spend\n2026-11-21,A\n", []string{"line 2: it has 2 cells, and the header 3"}},
		"an open quote":       {"spend", "date,campaign,spend\n2026-11-21,\"A,1\n", []string{"cannot be read"}},
		"two currencies":      {"spend", "date,campaign,spend,currency\n2026-11-21,A,1,EUR\n2026-11-22,A,1,USD\n", []string{"line 3: currency: the campaign"}},
		"until before date":   {"spend", "date,until,campaign,spend\n2026-11-21,2026-11-20,A,1\n", []string{"line 2: until: 2026-11-20"}},
		"a cost twice":        {"unit_costs", "sku,from,cost\nA,2026-01-01,1\nA,2026-01-01,2\n", []string{"line 3: A from 2026-01-01 is on line 2 already"}},
		"an unknown tariff":   {"tariffs", "kind,from,percent\ngifts,2026-01-01,200\n", []string{"gifts", "percent: \"200\" is not a percentage"}},
		"an e-mail address":   {"orders", "order,date,customer,quantity,price\nA,2026-01-01,jo@example.com,1,1\n", []string{"line 2: customer: it looks like an e-mail address"}},
		"nothing sold":        {"orders", "order,date,quantity,price\nA,2026-01-01,-1,1\n", []string{"begins with something given back"}},
		"another's order":     {"orders", "order,date,customer,quantity,price\nA,2026-01-01,1,1,1\nA,2026-01-01,2,1,1\n", []string{"line 3: the order A has another customer"}},
		"too large discount":  {"orders", "order,date,quantity,price,discount\nA,2026-01-01,1,1,2\n", []string{"line 2: discount"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range kindOf(c.kind).pull(t.Context(), account(c.kind, write(t, c.text), nil), connectors.Request{}) {
				f, _ := connectors.FaultOf(err)
				if f != connectors.Malformed {
					t.Fatalf("got %v", err)
				}
				for _, want := range c.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%q does not say %q", err, want)
					}
				}
				if strings.Contains(err.Error(), "jo@example.com") {
					t.Error("the error tells an address")
				}
			}
		})
	}
	var many strings.Builder
	many.WriteString("date,campaign,spend\n")
	for i := range 100 {
		fmt.Fprintf(&many, "x%d,A,1\n", i)
	}
	for _, err := range kindOf("spend").pull(t.Context(), account("spend", write(t, many.String()), nil), connectors.Request{}) {
		if err == nil || !strings.Contains(err.Error(), "and 80 more") {
			t.Errorf("got %v", err)
		}
	}
	for _, err := range kindOf("spend").pull(t.Context(), account("spend", "/nowhere/file.csv", nil), connectors.Request{}) {
		if f, _ := connectors.FaultOf(err); f != connectors.Unavailable || !strings.Contains(err.Error(), "put it back") || connectors.RetryAfter(err) < time.Hour {
			t.Errorf("got %v", err)
		}
	}
}

// What spreadsheets write is read, however they are set.
func TestFilesAsSpreadsheetsWriteThem(t *testing.T) {
	for name, text := range map[string]string{
		"tabs":               "Date\tCampaign\tSpend\n2026-11-21\tA\t1,50\n",
		"old ends":           "date,campaign,spend\r2026-11-21,A,1.50\r",
		"empty columns":      "date,campaign,spend,,\n2026-11-21,A,1.50,,\n",
		"empty lines":        "\n\ndate;campaign;spend\n;;\n2026-11-21;A;1,50\n;;\n",
		"nothing, twice":     "date,campaign,spend\n2026-11-21,A,1.50\n2026-11-22,B,0\n2026-11-22,B,0\n",
		"a credit":           "date,campaign,spend\n2026-11-21,A,2.00\n2026-11-21,A,-0.50\n",
		"with its byte mark": "\xef\xbb\xbfdate,campaign,spend\n2026-11-21,A,1.50\n",
	} {
		t.Run(name, func(t *testing.T) {
			var sum money.Micros
			for _, r := range page(t, account("spend", write(t, text), nil), nil).Records {
				sum += r.(fact.AdDay).Spend
			}
			if sum != 1_500_000 {
				t.Errorf("the spend is %d", sum)
			}
		})
	}
}

// A spreadsheet that is published is served by another host than the one that publishes it.
func TestAPublishedSheetIsFollowed(t *testing.T) {
	h := host.New("sheets", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Host + r.URL.Path {
		case "docs.example.com/sheet":
			http.Redirect(w, r, "https://files.example.org/sheet.csv", http.StatusTemporaryRedirect)
		case "docs.example.com/plain":
			http.Redirect(w, r, "http://files.example.org/sheet.csv", http.StatusFound)
		case "docs.example.com/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "files.example.org/sheet.csv":
			_, _ = w.Write([]byte(examples["spend"]))
		default:
			http.NotFound(w, r)
		}
	}), "docs.example.com", "files.example.org")
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	client := &http.Client{Transport: h.Transport()}
	if got := page(t, account("spend", "https://docs.example.com/sheet", client), nil); len(got.Records) != 31 {
		t.Errorf("%d days", len(got.Records))
	}
	for at, want := range map[string]string{"plain": "without https", "round": "from one to the next", "gone": "does not serve the file"} {
		for _, err := range kindOf("spend").pull(t.Context(), account("spend", "https://docs.example.com/"+at, client), connectors.Request{}) {
			if f, _ := connectors.FaultOf(err); f != connectors.Malformed || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v", at, err)
			}
		}
	}
}
