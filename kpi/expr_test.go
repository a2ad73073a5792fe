package kpi

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestTheGravestGapIsTold(t *testing.T) {
	e := ratio(minus(of(NetWithCost), of(COGS)), of(NetSales))
	for _, c := range []struct {
		figures Measures
		want    Gap
	}{
		{Measures{}, NotConnected},
		{Measures{at(NetWithCost): {}, at(COGS): {}, at(NetSales): {Gap: StaleSource}}, StaleSource},
		{Measures{at(NetWithCost): {Gap: InsufficientHist}, at(COGS): {}, at(NetSales): {Gap: StaleSource}}, InsufficientHist},
		{Measures{at(NetWithCost): {Gap: StaleSource}, at(COGS): {}}, NotConnected},
		{Measures{at(NetWithCost): {}, at(COGS): {}, at(NetSales): {}}, NoDenominator},
		{Measures{at(NetWithCost): {Int: -3}, at(COGS): {}, at(NetSales): {Int: -5}}, NoDenominator},
		{Measures{at(NetWithCost): {Int: -3}, at(COGS): {}, at(NetSales): {Int: 5}}, ""},
	} {
		if got := e.Eval(c.figures).Gap; got != c.want {
			t.Errorf("%v: gap %q, want %q", c.figures, got, c.want)
		}
	}
}

func TestNothingGrowsFromZeroOrLess(t *testing.T) {
	e := growth(of(NetSales), over(NetSales, LastYear))
	for _, base := range []int64{0, -100} {
		if r := e.Eval(Measures{at(NetSales): {Int: 50}, within(NetSales, LastYear): {Int: base}}); r.Gap != NoDenominator {
			t.Errorf("from %d: %+v", base, r)
		}
	}
	r := e.Eval(Measures{at(NetSales): {Int: -50}, within(NetSales, LastYear): {Int: 100}})
	if r.Num != exactly(-150) || r.Den != 100 {
		t.Errorf("from 100 to -50: %+v, want -150 over 100", r)
	}
}

func TestNumeratorsAreExactUntilTheyDoNotFit(t *testing.T) {
	m := Measures{at(GrossSales): {Int: 9_007_199_254_740_993}, at(Discounts): {Int: 1}, at(SalesReversals): {Int: 1}}
	k, _ := Find(Catalogue(), "net_sales")
	if r := k.Formula.Eval(m); r.Num != exactly(9_007_199_254_740_991) {
		t.Errorf("net sales are %+v", r.Num)
	}
	m[at(SalesReversals)] = Figure{Int: -math.MaxInt64}
	if r := k.Formula.Eval(m); r.Num.Exact || r.Num.Float < 9.2e18 {
		t.Errorf("an overflow gives %+v, want an inexact number", r.Num)
	}
	if n := exactly(math.MaxInt64).times(2); n.Exact || n.Float < 1.8e19 {
		t.Errorf("twice the largest is %+v", n)
	}
	if n := exactly(math.MinInt64).plus(exactly(-1)); n.Exact {
		t.Errorf("one less than the least is %+v", n)
	}
}

func TestSumsAgreeWithIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		k := rapid.Int64Range(-1e6, 1e6).Draw(t, "k")
		if n := exactly(a).plus(exactly(b)); n.Exact && n.Int-b != a || math.Abs(n.AsFloat()-(float64(a)+float64(b))) > 4096 {
			t.Fatalf("%d + %d = %+v", a, b, n)
		}
		if n := exactly(a).times(k); (n.Exact && k != 0 && n.Int/k != a) || math.Abs(n.AsFloat()-float64(a)*float64(k)) > math.Abs(float64(a)*float64(k))*1e-9 {
			t.Fatalf("%d × %d = %+v", a, k, n)
		}
	})
}

func TestQuantiles(t *testing.T) {
	bins := func(pairs ...int64) Measures {
		var f Figure
		for i := 0; i < len(pairs); i += 2 {
			f.Bins = append(f.Bins, Bin{pairs[i], pairs[i+1]})
		}
		return Measures{within(CycleTime, Cohort(21)): f}
	}
	for _, c := range []struct {
		name  string
		q     float64
		m     Measures
		hours float64
		gap   Gap
	}{
		{"median of one", 0.5, bins(3600, 1), 1, ""},
		{"median of an even count takes the lower", 0.5, bins(3600, 2, 7200, 2), 1, ""},
		{"median past the middle", 0.5, bins(3600, 1, 7200, 2), 2, ""},
		{"the slowest tenth", 0.9, bins(3600, 8, 7200, 1, 36000, 1), 2, ""},
		{"the undelivered weigh", 0.5, bins(3600, 2, 7200, 1, Infinite, 2), 2, ""},
		{"most not delivered", 0.5, bins(3600, 2, Infinite, 3), 0, ImmatureCohort},
		{"nothing ordered", 0.5, bins(), 0, NoDenominator},
		{"not connected", 0.5, Measures{}, 0, NotConnected},
	} {
		r := quantile(c.q, CycleTime, Cohort(21)).Eval(c.m)
		if r.Gap != c.gap || (c.gap == "" && r.Num.AsFloat()/r.Den != c.hours) {
			t.Errorf("%s: %+v, want %v h, gap %q", c.name, r, c.hours, c.gap)
		}
	}
}

func TestNoSalesAreNotConcentrated(t *testing.T) {
	k, _ := Find(Catalogue(), "revenue_concentration_hhi")
	if r := k.Formula.Eval(Measures{within(Concentration, Trailing(365)): {}}); r.Gap != NoDenominator {
		t.Errorf("without sales the index is %+v", r)
	}
}

func TestSellThroughVectors(t *testing.T) {
	k, _ := Find(Catalogue(), "sell_through_rate")
	// shopify_negative_stock: five in stock, eight ordered, the ending level −3 counts as zero.
	r := k.Formula.Eval(Measures{at(UnitsStocked): {Int: 8}, within(StockUnits, AtEnd): {Int: -3}})
	if r.Gap != "" || r.Num.AsFloat()/r.Den != 1 {
		t.Errorf("sell-through is %+v, want 1", r)
	}
}

func TestYearsOfACustomerAreCapped(t *testing.T) {
	in := map[string]float64{"aov": 80, "f": 1.5, "m": 0.4, "churn": 0}
	k, _ := Find(Catalogue(), "clv_simple_predictive")
	r := k.Formula.Eval(examples["clv_simple_predictive"](in))
	if got := r.Num.AsFloat() / r.Den / 1e6; math.Abs(got-240) > 1e-6 {
		t.Errorf("without churn a customer is worth %v, want five years of 48", got)
	}
}

func TestFormulasReadAsAMerchantWouldWriteThem(t *testing.T) {
	for id, want := range map[ID]string{
		"net_sales":                    "gross sales − discounts − sales reversals",
		"gross_margin_pct":             "(net sales with cost − cogs) ÷ net sales with cost",
		"revenue_growth_yoy":           "net sales ÷ net sales [last year] − 1",
		"revenue_concentration_hhi":    "10000 × product concentration [last 365 days]",
		"order_fulfillment_cycle_time": "median of cycle time [cohort to 21 days], in hours",
		"sell_through_rate":            "units sold stocked ÷ (units sold stocked + max(0, stock units [at the end]))",
	} {
		if k, _ := Find(Catalogue(), id); k.Formula.String() != want {
			t.Errorf("%s reads %q, want %q", id, k.Formula, want)
		}
	}
}
