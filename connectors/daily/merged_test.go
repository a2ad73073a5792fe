package daily

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fourfold/internal/fact"
	"fourfold/internal/period"
)

func TestPartsOfOneReportAreAddedUp(t *testing.T) {
	month := period.Days{From: 100, To: 130}
	got := merged([]fact.Record{
		fact.AdDay{Day: 100, Campaign: "a", Currency: "EUR", Spend: 1, Clicks: 2, Impressions: 3, Conversions: 4, Value: 5},
		fact.AdDay{Day: 101, Campaign: "a", Spend: 1},
		fact.AdTotal{Days: month, Currency: "EUR", Spend: 7},
		fact.AdDay{Day: 100, Campaign: "a", Currency: "EUR", Spend: 10, Clicks: 20, Impressions: 30, Conversions: 40, Value: 50},
		fact.AdTotal{Days: month, Currency: "EUR", Spend: 70},
		fact.AdTotal{Days: period.Days{From: 130, To: 140}, Spend: 1},
	})
	want := []fact.Record{
		fact.AdDay{Day: 100, Campaign: "a", Currency: "EUR", Spend: 11, Clicks: 22, Impressions: 33, Conversions: 44, Value: 55},
		fact.AdDay{Day: 101, Campaign: "a", Spend: 1},
		fact.AdTotal{Days: month, Currency: "EUR", Spend: 77},
		fact.AdTotal{Days: period.Days{From: 130, To: 140}, Spend: 1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
