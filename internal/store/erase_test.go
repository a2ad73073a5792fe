package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// What is redacted or erased is not left in the file either, nor in the log beside it.
func TestNothingErasedIsLeftInTheFile(t *testing.T) {
	ctx := context.Background()
	dsn := storetest.SQLite(t)
	s := world(t, dsn)
	holds := func(want bool, texts ...string) {
		t.Helper()
		var all []byte
		for _, name := range []string{"", "-wal"} {
			b, err := os.ReadFile(strings.TrimPrefix(dsn, "sqlite:") + name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		for _, text := range texts {
			if bytes.Contains(all, []byte(text)) != want {
				t.Errorf("%s: want it in the files: %t", text, want)
			}
		}
	}
	var many []fact.Record // so that pages fill, split and are freed
	for i := range 2000 {
		many = append(many, fact.Customer{ID: strings.Repeat("buyer-77", 1+i%3) + period.Day(i).String(), CreatedAt: day(1), UpdatedAt: day(1)})
	}
	s.save("customers", page(hour(4), many...))
	s.save("customers", page(hour(5), fact.Gone{Kind: fact.KindCustomer, ID: "lead-80", MergedInto: "other"}))
	holds(true, "buyer-77", "former-78", "first-79", "lead-80")
	s.redact("former-78")
	s.redact("lead-80")
	holds(false, "former-78", "first-79", "lead-80")
	s.save("customers", page(hour(6), fact.Gone{Kind: fact.KindCustomer, ID: "late-90", MergedInto: "lead-80"}))
	holds(false, "late-90", "lead-80")
	if err := s.EraseConnection(ctx, s.merchant.ID, s.connection.ID, ActorWebhook); err != nil {
		t.Fatal(err)
	}
	holds(false, "buyer-77")

	next := s.another(1)
	next.peopled()
	holds(true, "buyer-77")
	if err := s.RemoveMerchant(ctx, s.merchant.ID, ActorCommand); err != nil {
		t.Fatal(err)
	}
	holds(false, "buyer-77", "former-78", "lead-80")
}

// intruders store something of a merchant or of a store, and may come at any time.
func (s *shop) intruders() map[string]func() error {
	ctx, m, c := context.Background(), s.merchant.ID, s.connection.ID
	own := kpi.Scope{Connection: c}
	sn := aSnapshot()
	sn.Scope = own
	all := map[string]func() error{
		"a webhook": func() error {
			_, err := s.TakeHook(ctx, m, c, orderHook("event", "1"))
			return err
		},
		"the end of a pull": func() error { return s.FinishPull(ctx, m, c, "products", nil, time.Time{}) },
		"a page": func() error {
			_, err := s.SavePage(ctx, m, c, "refunds", 0, page(hour(9), bought("1", "c", day(3))...))
			return err
		},
		"what a probe found": func() error { return s.SaveCapabilities(ctx, m, c, []connectors.Capability{{ID: "all_orders"}}) },
		"a snapshot": func() error {
			_, err := s.SaveSnapshots(ctx, m, []kpi.Snapshot{sn})
			return err
		},
		"how far snapshots are": func() error { return s.SaveSnapshotState(ctx, m, own, SnapshotState{Through: 20_000}) },
	}
	if s.dialect == postgres {
		all["a budget"] = func() error { return s.Settle(ctx, m, c, 1, 1, 900, 1000, 50) }
	}
	return all
}

// merchantIntruders are intruders to whom no store is needed.
func (s *shop) merchantIntruders() map[string]func() error {
	ctx, m := context.Background(), s.merchant.ID
	sn := aSnapshot()
	sn.Scope = kpi.Whole
	return map[string]func() error{
		"a run":       func() error { _, err := s.StartRun(ctx, m, "night", ""); return err },
		"alerts":      func() error { return s.PutAlerts(ctx, m, map[string]string{"relink/1": "text"}) },
		"more alerts": func() error { return s.AddAlerts(ctx, m, map[string]string{"relink/1": "text"}) },
		"a snapshot":  func() error { _, err := s.SaveSnapshots(ctx, m, []kpi.Snapshot{sn}); return err },
		"a state":     func() error { return s.SaveSnapshotState(ctx, m, kpi.Whole, SnapshotState{Through: 20_000}) },
		"a grant":     func() error { _, err := s.SaveGrant(ctx, Grant{MerchantID: m, Connector: "shopify"}); return err },
		"a connection": func() error {
			_, err := s.SaveConnection(ctx, Connection{MerchantID: m, Connector: "shopify", AccountID: "new"})
			return err
		},
		"a target": func() error {
			_, err := s.PutTarget(ctx, m, kpi.Target{KPI: "aov", Grain: period.Daily, Anchors: kpi.Anchors{Green: 2, Red: 1}})
			return err
		},
	}
}

// marked sets a mark, which a list of them then holds.
func (s *shop) marked() Marks {
	s.t.Helper()
	s.save("orders", page(hour(8), bought("1", "c", day(3))...))
	marks, err := s.Marks(context.Background(), s.merchant.ID, hour(23).AddDate(0, 0, 2))
	if err != nil || marks.Len() == 0 {
		s.t.Fatalf("%d marks, %v", marks.Len(), err)
	}
	return marks
}

// left lists the tables that hold anything of the merchant, but for the audit.
func (s *shop) left() []string {
	s.t.Helper()
	var held []string
	for _, table := range merchantTables {
		if s.values("SELECT CAST(COUNT(*) AS TEXT) FROM "+table+" WHERE merchant_id = ?", s.merchant.ID) != "0" {
			held = append(held, table)
		}
	}
	return held
}

// Nothing comes back of a merchant who was removed, whoever was at work meanwhile.
func TestNothingIsStoredOfARemovedMerchant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := derived(t, dsn)
		marks := s.marked()
		if err := s.RemoveMerchant(ctx, s.merchant.ID, ActorCommand); err != nil {
			t.Fatal(err)
		}
		if err := s.ClearMarks(ctx, s.merchant.ID, marks); err != nil {
			t.Error(err)
		}
		for _, intruders := range []map[string]func() error{s.intruders(), s.merchantIntruders()} {
			for name, come := range intruders {
				if err := come(); !errors.Is(err, ErrMissing) && name != "a webhook" && name != "a budget" {
					t.Errorf("%s: %v", name, err)
				}
				if left := s.left(); left != nil {
					t.Errorf("%s comes back in %v", name, left)
				}
			}
		}
	})
}

