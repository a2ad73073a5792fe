package kpi

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fourfold/internal/period"
)

var june = period.Of(period.Monthly, period.Date(2025, 6, 1), period.Calendar{})

// always is one target for every period of a KPI.
type always map[ID]Anchors

func (a always) For(id ID, s Scope, p period.Period, _ period.Day) (Target, bool) {
	anchors, ok := a[id]
	return Target{KPI: id, Scope: s, Grain: p.Grain, Anchors: anchors}, ok
}

func entry(t *testing.T, c Scorecard, id ID) Entry {
	t.Helper()
	i := slices.IndexFunc(c.Entries, func(e Entry) bool { return e.KPI.ID == id })
	if i < 0 {
		t.Fatalf("%s is not on the scorecard", id)
	}
	return c.Entries[i]
}

func TestAScoredValue(t *testing.T) {
	m := Measures{at(OrderSales): {Int: 96_000e6}, at(Orders): {Int: 1200}}
	c := Build(Catalogue(), At{Whole, june, june.To}, m, always{"aov": {Green: 78, Red: 70}}, Plan{})
	e := entry(t, c, "aov")
	if e.Value.V != 80 || e.Value.Num != exactly(96_000e6) || e.Value.Den != 1200 || e.Value.Coverage != 1 || e.Score == nil || e.Status != Green {
		t.Errorf("aov is %+v", e)
	}
	if e.Target == nil || e.Target.Anchors.Green != 78 || c.Running {
		t.Errorf("judged by %+v, running %t", e.Target, c.Running)
	}
	if e := entry(t, c, "net_sales"); e.Value.Gap != NotConnected || e.Value.Has || e.Status != Grey {
		t.Errorf("net sales without figures are %+v", e)
	}
	more := Build(Catalogue(), At{Whole, june, june.To}, m, always{"aov": {Green: 78, Red: 70}, "net_sales": {Green: 2, Red: 1}, "gross_sales": {Green: 2, Red: 1}}, Plan{})
	if got := more.Perspectives[0].Children[0].KPIs; !slices.Equal(got, []ID{"net_sales", "revenue_growth_yoy", "aov"}) {
		t.Errorf("with a target of its own net sales belongs to the objective, which has %v", got)
	}
	revenue := c.Perspectives[0].Children[0]
	if revenue.Title != "Grow revenue" || revenue.Score != nil || revenue.Coverage != 0.5 || !slices.Equal(revenue.KPIs, []ID{"revenue_growth_yoy", "aov"}) {
		t.Errorf("the objective is %+v", revenue)
	}
}

func TestATargetWithoutAStepJudgesNothing(t *testing.T) {
	m := Measures{at(OrderSales): {Int: 96_000e6}, at(Orders): {Int: 1200}}
	e := entry(t, Build(Catalogue(), At{Whole, june, june.To}, m, always{"aov": {Green: 80, Red: 80}}, Plan{}), "aov")
	if e.Target != nil || e.Score != nil || e.Status != Grey {
		t.Errorf("aov is %+v", e)
	}
}

