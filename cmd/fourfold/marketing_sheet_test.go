package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/shapes"
	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/ecb"
	"fourfold/internal/sim/host"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

const (
	sheetFile   = "testdata/marketing.fods"
	sheetMonths = "testdata/marketing.csv" // the values of its first sheet
)

// TestMarketingEqualsTheSheet is thirteen months of a shop in Berlin that sells in euros and advertises in dollars, pounds and yen. Its orders,
// refunds, unit costs and rate card are those of a spreadsheet, what the platforms and the bank tell is held against it, and the scorecard's
// figures are to be those that the spreadsheet comes to by formulas of its own.
func TestMarketingEqualsTheSheet(t *testing.T) {
	sheet := readSpreadsheet(t, sheetFile)
	months := readComma(t, sheetMonths)
	sheet.holds(t, months)
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		s := newSheetStory(t, dsn, sheet)
		s.must(s.command("pull", "--quiet"))
		if needs, err := s.worker().Needs(t.Context(), s.merchant()); err != nil || len(needs) > 0 {
			t.Errorf("a merchant with everything linked needs %+v, %v", needs, err)
		}
		for _, want := range months {
			s.comesTo(want)
		}
	})
}

// holds checks that the values beside the spreadsheet are those in it, and that they are worth comparing with.
func (s spreadsheet) holds(t *testing.T, months []map[string]string) {
	t.Helper()
	gaps := map[string]bool{}
	for i, want := range s["Months"] {
		if i >= len(months) {
			break
		}
		for name, cell := range want {
			got := months[i][name]
			a, errA := strconv.ParseFloat(cell, 64)
			b, errB := strconv.ParseFloat(got, 64)
			if got != cell && (errA != nil || errB != nil || math.Abs(a-b) > 1e-12*math.Abs(a)) {
				t.Errorf("%s of %s is %q in %s and %q in %s: save the values anew", name, want["month"], cell, sheetFile, got, sheetMonths)
			}
			if strings.HasSuffix(name, "_gap") {
				gaps[cell] = true
			}
		}
	}
	if len(months) != 13 || len(s["Months"]) != 13 || len(gaps) != 5 {
		t.Fatalf("%d months in the spreadsheet, %d beside it, with the gaps %q; want 13, and all there can be", len(s["Months"]), len(months), slices.Sorted(maps.Keys(gaps)))
	}
}

// sheetStory is the shop that the spreadsheet is about.
type sheetStory struct {
	*week
	sheet    spreadsheet
	accounts []*ads.Account // in the order of accountColumns
	products map[string]*sim.Product
	orders   map[string]*sim.Order
}

// accountColumns are where the spreadsheet has what an account told.
var accountColumns = []struct{ platform, column string }{{"google-ads", "google_usd"}, {"meta", "meta_gbp"}, {"tiktok", "tiktok_jpy"}}

func newSheetStory(t *testing.T, dsn string, sheet spreadsheet) *sheetStory {
	t.Helper()
	s := &sheetStory{week: newWeek(t, dsn, sheet["Read"][0]["read_in_berlin"]), sheet: sheet, products: map[string]*sim.Product{}, orders: map[string]*sim.Order{}}
	s.accounts = []*ads.Account{
		sheetAccount(ads.Account{ID: "5550001111", Currency: "USD", Zone: "America/Los_Angeles", Settles: 20, Unit: money.Unit / 100}, "SEARCH", 7),
		sheetAccount(ads.Account{ID: "7001", Currency: "GBP", Zone: "Europe/London", Settles: 20, Unit: money.Unit / 100}, "OUTCOME_SALES", 4),
		sheetAccount(ads.Account{ID: "6900001", Currency: "JPY", Zone: "Asia/Tokyo", Settles: 10, Unit: money.Unit}, "AUCTION", 700),
	}
	s.tellsTheSame()
	s.trades()
	s.links()
	return s
}

// sheetAccount advertises all the time but in August 2026, and more in spring.
func sheetAccount(a ads.Account, kind string, daily money.Micros) *ads.Account {
	a.Name, a.Seed = a.Currency, 4
	for i, c := range []ads.Campaign{
		{Name: "Always", From: period.Date(2025, 9, 1), To: period.Date(2026, 8, 1), Daily: daily * money.Unit},
		{Name: "Spring", From: period.Date(2026, 2, 10), To: period.Date(2026, 6, 20), Daily: daily * money.Unit / 2},
		{Name: "Autumn", From: period.Date(2026, 9, 1), To: period.Date(2026, 10, 31), Daily: daily * money.Unit},
	} {
		c.ID, c.Kind = fmt.Sprintf("%s0%d", a.ID, i+1), kind
		a.Campaigns = append(a.Campaigns, c)
	}
	return &a
}

