package kpi

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fourfold/internal/period"
)

func target(id ID, g period.Grain, from period.Day, version int, green, red float64) Target {
	return Target{KPI: id, Grain: g, From: from, Version: version, Anchors: Anchors{Green: green, Red: red}}
}

func micros(x float64) int64 { return int64(math.Round(x * 1e6)) }

var cal = period.Calendar{}

func TestTheVersionInForceAtTheCloseJudges(t *testing.T) {
	month := func(m time.Month) period.Period { return period.Of(period.Monthly, period.Date(2025, m, 1), cal) }
	b := NewBook(Catalogue(), []Target{
		target("aov", period.Monthly, period.Date(2025, 6, 30), 2, 80, 70),
		target("aov", period.Monthly, period.Date(2025, 3, 1), 1, 60, 50),
		target("aov", period.Monthly, period.Date(2025, 9, 1), 3, 0, 0),
	}, BookOptions{Live: period.Date(2025, 2, 15)})
	through := period.Date(2026, 1, 1)
	for _, c := range []struct {
		month time.Month
		green float64
		first bool
		ok    bool
	}{
		{time.January, 60, true, true},   // backfilled: closed before anything was live
		{time.February, 0, false, false}, // closed while live, without a target: stays without
		{time.March, 60, false, true},
		{time.May, 60, false, true},
		{time.June, 80, false, true}, // in force on its last day
		{time.August, 80, false, true},
		{time.September, 0, false, false}, // ended
	} {
		got, ok := b.For("aov", Whole, month(c.month), through)
		if ok != c.ok || (ok && (got.Anchors.Green != c.green || got.First != c.first || got.How != "")) {
			t.Errorf("%s: %+v, %t", c.month, got, ok)
		}
	}
	if _, ok := b.For("aov", Scope{Connection: 3}, month(time.May), through); ok {
		t.Error("the target of the whole judges a store")
	}
	if got, ok := b.For("aov", Whole, period.Of(period.Weekly, period.Date(2025, 5, 5), cal), through); !ok || got.Anchors.Green != 60 || got.How != AsMonth {
		t.Errorf("a week's AOV is judged by %+v, %t", got, ok)
	}
	if _, ok := b.For("aov", Whole, period.Of(period.Daily, period.Date(2025, 5, 5), cal), through); ok {
		t.Error("a day's AOV is judged by the month's target")
	}
	closedThen := NewBook(Catalogue(), []Target{target("aov", period.Monthly, period.Date(2025, 9, 1), 1, 60, 50)}, BookOptions{Live: period.Date(2025, 7, 1)})
	if got, ok := closedThen.For("aov", Whole, june, through); !ok || !got.First {
		t.Errorf("the month that closed the day before is judged by %+v, %t", got, ok)
	}
	future := NewBook(Catalogue(), []Target{target("aov", period.Monthly, period.Date(2027, 1, 1), 1, 60, 50)}, BookOptions{})
	if _, ok := future.For("aov", Whole, june, june.From+10); ok {
		t.Error("a target of the future judges the running month")
	}
}

func TestAMonthsTargetSpreadsByLastYearsShape(t *testing.T) {
	shape := func(_ ID, _ Scope, days period.Days) []float64 { // Sundays closed, Saturdays double
		out := make([]float64, days.Len())
		for i := range out {
			switch (days.From + period.Day(i)).Weekday() {
			case time.Sunday:
			case time.Saturday:
				out[i] = 2
			default:
				out[i] = 1
			}
		}
		return out
	}
	b := NewBook(Catalogue(), []Target{target("net_sales", period.Monthly, june.From, 1, 30_000, 27_000)}, BookOptions{Shape: shape})
	through := june.To + 40
	var green, red int64
	for d := june.From; d < june.To; d++ {
		got, ok := b.For("net_sales", Whole, period.Of(period.Daily, d, cal), through)
		if sunday := d.Weekday() == time.Sunday; ok == sunday {
			t.Errorf("%s (%s): a target: %t", d, d.Weekday(), ok)
		}
		if !ok {
			continue
		}
		if got.How != Spread || got.ID != 0 || got.Grain != period.Monthly {
			t.Errorf("%s: %+v", d, got)
		}
		green += micros(got.Anchors.Green)
		red += micros(got.Anchors.Red)
	}
	if green != 30_000e6 || red != 27_000e6 {
		t.Errorf("the days sum to %d and %d micros", green, red)
	}
	saturday, _ := b.For("net_sales", Whole, period.Of(period.Daily, period.Date(2025, 6, 7), cal), through)
	monday, _ := b.For("net_sales", Whole, period.Of(period.Daily, period.Date(2025, 6, 2), cal), through)
	if r := saturday.Anchors.Green / monday.Anchors.Green; math.Abs(r-2) > 1e-6 {
		t.Errorf("a Saturday's target is %v Mondays'", r)
	}
}

