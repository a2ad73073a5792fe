package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/book"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// TestAStoreThatMoves gives a store another currency and another zone, and then the merchant another zone: what is over stays as it was
// cut and counted, and whoever reads the scorecard is told.
func TestAStoreThatMoves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		w := newWeek(t, dsn, "2026-03-09 09:00")
		w.link()
		w.bought("", "2026-03-10 23:30", 1, "40.00")
		w.works("2026-03-11")
		w.works("2026-03-12")
		w.event("2026-03-12 10:00", func(shop *sim.Shop, _ sim.Instant) error {
			shop.SetCurrency("USD")
			shop.Zone = "America/New_York"
			return nil
		})
		w.bought("", "2026-03-12 23:30", 1, "30.00")
		w.works("2026-03-13")
		w.works("2026-03-17")
		before := w.snapshots(store.SnapshotQuery{Period: "2026-03-10", Scope: &kpi.Whole})
		if now := w.net("2026-03-10"); now.Value.Num.Int != amount("40.00") || now.Currency != "EUR" || !slices.ContainsFunc(before, func(s kpi.Snapshot) bool { return s.Published }) {
			t.Errorf("sold before, in euros: %+v", now)
		}
		if now := w.net("2026-03-12"); now.Value.Has || now.Value.Gap == "" || w.figure(w.counter(""), kpi.Orders, "2026-03-12").Int != 1 {
			t.Errorf("sold since, in dollars without a rate: %+v", now)
		}
		w.notes("2026-03", "The time zone of Week changed from Europe/Berlin to America/New_York on 2026-03-13: days before it stay as they were cut.",
			"The currency of Week changed from EUR to USD on 2026-03-13: what was sold before stays in EUR.")

		// With a rate there is a value, and of the days before nothing was touched.
		rate := connectors.Page{ReadAt: w.clock.now(), Next: connectors.Cursor(`{}`), Records: []fact.Record{
			fact.Rate{Day: period.Date(2026, 3, 12), From: "USD", To: "EUR", Billionths: 900_000_000}}}
		conn := w.connection()
		if _, err := w.app.db.SavePage(t.Context(), conn.MerchantID, conn.ID, "rates", 0, rate); err != nil {
			t.Fatal(err)
		}
		w.works("2026-03-18")
		if now := w.net("2026-03-12"); now.Value.Num.Int != amount("27.00") || now.Currency != "EUR" { // 30.00 × 0.9
			t.Errorf("sold since, with a rate: %+v", now)
		}

		// The merchant follows to New York on the 20th. Three in the morning, in UTC, of the 22nd is the 21st there.
		w.clock.set(w.time("2026-03-20 12:00"))
		w.must(w.command("merchant", "set", "Week", "--zone", "America/New_York"))
		w.bought("", "2026-03-22T03:00:00Z", 1, "10.00")
		w.began = w.time("2026-03-23T07:30:00Z")
		w.rig.night(w.began)
		for _, way := range []string{"kept", "rebuilt"} {
			c := w.counter("")
			for name, want := range map[string]int64{"2026-03-10": 1, "2026-03-12": 1, "2026-03-21": 1, "2026-03-22": 0} {
				if got := w.figure(c, kpi.Orders, name).Int; got != want {
					t.Errorf("%s: %v orders on %s, want %v", way, got, name, want)
				}
			}
			w.rebuild()
		}
		w.rig.night(w.began.Add(24 * time.Hour))
		if after := w.snapshots(store.SnapshotQuery{Period: "2026-03-10", Scope: &kpi.Whole}); !slices.EqualFunc(before, after, func(a, b kpi.Snapshot) bool {
			return a.KPI == b.KPI && a.Revision == b.Revision && a.Value == b.Value
		}) {
			t.Errorf("a day that was over has %d revisions, and had %d", len(after), len(before))
		}
		const moved = "The scorecard's time zone changed from Europe/Berlin to America/New_York on 2026-03-20: days before it stay as they were cut."
		w.notes("2026-03", moved)
		w.notes("2026-03-10", moved) // the page names the zone of now, and the day was cut by the one before
		if shown := w.says("show", "2026-03-10"); strings.Contains(shown, "The time zone of Week") {
			t.Errorf("what a store changed later is told of a day before:\n%s", shown)
		}
		if shown := w.says("show", "2026-03-22"); strings.Contains(shown, "time zone") {
			t.Errorf("a change is told of a day after it that is not held against one before:\n%s", shown)
		}
	})
}