// tellsTheSame holds the spreadsheet against what the platforms and the bank tell at the moment of the pull, day by day.
func (s *sheetStory) tellsTheSame() {
	s.t.Helper()
	days := period.Days{From: period.Date(2025, 9, 1), To: period.Date(2026, 10, 1)}
	spend, rates := s.byDay("Spend"), s.byDay("Rates")
	for d := days.From; d < days.To; d++ {
		for i, c := range accountColumns {
			if told := s.accounts[i].Spend(period.Days{From: d, To: d + 1}, s.clock.now()); int64(told) != amount(spend[d][c.column]) {
				s.t.Errorf("%s tells %d micros of %s, the spreadsheet %q", c.platform, told, d, spend[d][c.column])
			}
		}
		for column, currency := range map[string]string{"usd": "USD", "gbp": "GBP", "jpy": "JPY"} {
			published := ""
			if ecb.Working(d) {
				published = ecb.Rate(currency, d)
			}
			if got := rates[d][column]; got != published && (got == "" || published == "" || amount(got) != amount(published)) {
				s.t.Errorf("the bank publishes %q %s for %s, the spreadsheet has %q", published, currency, d, got)
			}
		}
	}
	if len(spend) != days.Len() {
		s.t.Errorf("the spreadsheet has spend of %d days, want %d", len(spend), days.Len())
	}
	// Days are complete where they are over in the westernmost account.
	if west := period.On(s.clock.now(), s.accounts[0].Location()).String(); west != s.sheet["Read"][0]["complete_to"] {
		s.t.Errorf("days are complete up to %s, in the spreadsheet up to %s", west, s.sheet["Read"][0]["complete_to"])
	}
}

func (s *sheetStory) byDay(name string) map[period.Day]map[string]string {
	s.t.Helper()
	all := map[period.Day]map[string]string{}
	for _, row := range s.sheet[name] {
		day, err := period.ParseDay(row["day"])
		s.must(err)
		all[day] = row
	}
	return all
}

func (s *sheetStory) links() {
	s.t.Helper()
	s.app.cfg.Since = 0
	bank := ecb.New(s.clock.now)
	hosts := []*host.Host{bank.Host}
	links := [][]string{{"link", "ecb"}, {"link", "csv", "--set", "kind=unit_costs", "--set", "file=" + s.file("UnitCosts", "sku", "from", "cost")},
		{"link", "csv", "--set", "kind=tariffs", "--set", "file=" + s.file("RateCard", "kind", "from", "per_order", "per_unit", "percent")}}
	for i, c := range accountColumns {
		p := platforms[slices.IndexFunc(platforms, func(p platform) bool { return p.name == c.platform })]
		hosts = append(hosts, p.host(s.clock.now, s.accounts[i:i+1]))
		s.app.cfg.SetApp(connectorID(p.name), config.App{ClientID: p.id, ClientSecret: secret.New(p.secret), DeveloperToken: secret.New("developer-token"), Callback: "http://127.0.0.1:0/callback"})
		links = append(links, append([]string{"link", p.name, "--accounts", "all"}, p.link...))
	}
	for _, h := range hosts {
		s.must(h.Start(s.t.Context()))
		s.t.Cleanup(h.Close)
	}
	s.app.transport = host.Together(s.srv.Transport(), hosts...)
	s.app.browse = func(ctx context.Context, address string) { agree(ctx, s.app.transport, address) }
	s.link()
	for _, args := range links {
		s.must(s.command(args...))
	}
}

