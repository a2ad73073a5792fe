package kpi

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fourfold/internal/period"
)

func TestFaultsOfATarget(t *testing.T) {
	ok := Target{KPI: "aov", Grain: period.Monthly, Anchors: Anchors{Green: 80, Red: 70}}
	if faults := ok.Check(Catalogue()); len(faults) != 0 {
		t.Fatalf("a sound target has faults: %v", faults)
	}
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{KPI: "average_order", Grain: period.Monthly}, "did you mean"},
		{Target{KPI: "zzz", Grain: period.Monthly}, "fourfold kpis lists them"},
		{Target{KPI: "aov", Grain: "fortnight", Anchors: ok.Anchors}, "no length of period"},
		{Target{KPI: "repeat_purchase_rate", Grain: period.Daily, Anchors: Anchors{Green: 0.2, Red: 0.1}}, "not kept for a day"},
		{Target{KPI: "stockout_rate", Scope: Scope{Connection: 3, Channel: "pos"}, Grain: period.Monthly, Anchors: Anchors{Green: 0.02, Red: 0.05}}, "single channel"},
		{Target{KPI: "aov", Grain: period.Monthly, Anchors: Anchors{Green: 70, Red: 80}}, "better the higher"},
		{Target{KPI: "churn_rate", Grain: period.Monthly, Anchors: Anchors{Green: 0.7, Red: 0.6}}, "better the lower"},
		{Target{KPI: "aov", Grain: period.Monthly, Anchors: Anchors{Green: 70, Red: 70}}, "leave a step"},
		{Target{KPI: "aov", Grain: period.Monthly, Anchors: Anchors{Green: 70, Red: -70}}, "never below zero"},
		{Target{KPI: "aov", Grain: period.Monthly, Anchors: Anchors{Green: math.NaN(), Red: 1}}, "no usable threshold"},
		{Target{KPI: "aov", Grain: period.Monthly, Anchors: Anchors{RedLow: 1, GreenLow: 2, GreenHigh: 3, RedHigh: 4, Range: true}}, "not a range"},
		{Target{KPI: "days_of_inventory", Grain: period.Monthly, Anchors: Anchors{Green: 40, Red: 60}}, "best within a range"},
		{Target{KPI: "days_of_inventory", Grain: period.Monthly, Anchors: Anchors{RedLow: 30, GreenLow: 20, GreenHigh: 60, RedHigh: 90, Range: true}}, "must rise"},
		{Target{KPI: "aov", Grain: period.Monthly, Anchors: ok.Anchors, Reason: "two\nlines"}, "one line"},
	} {
		faults := c.target.Check(Catalogue())
		if len(faults) != 1 || !strings.Contains(faults[0].Error(), c.want) {
			t.Errorf("%+v: %v, want one fault with %q", c.target, faults, c.want)
		}
	}
	growthBelowZero := Target{KPI: "revenue_growth_yoy", Grain: period.Monthly, Anchors: Anchors{Green: 0.1, Red: -0.05}}
	if faults := growthBelowZero.Check(Catalogue()); len(faults) != 0 {
		t.Errorf("growth may fall below zero: %v", faults)
	}
}

