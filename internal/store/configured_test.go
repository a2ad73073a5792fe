package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

func TestMerchants(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := open(t, dsn)
		want := Merchant{Name: "Müller & Co", Currency: "CHF", Zone: "Europe/Zurich", Calendar: period.Calendar{WeekShift: 6, FiscalStart: time.April}, CostsHistory: "current",
			Schedule: "0 4 * * *", State: StatePaused, Since: 19_000}
		m, err := s.CreateMerchant(ctx, want)
		if err != nil {
			t.Fatal(err)
		}
		want.ID, want.CreatedAt = m.ID, testNow
		want.Name, want.Calendar = "Müller AG", period.Calendar{}
		if err := s.UpdateMerchant(ctx, m, want); err != nil {
			t.Fatal(err)
		}
		all, err := s.Merchants(ctx)
		if diff := cmp.Diff([]Merchant{want}, all); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		want.Zone = "Europe/Nowhere"
		if _, err := s.CreateMerchant(ctx, want); err == nil {
			t.Error("a zone that does not exist was taken")
		}
		want.ID, want.Zone = 99, "UTC"
		if err := s.UpdateMerchant(ctx, m, want); !errors.Is(err, ErrMissing) {
			t.Errorf("got %v, want ErrMissing", err)
		}
	})
}

// Who pauses a merchant and who sets its zone at the same time undo nothing of each other's.
func TestTwoWhoChangeAMerchant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := open(t, dsn)
		read, err := s.CreateMerchant(ctx, Merchant{Name: "Tea", Currency: "EUR", Zone: "UTC"})
		if err != nil {
			t.Fatal(err)
		}
		paused, moved := read, read
		paused.State, paused.Schedule = StatePaused, "0 4 * * *"
		moved.Zone, moved.Since, moved.Name = "Asia/Tokyo", 19_000, "Green tea"
		for _, now := range []Merchant{paused, moved} {
			if err := s.UpdateMerchant(ctx, read, now); err != nil {
				t.Fatal(err)
			}
		}
		want := moved
		want.State, want.Schedule = paused.State, paused.Schedule
		got, err := s.Merchant(ctx, read.ID)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestConnectionsAndWhatTheyMay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		g, err := s.SaveGrant(ctx, Grant{MerchantID: s.merchant.ID, Connector: "shopify", Auth: connectors.AuthCode, Fields: map[string]string{"shop": "test"},
			Scopes: []string{"read_orders"}, Asked: []string{"read_orders", "read_all_orders"}, Sealed: []byte{0, 1, 255}})
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.SaveConnection(ctx, Connection{MerchantID: s.merchant.ID, GrantID: g.ID, Connector: "shopify", AccountID: "test", Name: "Again",
			Since: hour(1), Settings: map[string]string{"brand": "test"}, State: StateUnlinked})
		if err != nil || again.ID != s.connection.ID || !again.CreatedAt.Equal(s.connection.CreatedAt) {
			t.Errorf("the account linked again is %+v, %v", again, err)
		}
		all, err := s.Connections(ctx, s.merchant.ID)
		if diff := cmp.Diff([]Connection{again}, all); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if _, err := s.SaveConnection(ctx, Connection{ID: 99, MerchantID: s.merchant.ID}); !errors.Is(err, ErrMissing) {
			t.Errorf("got %v, want ErrMissing", err)
		}
		for _, want := range [][]connectors.Capability{
			{{ID: "orders", Granted: true}, {ID: "all_orders", Detail: "refused", Costs: "older orders", Remedy: "ask", Since: hour(1)}, {ID: "a"}},
			{{ID: "orders", Granted: true}},
		} {
			if err := s.SaveCapabilities(ctx, s.merchant.ID, again.ID, want); err != nil {
				t.Fatal(err)
			}
			got, err := s.Capabilities(ctx, s.merchant.ID, again.ID)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		}
		if err := s.Forget(ctx, s.merchant.ID, again.ID); err != nil {
			t.Fatal(err)
		}
		if grants, err := s.Grants(ctx, s.merchant.ID); err != nil || len(grants) > 0 {
			t.Errorf("of the forgotten account's login remains %v, %v", grants, err)
		}
		if _, err := s.SavePage(ctx, s.merchant.ID, again.ID, "orders", 0, page(hour(1))); !errors.Is(err, ErrMissing) {
			t.Errorf("a page of a forgotten connection: %v", err)
		}
	})
}

