package store

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"fourfold/internal/store/storetest"
)

// Of all who want to send a member's week, one does; it may give it back.
func TestOneClaimsAMail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := open(t, dsn)
		ctx := t.Context()
		m, err := s.CreateMerchant(ctx, Merchant{Name: "Tea", Currency: "EUR", Zone: "Europe/Berlin"})
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.AddPerson(ctx, Person{Name: "ann", Password: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.PutMember(ctx, m.ID, p.ID, Viewer), s.SetWeekly(ctx, m.ID, p.ID, "ann@example.com", "2026-W46")); err != nil {
			t.Fatal(err)
		}
		all, err := s.WeeklyMembers(ctx)
		if err != nil || len(all) != 1 || all[0].Mailed != "2026-W46" {
			t.Fatalf("%+v, %v", all, err)
		}
		claim := func() int64 {
			var claimed atomic.Int64
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					ok, err := s.ClaimMail(ctx, all[0], "2026-W47")
					if err != nil {
						t.Error(err)
					}
					if ok {
						claimed.Add(1)
					}
				})
			}
			wg.Wait()
			return claimed.Load()
		}
		if n := claim(); n != 1 {
			t.Errorf("%d claimed it", n)
		}
		if err := s.ReturnMail(ctx, all[0], "2026-W47"); err != nil {
			t.Fatal(err)
		}
		if n := claim(); n != 1 {
			t.Errorf("given back, %d claimed it", n)
		}
		if err := s.SetWeekly(ctx, m.ID, p.ID, "", "2026-W47"); err != nil {
			t.Fatal(err)
		}
		if ok, err := s.ClaimMail(ctx, Member{MerchantID: m.ID, PersonID: p.ID, Weekly: "ann@example.com", Mailed: "2026-W47"}, "2026-W48"); ok || err != nil {
			t.Errorf("who wants none any more is claimed: %t, %v", ok, err)
		}
	})
}
