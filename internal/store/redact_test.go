package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/store/storetest"
)

// everywhere lists the places of the database, as table.column, where a text stands in a value of any type.
func (s *shop) everywhere(text string) []string {
	s.t.Helper()
	columns := "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1"
	if s.dialect == postgres {
		columns = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"
	}
	var all, found []string
	err := s.look(context.Background(), func(ctx context.Context, t *tx) error {
		err := t.each(ctx, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			all = append(all, name)
			return err
		}, columns)
		if err != nil {
			return err
		}
		for _, name := range all {
			table, column, _ := strings.Cut(name, ".")
			var n int
			if _, err := t.one(ctx, []any{&n}, fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE CAST(%q AS TEXT) LIKE '%%%s%%'", table, column, text)); err != nil {
				return err
			}
			if n > 0 {
				found = append(found, name)
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(all) < 200 {
		s.t.Fatalf("only %d columns were seen", len(all))
	}
	return found
}

// derivedRows are all rows of the derived tables as text, with one name in the place of each of the names.
func (s *shop) derivedRows(names ...string) []string {
	rows := s.counts()
	for i := range rows {
		for j := 0; j+1 < len(names); j += 2 {
			rows[i] = strings.ReplaceAll(rows[i], names[j], names[j+1])
		}
	}
	slices.Sort(rows)
	return rows
}

func (s *shop) redact(id string) Redaction {
	s.t.Helper()
	done, err := s.RedactCustomer(context.Background(), s.merchant.ID, s.connection.ID, id, ActorCommand)
	if err != nil {
		s.t.Fatal(err)
	}
	return done
}

// bought is an order with all that makes it count.
func bought(id, customer string, at time.Time) []fact.Record {
	return []fact.Record{
		fact.Order{ID: id, CreatedAt: at, ProcessedAt: at, UpdatedAt: at, CustomerID: customer, Currency: "EUR", Channel: "web"},
		fact.Agreement{ID: "a" + id, OrderID: id, HappenedAt: at, Reason: fact.ReasonOrder},
		fact.Sale{ID: "s" + id, AgreementID: "a" + id, Line: fact.LineProduct, Quantity: 1, Total: 10 * money.Unit},
	}
}

func day(n int) time.Time { return time.Date(2026, 9, n, 12, 0, 0, 0, time.UTC) }

// world is a store with a buyer, two accounts merged into the buyer's, a lead, and others.
func world(t *testing.T, dsn string) *shop {
	s := derived(t, dsn)
	s.peopled()
	return s
}

func (s *shop) peopled() {
	s.t.Helper()
	s.save("customers", page(hour(1),
		fact.Customer{ID: "buyer-77", CreatedAt: day(1), UpdatedAt: day(1), ConsentAt: day(2), Orders: 3},
		fact.Customer{ID: "former-78", CreatedAt: day(1), UpdatedAt: day(1)},
		fact.Customer{ID: "first-79", CreatedAt: day(1), UpdatedAt: day(1)},
		fact.Customer{ID: "lead-80", CreatedAt: day(1), UpdatedAt: day(1), ConsentAt: day(4)},
		fact.Customer{ID: "other", CreatedAt: day(1), UpdatedAt: day(1), ConsentAt: day(11)}))
	var orders []fact.Record
	for i, who := range []string{"buyer-77", "former-78", "first-79", "buyer-77", "other", "other", ""} {
		orders = append(orders, bought(fmt.Sprint("o", i), who, day(3+2*i))...)
	}
	s.save("orders", page(hour(1), orders...))
	s.save("orders", page(hour(2), fact.Gone{Kind: fact.KindCustomer, ID: "first-79", MergedInto: "former-78"}))
	s.save("orders", page(hour(3), fact.Gone{Kind: fact.KindCustomer, ID: "former-78", MergedInto: "buyer-77"}))
	err := s.change(context.Background(), func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO hints (merchant_id, connection_id, stream, object, first_at, times) VALUES (?, ?, 'customers', 'buyer-77', ?, 1),"+
			" (?, ?, 'customers', 'buyer-77>other', ?, 1), (?, ?, 'customers', 'other>first-79', ?, 1), (?, ?, 'orders', 'o3', ?, 1)",
			s.merchant.ID, s.connection.ID, at(hour(3)), s.merchant.ID, s.connection.ID, at(hour(3)), s.merchant.ID, s.connection.ID, at(hour(3)),
			s.merchant.ID, s.connection.ID, at(hour(3)))
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// A redacted customer's ID stands nowhere any more, of those merged into it neither, and nothing that was derived changes.
func TestARedactedCustomerIsNowhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := world(t, dsn)
		ids := []string{"buyer-77", "former-78", "first-79"}
		if got := s.everywhere("buyer-77"); !cmp.Equal(got, []string{"customer_days.customer_id", "customers.id", "customers.merged_into", "hints.object", "orders.customer_id"}) {
			t.Fatalf("before, the ID stands in %v: the test sees too little, or there is a new place", got)
		}
		before := s.derivedRows()
		if got := s.redact("buyer-77"); got != (Redaction{Customers: 3, Orders: 4}) {
			t.Errorf("redacted %+v, want three customers with four orders", got)
		}
		for _, id := range ids {
			if found := s.everywhere(id); found != nil {
				t.Errorf("%s stands in %v", id, found)
			}
		}
		alias := s.values("SELECT DISTINCT customer_id FROM orders WHERE customer_id LIKE 'redacted-%'")
		if len(strings.Fields(alias)) != 1 {
			t.Fatalf("the orders name %q", alias)
		}
		if diff := cmp.Diff(before, s.derivedRows(alias, "buyer-77")); diff != "" {
			t.Errorf("what was derived changed (-before +after):\n%s", diff)
		}
		s.checkRebuilt(t.Fatalf)
		// The buyer was a lead: the day of that consent stays, its hour does not.
		s.want("0 0 1", "SELECT COUNT(created_at) || ' ' || COUNT(updated_at) || ' ' || COUNT(consent_at) FROM customers WHERE redacted <> ''")
		s.want("2026-09-02", "SELECT consent_day FROM customers WHERE consent_at = ? AND redacted <> ''", at(time.Date(2026, 9, 1, 22, 0, 0, 0, time.UTC)))
		s.want("o3", "SELECT object FROM hints")

		// What is hinted at from now on of those who are redacted is not kept, and of a merger with one of them the other is.
		s.take(connectors.Hook{Event: "late", Objects: []connectors.Object{{Stream: "customers", ID: "buyer-77"}, {Stream: "customers", ID: "former-78>other"},
			{Stream: "customers", ID: "new>first-79"}, {Stream: "customers", ID: "first-79>buyer-77"}, {Stream: "customers", ID: "a>b"}, {Stream: "orders", ID: "o1"}}})
		s.want("a>b new o1 o3 other", "SELECT object FROM hints ORDER BY object")
		for _, id := range ids {
			if found := s.everywhere(id); found != nil {
				t.Errorf("after a webhook %s stands in %v", id, found)
			}
		}

		// Whoever is only a lead stays one, on the same day.
		before = s.counts()
		s.redact("lead-80")
		if found := s.everywhere("lead-80"); found != nil {
			t.Errorf("the lead stands in %v", found)
		}
		if diff := cmp.Diff(before, s.counts()); diff != "" {
			t.Errorf("what was derived changed (-before +after):\n%s", diff)
		}
		s.checkRebuilt(t.Fatalf)

		// Consent given in the checkout counted for nothing.
		s.redact("other")
		s.want("2", "SELECT CAST(COUNT(consent_at) AS TEXT) FROM customers")
		s.checkRebuilt(t.Fatalf)

		// Once more there is nothing to do; each time is on record, and the record names nobody.
		if got := s.redact("buyer-77"); got != (Redaction{}) {
			t.Errorf("redacted again: %+v", got)
		}
		entries, err := s.AuditEntries(ctx, s.merchant.ID, 10)
		if err != nil || len(entries) != 4 {
			t.Fatalf("audit: %v, %v", entries, err)
		}
		if e := entries[3]; e.Action != AuditRedaction || e.Actor != ActorCommand || !strings.Contains(e.Detail, "3 customer IDs replaced, in 4 orders") {
			t.Errorf("audit: %+v", e)
		}
	})
}

// Whatever is read of a redacted customer afterwards leaves it redacted, and what it counts for as it was.
func TestARedactedCustomerStaysRedacted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		first := derived(t, dsn)
		for i, again := range []struct {
			name string
			page connectors.Page
		}{
			{"with the ID", page(hour(9), append(append(bought("o0", "buyer-77", day(3)), bought("o3", "buyer-77", day(9))...),
				fact.Customer{ID: "buyer-77", UpdatedAt: day(20), CreatedAt: day(1), ConsentAt: day(2)})...)},
			{"without a customer", page(hour(9), append(bought("o0", "", day(3)), bought("o3", "", day(9))...)...)},
			{"without the consent", page(hour(9), fact.Customer{ID: "lead-80", UpdatedAt: day(20)})},
			{"gone", page(hour(9), fact.Gone{Kind: fact.KindCustomer, ID: "lead-80"}, fact.Gone{Kind: fact.KindCustomer, ID: "buyer-77"})},
			{"of one merged before", page(hour(9), append(bought("o2", "first-79", day(7)), fact.Gone{Kind: fact.KindCustomer, ID: "unknown", MergedInto: "buyer-77"})...)},
		} {
			t.Run(again.name, func(t *testing.T) {
				s := first.another(i)
				s.t = t
				s.peopled()
				s.redact("buyer-77")
				s.redact("lead-80")
				before := s.counts()
				s.save("orders", again.page)
				for _, id := range []string{"buyer-77", "former-78", "first-79", "lead-80"} {
					if found := s.everywhere(id); found != nil {
						t.Errorf("%s stands in %v", id, found)
					}
				}
				if diff := cmp.Diff(before, s.counts()); diff != "" {
					t.Errorf("what was derived changed (-before +after):\n%s", diff)
				}
				s.checkRebuilt(t.Fatalf)
				if err := s.Forget(context.Background(), s.merchant.ID, s.connection.ID); err != nil {
					t.Fatal(err)
				}
			})
		}
	})
}

