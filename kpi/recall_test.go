package kpi

import (
	"reflect"
	"testing"

	"fourfold/internal/period"
)

func TestAScorecardIsPutTogetherAgainFromItsSnapshots(t *testing.T) {
	m := Measures{at(OrderSales): {Int: 96_000e6}, at(Orders): {Int: 1200}, at(NetSales): {Int: 80_000e6}, within(NetSales, LastYear): {Int: 100_000e6},
		at(SKUDaysOut): {Int: 84}, at(SKUDays): {Int: 2800}}
	var versions []Target
	for i, one := range []Target{
		{KPI: "aov", Anchors: Anchors{Green: 78, Red: 70}}, {KPI: "revenue_growth_yoy", Anchors: Anchors{Green: 0.1, Red: -0.1}},
		{KPI: "stockout_rate", Anchors: Anchors{Green: 0.02, Red: 0.05}}, {KPI: "aov_net", Anchors: Anchors{Green: 78, Red: 70}},
	} {
		one.ID, one.Grain, one.Version = int64(i+1), period.Monthly, 1
		versions = append(versions, one)
	}
	place := At{Whole, june, june.To + 400}
	built := Build(Catalogue(), place, m, NewBook(Catalogue(), versions, BookOptions{}), Plan{})
	kept := map[ID]Snapshot{}
	for _, e := range built.Entries {
		s := Snapshot{KPI: e.KPI.ID, Value: e.Value, Score: e.Score, Status: e.Status}
		if e.Target != nil {
			s.TargetID, s.Anchors = e.Target.ID, e.Target.Anchors
		}
		kept[e.KPI.ID] = s
	}
	recalled := Recall(Catalogue(), place, kept, Plan{})
	if !reflect.DeepEqual(recalled.Perspectives, built.Perspectives) {
		t.Errorf("recalled\n%+v\nbuilt\n%+v", recalled.Perspectives, built.Perspectives)
	}
	if entry(t, recalled, "revenue_growth_yoy").Status != Red || *recalled.Perspectives[0].Children[0].Score != *built.Perspectives[0].Children[0].Score {
		t.Errorf("growth of −20 %% is %+v", entry(t, recalled, "revenue_growth_yoy"))
	}
	if e := entry(t, recalled, "aov"); e.Target == nil || e.Target.ID != 1 || e.Target.Anchors.Green != 78 {
		t.Errorf("aov was judged by %+v", e.Target)
	}
	delete(kept, "aov")
	if e := entry(t, Recall(Catalogue(), place, kept, Plan{}), "aov"); e.Value.Gap != StaleSource || e.Status != Grey {
		t.Errorf("a KPI without a snapshot is %+v", e)
	}
}
