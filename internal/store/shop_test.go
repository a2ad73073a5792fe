package store

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
)

// shop is a linked store to save pages into.
type shop struct {
	*Store
	t          *testing.T
	merchant   Merchant
	connection Connection
	number     map[string]int64
}

func openShop(t *testing.T, dsn string) *shop {
	t.Helper()
	s := open(t, dsn)
	ctx := context.Background()
	m, err := s.CreateMerchant(ctx, Merchant{Name: "Test " + rand.Text(), Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.SaveConnection(ctx, Connection{MerchantID: m.ID, Connector: "shopify", AccountID: "test", Currency: "EUR", Zone: m.Zone})
	if err != nil {
		t.Fatal(err)
	}
	return &shop{s, t, m, c, map[string]int64{}}
}

// withMerchants is a store with so many merchants: 1, 2 and so on.
func withMerchants(t *testing.T, s *Store, n int) *Store {
	t.Helper()
	for i := range n {
		m, err := s.CreateMerchant(context.Background(), Merchant{Name: rand.Text(), Currency: "EUR", Zone: "Europe/Berlin"})
		if err != nil || m.ID != int64(i+1) {
			t.Fatalf("merchant %d is number %d: %v", i+1, m.ID, err)
		}
	}
	return s
}

// save stores a page of the stream that must be taken.
func (s *shop) save(stream string, page connectors.Page) {
	s.t.Helper()
	next, err := s.SavePage(context.Background(), s.merchant.ID, s.connection.ID, stream, s.number[stream], page)
	if err != nil {
		s.t.Fatal(err)
	}
	s.number[stream] = next
}

// values reads rows of one text column, joined by spaces, in order.
func (s *shop) values(query string, args ...any) string {
	s.t.Helper()
	var all []string
	err := s.look(context.Background(), func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			var v string
			err := scan(&v)
			all = append(all, v)
			return err
		}, query, args...)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func (s *shop) want(want, query string, args ...any) {
	s.t.Helper()
	if got := s.values(query, args...); got != want {
		s.t.Errorf("%s gives %q, want %q", query, got, want)
	}
}

func hour(n int) time.Time { return time.Date(2026, 11, 20, n, 0, 0, 0, time.UTC) }

func page(readAt time.Time, records ...fact.Record) connectors.Page {
	return connectors.Page{Records: records, ReadAt: readAt, Next: connectors.Cursor(`{"at":1}`)}
}
