package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store/storetest"
)

// Of many merchants the slowest counts, and of those who are paused or unlinked, or of whom nothing is proven, none.
func TestLags(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s, ctx := open(t, dsn), t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		add := func(merchant, connection string, orders, products time.Time) int64 {
			t.Helper()
			m, err := s.CreateMerchant(ctx, Merchant{Name: fmt.Sprint(merchant, connection, orders), Currency: "EUR", Zone: "UTC"})
			must(err)
			g, err := s.SaveGrant(ctx, Grant{MerchantID: m.ID, Connector: "shopify", Auth: connectors.AuthCode})
			must(err)
			c, err := s.SaveConnection(ctx, Connection{MerchantID: m.ID, GrantID: g.ID, Connector: "shopify", AccountID: "1", Currency: "EUR", Zone: "UTC"})
			must(err)
			for stream, to := range map[string]time.Time{"orders": orders, "products": products} {
				p := page(hour(9))
				if !to.IsZero() {
					p.Proof = &connectors.Proof{Slice: "s", CompleteTo: to}
				}
				_, err = s.SavePage(ctx, m.ID, c.ID, stream, 0, p)
				must(err)
			}
			was := m
			m.State, c.State = merchant, connection
			must(s.UpdateMerchant(ctx, was, m))
			_, err = s.SaveConnection(ctx, c)
			must(err)
			return g.ID
		}
		in := []int64{
			add(StateActive, StateActive, hour(5), hour(6)),
			add(StateActive, StateActive, hour(7), hour(4)),
			add(StateActive, StateActive, hour(8), time.Time{}),
			add(StatePaused, StateActive, hour(1), hour(1)), // whose login is in use all the same
		}
		add(StateActive, StateUnlinked, hour(2), hour(2))
		got, err := s.Lags(ctx)
		must(err)
		if want := []Lag{{"shopify", "orders", hour(5)}, {"shopify", "products", hour(4)}}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		grants, err := s.GrantsInUse(ctx)
		must(err)
		var ids []int64
		for _, g := range grants {
			ids = append(ids, g.ID)
		}
		if !slices.Equal(ids, in) {
			t.Errorf("grants in use: %v, want %v", ids, in)
		}
	})
}