func TestARunningPeriodIsComparedLikeWithLike(t *testing.T) {
	b := NewBook(Catalogue(), []Target{
		target("net_sales", period.Monthly, june.From, 1, 30_000, 27_000),
		target("net_sales", period.Monthly, june.To, 2, 31_000, 27_900),
		target("aov", period.Monthly, june.From, 1, 80, 70),
	}, BookOptions{})
	got, ok := b.For("net_sales", Whole, june, june.From+10)
	if !ok || got.How != Elapsed || got.Anchors.Green != 10_000 || got.Anchors.Red != 9_000 {
		t.Errorf("after ten of thirty days: %+v, %t", got, ok)
	}
	if got, ok := b.For("aov", Whole, june, june.From+10); !ok || got.How != "" || got.Anchors.Green != 80 {
		t.Errorf("a ratio's target after ten days: %+v, %t", got, ok)
	}
	week := period.Of(period.Weekly, period.Date(2025, 7, 1), cal) // 30 June to 6 July
	if got, ok := b.For("net_sales", Whole, week, june.To+40); !ok || got.How != Spread || got.Anchors.Green != 7_000 {
		t.Errorf("a week over two months: %+v, %t", got, ok)
	}
	if got, ok := b.For("net_sales", Whole, week, june.To+1); !ok || got.Anchors.Green != 2_000 {
		t.Errorf("two days of it: %+v, %t", got, ok)
	}
	quarter := period.Of(period.Quarterly, period.Date(2025, 9, 1), cal)
	if got, ok := b.For("net_sales", Whole, quarter, june.To+400); !ok || got.Anchors.Green != 93_000 {
		t.Errorf("a quarter of months: %+v, %t", got, ok)
	}
	c := Build(Catalogue(), At{Whole, june, june.From + 10},
		Measures{at(GrossSales): {Int: 11_000e6}, at(Discounts): {}, at(SalesReversals): {}}, b, Plan{})
	if e := entry(t, c, "net_sales"); !c.Running || e.Status != Green {
		t.Errorf("11,000 of the 10,000 expected by the tenth is %s", e.Status)
	}
}

func TestSpreadingSumsExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(-1e18, 1e18).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Float64Range(-1, 1e9), 1, 366).Draw(t, "weights")
		var sum int64
		parts := apportion(total, weights)
		for _, p := range parts {
			sum += p
			if (total >= 0 && p < 0 || total <= 0 && p > 0) && math.Abs(float64(p)) > 1000 {
				t.Fatalf("a part of %d is %d", total, p)
			}
		}
		if sum != total || len(parts) != len(weights) {
			t.Fatalf("%d parts of %d sum to %d", len(parts), total, sum)
		}
	})
}

func TestTheDaysOfATargetSumToIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		green := float64(rapid.Int64Range(1, 1e9).Draw(t, "cents")) / 100
		weights := rapid.SliceOfN(rapid.Float64Range(0, 1e6), 30, 30).Draw(t, "shape")
		b := NewBook(Catalogue(), []Target{target("new_customers", period.Monthly, june.From, 1, green, 0)},
			BookOptions{Shape: func(ID, Scope, period.Days) []float64 { return weights }})
		var sum int64
		for d := june.From; d < june.To; d++ {
			if got, ok := b.For("new_customers", Whole, period.Of(period.Daily, d, cal), june.To); ok {
				sum += micros(got.Anchors.Green)
			}
		}
		if sum != micros(green) {
			t.Fatalf("the days of %v sum to %d micros", green, sum)
		}
	})
}

func TestAdditiveKPIs(t *testing.T) {
	for id, want := range map[ID]bool{"net_sales": true, "new_customers": true, "website_traffic": true, "returns_within_target_time": true, "new_products_launched": true,
		"gross_profit": true, "aov": false, "customer_retention_rate": false, "revenue_growth_yoy": false, "revenue_concentration_hhi": false, "nps": false, "days_of_inventory": false} {
		if k, _ := Find(Catalogue(), id); k.Additive() != want {
			t.Errorf("%s is additive: %t, want %t", id, k.Additive(), want)
		}
	}
}

func TestWhatIsLeftGoesToTheLargestRemainder(t *testing.T) {
	for _, c := range []struct {
		total   int64
		weights []float64
		want    []int64
	}{
		{10, []float64{1, 1.9}, []int64{3, 7}}, // 3.4 and 6.6
		{10, []float64{1, 1, 1}, []int64{4, 3, 3}},
		{-10, []float64{1, 1, 1}, []int64{-4, -3, -3}},
		{7, []float64{0, 1, 0}, []int64{0, 7, 0}},
		{7, []float64{0, 0}, []int64{4, 3}},
		{7, []float64{-5, 1}, []int64{0, 7}},
		{0, []float64{1, 2}, []int64{0, 0}},
	} {
		if got := apportion(c.total, c.weights); !slices.Equal(got, c.want) {
			t.Errorf("%d over %v: %v, want %v", c.total, c.weights, got, c.want)
		}
	}
}

func TestLastingKPIs(t *testing.T) {
	for id, want := range map[ID]bool{"aov": true, "gross_margin_pct": true, "customer_retention_rate": true, "repeat_purchase_rate": true, "revenue_growth_yoy": true,
		"conversion_rate": true, "days_of_inventory": true, "product_quality_index": true, "order_fulfillment_cycle_time": true,
		"revenue_growth_pop": false, "revenue_per_customer": false, "returning_customer_rate": false, "sell_through_rate": false, "net_sales": false, "nps": false} {
		if k, _ := Find(Catalogue(), id); k.Lasting() != want {
			t.Errorf("%s is lasting: %t, want %t", id, k.Lasting(), want)
		}
	}
}