// net is the latest revision of a day's net sales.
func (w *week) net(name string) kpi.Snapshot {
	w.t.Helper()
	all := w.snapshots(store.SnapshotQuery{Period: name, KPI: "net_sales", Scope: &kpi.Whole, Latest: true})
	if len(all) != 1 {
		w.t.Fatalf("%d lines of net sales of %s", len(all), name)
	}
	return all[0]
}

// notes looks for texts below the scorecard and in the workbook.
func (w *week) notes(name string, texts ...string) {
	w.t.Helper()
	shown := strings.Join(strings.Fields(w.says("show", name)), " ")
	book, err := w.app.book(w.t.Context(), book.Request{Period: name, History: true})
	w.must(err)
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			w.t.Errorf("show %s does not say %q:\n%s", name, text, shown)
		}
		if !slices.ContainsFunc(book.Notes, func(n string) bool { return strings.Contains(n, text) }) {
			w.t.Errorf("the workbook of %s does not say %q: %q", name, text, book.Notes)
		}
	}
}

// TestAnotherCurrency gives a merchant another currency: figures are never shown under a currency they were not worked out in.
func TestAnotherCurrency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		w := newWeek(t, dsn, "2026-03-09 09:00")
		w.link()
		w.bought("", "2026-03-10 12:00", 1, "40.00")
		w.works("2026-03-11")
		w.must(w.command("merchant", "set", "Week", "--currency", "JPY"))
		w.notes("2026-03-10", "The currency is JPY now: these figures are in EUR until the next pull works them out anew.")
		if now := w.net("2026-03-10"); now.Value.Num.Int != amount("40.00") || now.Currency != "EUR" {
			t.Errorf("before the next pull: %+v", now)
		}
		w.works("2026-03-12")
		if strings.Contains(w.says("show", "2026-03-10"), "The currency is") {
			t.Error("the note stayed")
		}
		w.notes("2026-03-10", "The reporting currency changed from EUR to JPY on 2026-03-11")
		if now := w.net("2026-03-10"); now.Value.Has || now.Currency != "JPY" {
			t.Errorf("after it, without a rate: %+v", now)
		}
	})
}

// TestAnotherCalendar has a merchant's weeks begin on Sundays: a week keeps its days until it is worked out anew, and what was published of it and
// comes out differently then is a restatement.
func TestAnotherCalendar(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		w := newWeek(t, dsn, "2026-03-02 09:00")
		w.link()
		w.bought("", "2026-03-08 12:00", 1, "7.00") // a Sunday
		w.bought("", "2026-03-10 12:00", 1, "40.00")
		w.bought("", "2026-03-15 12:00", 1, "5.00")
		w.works("2026-03-11")
		w.works("2026-03-25")
		if was := w.net("2026-W11"); was.Value.Num.Int != amount("45.00") || !was.Published {
			t.Fatalf("of Monday to Sunday: %+v", was)
		}
		w.must(w.command("merchant", "set", "Week", "--week-starts", "sunday"))
		w.notes("2026-W11", "2026-W11 is from 2026-03-08 to 2026-03-14: these figures are from 2026-03-09 to 2026-03-15 until the next pull works them out anew.")
		w.works("2026-03-26")
		if strings.Contains(w.says("show", "2026-W11"), "these figures are from") {
			t.Error("the note stayed")
		}
		if now := w.net("2026-W11"); now.Value.Num.Int != amount("47.00") {
			t.Errorf("of Sunday to Saturday: %+v", now)
		}
		all, err := w.app.db.Restatements(t.Context(), w.merchant().ID, store.RestatementQuery{Period: "2026-W11", Scope: &kpi.Whole})
		w.must(err)
		if !slices.ContainsFunc(all, func(r store.Restatement) bool {
			by, ok := r.Difference()
			return r.Latest.KPI == "net_sales" && ok && by == 2 && slices.Equal(r.Causes, []kpi.Cause{kpi.CauseCalendar})
		}) {
			t.Errorf("%d restatements, of net sales none by the calendar: %+v", len(all), all)
		}
		w.must(w.command("merchant", "set", "Week", "--fiscal-year-starts", "april"))
		if err := w.command("show", "2026-Q1"); err == nil || !strings.Contains(err.Error(), "FY2026") {
			t.Errorf("a quarter that is none by the calendar: %v", err)
		}
	})
}
