package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/shapes"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// TestAWeekInFiveMinutes lives through seven nights in Berlin, from 21 to 27 October 2026. The store's login is revoked before the third
// and linked again before the fifth, on the night of which the clocks go back; and of days that were published already it becomes known
// that there was a refund, an edit, a deletion, a cancellation, another sale, and that two customers are one. What was published and
// what became of it is worked out by hand beside it.
//
// A day is over at midnight and has three days of grace: the night of the 21st publishes the 17th and the days before it.
func TestAWeekInFiveMinutes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		w := newWeek(t, dsn, "2026-10-20 09:00")
		w.nights1And2()
		w.nights3And4()
		w.nights5To7()
		w.afterwards()
		w.restatements()
	})
}

// week tells a story whose buyers have names.
type week struct {
	*story
	buyers    map[string]*sim.Customer
	finn, gil *sim.Order
	began     time.Time // of the last night
}

// newWeek is a store in Berlin that sells in euros.
func newWeek(t *testing.T, dsn, begins string) *week {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	shop := &sim.Shop{ID: 7, Domain: "week.myshopify.com", Name: "Week", Currency: "EUR", Zone: zone.String(), CreatedAt: sim.At(opened)}
	s := &story{rig: &rig{t: t}, zone: zone}
	s.rig = newRig(t, dsn, shop, rigOptions{Now: s.time(begins)})
	return &week{story: s, buyers: map[string]*sim.Customer{}}
}

// bought places an order; "" is a guest.
func (w *week) bought(buyer, when string, units int, price string) *sim.Order {
	w.t.Helper()
	if buyer != "" && w.buyers[buyer] == nil {
		w.buyers[buyer] = w.customer()
	}
	return w.place(when, sim.Purchase{Customer: w.buyers[buyer], Items: []sim.Item{{Title: "Goods", Quantity: units, Price: amount(price), Digital: true}}})
}

// shown says when the provider shows what it dates earlier.
func (w *week) shown(o *sim.Order, when string) {
	w.t.Helper()
	w.event(when, func(shop *sim.Shop, at sim.Instant) error {
		o.UpdatedAt = at
		shop.Touch(o)
		return nil
	})
}

// works a night at half past three.
func (w *week) works(day string) {
	w.t.Helper()
	w.began = w.time(day + " 03:30")
	w.rig.night(w.began)
}

// isDenied works a night in which the provider refuses the login: what is complete is judged all the same.
func (w *week) isDenied(day string) {
	w.t.Helper()
	w.began = w.time(day + " 03:30")
	w.clock.set(w.began)
	_, err := w.worker().Night(w.t.Context(), w.merchant())
	if fault, _ := connectors.FaultOf(err); fault != connectors.Denied {
		w.t.Fatalf("a night with a revoked login: %v", err)
	}
}

// figures are those of a day or a week as a night leaves them.
type figures struct {
	period         string
	net, reversals string
	orders, new    float64
	published      bool
	restated       string // by this night: "net_sales aov: deletion, …"
}

// ends checks what a night has come to.
func (w *week) ends(all ...figures) {
	w.t.Helper()
	for _, f := range all {
		why := map[kpi.ID]kpi.Cause{}
		for part := range strings.SplitSeq(f.restated, ", ") {
			ids, cause, _ := strings.Cut(part, ": ")
			for _, id := range strings.Fields(ids) {
				why[kpi.ID(id)] = kpi.Cause(cause)
			}
		}
		for id, want := range map[kpi.ID]float64{"net_sales": float64(amount(f.net)), "sales_reversals": float64(amount(f.reversals)), "aov": f.orders, "new_customers": f.new} {
			w.ended(f, id, want, why[id])
		}
	}
}

