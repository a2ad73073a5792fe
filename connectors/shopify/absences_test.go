package shopify

import (
	"testing"
	"time"

	"fourfold/connectors"
)

// What is absent is gone only where it could be seen all the while: neither so young that the search may not know it yet, nor behind the
// wall by the time the reading ended.
func TestWhereAbsenceMeansGone(t *testing.T) {
	began := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	ended := began.Add(5 * time.Hour)
	days := func(n int) time.Time { return began.AddDate(0, 0, -n) }
	none := time.Time{}
	for _, c := range []struct {
		name              string
		feed              feed
		all               bool // read_all_orders
		from, to          time.Time
		wantFrom, wantTo  time.Time
		absencesAreOrders bool
	}{
		{"all orders", feed{absences: true, count: "count_orders"}, true, none, began, none, days(1), true},
		{"an early slice", feed{absences: true, count: "count_orders"}, true, days(50), days(20), days(50), days(20), true},
		{"behind the wall", feed{absences: true, count: "count_orders"}, false, days(60), began, ended.Add(-wall), days(1), true},
		{"within the wall", feed{absences: true, count: "count_orders"}, false, days(30), began, days(30), days(1), true},
		{"customers", feed{absences: true, count: "count_customers"}, false, none, began, none, days(1), false},
		{"a feed that leaves out", feed{count: "count_orders"}, false, days(90), began, days(90), began, false},
	} {
		s := &session{feed: &c.feed, q: &asker{last: reply{At: ended}}, req: connectors.Request{Has: func(string) bool { return c.all }}}
		p := &connectors.Proof{From: c.from, To: c.to, Started: began}
		s.tellAbsences(p)
		if !p.From.Equal(c.wantFrom) || !p.To.Equal(c.wantTo) || p.Absences != c.absencesAreOrders {
			t.Errorf("%s: from %s to %s, absences %t; want %s, %s, %t", c.name, p.From, p.To, p.Absences, c.wantFrom, c.wantTo, c.absencesAreOrders)
		}
	}
}