func TestTargetsGoOutAndInUnchanged(t *testing.T) {
	reasons := []string{"", "Plan 2026", "=1+1", "'=1", "'tis", "-5 % on last year", "@home", "a, \"b\"; c", "+", "''=x"}
	rapid.Check(t, func(t *rapid.T) {
		var targets []Target
		for i := range rapid.IntRange(0, 5).Draw(t, "n") {
			x := rapid.Float64Range(0.0001, 1e9).Draw(t, "anchor")
			one := Target{KPI: "aov", Grain: rapid.SampledFrom(period.Grains).Draw(t, "grain"), From: period.Day(rapid.IntRange(10_000, 25_000).Draw(t, "from")),
				Version: i, Reason: rapid.SampledFrom(reasons).Draw(t, "reason"), Anchors: Anchors{Green: x * 1.5, Red: x},
				Scope: rapid.SampledFrom([]Scope{Whole, {Connection: 3}, {Connection: 3, Channel: "pos"}, {Connection: 4, Channel: "web, mobile"}, {Connection: 5, Account: true}}).Draw(t, "scope")}
			if one.Scope.Account {
				one.KPI = "roas_platform"
			}
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 1:
				one.Anchors = Anchors{}
			case 2:
				one.KPI, one.Scope = "days_of_inventory", Whole
				one.Anchors = Anchors{RedLow: 0, GreenLow: x, GreenHigh: 2 * x, RedHigh: 3 * x, Range: true}
			}
			targets = append(targets, one)
		}
		var first, second bytes.Buffer
		if err := WriteTargets(&first, targets); err != nil {
			t.Fatal(err)
		}
		text := first.String()
		back, err := ReadTargets(&first, Catalogue())
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if len(targets)+len(back) > 0 && !reflect.DeepEqual(back, targets) {
			t.Fatalf("read\n%+v\nwrote\n%+v\n%s", back, targets, text)
		}
		if err := WriteTargets(&second, back); err != nil || second.String() != text {
			t.Fatalf("%v: written again it is\n%s\nnot\n%s", err, second.String(), text)
		}
	})
}

func TestAPersonsCSV(t *testing.T) {
	const text = "\ufeffGrain,KPI,valid_from,green\nmonth,aov,2026-01-01,80\nweek,churn_rate,2026-01-01,0.6\n"
	got, err := ReadTargets(strings.NewReader(text), Catalogue())
	if err != nil || len(got) != 2 || got[0].Anchors != (Anchors{Green: 80, Red: 72}) || got[1].Anchors != (Anchors{Green: 0.6, Red: 0.66}) {
		t.Errorf("read %+v, %v", got, err)
	}
}

func TestEveryFaultOfACSVIsTold(t *testing.T) {
	const text = "kpi,scope,grain,valid_from,version,green,red\n" +
		"aov,,month,2026-13-01,1,80,70\n" +
		"aov,shop,month,2026-01-01,x,eighty,70\n" +
		"avo,,month,2026-01-01,1,80,70\n" +
		"aov,,month,2026-01-01,1,,70\n" +
		"revenue_growth_yoy,,month,2026-01-01,1,0.1,\n" +
		"aov,,month,2026-01-01,1,0,0\n" +
		"aov,,month,2026-01-01,1,70,80\n"
	_, err := ReadTargets(strings.NewReader(text), Catalogue())
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, want := range []string{`line 2: "2026-13-01"`, `line 3: "shop" is not a scope`, `line 3: version: "x"`, `line 3: green: "eighty"`, `line 4: "avo" is not a KPI`,
		"line 5: aov: red is given", "line 6: revenue_growth_yoy: state the red threshold", "line 7: aov: green and red are both 0", "line 8: aov: it is better the higher"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told in\n%v", want, err)
		}
	}
	for _, bad := range []string{"", "kpi,green\n", "kpi,grain,valid_from\n\"aov\n"} {
		if _, err := ReadTargets(strings.NewReader(bad), Catalogue()); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestPublication(t *testing.T) {
	find := func(id ID) KPI { k, _ := Find(Catalogue(), id); return k }
	for id, want := range map[ID]period.Day{"net_sales": june.To + 3, "stockout_rate": june.To, "repeat_purchase_rate": june.To + 93, "clv_historic": june.To + 368} {
		if got := find(id).Closing(june); got != want {
			t.Errorf("%s of June closes on %s, want %s", id, got, want)
		}
	}
	for _, c := range []struct {
		id             ID
		today, through period.Day
		want           bool
	}{
		{"net_sales", june.To + 2, june.To + 2, false},
		{"net_sales", june.To + 3, june.To - 1, false},
		{"net_sales", june.To + 3, june.To, true},
		{"repeat_purchase_rate", june.To + 93, june.To + 89, false},
		{"repeat_purchase_rate", june.To + 93, june.To + 90, true},
	} {
		if got := find(c.id).Publishable(june, c.today, c.through); got != c.want {
			t.Errorf("%s on %s, complete to %s: %t, want %t", c.id, c.today, c.through, got, c.want)
		}
	}
}
