package kpi_test

import (
	"slices"
	"testing"

	"fourfold/kpi"
)

func TestCausesAreToldAndRead(t *testing.T) {
	text := kpi.JoinCauses([]string{kpi.CauseDeletion.Because("orders of 2026-10-19"), kpi.CauseRefund.Because(""), kpi.CauseDeletion.Because("net sales of 2026-10-20")})
	if want := "deletion: orders of 2026-10-19; late refund; deletion: net sales of 2026-10-20"; text != want {
		t.Errorf("%q, want %q", text, want)
	}
	if got := kpi.ParseCauses(text); !slices.Equal(got, []kpi.Cause{kpi.CauseDeletion, kpi.CauseRefund}) {
		t.Errorf("read as %v", got)
	}
	for _, old := range []string{"", "net sales of 2026-02-20 changed", "its first target was set"} {
		if got := kpi.ParseCauses(old); len(got) > 0 {
			t.Errorf("%q names %v", old, got)
		}
	}
	if got := kpi.Cause("").Because("net sales of 2026-02-20"); got != "net sales of 2026-02-20" {
		t.Errorf("no cause is told as %q", got)
	}
}

func TestRankOfCauses(t *testing.T) {
	all := kpi.Causes()
	for i, c := range all {
		if slices.Index(all, c) != i {
			t.Errorf("%s is listed twice", c)
		}
		if !c.Before("") || kpi.Cause("").Before(c) || c.Before(c) {
			t.Errorf("%s against none", c)
		}
	}
	if !kpi.CauseDeletion.Before(kpi.CauseRefund) || !kpi.CauseRefund.Before(kpi.CauseDelivery) {
		t.Error("what takes an order away is told before what changes a part of it, and that before news of a parcel")
	}
}
