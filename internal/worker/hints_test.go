package worker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// hint takes a webhook about orders.
func (s *shop) hint(event string, ids ...string) {
	s.t.Helper()
	h := connectors.Hook{Event: event}
	for _, id := range ids {
		h.Objects = append(h.Objects, connectors.Object{Stream: "orders", ID: id})
	}
	if _, err := s.w.Store.TakeHook(s.t.Context(), s.conn.MerchantID, s.conn.ID, h); err != nil {
		s.t.Fatal(err)
	}
}

// hinted are the hints that are left.
func (s *shop) hinted() string {
	s.t.Helper()
	hints, err := s.w.Store.Hints(s.t.Context(), s.conn.MerchantID, s.conn.ID, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	var ids []string
	for _, h := range hints {
		ids = append(ids, h.ID)
	}
	return strings.Join(ids, " ")
}

// fetching puts a function in the place of the orders' fetch.
func (s *shop) fetching(fetch func(ids []string) error) {
	s.w.Connectors = slices.Clone(s.w.Connectors)
	c := &s.w.Connectors[0]
	c.Streams = slices.Clone(c.Streams)
	i := slices.IndexFunc(c.Streams, func(st connectors.Stream) bool { return st.ID == "orders" })
	c.Streams[i].Fetch = func(_ context.Context, acc connectors.Account, ids []string, _ func(string) bool) (connectors.Fetched, error) {
		return connectors.Fetched{ReadAt: acc.Now()}, fetch(ids)
	}
}

func (s *shop) follow() error {
	s.t.Helper()
	chore := s.w.Hints()
	pieces, err := chore.Find(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range pieces {
		err = errors.Join(err, chore.Do(s.t.Context(), p))
	}
	return err
}

func TestHintsThatCannotBeFollowed(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.hint("before", "1")
	if err := s.follow(); err != nil || s.hinted() != "1" {
		t.Errorf("before the first pull: %v, left %q", err, s.hinted())
	}
	s.pull()
	s.fetching(func([]string) error {
		return &connectors.Error{Fault: connectors.Throttled, Err: errors.New("later")}
	})
	if err := s.follow(); err != nil || s.hinted() != "1" {
		t.Errorf("throttled: %v, left %q", err, s.hinted())
	}
	s.fetching(func([]string) error { return &connectors.Error{Fault: connectors.Unavailable, Err: errors.New("down")} })
	if err := s.follow(); err == nil || s.hinted() != "1" {
		t.Errorf("unavailable: %v, left %q", err, s.hinted())
	}
	// What cannot be read at all is told and dropped, and keeps nothing else back.
	s.fetching(func([]string) error { return &connectors.Error{Fault: connectors.Malformed, Err: errors.New("odd")} })
	if _, err := s.w.Store.TakeHook(t.Context(), s.conn.MerchantID, s.conn.ID, connectors.Hook{Event: "others", Account: true, Objects: []connectors.Object{
		{Stream: "of another version", ID: "1"}, {Stream: "salesreport", ID: "1"}}}); err != nil {
		t.Fatal(err)
	}
	if err := s.follow(); err == nil || !strings.Contains(err.Error(), "odd") || s.hinted() != "" {
		t.Errorf("malformed: %v, left %q", err, s.hinted())
	}
}

// Of many hints that are read together one that cannot be keeps none of the others back. It is dropped, but for a merger, of which nothing
// else tells, and where it is no fault of what was asked for.
func TestOneBadHintKeepsNoneBack(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.pull()
	bad := map[string]error{
		"5": &connectors.Error{Fault: connectors.Malformed, Err: errors.New("odd")}, "7": errors.New("no room"), "8>9": &connectors.Error{Fault: connectors.Malformed, Err: errors.New("odd")},
	}
	asked, read := 0, map[string]bool{}
	s.fetching(func(ids []string) error {
		asked++
		for _, id := range ids {
			if bad[id] != nil {
				return bad[id]
			}
		}
		for _, id := range ids {
			read[id] = true
		}
		return nil
	})
	all := []string{"1", "2", "3", "4", "5", "6", "7", "8>9", "91", "92"}
	s.hint("first", all...)
	if err := s.follow(); err == nil || !strings.Contains(err.Error(), "odd") || !strings.Contains(err.Error(), "no room") {
		t.Errorf("got %v", err)
	}
	if len(read) != len(all)-len(bad) || s.hinted() != "7 8>9" {
		t.Errorf("read %v, left %q", read, s.hinted())
	}
	clear(bad)
	if err := s.follow(); err != nil || s.hinted() != "" || !read["7"] || !read["8>9"] {
		t.Errorf("%v, left %q", err, s.hinted())
	}
	// Where nothing can be read it is not asked for each.
	s.fetching(func([]string) error {
		asked++
		return &connectors.Error{Fault: connectors.Malformed, Err: errors.New("odd")}
	})
	var many []string
	for i := range 300 {
		many = append(many, fmt.Sprint(1000+i))
	}
	s.hint("many", many...)
	asked = 0
	if err := s.follow(); err == nil || asked > 30 || len(strings.Fields(s.hinted())) < 290 {
		t.Errorf("%v; asked %d times, left %q", err, asked, s.hinted())
	}
}

func TestHintsThatComeMeanwhile(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.pull()
	var asked [][]string
	s.fetching(func(ids []string) error {
		asked = append(asked, ids)
		switch len(asked) {
		case 1:
			s.hint("again", "1", "3")
		case 2:
			s.w.StopOn(closed()) // asked to stop: what is left waits
			s.hint("once more", "2")
		}
		return nil
	})
	s.hint("first", "1", "2")
	if err := s.follow(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(asked); got != "[[1 2] [1 3]]" || s.hinted() != "2" {
		t.Errorf("asked for %s, left %q", got, s.hinted())
	}
}

func (s *shop) pull() {
	s.t.Helper()
	if err := s.w.Pull(s.t.Context(), s.merchant()); err != nil {
		s.t.Fatal(err)
	}
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestSubscriptionsAreMadeAndMended(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.pull()
	if n := s.srv.Hooks().Subscribed; n != 0 {
		t.Errorf("%d subscriptions without a public address", n)
	}
	s.w.HookAddress = func(c store.Connection) string { return fmt.Sprintf("https://hooks.example/%d/%d", c.MerchantID, c.ID) }
	s.clock.Advance(24 * time.Hour)
	s.pull()
	if n := s.srv.Hooks().Subscribed; n < 12 {
		t.Errorf("%d subscriptions after a pull", n)
	}
	// A pull ends well though Shopify refuses them.
	s.w.HookAddress = func(store.Connection) string { return "http://hooks.example/" }
	s.clock.Advance(24 * time.Hour)
	s.pull()
}
