package worker_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/shopify"
	"fourfold/connectors/transport"
	"fourfold/internal/link"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
	"fourfold/internal/worker"
	"fourfold/kpi"
)

// shop is a simulated shop behind HTTPS, linked through the code grant, with a worker over a real database, on one clock.
type shop struct {
	t     *testing.T
	clock *sim.Clock
	srv   *sim.Server
	w     *worker.Worker
	conn  store.Connection
}

type dated struct {
	http.RoundTripper
	clock *sim.Clock
}

func (d dated) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Header.Set("Date", d.clock.Now().Format(http.TimeFormat))
	}
	return resp, err
}

// linkedAt is when the shops of these tests are linked: half past three in Berlin.
var linkedAt = time.Date(2026, time.September, 10, 1, 30, 0, 0, time.UTC)

func newShop(t *testing.T, dsn string) *shop {
	t.Helper()
	s := &shop{t: t, clock: sim.NewClock(linkedAt)}
	tea := &sim.Shop{ID: 7, Domain: "tea.myshopify.com", Name: "Tea", Currency: "EUR", Zone: "Europe/Berlin", CreatedAt: sim.At(linkedAt.AddDate(0, -4, 0))}
	s.srv = sim.New(tea, sim.Options{Now: s.clock.Now, RestoreRate: 2000})
	if err := s.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.srv.Close)
	db, err := store.Open(t.Context(), dsn, store.Options{Now: s.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := vault.Parse(vault.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	c := shopify.Connector()
	l := &link.Linker{Store: db, Vault: ring, Connectors: []connectors.Connector{c}, Transport: dated{s.srv.Transport(), s.clock}, Now: s.clock.Now}
	s.w = &worker.Worker{Store: db, Linker: l, Connectors: l.Connectors, Catalogue: kpi.Catalogue(), Now: s.clock.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), NewPacer: func(int64, int64) connectors.Pacer { return transport.NewPacer(time.Now) }}
	if _, err := db.CreateMerchant(t.Context(), store.Merchant{Name: "Tea", Currency: "EUR", Zone: "Europe/Berlin"}); err != nil {
		t.Fatal(err)
	}
	app := connectors.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")}
	p, err := l.Begin(s.merchant().ID, c, app, map[string]string{"shop": "tea"}, "http://127.0.0.1:8377/callback")
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Transport: s.srv.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	g, err := l.Complete(t.Context(), p, httptest.NewRequest(http.MethodGet, resp.Header.Get("Location"), nil))
	if err != nil {
		t.Fatal(err)
	}
	conns, err := takeAll(t.Context(), s.w, s.merchant(), c, g)
	if err != nil || len(conns) != 1 {
		t.Fatalf("%d accounts, %v", len(conns), err)
	}
	s.conn = conns[0]
	return s
}

func (s *shop) merchant() store.Merchant {
	s.t.Helper()
	all, err := s.w.Store.Merchants(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return all[0]
}

func (s *shop) night() worker.Report {
	s.t.Helper()
	report, err := s.w.Night(s.t.Context(), s.merchant())
	if err != nil {
		s.t.Fatal(err)
	}
	return report
}

// until works nights up to a day, some days apart.
func (s *shop) until(month time.Month, day, step int) {
	s.t.Helper()
	for end := time.Date(2026, month, day, 2, 30, 0, 0, time.UTC); s.clock.Now().Before(end); {
		s.clock.Advance(min(time.Duration(step)*24*time.Hour, end.Sub(s.clock.Now())))
		s.night()
	}
}

func at(month time.Month, day, hour int) sim.Instant {
	return sim.At(time.Date(2026, month, day, hour, 0, 0, 0, time.UTC))
}

func (s *shop) order(channel, price string, when sim.Instant) (o *sim.Order) {
	s.t.Helper()
	amount, err := strconv.ParseInt(price, 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	s.change(func(shop *sim.Shop) (err error) {
		o, err = shop.Place(sim.Purchase{At: when, SourceName: channel, Items: []sim.Item{{Title: "Tea", Quantity: 1, Price: amount * 1_000_000}}})
		return err
	})
	return o
}

func (s *shop) refund(o *sim.Order, when sim.Instant) {
	s.t.Helper()
	s.change(func(shop *sim.Shop) error {
		_, err := shop.Refund(o, when, sim.Refunding{Everything: true})
		return err
	})
}

func (s *shop) change(f func(*sim.Shop) error) {
	s.t.Helper()
	if err := s.srv.Change(f); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) target(green, red float64, from period.Day) kpi.Target {
	s.t.Helper()
	t, err := s.w.Store.PutTarget(s.t.Context(), s.merchant().ID, kpi.Target{KPI: "net_sales", Grain: period.Monthly, From: from, Anchors: kpi.Anchors{Green: green, Red: red}})
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// revisions of a KPI of a period of the whole merchant, the first one first.
func (s *shop) revisions(id kpi.ID, name string) []kpi.Snapshot {
	s.t.Helper()
	all, err := s.w.Store.Snapshots(s.t.Context(), s.merchant().ID, store.SnapshotQuery{Scope: &kpi.Whole, KPI: id, Period: name})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *shop) last(id kpi.ID, name string) kpi.Snapshot {
	s.t.Helper()
	all := s.revisions(id, name)
	if len(all) == 0 {
		s.t.Fatalf("there is no %s of %s", id, name)
	}
	return slices.MaxFunc(all, func(a, b kpi.Snapshot) int { return a.Revision - b.Revision })
}

// closed is how many revisions a period has since its end.
func (s *shop) closed(id kpi.ID, name string) int {
	s.t.Helper()
	return len(slices.DeleteFunc(s.revisions(id, name), func(sn kpi.Snapshot) bool { return sn.Running }))
}

// A month from its first day to long after its close: running, published once after its grace, restated with the cause beside it, and
// judged by the target that was in force then.
func TestTheLifeOfAMonth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShop(t, dsn)
		s.order("", "40", at(8, 5, 10))
		first := s.order("", "100", at(9, 5, 10))
		s.night()
		august, running := s.last("net_sales", "2026-08"), s.last("net_sales", "2026-09")
		if !august.Published || !august.Backfilled || august.Running || august.Value.V != 40 {
			t.Errorf("August, gone when it was linked: %+v", august)
		}
		if running.Published || running.Backfilled || !running.Running || running.Value.V != 100 || running.Through != period.Date(2026, 9, 10) {
			t.Errorf("September, running: %+v", running)
		}
		if again := s.night(); again.Snapshots != 0 {
			t.Errorf("a night in which nothing happened made %d snapshots", again.Snapshots)
		}
		v1 := s.target(90, 60, period.Date(2026, 9, 11))
		s.until(10, 3, 40)
		if s.order("", "20", at(9, 30, 10)); s.last("net_sales", "2026-09").Published {
			t.Error("September was published in its grace")
		}
		s.until(10, 4, 1)
		closed := s.last("net_sales", "2026-09")
		if !closed.Published || closed.Backfilled || closed.Running || closed.Value.V != 120 || closed.TargetID != v1.ID || closed.Status != kpi.Green || closed.Cause != "" {
			t.Errorf("September at its close: %+v", closed)
		}
		if s.last("net_sales", "2026-08").TargetID != v1.ID {
			t.Error("a backfilled month was not judged by the first target there is")
		}
		// Targets that are set later, for days gone by, recolour nothing.
		s.target(5000, 4000, period.Date(2026, 9, 20))
		before := s.closed("net_sales", "2026-09")
		s.until(13, 4, 46) // by order date it is published when most goods that come back have come
		if n := s.closed("net_sales", "2026-09"); n != before {
			t.Errorf("a later target made %d revisions of a closed month", n-before)
		}
		// A late refund restates the months whose windows hold its day, and no other.
		s.refund(first, sim.At(time.Date(2027, 1, 4, 10, 0, 0, 0, time.UTC)))
		s.until(13, 5, 1)
		if n := s.closed("net_sales", "2026-09"); n != before {
			t.Errorf("a refund of January touched the sales of September, which are dated by the ledger: %d revisions", n-before)
		}
		late := s.last("net_sales_by_order_date", "2026-09")
		if late.Published || late.Revision < 2 || late.Value.V != 20 || late.Cause != "late refund: net sales by order date of 2026-09-05" {
			t.Errorf("September by order date, restated: %+v", late)
		}
		published := slices.DeleteFunc(s.revisions("net_sales_by_order_date", "2026-09"), func(sn kpi.Snapshot) bool { return !sn.Published })
		if len(published) != 1 || published[0].Value.V != 120 || published[0].Value.Gap != "" {
			t.Errorf("what was published once is %+v", published)
		}
		// A deleted order takes its ledger rows with it: the closed month is restated, and keeps the colour's measure of its close.
		s.change(func(shop *sim.Shop) error {
			shop.Delete(first)
			return nil
		})
		s.until(14, 10, 40)
		restated := s.last("net_sales", "2026-09")
		if restated.Value.V != 20 || restated.Published || restated.TargetID != v1.ID || restated.Anchors != closed.Anchors || restated.Status != kpi.Red ||
			restated.Cause != "deletion: gross sales of 2026-09-05" {
			t.Errorf("September, restated: %+v", restated)
		}
	})
}

// A night that is cut off anywhere goes on where it ended, and comes to the same.
func TestANightThatIsCutOff(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	for d := range 20 {
		s.order("", "10", at(8, 1+d, 10))
	}
	cut := errors.New("cut")
	for n := 1; ; n++ {
		ctx, cancel := context.WithCancelCause(t.Context())
		left := 3 * n
		s.w.Progress = func(worker.Progress) {
			if left--; left <= 0 {
				cancel(cut)
			}
		}
		_, err := s.w.Night(ctx, s.merchant())
		whole := ctx.Err() == nil
		cancel(nil)
		if !whole && err == nil {
			continue // it was cut off after its last word
		}
		if whole {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		runs, err := s.w.Store.Runs(t.Context(), s.merchant().ID, 1)
		if err != nil || len(runs) != 1 || !runs[0].EndedAt.IsZero() {
			t.Fatalf("a night that was cut off is on record as %+v, %v", runs, err)
		}
		if n > 40 {
			t.Fatal("there is no end")
		}
	}
	s.w.Progress = nil
	if sn := s.last("net_sales", "2026-08"); sn.Value.V != 200 || !sn.Published {
		t.Errorf("August is %+v", sn)
	}
	if left, err := s.w.Store.Marks(t.Context(), s.merchant().ID, s.clock.Now()); err != nil || left.Len() > 0 {
		t.Errorf("%d marks are left, %v", left.Len(), err)
	}
	if again := s.night(); again.Snapshots != 0 {
		t.Errorf("another night made %d snapshots", again.Snapshots)
	}
}

// A shop that has sold nothing yet is judged from the day it was linked, and not from the beginning of time.
func TestAShopWithoutOrders(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.night()
	s.clock.Advance(3 * 24 * time.Hour)
	s.night()
	days, err := s.w.Store.Snapshots(t.Context(), s.merchant().ID, store.SnapshotQuery{Scope: &kpi.Whole, KPI: "net_sales", Grain: period.Daily, Latest: true})
	if err != nil || len(days) != 3 {
		t.Fatalf("%d days, %v; want the three since it was linked", len(days), err)
	}
	for _, d := range days {
		if !d.Value.Has || d.Value.V != 0 {
			t.Errorf("net sales of %s: %+v", d.Period, d.Value)
		}
	}
	s.order("", "10", at(9, 13, 5))
	s.clock.Advance(24 * time.Hour)
	s.night()
	if got := s.last("net_sales", "2026-09-13"); got.Value.V != 10 {
		t.Errorf("the first order: %+v", got.Value)
	}
}

// A channel that appears later has all periods since its first order; until there are two, there is none.
func TestAChannelThatAppearsLater(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.order("web", "10", at(8, 5, 10))
	s.night()
	channels := func() map[string][]string {
		t.Helper()
		all, err := s.w.Store.Snapshots(t.Context(), s.merchant().ID, store.SnapshotQuery{KPI: "net_sales", Grain: period.Monthly, Latest: true})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for _, sn := range all {
			got[sn.Scope.Channel] = append(got[sn.Scope.Channel], sn.Period.Name)
		}
		return got
	}
	if got := channels(); len(got) != 1 {
		t.Fatalf("channels of one: %v", got)
	}
	s.order("pos", "20", at(9, 10, 5))
	s.clock.Advance(24 * time.Hour)
	s.night()
	got := channels()
	if len(got) != 3 {
		t.Fatalf("channels: %v", got)
	}
	months := 0
	for channel, periods := range got {
		if channel != "" {
			months += len(periods)
		}
	}
	if months != 3 { // August and September on the web, September over the counter
		t.Errorf("channels: %v", got)
	}
}

// Another first day of the week cuts all weeks anew; another zone leaves closed days as they were cut.
func TestAnotherCalendarAndAnotherZone(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.order("", "1", at(8, 2, 10))
	s.order("", "10", at(8, 9, 10)) // a Sunday
	s.order("", "5", at(8, 9, 21))  // 23:00 in Berlin, 21:00 in UTC, the day after in Tokyo
	s.night()
	if got := s.last("net_sales", "2026-W32"); got.Value.V != 15 {
		t.Fatalf("the week to Sunday: %+v", got.Value)
	}
	was := s.merchant()
	m := was
	m.Zone = "Asia/Tokyo"
	if err := s.w.Store.UpdateMerchant(t.Context(), was, m); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(24 * time.Hour)
	s.night()
	if all := s.revisions("net_sales", "2026-08-09"); len(all) != 1 || all[0].Value.V != 15 {
		t.Errorf("a closed day in another zone: %+v", all)
	}
	m.Calendar.WeekShift = 6
	if err := s.w.Store.UpdateMerchant(t.Context(), was, m); err != nil {
		t.Fatal(err)
	}
	s.night()
	old, now := s.last("net_sales", "2026-W32"), s.last("net_sales", "2026-W33")
	if old.Value.V != 1 || now.Value.V != 15 || now.Period.From != period.Date(2026, 8, 9) || !strings.Contains(now.Cause, "calendar") {
		t.Errorf("with weeks from Sunday: %+v and %+v", old, now)
	}
	if again := s.night(); again.Snapshots != 0 {
		t.Errorf("the night after made %d snapshots", again.Snapshots)
	}
}

// A definition that is new in the catalogue is judged for all periods, and nothing else is.
func TestANewDefinition(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.order("", "10", at(8, 5, 10))
	all := s.w.Catalogue
	s.w.Catalogue = slices.DeleteFunc(slices.Clone(all), func(k kpi.KPI) bool { return k.ID == "aov" })
	s.night()
	if len(s.revisions("aov", "2026-08")) != 0 {
		t.Fatal("judged without a definition")
	}
	s.w.Catalogue = all
	report := s.night()
	if got := s.last("aov", "2026-08"); got.Value.V != 10 || !got.Published || !got.Backfilled {
		t.Errorf("August: %+v", got)
	}
	orders, err := s.w.Store.Snapshots(t.Context(), s.merchant().ID, store.SnapshotQuery{KPI: "aov"})
	if err != nil || report.Snapshots != len(orders) || report.Restatements != 0 {
		t.Errorf("%d snapshots of which %d are of the new definition, %d restatements, %v", report.Snapshots, len(orders), report.Restatements, err)
	}
}

// What is not known of a source is not published as a gap: it is published when the source has caught up.
func TestPublishedByItsOwnSources(t *testing.T) {
	s := newShop(t, storetest.SQLite(t))
	s.order("", "10", at(6, 5, 10))
	all := s.w.Connectors[0].Streams
	s.w.Connectors[0].Streams = slices.DeleteFunc(slices.Clone(all), func(st connectors.Stream) bool { return strings.Contains(st.ID, "returns") })
	s.night()
	id := kpi.ID("product_return_rate_units")
	if got := s.last(id, "2026-06"); got.Published || got.Value.Gap == "" {
		t.Errorf("without its source: %+v", got)
	}
	if got := s.last("net_sales", "2026-08"); !got.Published {
		t.Errorf("another KPI's source: %+v", got)
	}
	s.w.Connectors[0].Streams = all
	s.clock.Advance(24 * time.Hour)
	s.night()
	got := s.last(id, "2026-06")
	if !got.Published || got.Value.Gap == kpi.NotConnected || got.Value.Gap == kpi.StaleSource {
		t.Errorf("with its source: %+v", got)
	}
}
