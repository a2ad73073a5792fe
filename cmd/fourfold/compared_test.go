package main

import (
	"testing"

	"fourfold/internal/book"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// A running period is compared with as many days of another one as have passed of its own, as they are known today: also after a day on which
// nothing happened, and not where it cannot be.
func TestARunningPeriodIsComparedWithTheSamePart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		w := newWeek(t, dsn, "2026-11-11 03:00")
		w.bought("", "2025-11-03 12:00", 1, "100.00")
		w.bought("", "2025-11-10 23:59", 2, "10.00")
		w.bought("", "2025-11-11 00:00", 1, "50.00")
		w.bought("", "2026-02-28 12:00", 1, "5.00")
		w.bought("", "2026-10-05 12:00", 1, "30.00")
		w.bought("", "2026-10-10 12:00", 1, "20.00")
		w.bought("", "2026-10-25 12:00", 1, "70.00")
		w.bought("", "2026-11-04 12:00", 1, "60.00")
		w.link()
		w.works("2026-11-11")
		w.compares("2026-11", false, "net_sales", 60, 50)
		w.compares("2026-11", true, "net_sales", 60, 120)
		w.compares("2026-11", true, "aov", 60, 60)
		w.compares("2026-Q4", false, "net_sales", 180, 0) // the 41 days from the first of July
		w.compares("2026-Q4", true, "net_sales", 180, 120)
		w.compares("2026", false, "net_sales", 185, 120)
		w.compares("2026-W46", true, "net_sales", 0, 70) // Monday and Tuesday, the ninth and tenth; 364 days before they were the tenth and eleventh

		w.bought("", "2026-10-11 12:00", 1, "1000.00")
		w.works("2026-11-12") // nothing was sold on the eleventh
		w.compares("2026-11", false, "net_sales", 60, 1050)
		w.compares("2026-11", true, "net_sales", 60, 170)
		w.must(w.command("merchant", "set", "Week", "--week-starts", "sunday"))
		w.compares("2026-W46", true, "net_sales", 0, nothing) // it is the Monday's still
		w.must(w.command("merchant", "set", "Week", "--currency", "USD"))
		w.compares("2026-11", true, "net_sales", 60, nothing) // they are euros still
		w.must(w.command("merchant", "set", "Week", "--currency", "EUR", "--week-starts", "monday"))

		late := w.bought("", "2026-11-02 12:00", 1, "40.00")
		w.shown(late, "2026-11-20 12:00")
		w.works("2026-12-11")
		w.compares("2026-12", false, "net_sales", 0, 100)
		w.compares("2026-Q4", true, "net_sales", 1220, 170)

		w.works("2027-02-20") // else the login would have lapsed
		w.bought("", "2027-02-28 23:00", 1, "8.00")
		w.works("2027-03-31")
		w.compares("2027-03", false, "net_sales", 0, 8) // thirty days, of which February has no more than it has

		w.must(w.command("forget", "1", "--yes"))
		w.compares("2027-03", false, "net_sales", 0, nothing) // what was judged of it is there still
	})
}

// nothing is what has no value.
const nothing = -1

// compares holds what a scorecard says of a KPI, and of what it is compared with.
func (w *week) compares(name string, lastYear bool, id kpi.ID, now, before float64) {
	w.t.Helper()
	b, _, err := w.app.books().Scorecards(w.t.Context(), w.merchant(), book.Request{Period: name, Scope: &kpi.Whole, All: true, LastYear: lastYear})
	w.must(err)
	card := b.Cards[0]
	value := func(of kpi.Scorecard) float64 {
		for _, e := range of.Entries {
			if e.KPI.ID == id && e.Value.Has {
				return e.Value.V
			}
		}
		return nothing
	}
	if got := value(card.Scorecard); got != now {
		w.t.Errorf("%s of %s is %v, want %v", id, name, got, now)
	}
	if card.Before == nil {
		w.t.Errorf("%s has nothing to compare with", name)
		return
	}
	if got := value(*card.Before); got != before {
		w.t.Errorf("%s of %s is compared with %v (last year: %t), want %v", id, name, got, lastYear, before)
	}
}
