package count

import (
	"testing"

	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/kpi"
)

func TestStock(t *testing.T) {
	known := &Items{}
	known.Costs(fact.CostReading{ItemID: "shirt", Day: on("03-01"), Cost: 4 * eur, Currency: "EUR"}, fact.CostReading{ItemID: "hat", Day: on("03-02"), Cost: 7 * eur, Currency: "EUR"})
	tally := &Tally{}
	OfStockDay(tally, on("03-01"))
	OfStock(tally, on("03-01"), []StockItem{
		{ItemID: "shirt", ProductID: "p", OnHand: 5, Available: 3, Tracked: true, Sellable: true},
		{ItemID: "shirt xl", ProductID: "p", OnHand: 2, Available: 0, Tracked: true, Sellable: true}, // no cost; none left
		{ItemID: "hat", ProductID: "q", OnHand: -3, Available: -3, Tracked: true, Sellable: true},    // below zero; the cost came later
		{ItemID: "old", ProductID: "r", OnHand: 9, Available: 0, Tracked: true},                      // archived
		{ItemID: "file", ProductID: "s", OnHand: 100},                                                // not tracked
	}, known, "EUR")
	expect(t, tally, []kpi.Measure{kpi.StockReadings, kpi.StockCost, kpi.StockUnits, kpi.SKUDays, kpi.SKUDaysOut, ProductOut},
		":stock_readings 03-01 1", ":stock_cost 03-01 20.00", ":stock_units 03-01 16", ":sku_days 03-01 3", ":sku_days_out 03-01 2", ":product_out 03-01 [q] 1")
}

func TestSessions(t *testing.T) {
	tally := &Tally{}
	for _, s := range []fact.SessionsDay{{Source: "direct", Branded: true, Sessions: 50, Completed: 3}, {Source: "search", Sessions: 40, Completed: 1},
		{Source: "email", Campaign: "spring", Sessions: 10, Completed: 2}} {
		s.Day = on("03-01")
		OfSessions(tally, &s)
	}
	expect(t, tally, []kpi.Measure{kpi.Sessions, kpi.SessionsCompleted, kpi.CampaignSessions, kpi.CampaignCompleted, kpi.BrandSessions},
		":sessions 03-01 100", ":sessions_completed 03-01 6", ":campaign_sessions 03-01 10", ":campaign_sessions_completed 03-01 2", ":brand_sessions 03-01 50")
}

func TestBins(t *testing.T) {
	const hour, day = 3600, 86400
	for _, c := range []struct {
		seconds int64
		want    string
	}{
		{-5, "3600"}, {0, "3600"}, {1, "3600"}, {hour, "3600"}, {hour + 1, "7200"}, {14 * day, "1209600"}, {14*day + 1, "1231200"},
		{60 * day, "5184000"}, {60*day + 1, "5270400"},
	} {
		if got := Bin(c.seconds); got != c.want {
			t.Errorf("%d seconds are in %s, want %s", c.seconds, got, c.want)
		}
		if upper, err := ParseBin(c.want); err != nil || upper < c.seconds {
			t.Errorf("%s is read as %d, %v", c.want, upper, err)
		}
	}
	if upper, err := ParseBin("inf"); err != nil || upper != kpi.Infinite {
		t.Errorf("inf is read as %d, %v", upper, err)
	}
}

// Every measure that is kept as a total moves itself; those worked out from parts are moved by the parts.
func TestReaches(t *testing.T) {
	moved := make(map[kpi.Measure]bool)
	for _, m := range []kpi.Measure{Links, Loyalty, ProductNet, ProductUnits, ProductOut} {
		for _, reach := range (Key{Measure: m, Day: on("03-01")}).Reaches() {
			moved[reach.Measure] = true
		}
	}
	for _, info := range kpi.AllMeasures {
		switch info.Shape {
		case kpi.Distinct, kpi.Computed:
			if !moved[info.Measure] {
				t.Errorf("nothing moves %s", info.Measure)
			}
		default:
			got := Key{Measure: info.Measure, Day: on("03-01")}.Reaches()
			if want := (Reach{info.Measure, period.Days{From: on("03-01"), To: on("03-02")}}); len(got) != 1 || got[0] != want {
				t.Errorf("%s moves %v, want %v", info.Measure, got, want)
			}
		}
	}
	if again := (Key{Measure: Links, Part: "2026-02-01", Day: on("03-01")}).Reaches(); len(again) != 4 {
		t.Errorf("a customer who is not new moves %v", again)
	}
}
