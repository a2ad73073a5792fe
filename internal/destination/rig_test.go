package destination

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/sim/gsheets"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// rig is a merchant's Google account with the app linked to it.
type rig struct {
	t   *testing.T
	srv *gsheets.Server
	d   store.Destination
}

func newRig(t *testing.T, o gsheets.Options) *rig {
	t.Helper()
	if o.PerMinute == 0 {
		o.PerMinute = 100_000 // the wall clock would make tests wait
	}
	srv := gsheets.New(o)
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return &rig{t, srv, store.Destination{MerchantID: 1, GrantID: 1, Kind: "google_sheets", Title: "Tea & Co: scorecard", State: store.StateActive}}
}

// way sends requests with the merchant's token. From request number cut on nothing gets through, as if the process had been killed then:
// before the request took effect, or after.
type way struct {
	base   http.RoundTripper
	token  string
	sent   int
	cut    int // 0 for never
	after  bool
	killed context.CancelFunc
}

var errKilled = errors.New("killed")

func (w *way) RoundTrip(r *http.Request) (*http.Response, error) {
	w.sent++
	if w.cut > 0 && w.sent >= w.cut {
		if w.sent == w.cut && w.after {
			r.Header.Set("Authorization", "Bearer "+w.token)
			if resp, err := w.base.RoundTrip(r); err == nil {
				_ = resp.Body.Close()
			}
		}
		w.killed()
		return nil, errKilled
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	return w.base.RoundTrip(r)
}

func (r *rig) way() *way { return &way{base: r.srv.Transport(), token: r.srv.Token()} }

func grantOf(w http.RoundTripper) connectors.Grant {
	return connectors.Grant{Client: &http.Client{Transport: w}}
}

// export brings the spreadsheet up to date, and keeps what is known of it.
func (r *rig) export(b export.Book) error {
	d, err := Export(r.t.Context(), grantOf(r.way()), r.d, b)
	r.d = d
	return err
}

func (r *rig) must(errs ...error) {
	r.t.Helper()
	if err := errors.Join(errs...); err != nil {
		r.t.Fatal(err)
	}
}

// see is what stands in a cell, as text.
func (r *rig) see(tab, at string) string {
	r.t.Helper()
	v, err := r.srv.See(r.d.Place, tab, at)
	if err != nil {
		r.t.Fatalf("%s!%s: %v", tab, at, err)
	}
	return fmt.Sprint(v)
}

// shop is what a book is made of.
type shop struct {
	month   period.Period
	sales   int64 // in whole euros
	orders  int64 // and as many new customers
	history int   // snapshots
	scopes  bool
	name    string
}

func october() shop {
	return shop{month: monthOf(2026, time.October), sales: 1_234, orders: 56, history: 40, name: "Tea & Co"}
}

func monthOf(year int, month time.Month) period.Period {
	return period.Of(period.Monthly, period.Date(year, month, 1), period.Calendar{})
}

func counted(n int64) kpi.Value {
	return kpi.Value{Has: true, V: float64(n), Num: kpi.Number{Exact: true, Int: n}, Den: 1, N: 40, Coverage: 1}
}

func amount(euros int64) kpi.Value {
	return kpi.Value{Has: true, V: float64(euros), Num: kpi.Number{Exact: true, Int: euros * 1_000_000}, Den: 1, N: 40, Coverage: 1}
}

func (s shop) snapshots(p period.Period, scope kpi.Scope, sales int64) map[kpi.ID]kpi.Snapshot {
	of := func(id kpi.ID, v kpi.Value) kpi.Snapshot {
		return kpi.Snapshot{KPI: id, Definition: 1, Scope: scope, Period: p, Revision: 1, TakenAt: p.To.UTC().Add(74 * time.Hour), CompleteTo: p.To.UTC().Add(73 * time.Hour),
			Through: p.To, Value: v, Currency: "EUR", Status: kpi.Grey, Published: true}
	}
	return map[kpi.ID]kpi.Snapshot{"net_sales": of("net_sales", amount(sales)), "new_customers": of("new_customers", counted(s.orders))}
}

// book is the shop's, of its month and with its history.
func (s shop) book(t *testing.T) export.Book {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	taken := s.month.To.UTC().Add(74 * time.Hour)
	b := export.Book{Merchant: s.name, Currency: "EUR", Zone: zone, TakenAt: taken, CompleteTo: taken.Add(-time.Hour), KPIs: kpi.Catalogue(), All: true,
		Scopes: map[kpi.Scope]string{kpi.Whole: "All stores"}}
	scopes := []kpi.Scope{kpi.Whole}
	if s.scopes {
		pos := kpi.Scope{Connection: 1, Channel: "pos"}
		b.Scopes[pos] = "=cmd|' /C calc'!A0"
		scopes = append(scopes, pos)
	}
	for _, scope := range scopes {
		card := kpi.Recall(b.KPIs, kpi.At{Scope: scope, Period: s.month, Through: s.month.To}, s.snapshots(s.month, scope, s.sales), kpi.Plan{})
		b.Cards = append(b.Cards, export.Card{Scorecard: card})
	}
	p := s.month
	for len(b.History) < s.history {
		for _, snapshot := range s.snapshots(p, kpi.Whole, s.sales-int64(len(b.History))) {
			b.History = append(b.History, snapshot)
		}
		p = p.Prev(period.Calendar{})
	}
	return b
}