func (w *week) ended(f figures, id kpi.ID, want float64, why kpi.Cause) {
	w.t.Helper()
	all := w.snapshots(store.SnapshotQuery{Period: f.period, KPI: id, Scope: &kpi.Whole})
	what := fmt.Sprintf("night of %s: %s of %s", w.began.Format(time.DateOnly), id, f.period)
	if len(all) == 0 {
		w.t.Errorf("%s: there is none", what)
		return
	}
	now := all[len(all)-1]
	got := now.Value.V
	switch id {
	case "net_sales", "sales_reversals":
		got = float64(now.Value.Num.Int)
	case "aov":
		got = now.Value.Den
	}
	if got != want {
		w.t.Errorf("%s is %v, want %v", what, got, want)
	}
	if published := slices.ContainsFunc(all, func(s kpi.Snapshot) bool { return s.Published }); published != f.published {
		w.t.Errorf("%s: published %t, want %t", what, published, f.published)
	}
	var causes []kpi.Cause
	if why != "" {
		causes = []kpi.Cause{why}
	}
	tonight := !now.TakenAt.Before(w.began) && !now.Published && f.published
	if told := kpi.ParseCauses(now.Cause); tonight != (why != "") || tonight && !slices.Equal(told, causes) {
		w.t.Errorf("%s: restated tonight %t for %q, want %q", what, tonight, now.Cause, why)
	}
}

func (w *week) nights1And2() {
	w.bought("ann", "2026-10-15 12:00", 1, "100.00")
	ben := w.bought("ben", "2026-10-16 12:00", 3, "20.00")
	cleo := w.bought("cleo", "2026-10-17 12:00", 1, "40.00")
	dora := w.bought("dora", "2026-10-17 13:00", 1, "80.00")
	w.bought("ann", "2026-10-18 12:00", 1, "30.00")
	w.finn = w.bought("finn", "2026-10-19 12:00", 2, "35.00")
	w.link()
	w.gil = w.bought("gil", "2026-10-20 12:00", 1, "90.00")
	w.works("2026-10-21")
	w.ends(
		figures{"2026-10-15", "100.00", "0", 1, 1, true, ""},
		figures{"2026-10-16", "60.00", "0", 1, 1, true, ""},  // 3 × 20.00
		figures{"2026-10-17", "120.00", "0", 2, 2, true, ""}, // 40.00 + 80.00
		figures{"2026-10-18", "30.00", "0", 1, 0, false, ""}, // ann was there before
	)
	// Ben got one of three back on the 16th, of which no date of change tells; dora's order is deleted, which leaves no trace either: the
	// first reading of the last 90 days and the first count of what is there find them. Cleo's is cancelled, with its money.
	w.bought("hana", "2026-10-21 10:00", 1, "25.00")
	w.refund(ben, "2026-10-16 18:00", sim.Refunding{Lines: one(ben, 0), KeepUpdatedAt: true})
	w.event("2026-10-21 12:00", func(shop *sim.Shop, _ sim.Instant) error {
		shop.Delete(dora)
		return nil
	})
	w.cancel(cleo, "2026-10-21 15:00", sim.Cancellation{Reason: "CUSTOMER"})
	w.works("2026-10-22")
	w.ends(
		figures{"2026-10-15", "100.00", "0", 1, 1, true, ""},
		figures{"2026-10-16", "40.00", "20.00", 1, 1, true, "net_sales sales_reversals: late refund"}, // 60.00 − 20.00
		// Without dora's 80.00. Cleo's sale was one and is taken back on the 21st, but she is no customer: of dora and cleo nobody is
		// left, and of the two causes the deletion is told.
		figures{"2026-10-17", "40.00", "0", 1, 0, true, "net_sales aov new_customers: deletion"},
		figures{"2026-10-18", "30.00", "0", 1, 0, true, ""},
		figures{"2026-10-21", "-15.00", "40.00", 1, 1, false, ""}, // 25.00 − 40.00
		// Monday to Sunday, published with what is known by now: 100.00 + 40.00 + 40.00 + 30.00; ann and ben.
		figures{"2026-W42", "210.00", "20.00", 4, 2, true, ""},
	)
}

func (w *week) nights3And4() {
	w.bought("ida", "2026-10-22 12:00", 1, "55.00")
	// A sale of the 18th that only now comes in, from another system.
	w.buyers["lou"] = w.customer()
	w.place("2026-10-22 18:00", sim.Purchase{Customer: w.buyers["lou"], Processed: w.at("2026-10-18 10:00"),
		Items: []sim.Item{{Title: "Goods", Quantity: 1, Price: amount("15.00"), Digital: true}}})
	w.srv.Uninstall()
	w.isDenied("2026-10-23")
	w.ends(
		figures{"2026-10-18", "30.00", "0", 1, 0, true, ""},
		figures{"2026-10-19", "70.00", "0", 1, 1, true, ""},
		figures{"2026-10-21", "-15.00", "40.00", 1, 1, false, ""},
	)
	w.bought("jon", "2026-10-23 12:00", 1, "45.00")
	w.isDenied("2026-10-24")
	w.ends(
		figures{"2026-10-18", "30.00", "0", 1, 0, true, ""},
		figures{"2026-10-20", "90.00", "0", 1, 1, true, ""},
		figures{"2026-10-21", "-15.00", "40.00", 1, 1, false, ""}, // complete, and in its grace
	)
	for _, name := range []string{"2026-10-22", "2026-10-23"} {
		if all := w.snapshots(store.SnapshotQuery{Period: name, KPI: "net_sales", Scope: &kpi.Whole}); len(all) > 0 {
			w.t.Errorf("%s was judged without being complete: %+v", name, all)
		}
	}
}

