package web

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/csv"
	"fourfold/internal/store"
)

// A file holds one kind of thing, of those that the connector of files has streams for. Once that one is whole the link is: nothing waits for
// the streams of other files.
func TestALinkIsWholeWithoutTheStreamsOfOthers(t *testing.T) {
	r := newRig(t, func(s *Site) { s.Connectors = append(s.Connectors, csv.Connector()) })
	ctx := t.Context()
	m := r.merchant("Tea")
	r.member("olga", m, store.Operator)
	file := filepath.Join(t.TempDir(), "rates.csv")
	r.must(os.WriteFile(file, []byte("kind,from,per_order\npayment,2026-01-01,0.30\n"), 0o600))
	g, err := r.Linker.LinkOpen(ctx, m.ID, csv.Connector(), map[string]string{"kind": "tariffs", "name": "Rates", "file": file, "currency": "EUR"})
	r.must(err)
	conn, err := r.Store.SaveConnection(ctx, store.Connection{MerchantID: m.ID, GrantID: g.ID, Connector: "csv", AccountID: "tariffs", Name: "Rates", State: store.StateActive})
	r.must(err)
	r.must(r.Store.SaveCapabilities(ctx, m.ID, conn.ID, []connectors.Capability{{ID: "tariffs", Granted: true}}))
	run, err := r.Store.StartRun(ctx, m.ID, store.PullRun, "")
	r.must(err)

	olga := r.as("olga")
	pages := []string{merchantAt(m.ID, "links"), merchantAt(m.ID, fmt.Sprintf("accounts/%d", conn.ID))}
	number := int64(0)
	page := func(p connectors.Page) {
		p.ReadAt = r.clock()
		number, err = r.Store.SavePage(ctx, m.ID, conn.ID, "tariffs", number, p)
		r.must(err)
	}
	page(connectors.Page{Next: connectors.Cursor("1"), Backfill: true})
	for _, at := range pages {
		olga.get(at).sees(t, http.StatusOK, "first pull not complete")
	}
	page(connectors.Page{Next: connectors.Cursor("2"), Backfill: true, Proof: &connectors.Proof{Started: r.clock(), CompleteTo: r.clock().Add(-time.Hour)}})
	r.must(r.Store.FinishPull(ctx, m.ID, conn.ID, "tariffs", nil, time.Time{}))
	r.must(r.Store.EndRun(ctx, run, nil, ""))
	for _, at := range pages {
		if a := olga.get(at).sees(t, http.StatusOK, "up to date"); strings.Contains(a.body, "not complete") {
			t.Errorf("%s: it is whole, and is said not to be", at)
		}
	}
	if a := olga.get(merchantAt(m.ID, "links/progress")).sees(t, http.StatusOK, "rate card"); strings.Contains(a.text(), "unit costs") || strings.Contains(a.text(), "after the first pull") {
		t.Errorf("the pull tells of what other files hold: %s", a.text())
	}
}