func TestShownAndNotScored(t *testing.T) {
	targets := always{"repeat_purchase_rate": {Green: 0.2, Red: 0.1}, "gross_profit": {Green: 10, Red: 5}, "return_processing_time": {Green: 72, Red: 96}}
	returns := func(n int64) Measures {
		return Measures{within(ReturnTime, Cohort(30)): {Bins: []Bin{{3600, n}}}}
	}
	for _, c := range []struct {
		name    string
		id      ID
		m       Measures
		through period.Day
		gap     Gap
		scored  bool
	}{
		{"a cohort a day too young", "repeat_purchase_rate", Measures{within(RepeatWithin90, Cohort(90)): {Int: 66}, at(NewCustomers): {Int: 300}}, june.To + 89, ImmatureCohort, false},
		{"the same when it is mature", "repeat_purchase_rate", Measures{within(RepeatWithin90, Cohort(90)): {Int: 66}, at(NewCustomers): {Int: 300}}, june.To + 90, "", true},
		{"costs known for 79 %", "gross_profit", Measures{at(NetWithCost): {Int: 79e6}, at(COGS): {Int: 60e6}, at(NetSales): {Int: 100e6}}, june.To, BelowCoverage, false},
		{"costs known for 80 %", "gross_profit", Measures{at(NetWithCost): {Int: 80e6}, at(COGS): {Int: 60e6}, at(NetSales): {Int: 100e6}}, june.To, "", true},
		{"a day without a sale", "gross_profit", Measures{at(NetWithCost): {}, at(COGS): {}, at(NetSales): {}}, june.To, "", true},
		{"29 returns", "return_processing_time", returns(29), june.To + 30, InsufficientSample, false},
		{"30 returns", "return_processing_time", returns(30), june.To + 30, "", true},
		{"costs known for 79 % of a cohort that is too young", "clv_historic", Measures{within(CohortProfit365, Cohort(365)): {Int: 10e6}, within(CohortWithCost365, Cohort(365)): {Int: 79e6},
			within(CohortNet365, Cohort(365)): {Int: 100e6}, at(NewCustomers): {Int: 300}}, june.To + 1, BelowCoverage, false},
		{"immature tells more than few", "return_processing_time", returns(1), june.To, ImmatureCohort, false},
	} {
		e := entry(t, Build(Catalogue(), At{Whole, june, c.through}, c.m, targets, Plan{}), c.id)
		if !e.Value.Has || e.Value.Gap != c.gap || (e.Score != nil) != c.scored || (e.Status != Grey) != c.scored {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

func TestAPeriodWithoutADayPassedIsStale(t *testing.T) {
	e := entry(t, Build(Catalogue(), At{Whole, june, june.From}, Measures{at(OrderSales): {}, at(Orders): {}}, nil, Plan{}), "aov")
	if e.Value.Gap != StaleSource || e.Value.Has {
		t.Errorf("aov is %+v", e.Value)
	}
}

func TestNothingKnownIsNotZero(t *testing.T) {
	for id, m := range map[ID]Measures{
		"gross_profit":     {at(NetWithCost): {}, at(COGS): {}, at(NetSales): {Int: 100e6}},
		"cogs":             {at(NetWithCost): {}, at(COGS): {}, at(NetSales): {Int: 100e6}},
		"gross_margin_pct": {at(NetWithCost): {}, at(COGS): {}, at(NetSales): {Int: 100e6}},
		"new_customers":    {at(NewCustomers): {}, at(OrdersIdentified): {}, at(Orders): {Int: 20}},
		"clv_historic":     {within(CohortProfit365, Cohort(365)): {}, at(NewCustomers): {Int: 5}, within(CohortWithCost365, Cohort(365)): {}, within(CohortNet365, Cohort(365)): {Int: 5e6}},
	} {
		if e := entry(t, Build(Catalogue(), At{Whole, june, june.To + 400}, m, nil, Plan{}), id); e.Value.Has || e.Value.Gap != BelowCoverage {
			t.Errorf("%s is %+v", id, e.Value)
		}
	}
	none := Measures{at(NetWithCost): {}, at(COGS): {}, at(NetSales): {}}
	if e := entry(t, Build(Catalogue(), At{Whole, june, june.To + 400}, none, nil, Plan{}), "gross_margin_pct"); e.Value.Has || e.Value.Gap != NoDenominator {
		t.Errorf("the margin of no sales is %+v", e.Value)
	}
}

func TestAGuestShopShowsItsCoverage(t *testing.T) {
	m := Measures{at(NetIdentified): {Int: 50e6}, at(Customers): {Int: 5}, at(OrdersIdentified): {Int: 5}, at(Orders): {Int: 20}}
	e := entry(t, Build(Catalogue(), At{Whole, june, june.To}, m, always{"revenue_per_customer": {Green: 9, Red: 8}}, Plan{}), "revenue_per_customer")
	if e.Value.Coverage != 0.25 || e.Score == nil || e.Value.V != 10 {
		t.Errorf("revenue per customer is %+v", e)
	}
}

func TestQualityIndexIsTheMeanOfScores(t *testing.T) {
	in := map[string]float64{}
	var want float64
	for _, k := range loadReference(t).KPIs {
		if k.ID == "product_quality_index" {
			in, want = k.Example.Inputs, k.Example.Result
		}
	}
	k, _ := Find(Catalogue(), "product_quality_index")
	c := k.Formula.(meanOfScores)
	parts := map[ID]*Entry{}
	for i, name := range []string{"a", "b", "c", "d"} {
		score := in[name]
		parts[c[i].KPI] = &Entry{Score: &score}
	}
	v := k.unscored(c.value(parts), At{Whole, june, june.To})
	if !v.Has || v.V != want || v.Coverage != 1 || v.Gap != "" {
		t.Errorf("the index of %v is %+v, want %v", in, v, want)
	}
	delete(parts, "customer_complaint_rate")
	if v := k.unscored(c.value(parts), At{Whole, june, june.To}); !v.Has || v.Gap != BelowCoverage || v.Coverage != 0.75 {
		t.Errorf("with three of four parts: %+v", v)
	}
}

func TestTheQualityIndexIsBuiltInASecondPass(t *testing.T) {
	m := Measures{within(UnitsReturned, Cohort(60)): {Int: 160}, at(UnitsShipped): {Int: 2000}, within(UnitsDefective, Cohort(60)): {Int: 18}, within(UnitsWithReason, Cohort(60)): {Int: 150}}
	targets := always{"product_return_rate_units": {Green: 0.08, Red: 0.1}, "defect_rate": {Green: 0.008, Red: 0.01}, "product_quality_index": {Green: 70, Red: 50}}
	e := entry(t, Build(Catalogue(), At{Whole, june, june.To + 60}, m, targets, Plan{}), "product_quality_index")
	if !e.Value.Has || e.Value.Gap != BelowCoverage || e.Value.Coverage != 0.5 || e.Score != nil || e.Value.V < 58.3 || e.Value.V > 58.4 {
		t.Errorf("the index of two scored parts in four is %+v", e)
	}
	untargeted := meanOfScores{{"aov", 1}}.value(map[ID]*Entry{"aov": {Value: Value{Has: true, V: 1}}})
	if untargeted.Has || untargeted.Gap != NotEntered {
		t.Errorf("the index of a part that nobody set a target for is %+v", untargeted)
	}
	e = entry(t, Build(Catalogue(), At{Whole, june, june.To}, m, targets, Plan{}), "product_quality_index")
	if e.Value.Has || e.Value.Gap != NotConnected {
		t.Errorf("the index without a scored part is %+v", e)
	}
}

func TestPlacesShowTheirGap(t *testing.T) {
	c := Build(Catalogue(), At{Whole, june, june.To + 400}, Measures{}, always{"nps": {Green: 50, Red: 30}}, Plan{})
	for id, want := range map[ID]Gap{"nps": NotConnected, "cac_blended": NotConnected, "training_hours_per_employee": NotEntered,
		"product_market_fit_accuracy": NotEntered, "data_quality_score": NotConnected} {
		if e := entry(t, c, id); e.Value.Gap != want || e.Value.Has || e.Score != nil || e.Status != Grey {
			t.Errorf("%s is %+v", id, e)
		}
	}
	starters := 0
	for _, e := range c.Entries {
		if e.KPI.Starter {
			starters++
		}
	}
	if starters != 24 {
		t.Errorf("%d of the 24 starters are on a month's scorecard", starters)
	}
}

func TestTheBridgeBetweenTheBasesOfNetSales(t *testing.T) {
	// Placed in June for 90, of which 20 came back in June and 30 in July; in June 5 came back of an order of May.
	m := Measures{at(OrderSales): {Int: 90e6}, at(NetByOrderDate): {Int: 40e6}, at(NetSales): {Int: 65e6},
		at(GrossSales): {Int: 105e6}, at(Discounts): {Int: 15e6}, at(SalesReversals): {Int: 25e6}}
	c := Build(Catalogue(), At{Whole, june, june.To + 90}, m, nil, Plan{})
	v := func(id ID) float64 { return entry(t, c, id).Value.V }
	if v("net_sales") != 65 || v("net_sales_by_order_date") != 40 || v("net_sales_changes_in_period") != -25 || v("net_sales_changes_to_orders") != -50 {
		t.Errorf("the legs are %v, %v, %v, %v", v("net_sales"), v("net_sales_by_order_date"), v("net_sales_changes_in_period"), v("net_sales_changes_to_orders"))
	}
	if v("net_sales") != v("net_sales_by_order_date")+v("net_sales_changes_in_period")-v("net_sales_changes_to_orders") {
		t.Error("the bridge does not close")
	}
}

func TestAChannelHasNoStockOrSessions(t *testing.T) {
	c := Build(Catalogue(), At{Scope{Connection: 3, Channel: "pos"}, june, june.To}, Measures{}, nil, Plan{})
	for _, e := range c.Entries {
		if !e.KPI.Channels {
			t.Errorf("%s is on the scorecard of a channel", e.KPI.ID)
		}
	}
	if len(c.Entries) < 20 {
		t.Errorf("a channel's scorecard has only %d entries", len(c.Entries))
	}
}

func TestOwnObjectives(t *testing.T) {
	plan := Plan{Weights: map[Perspective]float64{Financial: 3}, Objectives: []Objective{
		{ID: "earn", Title: "Earn more", Perspective: Financial, Weight: 2, KPIs: []Share{{"net_sales", 3}, {"aov", 1}}}}}
	m := Measures{at(OrderSales): {Int: 80e6}, at(Orders): {Int: 1}, at(GrossSales): {Int: 80e6}, at(Discounts): {}, at(SalesReversals): {}}
	c := Build(Catalogue(), At{Whole, june, june.To}, m, always{"aov": {Green: 80, Red: 70}, "net_sales": {Green: 70, Red: 60}}, plan)
	f := c.Perspectives[0]
	if f.Weight != 3 || len(f.Children) != 1 || f.Children[0].Title != "Earn more" || *f.Score < 91.6 || *f.Score > 91.7 {
		t.Errorf("the perspective is %+v", f)
	}
}

func TestWhateverWasCountedTheScorecardIsSound(t *testing.T) {
	defs := Catalogue()
	terms := Needs(defs, period.Monthly, Whole)
	targets := always{}
	for _, k := range defs {
		switch k.Better {
		case Up:
			targets[k.ID] = Anchors{Green: 2, Red: 1}
		case Down:
			targets[k.ID] = Anchors{Green: 1, Red: 2}
		default:
			targets[k.ID] = Anchors{RedLow: 1, GreenLow: 2, GreenHigh: 3, RedHigh: 4, Range: true}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m := Measures{}
		for _, term := range terms {
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0:
			case 1:
				m[term] = Figure{Gap: StaleSource}
			case 2:
				m[term] = Figure{}
			case 3:
				m[term] = Figure{Int: math.MaxInt64}
			case 4:
				m[term] = Figure{Float: rapid.Float64Range(-1e12, 1e12).Draw(t, "float")}
			default:
				m[term] = Figure{Int: rapid.Int64Range(-1e6, 1e12).Draw(t, "int"), Bins: []Bin{{3600, 40}, {Infinite, rapid.Int64Range(0, 80).Draw(t, "open")}}}
			}
		}
		c := Build(defs, At{Whole, june, june.To + 400}, m, targets, Plan{})
		for _, e := range c.Entries {
			v := e.Value
			if v.Has && (math.IsNaN(v.V) || math.IsInf(v.V, 0) || v.Den == 0) || !v.Has && v.Gap == "" || v.Has && !v.Gap.Shown() || v.Coverage < 0 || v.Coverage > 1 {
				t.Fatalf("%s: %+v", e.KPI.ID, v)
			}
			if (e.Score != nil) != (v.Has && v.Gap == "") || (e.Score == nil) != (e.Status == Grey) || e.Score != nil && !(*e.Score >= 0 && *e.Score <= 100) {
				t.Fatalf("%s: %+v scores %v, %s", e.KPI.ID, v, e.Score, e.Status)
			}
		}
		for _, p := range c.Perspectives {
			if p.Score != nil && !(*p.Score >= 0 && *p.Score <= 100) || (p.Score == nil) != (p.Status == Grey) || p.Coverage < 0 || p.Coverage > 1 {
				t.Fatalf("%+v", p)
			}
		}
	})
}

func TestAttainment(t *testing.T) {
	e := func(better Direction, unit Unit, v, green float64) Entry {
		return Entry{KPI: KPI{Better: better, Unit: unit}, Value: Value{Has: true, V: v}, Target: &Target{Anchors: Anchors{Green: green, Red: green / 2}}}
	}
	for _, c := range []struct {
		entry Entry
		want  float64
		ok    bool
	}{
		{e(Up, Money, 90, 100), 0.9, true}, {e(Down, Hours, 50, 40), 0.8, true}, {e(Down, Hours, 0, 40), 0, false},
		{e(Up, Ratio, 0.1, -0.1), 0, false}, {e(Up, Score, 40, 50), 0, false}, {Entry{Value: Value{Has: true, V: 1}}, 0, false},
	} {
		if got, ok := c.entry.Attainment(); got != c.want || ok != c.ok {
			t.Errorf("%+v: %v, %t, want %v, %t", c.entry.KPI, got, ok, c.want, c.ok)
		}
	}
}