func (w *week) nights5To7() {
	// The provider shows on the 24th that finn's two became one on the 19th, and that gil got 5.00 back on the 20th.
	w.edit(w.finn, "2026-10-19 18:00", set(w.finn, 0, 1))
	w.shown(w.finn, "2026-10-24 10:00")
	w.refund(w.gil, "2026-10-20 20:00", sim.Refunding{Amount: new(amount("5.00"))})
	w.shown(w.gil, "2026-10-24 11:00")
	kim := w.bought("kim", "2026-10-24 12:00", 2, "32.50")
	w.refund(kim, "2026-10-24 13:00", sim.Refunding{Amount: new(amount("10.00"))})
	w.clock.set(w.time("2026-10-24 21:00"))
	w.link()
	w.bought("", "2026-10-25T00:30:00+02:00", 1, "10.00")
	w.bought("", "2026-10-25T02:30:00+02:00", 1, "20.00")
	w.bought("", "2026-10-25T02:30:00+01:00", 1, "30.00") // an hour later
	w.works("2026-10-25")
	w.ends(
		figures{"2026-10-18", "45.00", "0", 2, 1, true, "net_sales aov new_customers: late sale"}, // 30.00 + 15.00, lou
		figures{"2026-10-19", "35.00", "35.00", 1, 1, true, "net_sales sales_reversals: order edit"},
		figures{"2026-10-20", "85.00", "5.00", 1, 1, true, "net_sales sales_reversals: late refund"},
		figures{"2026-10-21", "-15.00", "40.00", 1, 1, true, ""},
		figures{"2026-10-22", "55.00", "0", 1, 1, false, ""}, // ida; not lou
		figures{"2026-10-23", "45.00", "0", 1, 1, false, ""},
		figures{"2026-10-24", "55.00", "10.00", 1, 1, false, ""},                                     // 2 × 32.50 − 10.00
		figures{"2026-W42", "225.00", "20.00", 5, 3, true, "net_sales aov new_customers: late sale"}, // 210.00 + 15.00
	)
	w.bought("", "2026-10-25T23:30:00+01:00", 1, "40.00")
	w.bought("mia", "2026-10-26 00:10", 1, "35.00")
	w.works("2026-10-26")
	w.ends(
		figures{"2026-10-22", "55.00", "0", 1, 1, true, ""},
		figures{"2026-10-25", "100.00", "0", 4, 0, false, ""}, // 25 hours: 10.00 + 20.00 + 30.00 + 40.00, of guests
	)
	// Ben was ann all along.
	w.event("2026-10-26 12:00", func(shop *sim.Shop, at sim.Instant) error {
		return shop.MergeCustomers(w.buyers["ann"], w.buyers["ben"], at)
	})
	w.works("2026-10-27")
	w.ends(
		figures{"2026-10-15", "100.00", "0", 1, 1, true, ""},
		figures{"2026-10-16", "40.00", "20.00", 1, 0, true, "new_customers: customer merge"},
		figures{"2026-10-18", "45.00", "0", 2, 1, true, ""},
		figures{"2026-10-23", "45.00", "0", 1, 1, true, ""},
		figures{"2026-10-26", "35.00", "0", 1, 1, false, ""},
		figures{"2026-W42", "225.00", "20.00", 5, 2, true, "new_customers: customer merge"}, // ann and lou
	)
}