// Whoever is merged into a redacted customer afterwards is the same person: the ID goes too, and all counts as if the merger had come first.
func TestWhoIsMergedIntoARedactedCustomer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := world(t, dsn)
		first := s.another(1)
		first.peopled()
		late := page(hour(4), append(append(bought("o8", "late-90", day(6)), bought("o9", "later-91", day(8))...),
			fact.Customer{ID: "late-90", CreatedAt: day(1), UpdatedAt: day(1), ConsentAt: day(2)})...)
		mergers := []fact.Record{fact.Gone{Kind: fact.KindCustomer, ID: "later-91", MergedInto: "late-90"}, fact.Gone{Kind: fact.KindCustomer, ID: "late-90", MergedInto: "buyer-77"}}
		first.save("orders", late)
		first.save("orders", page(hour(5), mergers...))
		first.redact("buyer-77")

		s.save("orders", late)
		s.redact("buyer-77")
		s.take(connectors.Hook{Event: "merger", Objects: []connectors.Object{{Stream: "customers", ID: "other>later-91"}}})
		s.fetched("customers", hour(5), append(mergers, bought("o9", "later-91", day(8))...)...)
		for _, id := range []string{"buyer-77", "late-90", "later-91"} {
			if found := s.everywhere(id); found != nil {
				t.Errorf("%s stands in %v", id, found)
			}
		}
		if diff := cmp.Diff(totalsOf(first), totalsOf(s)); diff != "" {
			t.Errorf("the totals are not what they are where the merger came first (-want +got):\n%s", diff)
		}
		s.want("1", "SELECT CAST(COUNT(DISTINCT customer_id) AS TEXT) FROM orders WHERE connection_id = ? AND id IN ('o0', 'o8', 'o9')", s.connection.ID)
		s.checkRebuilt(t.Fatalf)
		entries, err := s.AuditEntries(context.Background(), s.merchant.ID, 1)
		if err != nil || len(entries) != 1 || entries[0].Actor != ActorMerger || entries[0].Action != AuditRedaction {
			t.Errorf("audit: %+v, %v", entries, err)
		}
	})
}

