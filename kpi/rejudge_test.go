package kpi

import "testing"

func TestJudgedBy(t *testing.T) {
	s := Snapshot{Value: Value{Has: true, V: 9}, TargetID: 1, Status: Red}
	by := Target{ID: 2, Anchors: Anchors{Green: 8, Red: 6}}
	if got := s.JudgedBy(by, true); got.Status != Green || got.TargetID != 2 || got.Score == nil || *got.Score != by.Anchors.Score(9) || got.Value != s.Value {
		t.Errorf("%+v", got)
	}
	if got := s.JudgedBy(by, false); got.Status != Grey || got.TargetID != 0 || got.Score != nil {
		t.Errorf("%+v", got)
	}
	s.Value.Gap = InsufficientSample
	if got := s.JudgedBy(by, true); got.Status != Grey || got.TargetID != 2 || got.Score != nil {
		t.Errorf("too few: %+v", got)
	}
	if (Snapshot{Backfilled: true, TargetID: 1}).Judgeable(true) || (Snapshot{}).Judgeable(true) || !(Snapshot{Backfilled: true}).Judgeable(true) || !(Snapshot{TargetID: 1}).Judgeable(false) {
		t.Error("what may be judged anew")
	}
}