// Many want a grant's next token at once, from two processes: each sees the token before its own, and none is lost.
func TestRefreshesOfAGrantAreOneAtATime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		stores := []*Store{withMerchants(t, open(t, dsn), 1), open(t, dsn)}
		g, err := stores[0].SaveGrant(ctx, Grant{MerchantID: 1, Connector: "shopify", Sealed: []byte{0}, Fields: map[string]string{"shop": "x"}})
		if err != nil {
			t.Fatal(err)
		}
		const each = 10
		var wg sync.WaitGroup
		for i := range 2 * each {
			wg.Go(func() {
				_, err := stores[i%2].RefreshGrant(ctx, 1, g.ID, func(_ context.Context, g Grant) (Grant, error) {
					g.Sealed = append(g.Sealed, g.Sealed[len(g.Sealed)-1]+1)
					return g, nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got, err := stores[1].grant(ctx, 1, g.ID)
		if err != nil || len(got.Sealed) != 2*each+1 || got.Sealed[2*each] != 2*each || got.Fields["shop"] != "x" {
			t.Errorf("after %d refreshes the token is %v, %v", 2*each, got.Sealed, err)
		}
		// What the provider has handed out is kept even if nobody waits for it any more; what was refused changes nothing.
		dying, cancel := context.WithCancel(ctx)
		if _, err := stores[0].RefreshGrant(dying, 1, g.ID, func(_ context.Context, g Grant) (Grant, error) {
			cancel()
			g.Sealed = []byte{77}
			return g, nil
		}); err != nil {
			t.Error(err)
		}
		refused := errors.New("refused")
		if _, err := stores[0].RefreshGrant(ctx, 1, g.ID, func(_ context.Context, g Grant) (Grant, error) {
			g.Sealed = nil
			return g, refused
		}); !errors.Is(err, refused) {
			t.Errorf("got %v", err)
		}
		if got, err = stores[1].grant(ctx, 1, g.ID); err != nil || !cmp.Equal(got.Sealed, []byte{77}) {
			t.Errorf("the token is %v, %v", got.Sealed, err)
		}
		if _, err := stores[0].RefreshGrant(ctx, 1, 99, nil); !errors.Is(err, ErrMissing) {
			t.Errorf("got %v, want ErrMissing", err)
		}
	})
}

func TestWaitingForAGrantEndsWithItsContext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := withMerchants(t, open(t, dsn), 1)
		g, err := s.SaveGrant(context.Background(), Grant{MerchantID: 1, Connector: "shopify"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.RefreshGrant(context.Background(), 1, g.ID, func(ctx context.Context, g Grant) (Grant, error) {
			short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			defer cancel()
			_, err := s.RefreshGrant(short, 1, g.ID, func(context.Context, Grant) (Grant, error) {
				t.Error("two refreshes at once")
				return Grant{}, nil
			})
			if err == nil {
				t.Error("the second did not fail")
			}
			if _, err := s.Grants(ctx, 1); err != nil { // the database is not held up by the first
				t.Error(err)
			}
			return g, nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestTargetsAreVersions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := withMerchants(t, open(t, dsn), 2)
		d := period.Date(2026, 1, 1)
		first := kpi.Target{KPI: "net_sales", Scope: kpi.Scope{Connection: 3, Channel: "pos"}, Grain: period.Monthly, From: d, Anchors: kpi.Anchors{Green: 1000, Red: 800}, Reason: "plan"}
		put := func(target kpi.Target) kpi.Target {
			t.Helper()
			got, err := s.PutTarget(ctx, 1, target)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		one := put(first)
		same := first
		same.From = d + 100
		if put(same).ID != one.ID {
			t.Error("the same target again made a new version")
		}
		second := first
		second.From, second.Anchors = d+31, kpi.Anchors{RedLow: 1, GreenLow: 2, GreenHigh: 3, RedHigh: 4, Range: true}
		two := put(second)
		if put(first).ID != one.ID || put(second).ID != two.ID {
			t.Error("a list of versions put again made new ones")
		}
		ends := []kpi.Target{{KPI: first.KPI, Scope: first.Scope, Grain: first.Grain, From: d + 90, Reason: "dropped"}, {KPI: "never_set", Grain: period.Daily, From: d}}
		if _, err := s.PutTargets(ctx, 1, "", ends); err != nil {
			t.Fatal(err)
		}
		first.ID, first.Version, second.ID, second.Version = one.ID, 1, two.ID, 2
		ended := kpi.Target{KPI: first.KPI, Scope: first.Scope, Grain: first.Grain, From: d + 90, Version: 3, Reason: "dropped"}
		got, err := s.Targets(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]kpi.Target{first, second, ended}, got, cmpopts.IgnoreFields(kpi.Target{}, "ID", "At")); diff != "" {
			t.Errorf("targets (-want +got):\n%s", diff)
		}
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if _, err := s.PutTarget(ctx, 2, kpi.Target{KPI: "aov", Grain: period.Daily, Anchors: kpi.Anchors{Green: float64(i + 1)}}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got, err = s.Targets(ctx, 2); err != nil || len(got) != 4 || got[3].Version != 4 {
			t.Errorf("four at once made %v, %v", got, err)
		}
	})
}

func TestRunsAndTheirProofs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		run, err := s.StartRun(ctx, s.merchant.ID, "pull", "")
		if err != nil {
			t.Fatal(err)
		}
		proof := connectors.Proof{Slice: "2026-11", From: hour(1), To: hour(2), Started: hour(3), Method: "bulk", Promised: connectors.Count{Objects: 1, Roots: 2, Bytes: 3},
			Read: connectors.Count{Objects: 4, Roots: 5, Bytes: 6}, Version: "2026-10", CompleteTo: hour(3), Sweep: true}
		for _, to := range []int{3, 9, 5} {
			proof.CompleteTo = hour(to)
			p := page(hour(3))
			p.Proof = &proof
			s.save("orders", p)
		}
		if err := s.EndRun(ctx, run, errors.New("cut off"), "3 pages"); err != nil {
			t.Fatal(err)
		}
		if err := s.EndRun(ctx, Run{ID: 99, MerchantID: s.merchant.ID}, nil, ""); !errors.Is(err, ErrMissing) {
			t.Errorf("got %v, want ErrMissing", err)
		}
		runs, err := s.Runs(ctx, s.merchant.ID, 5)
		want := []Run{{run.ID, s.merchant.ID, "pull", testNow, testNow, "cut off", "3 pages", ""}}
		if diff := cmp.Diff(want, runs); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		proofs, err := s.Proofs(ctx, s.merchant.ID, s.connection.ID, 1)
		if diff := cmp.Diff([]ProofRow{{proof, s.connection.ID, run.ID, "orders", testNow}}, proofs); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		states, err := s.Streams(ctx, s.merchant.ID, s.connection.ID)
		if err != nil || len(states) != 1 || !states[0].CompleteTo.Equal(hour(9)) || string(states[0].Cursor) != `{"at":1}` || states[0].Number != 3 {
			t.Errorf("the stream stands at %+v, %v", states, err)
		}
	})
}

// A name says which merchant is meant, however it is written; the first merchant has none until its first store is linked.
func TestNamesOfMerchantsAreTheirOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := open(t, dsn)
		for _, name := range []string{"", "Tea", "", "Coffee"} {
			if _, err := s.CreateMerchant(ctx, Merchant{Name: name}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.CreateMerchant(ctx, Merchant{Name: "TEA"}); !errors.Is(err, ErrTaken) {
			t.Errorf("adding it again: %v, want ErrTaken", err)
		}
		all, err := s.Merchants(ctx)
		if err != nil || len(all) != 4 {
			t.Fatal(all, err)
		}
		other := all[1]
		other.Name = "tea"
		if err := s.UpdateMerchant(ctx, all[1], other); err != nil {
			t.Errorf("writing its own name another way: %v", err)
		}
		other.Name = "coffee"
		if err := s.UpdateMerchant(ctx, all[1], other); !errors.Is(err, ErrTaken) {
			t.Errorf("taking another's name: %v, want ErrTaken", err)
		}
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() { _, errs[i] = s.CreateMerchant(ctx, Merchant{Name: "Cocoa"}) })
		}
		wait.Wait()
		taken := 0
		for _, err := range errs {
			if errors.Is(err, ErrTaken) {
				taken++
			} else if err != nil {
				t.Error(err)
			}
		}
		if taken != len(errs)-1 {
			t.Errorf("%d of %d were refused a name that one of them got", taken, len(errs))
		}
	})
}

// A merchant is removed while a night of theirs is under way: what that still brings is refused, and nothing of them comes back.
func TestNothingComesBackOfARemovedMerchant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		s.save("orders", page(hour(1), everyRecord(1)...))
		if err := s.RemoveMerchant(ctx, s.merchant.ID, ActorCommand); err != nil {
			t.Fatal(err)
		}
		if err := s.RemoveMerchant(ctx, s.merchant.ID, ActorCommand); !errors.Is(err, ErrMissing) {
			t.Errorf("removed again: %v, want ErrMissing", err)
		}
		_, err := s.SavePage(ctx, s.merchant.ID, s.connection.ID, "orders", s.number["orders"], page(hour(2), everyRecord(1)...))
		if !errors.Is(err, ErrMissing) {
			t.Errorf("its next page: %v, want ErrMissing", err)
		}
		if err := s.FinishPull(ctx, s.merchant.ID, s.connection.ID, "orders", err, time.Time{}); !errors.Is(err, ErrMissing) {
			t.Errorf("the end of its pull: %v, want ErrMissing", err)
		}
		for _, table := range merchantTables {
			s.want("0", "SELECT CAST(COUNT(*) AS TEXT) FROM "+table)
		}
	})
}
