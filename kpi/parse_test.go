package kpi

import "testing"

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{"50000": 50_000, "0.06": 0.06, "6%": 0.06, " 6 % ": 0.06, "-3": -3, "+2.5": 2.5, ".5": 0.5, "1e3": 1000} {
		if got, err := ParseNumber(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "x", "nan", "inf", "0x1", "1_000", "1,5", "5k", "6%%", "１"} {
		if got, err := ParseNumber(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
