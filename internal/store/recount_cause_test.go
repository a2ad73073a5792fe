package store

import (
	"context"
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// causes are those of the marks of a measure that were set since the last call, by day; what has none is left out.
func (s *shop) causes(m kpi.Measure) map[period.Day]kpi.Cause {
	s.t.Helper()
	marks, err := s.Marks(context.Background(), s.merchant.ID, testNow)
	if err != nil {
		s.t.Fatal(err)
	}
	all := map[period.Day]kpi.Cause{}
	for mark := range marks.All() {
		if mark.Measure == m && mark.Cause != "" {
			all[mark.Day] = mark.Cause
		}
	}
	return all
}

func (s *shop) clearMarks() {
	s.t.Helper()
	marks, err := s.Marks(context.Background(), s.merchant.ID, testNow)
	if err == nil {
		err = s.ClearMarks(context.Background(), s.merchant.ID, marks)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// sale is an order of one line, with its agreement and its ledger row, as a page brings them.
func sale(id, customer string, day period.Day, updated time.Time) []fact.Record {
	at := day.Start(time.UTC).Add(10 * time.Hour)
	return []fact.Record{
		fact.Order{ID: id, ProcessedAt: at, CreatedAt: at, UpdatedAt: updated, Currency: "EUR", CustomerID: customer, Channel: "web"},
		fact.OrderLine{ID: id + "-l", OrderID: id, ProductID: "p", VariantID: "v", Quantity: 1, CurrentQuantity: 1},
		fact.Agreement{ID: id + "-a", OrderID: id, HappenedAt: at, Reason: fact.ReasonOrder},
		fact.Sale{ID: id + "-s", AgreementID: id + "-a", Line: fact.LineProduct, LineID: id + "-l", Quantity: 1, Total: 10 * money.Unit},
	}
}

// Marks say why a total of a day that was complete changed: of a page that holds everything at once, each of its own.
func TestMarksSayWhy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := derived(t, dsn)
		d := period.Date(2026, 9, 1)
		var first []fact.Record
		for i, id := range []string{"gone", "refunded", "edited", "cancelled", "quiet", "costed"} {
			first = append(first, sale(id, "c-"+id, d+period.Day(i), hour(1))...)
		}
		first = append(first, sale("a", "m1", d+6, hour(1))...)
		first = append(first, sale("b", "m2", d+7, hour(1))...)
		first = append(first, fact.SessionsDay{Day: d + 12, Source: "direct", Sessions: 3}, fact.SessionsDay{Day: d + 13, Source: "direct", Sessions: 3},
			fact.Variant{ID: "v", ProductID: "p", ItemID: "i"}, fact.CostReading{ItemID: "i", Day: d + 4, Cost: 2 * money.Unit, Currency: "EUR"})
		s.save("orders", page(hour(1), first...))
		if got := s.causes(kpi.Orders); len(got) > 0 {
			t.Errorf("before anything was told, all is news: %v", got)
		}
		s.clearMarks()
		if err := s.SaveSnapshotState(ctx, s.merchant.ID, kpi.Whole, SnapshotState{Through: d + 13, Catalogue: "-"}); err != nil {
			t.Fatal(err)
		}
		then := d + 14 // when all of it happens: after what is complete
		at := then.Start(time.UTC).Add(10 * time.Hour)
		agreed := func(id string, reason fact.AgreementReason, total money.Micros) []fact.Record {
			return []fact.Record{fact.Agreement{ID: id + "-a2", OrderID: id, HappenedAt: at, Reason: reason},
				fact.Sale{ID: id + "-s2", AgreementID: id + "-a2", Line: fact.LineProduct, LineID: id + "-l", Quantity: 1, Total: total}}
		}
		next := []fact.Record{fact.Gone{Kind: fact.KindOrder, ID: "gone"}, fact.Gone{Kind: fact.KindCustomer, ID: "m1", MergedInto: "m2"},
			fact.SessionsDay{Day: d + 12, Source: "direct", Sessions: 5}, fact.SessionsDay{Day: d + 13, Source: "direct", Sessions: 5}}
		next = append(next, agreed("refunded", fact.ReasonRefund, -10*money.Unit)...)
		next = append(next, agreed("edited", fact.ReasonEdit, 5*money.Unit)...)
		next = append(next, agreed("cancelled", fact.ReasonRefund, -10*money.Unit)...)
		next = append(next, fact.Order{ID: "cancelled", ProcessedAt: (d + 3).Start(time.UTC).Add(10 * time.Hour), CreatedAt: (d + 3).Start(time.UTC).Add(10 * time.Hour),
			UpdatedAt: hour(2), CancelledAt: at, Currency: "EUR", CustomerID: "c-cancelled", Channel: "web"})
		next = append(next, sale("late", "c-late", d+8, hour(2))...)
		next = append(next, sale("ordinary", "c-ordinary", then, hour(2))...)
		s.save("orders", page(hour(2), next...))
		for m, want := range map[kpi.Measure]map[period.Day]kpi.Cause{
			kpi.Orders:         {d: kpi.CauseDeletion, d + 8: kpi.CauseLateSale},
			kpi.NetByOrderDate: {d: kpi.CauseDeletion, d + 1: kpi.CauseRefund, d + 2: kpi.CauseEdit, d + 3: kpi.CauseCancellation, d + 8: kpi.CauseLateSale},
			kpi.KeptOrders:     {d: kpi.CauseDeletion, d + 3: kpi.CauseCancellation, d + 8: kpi.CauseLateSale},
			kpi.NewCustomers:   {d: kpi.CauseDeletion, d + 3: kpi.CauseCancellation, d + 7: kpi.CauseMerge, d + 8: kpi.CauseLateSale},
			kpi.Sessions:       {d + 12: kpi.CauseRestated},
			kpi.SalesReversals: {}, // they are of a day that nobody was told of yet
		} {
			s.wantCauses(m, want)
		}
		// On a mark that waits the cause stays that is told first, whichever comes first.
		s.save("orders", page(hour(3), append(sale("late too", "c-late", d, hour(3)), fact.Gone{Kind: fact.KindOrder, ID: "late"})...))
		s.wantCauses(kpi.Orders, map[period.Day]kpi.Cause{d: kpi.CauseDeletion, d + 8: kpi.CauseDeletion})
		s.clearMarks()

		s.save("orders", page(hour(4), fact.CostReading{ItemID: "i", Day: d + 4, Cost: 3 * money.Unit, Currency: "EUR"}))
		s.wantCauses(kpi.COGS, map[period.Day]kpi.Cause{d + 4: kpi.CauseCost, d + 5: kpi.CauseCost, d + 6: kpi.CauseCost, d + 7: kpi.CauseCost})
		s.clearMarks()
		if _, err := s.writer.Exec("DELETE FROM totals WHERE measure = 'orders' AND day = '" + (d + 1).String() + "'"); err != nil {
			t.Fatal(err)
		}
		if err := s.Rebuild(ctx, s.merchant.ID, s.connection.ID); err != nil {
			t.Fatal(err)
		}
		s.wantCauses(kpi.Orders, map[period.Day]kpi.Cause{d + 1: kpi.CauseRecount})
		s.clearMarks()
		s.checkRebuilt(t.Errorf)
	})
}

func (s *shop) wantCauses(m kpi.Measure, want map[period.Day]kpi.Cause) {
	s.t.Helper()
	got := s.causes(m)
	for d, c := range want {
		if got[d] != c {
			s.t.Errorf("%s of %s: the cause is %q, want %q", m, d, got[d], c)
		}
		delete(got, d)
	}
	for d, c := range got {
		s.t.Errorf("%s of %s: the cause is %q, want none", m, d, c)
	}
}

// Where too many orders are touched to ask each, what touched them says why.
func TestWhyEverythingIsCountedAfresh(t *testing.T) {
	for want, touched := range map[kpi.Cause]*touched{
		kpi.CauseDeletion: {gone: true, costs: map[string]period.Day{"i": 1}},
		kpi.CauseCost:     {costs: map[string]period.Day{"i": 1}},
		kpi.CauseRestated: {},
	} {
		if got := (&change{touched: touched}).wholesale(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