// An order that was never read before takes the random ID too, and counts with the customer's others.
func TestANewOrderOfARedactedCustomer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := world(t, dsn)
		s.redact("buyer-77")
		late := page(hour(9), bought("late", "buyer-77", day(25))...)
		late.Backfill = true
		s.save("orders", late)
		s.want("1", "SELECT CAST(COUNT(DISTINCT customer_id) AS TEXT) FROM orders WHERE id IN ('o0', 'late')")
		s.want("5", "SELECT CAST(MAX(ordinal) AS TEXT) FROM customer_days WHERE channel = '*'")
		s.checkRebuilt(t.Fatalf)
		// One whom nothing was known of when it was redacted.
		s.redact("never-81")
		s.save("orders", page(hour(10), bought("o9", "never-81", day(26))...))
		if found := s.everywhere("never-81"); found != nil {
			t.Errorf("the ID stands in %v", found)
		}
		s.checkRebuilt(t.Fatalf)
		if done, err := s.RedactCustomer(context.Background(), s.merchant.ID, s.connection.ID, "", ActorCommand); err == nil {
			t.Errorf("a customer without an ID was redacted: %+v", done)
		}
	})
}

// stillOf are the records as if the provider still named the customer for each of the customer's orders: of a redacted one it names nobody any
// more, and the order counts for the customer all the same.
func (s *shop) stillOf(customer string, records []fact.Record) []fact.Record {
	records = slices.Clone(records)
	for i, r := range records {
		if o, ok := r.(fact.Order); ok && o.CustomerID == "" {
			o.CustomerID = s.values("SELECT customer_id FROM orders WHERE connection_id = ? AND id = ? AND customer_id = ?", s.connection.ID, o.ID, customer)
			records[i] = o
		}
	}
	return records
}