// beside runs fn beside a transaction of the caller's, and comes back once fn has ended or waits for a lock.
func (s *shop) beside(fn func() error) (ended <-chan error) {
	s.t.Helper()
	end := make(chan error, 1)
	go func() { end <- fn() }()
	for deadline := time.Now().Add(time.Minute); len(end) == 0; {
		var waiting int
		err := s.writer.QueryRow("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = CURRENT_DATABASE() AND wait_event_type = 'Lock'").Scan(&waiting)
		if err != nil || time.Now().After(deadline) {
			s.t.Fatalf("it neither ends nor waits: %v", err)
		}
		if waiting > 0 {
			break
		}
	}
	return end
}

// Whatever comes while a store is being forgotten finds it gone.
func TestWhatComesWhileAStoreIsForgotten(t *testing.T) {
	s := derived(t, storetest.Postgres(t))
	for name := range s.intruders() {
		s := s.another(len(name))
		s.marked()
		var ended <-chan error
		err := s.change(t.Context(), func(ctx context.Context, tx *tx) error {
			_, err := tx.forget(ctx, testNow, s.merchant.ID, s.connection.ID)
			ended = s.beside(s.intruders()[name])
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil && !errors.Is(err, ErrMissing) {
			t.Errorf("%s: %v", name, err)
		}
		if left := s.ofConnection(s.connection.ID); left != nil {
			t.Errorf("%s: left of the store are %v", name, left)
		}
		s.want("0", "SELECT CAST(COUNT(*) AS TEXT) FROM snapshots WHERE scope = ?", kpi.Scope{Connection: s.connection.ID}.String())
	}
}

// Who is erased is erased once those are done that came before.
func TestErasingWaitsForThoseWhoStore(t *testing.T) {
	s := derived(t, storetest.Postgres(t))
	for _, erase := range []func() error{
		func() error { return s.Forget(context.Background(), s.merchant.ID, s.connection.ID) },
		func() error {
			return s.RemoveMerchant(context.Background(), s.merchant.ID, ActorCommand)
		},
	} {
		s.connection = s.another(len(s.connection.AccountID)).connection
		var ended <-chan error
		err := s.change(t.Context(), func(ctx context.Context, tx *tx) error {
			if _, err := tx.addAlerts(ctx, s.merchant.ID, map[string]string{"relink/1": "text"}, at(testNow)); err != nil {
				return err
			}
			if _, err := tx.there(ctx, s.merchant.ID, s.connection.ID); err != nil {
				return err
			}
			ended = s.beside(erase)
			_, err := tx.exec(ctx, `INSERT INTO streams (merchant_id, connection_id, stream, cursor, number, backfilled, last_error, kinds)
				VALUES (?, ?, 'late', '', 0, FALSE, '', '')`, s.merchant.ID, s.connection.ID)
			return err
		})
		if err == nil {
			err = <-ended
		}
		if err != nil {
			t.Fatal(err)
		}
		s.want("0", "SELECT CAST(COUNT(*) AS TEXT) FROM streams WHERE stream = 'late'")
	}
	if left := s.left(); left != nil {
		t.Errorf("left of the merchant are %v", left)
	}
}

// A merchant is removed while a store of theirs is being forgotten: one waits for the other, and never both.
func TestRemovingWhileForgetting(t *testing.T) {
	s := derived(t, storetest.Postgres(t))
	if err := s.intruders()["a snapshot"](); err != nil {
		t.Fatal(err)
	}
	var ended <-chan error
	err := s.change(t.Context(), func(ctx context.Context, tx *tx) error {
		if _, err := tx.alone(ctx, s.merchant.ID, s.connection.ID); err != nil {
			return err
		}
		ended = s.beside(func() error { return s.RemoveMerchant(context.Background(), s.merchant.ID, ActorCommand) })
		_, err := tx.forget(ctx, testNow, s.merchant.ID, s.connection.ID)
		return err
	})
	if err != nil {
		t.Errorf("forget: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("remove: %v", err)
	}
	if left := s.left(); left != nil {
		t.Errorf("left of the merchant are %v", left)
	}
}
