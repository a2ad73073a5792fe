package export

import (
	"math"
	"testing"

	"fourfold/kpi"
)

func TestSay(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		want string
	}{
		{Money{1_234_567_890_000, "EUR"}, "1,234,567.89 EUR"}, {Money{-1_234_500_000, "EUR"}, "-1,234.50 EUR"}, {Money{-1, "EUR"}, "0.00 EUR"},
		{Money{123_456_000_000, "JPY"}, "123,456 JPY"}, {Money{1_234_567_800, "KWD"}, "1,234.568 KWD"}, {Money{12_000_000, "IQD"}, "12.000 IQD"},
		{Money{999_995_000, "EUR"}, "1,000.00 EUR"}, {Money{100_000_000, "EUR"}, "100.00 EUR"},
		{Ratio(0.25), "25.0%"}, {Ratio(12.3456), "1,234.6%"}, {Ratio(-0.0001), "0.0%"}, {Ratio(math.NaN()), "–%"},
		{Count(0), "0"}, {Count(999), "999"}, {Count(1000), "1,000"}, {Count(2.5), "2.50"}, {Count(-123456), "-123,456"},
		{Number(0.0312), "0.031"}, {Number(4.7), "4.70"}, {Days(3.25), "3.2 days"}, {Hours(61), "61.0 h"}, {Points(66.6667), "67"},
		{Change{0.042, Relative}, "+4.2%"}, {Change{-0.5, Relative}, "-50.0%"}, {Change{0, Relative}, "0.0%"}, {Change{0.0001, Relative}, "0.0%"},
		{Change{12, Relative}, "+1,200%"}, {Change{0.013, Percentage}, "+1.3 pp"}, {Change{-0.2, Difference}, "-0.20"},
		{Goal{Low: Money{5_000_000, "EUR"}, Better: kpi.Up}, "≥ 5.00 EUR"}, {Goal{Low: Ratio(0.05), Better: kpi.Down}, "≤ 5.0%"},
		{Goal{Ratio(0.6), Ratio(0.75), kpi.InRange}, "60.0%–75.0%"}, {Goal{Days(30), Days(60), kpi.InRange}, "30.0–60.0 days"},
		{Light(kpi.Green), "● green"}, {Light(kpi.Amber), "▲ amber"}, {Light(kpi.Red), "◆ red"}, {Light(kpi.Grey), "○ grey"},
		{Absent{kpi.NotEntered}, "–"}, {nil, ""}, {Flag(false), "no"},
		{Trend{1, 2, 3, math.NaN(), 8}, "▁▂▃ █"}, {Trend{5, 5}, "▄▄"}, {Trend{math.NaN()}, ""},
	} {
		if got := Say(c.cell); got != c.want {
			t.Errorf("%#v: %q, want %q", c.cell, got, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"short", 5, "short"}, {"longer", 5, "long…"}, {"北極光陶器", 10, "北極光陶器"}, {"北極光陶器", 9, "北極光陶…"}, {"北極光陶器", 8, "北極光…"},
		{"New products (innovation)", 15, "New products…"},
	} {
		got := cut(c.text, c.n)
		if got != c.want || width(got) > c.n {
			t.Errorf("%q to %d: %q, %d wide", c.text, c.n, got, width(got))
		}
	}
}