// file writes columns of a sheet as a merchant would.
func (s *sheetStory) file(name string, columns ...string) string {
	s.t.Helper()
	lines := []string{strings.Join(columns, ",")}
	for _, row := range s.sheet[name] {
		var cells []string
		for _, c := range columns {
			cells = append(cells, row[c])
		}
		lines = append(lines, strings.Join(cells, ","))
	}
	path := filepath.Join(s.t.TempDir(), name+".csv")
	s.must(os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	return path
}

// trades tells the shop what was bought and what was given back, in the order of time.
func (s *sheetStory) trades() {
	s.t.Helper()
	type happening struct {
		at time.Time
		do func()
	}
	var all []happening
	when := func(row map[string]string) string { return row["day"] + " " + row["time"] }
	for _, row := range s.sheet["Orders"] {
		all = append(all, happening{s.time(when(row)), func() { s.buys(row, when(row)) }})
	}
	for _, row := range s.sheet["Changes"] {
		if row["kind"] != "return" {
			all = append(all, happening{s.time(when(row)), func() { s.changes(row, when(row)) }})
			continue
		}
		asked, id := row["requested"]+" 10:00", int64(0)
		all = append(all, happening{s.time(asked), func() {
			o := s.orders[row["order"]]
			s.fulfil(o, row["requested"]+" 02:00")
			id = s.sendBack(o, asked, sim.Returning{Lines: back(o, s.whole(row["units"]), "UNWANTED")})
		}}, happening{s.time(when(row)), func() {
			s.process(s.orders[row["order"]], when(row), id, sim.Processing{})
			s.refund(s.orders[row["order"]], when(row), sim.Refunding{ReturnID: id})
		}})
	}
	slices.SortStableFunc(all, func(a, b happening) int { return a.at.Compare(b.at) })
	for _, h := range all {
		h.do()
	}
}

func (s *sheetStory) whole(text string) int {
	s.t.Helper()
	n, err := strconv.Atoi(text)
	s.must(err)
	return n
}

func (s *sheetStory) buys(row map[string]string, when string) {
	s.t.Helper()
	sku := row["sku"]
	if s.products[sku] == nil {
		s.change(func(shop *sim.Shop) error {
			s.products[sku] = shop.AddProduct(sim.At(opened), sim.Product{Title: sku, Variants: []*sim.Variant{{SKU: sku, Price: amount(row["price"]), Item: sim.InventoryItem{Untracked: true}}}})
			return nil
		})
	}
	item := sim.Item{Product: s.products[sku], Variant: s.products[sku].Variants[0], Quantity: s.whole(row["units"]), Price: amount(row["price"])}
	if off := amount(row["discount"]); off != 0 {
		item.Discounts = []sim.Discount{{Amount: off}}
	}
	buyer := row["customer"]
	if buyer != "" && s.buyers[buyer] == nil {
		s.buyers[buyer] = s.customer()
	}
	s.orders[row["order"]] = s.place(when, sim.Purchase{Customer: s.buyers[buyer], Items: []sim.Item{item}, Shipping: parcel(row["shipping"])})
}

func (s *sheetStory) changes(row map[string]string, when string) {
	s.t.Helper()
	o := s.orders[row["order"]]
	switch row["kind"] {
	case "goods":
		s.refund(o, when, sim.Refunding{Lines: []sim.RefundPart{{LineItemID: o.Lines[0].ID, Quantity: s.whole(row["units"]), Restock: "RETURN"}}, Shipping: amount(row["shipping_back"])})
	case "goodwill":
		s.refund(o, when, sim.Refunding{Amount: new(amount(row["money"]))})
	case "cancel":
		s.cancel(o, when, sim.Cancellation{Reason: "CUSTOMER"})
	default:
		s.t.Fatalf("a change is a %q", row["kind"])
	}
}

// sheetKPIs are compared; money to the micro, ratios and days to a billionth.
var sheetKPIs = []kpi.ID{"ad_spend", "new_customers", "net_sales", "cogs", "cac_blended", "mer", "contribution_margin_after_ads", "cac_payback_days"}

// comesTo holds the scorecard of a month against the spreadsheet.
func (s *sheetStory) comesTo(want map[string]string) {
	s.t.Helper()
	var card shapes.Scorecard
	s.must(json.Unmarshal([]byte(s.says("show", want["month"], "--all", "--json")), &card))
	for _, id := range sheetKPIs {
		i := slices.IndexFunc(card.KPIs, func(k shapes.ScorecardKPI) bool { return k.ID == id })
		if i < 0 {
			s.t.Errorf("%s: the scorecard has no %s", want["month"], id)
			continue
		}
		k, name := card.KPIs[i], string(id)
		if string(k.Gap) != want[name+"_gap"] {
			s.t.Errorf("%s: the gap of %s is %q, in the spreadsheet %q", want["month"], id, k.Gap, want[name+"_gap"])
		}
		if want[name] == "" || k.Value == nil {
			if want[name] != "" || k.Value != nil {
				s.t.Errorf("%s: %s has a value: %t; in the spreadsheet it is %q", want["month"], id, k.Value != nil, want[name])
			}
			continue
		}
		x, err := strconv.ParseFloat(want[name], 64)
		s.must(err)
		same := math.Abs(*k.Value-x) <= 1e-9*math.Abs(x)
		if k.Unit == kpi.Money && id != "cac_blended" {
			same = math.Round(*k.Value*1e6) == math.Round(x*1e6)
		}
		if !same {
			s.t.Errorf("%s: %s is %v, in the spreadsheet %v", want["month"], id, *k.Value, x)
		}
	}
}