// Three more nights publish what was over by the end of the week.
func (w *week) afterwards() {
	for _, day := range []string{"2026-10-28", "2026-10-29", "2026-10-30"} {
		w.works(day)
	}
	w.ends(
		figures{"2026-10-24", "55.00", "10.00", 1, 1, true, ""},
		figures{"2026-10-25", "100.00", "0", 4, 0, true, ""},
		figures{"2026-10-26", "35.00", "0", 1, 1, true, ""},
		// 45.00 stands for the week before; this one: 35.00 + 85.00 − 15.00 + 55.00 + 45.00 + 55.00 + 100.00.
		figures{"2026-W43", "360.00", "90.00", 10, 6, true, ""},
	)
	// Whatever was worked out night by night is what the facts give.
	w.rebuild()
	w.works("2026-10-31")
	if all := w.snapshots(store.SnapshotQuery{Period: "2026-10-18", KPI: "net_sales", Scope: &kpi.Whole}); len(all) != 3 {
		w.t.Errorf("net sales of the 18th have %d revisions, want the first night's, what was published and what it was restated to", len(all))
	}
}

// restatements are what the command says of the week.
func (w *week) restatements() {
	type row struct {
		published, now, difference float64
		causes                     string
	}
	want := map[string]row{
		"2026-10-16 net_sales":       {60, 40, -20, "late refund"},
		"2026-10-16 sales_reversals": {0, 20, 20, "late refund"},
		"2026-10-16 new_customers":   {1, 0, -1, "customer merge"},
		"2026-10-17 net_sales":       {120, 40, -80, "deletion"},
		"2026-10-17 aov":             {60, 40, -20, "deletion"},
		"2026-10-17 new_customers":   {2, 0, -2, "deletion"},
		"2026-10-18 net_sales":       {30, 45, 15, "late sale"},
		"2026-10-18 aov":             {30, 22.5, -7.5, "late sale"}, // (30.00 + 15.00) ÷ 2
		"2026-10-18 new_customers":   {0, 1, 1, "late sale"},
		"2026-10-19 net_sales":       {70, 35, -35, "order edit"},
		"2026-10-19 sales_reversals": {0, 35, 35, "order edit"},
		"2026-10-20 net_sales":       {90, 85, -5, "late refund"},
		"2026-10-20 sales_reversals": {0, 5, 5, "late refund"},
		"2026-W42 net_sales":         {210, 225, 15, "late sale"},
		"2026-W42 aov":               {57.5, 49, -8.5, "late sale"}, // by order: (100.00 + 60.00 + 40.00 + 30.00) ÷ 4, and 245.00 ÷ 5
		// The week's new customers were two, then three, and are two again: what is as it was published is no restatement.
	}
	var book shapes.Restatements

	if err := json.Unmarshal([]byte(w.says("restatements", "--json")), &book); err != nil {
		w.t.Fatal(err)
	}
	for _, p := range book.Periods {
		for _, k := range p.KPIs {
			key := p.Period + " " + string(k.ID)
			if x, ok := want[key]; ok {
				causes := make([]string, len(k.Causes))
				for i, c := range k.Causes {
					causes[i] = string(c)
				}
				if k.Published == nil || k.Now == nil || k.Difference == nil {
					w.t.Errorf("%s: %+v", key, k)
				} else if got := (row{*k.Published, *k.Now, *k.Difference, strings.Join(causes, ", ")}); got != x {
					w.t.Errorf("%s: %+v, want %+v", key, got, x)
				}
				delete(want, key)
			} else if slices.Contains([]kpi.ID{"net_sales", "sales_reversals", "aov", "new_customers"}, k.ID) {
				w.t.Errorf("%s: %+v, want none", key, k)
			}
			if len(k.Causes) == 0 {
				w.t.Errorf("%s was restated for no cause: %q", key, k.Because)
			}
		}
	}
	for key := range want {
		w.t.Errorf("%s is not said to be restated", key)
	}
	text := w.says("restatements", "2026-10-18", "--all")
	for _, words := range []string{"Net sales\n", "published 2026-10-22 30.00 EUR, now 45.00 EUR (+15.00 EUR)", "late sale: "} {
		if !strings.Contains(text, words) {
			w.t.Errorf("restatements 2026-10-18 --all lacks %q:\n%s", words, text)
		}
	}
}

// says runs a command and returns what it prints.
func (w *week) says(args ...string) string {
	w.t.Helper()
	var out bytes.Buffer
	w.app.stdout = &out
	w.must(w.command(args...))
	return out.String()
}