// Whatever happened before, a redaction changes no total, neither at once nor when they are worked out again, nor when orders come again.
func TestARedactionChangesNoTotal(t *testing.T) {
	check := func(fatal func(string, ...any), s *shop, n int, pages []connectors.Page) {
		one, other := s.another(2*n), s.another(2*n+1)
		for _, p := range pages {
			one.save("orders", p)
			other.save("orders", p)
		}
		before := totalsOf(one)
		one.redact("c1")
		if diff := cmp.Diff(before, totalsOf(one)); diff != "" {
			fatal("the redaction changed totals (-before +after):\n%s", diff)
		}
		one.checkRebuilt(fatal)
		for i, p := range pages {
			p.ReadAt = hour(5).Add(time.Duration(i) * time.Minute)
			var orders []fact.Record
			for _, r := range p.Records {
				switch r.(type) {
				case fact.Customer, fact.Gone:
				default:
					orders = append(orders, r)
				}
			}
			p.Records = orders
			one.save("orders", p)
			p.Records = other.stillOf("c1", orders)
			other.save("orders", p)
		}
		if diff := cmp.Diff(totalsOf(other), totalsOf(one)); diff != "" {
			fatal("orders that came again count otherwise (-not redacted +redacted):\n%s", diff)
		}
		one.checkRebuilt(fatal)
	}
	t.Run("sqlite", func(t *testing.T) {
		s, n := derived(t, storetest.SQLite(t)), 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			check(t.Fatalf, s, n, somePages.Draw(t, "pages"))
		})
	})
	t.Run("postgres", func(t *testing.T) {
		s := derived(t, storetest.Postgres(t))
		for seed := range 10 {
			check(t.Fatalf, s, seed, somePages.Example(seed))
		}
	})
}

// totalsOf are the totals among the counts.
func totalsOf(s *shop) []string {
	var totals []string
	for _, row := range s.counts() {
		if !strings.Contains(row, " since ") {
			totals = append(totals, row)
		}
	}
	return totals
}

// A report lists what is held, as IDs, dates and amounts.
func TestWhatIsHeldAboutACustomer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := world(t, dsn)
		held, err := s.ReportCustomer(ctx, s.merchant.ID, s.connection.ID, "buyer-77", ActorWebhook)
		if err != nil {
			t.Fatal(err)
		}
		if held.Redacted || held.Record == nil || !held.Record.ConsentAt.Equal(day(2)) || held.Record.Orders != 3 || !cmp.Equal(held.MergedFrom, []string{"former-78"}) {
			t.Errorf("held: %+v, %+v", held, held.Record)
		}
		if len(held.Orders) != 4 || held.Orders[0].ID != "o0" || held.Orders[0].Day.String() != "2026-09-03" {
			t.Errorf("orders: %+v", held.Orders)
		}
		s.redact("buyer-77")
		held, err = s.ReportCustomer(ctx, s.merchant.ID, s.connection.ID, "buyer-77", ActorWebhook)
		if err != nil || !held.Redacted || held.Record != nil || held.Orders != nil || held.MergedFrom != nil {
			t.Errorf("once redacted: %+v, %v", held, err)
		}
		entries, err := s.AuditEntries(ctx, s.merchant.ID, 1)
		if err != nil || len(entries) != 1 || entries[0].Action != AuditDataRequest || entries[0].Actor != ActorWebhook || strings.Contains(entries[0].Detail, "buyer") {
			t.Errorf("audit: %+v, %v", entries, err)
		}
	})
}
