package shapes

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/export"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

var update = flag.Bool("update", false, "write the files that these tests compare with")

var at = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// Scripts and programs of merchants' read these: a field that goes, changes its name or its kind breaks them. New ones may come, at the end.
func TestBytesOfEveryShape(t *testing.T) {
	sales, _ := kpi.Find(kpi.Catalogue(), "net_sales")
	aov, _ := kpi.Find(kpi.Catalogue(), "aov")
	october := period.Of(period.Monthly, period.Date(2026, 10, 1), period.Calendar{})
	score, lag := 61.5, int64(90)
	value := kpi.Value{Num: kpi.Number{Int: 1_234_560_000, Exact: true}, Den: 1, Coverage: 1, Has: true, V: 1234.56}
	anchors := kpi.Anchors{Green: 2000, Red: 1000}
	card := kpi.Scorecard{Period: october, Entries: []kpi.Entry{
		{KPI: sales, Value: value, Status: kpi.Amber, Score: &score, Final: period.Date(2026, 11, 30), Target: &kpi.Target{Anchors: anchors}},
		{KPI: aov, Value: kpi.Value{Gap: kpi.NoDenominator, Lacks: "a <store> & more"}, Status: kpi.Grey},
	}, Perspectives: []kpi.Rollup{{ID: "financial", Title: "Financial", Score: &score, Status: kpi.Amber, Coverage: 0.5, Worst: "net_sales", Reds: 1}, {ID: "customer", Title: "Customer", Status: kpi.Grey}}}
	published := kpi.Snapshot{KPI: "net_sales", Definition: sales.Version, Period: october, TakenAt: at, Value: value, Currency: "EUR", Published: true}
	latest := published
	latest.TakenAt, latest.Value.V, latest.Value.Num.Int = at.Add(time.Hour), 1200, 1_200_000_000
	nothing := latest
	nothing.Value = kpi.Value{Gap: kpi.NoRate}
	restated := []store.Restatement{
		{Published: published, Latest: latest, Revisions: 2, First: at.Add(time.Minute), Causes: []kpi.Cause{kpi.CauseRefund}, Because: []string{"a refund came late"}},
		{Published: published, Latest: nothing, Revisions: 1, First: at},
	}
	conn := store.Connection{ID: 3, Name: "Shop"}
	merchant := store.Merchant{Name: "Tea & Co.", State: store.StateActive, Currency: "EUR", Zone: "Europe/Berlin", CostsHistory: "none"}
	full := MerchantOf(merchant, "30 3 * * *", period.Date(2024, 1, 1))
	full.Stores = []Store{{ID: 3, Name: "Shop", Connector: "shopify", Address: "shop.myshopify.com", Currency: "EUR", Zone: "Europe/Berlin", State: "active", Webhooks: "https://example.com/hooks/shopify/1/3"}}
	full.Configured, full.Waiting = map[string]string{"zone": "fourfold.yml:3"}, map[string]string{"zone": "Europe/Dublin"}
	for name, v := range map[string]any{
		"scorecard":    ScorecardOf(export.Book{Merchant: "Tea & Co.", Currency: "EUR", CompleteTo: at, All: true, Cards: []export.Card{{Scorecard: card}}}),
		"kpis":         KPIs([]kpi.KPI{sales, aov}),
		"no_kpis":      KPIs(nil),
		"targets":      Targets([]kpi.Target{{KPI: "net_sales", Grain: period.Monthly, From: period.Date(2026, 1, 1), Version: 1, Anchors: anchors, Reason: "budget"}, {KPI: "net_sales", Scope: kpi.Scope{Connection: 3}, Grain: period.Weekly, From: period.Date(2026, 2, 1), Version: 2}, {KPI: "days_of_inventory", Grain: period.Weekly, From: period.Date(2026, 1, 1), Version: 1, Anchors: kpi.Anchors{Range: true, RedLow: 20, GreenLow: 30, GreenHigh: 60, RedHigh: 90}}}),
		"proofs":       Proofs([]store.ProofRow{{ConnectionID: 3, Stream: "orders", StoredAt: at, Proof: connectors.Proof{Slice: "2026-10", Method: "bulk", Started: at, Promised: connectors.Count{Objects: 9, Roots: 4, Bytes: 99}, Read: connectors.Count{Objects: 9, Roots: 4, Bytes: 99}, Version: "2026-10"}}, {ConnectionID: 3, Stream: "returns", Proof: connectors.Proof{Method: "pages"}}}),
		"restatements": Restatements{Merchant: "Tea & Co.", Currency: "EUR", Periods: RestatedPeriods(restated)},
		"none":         Restatements{Merchant: "Tea & Co.", Currency: "EUR", Periods: RestatedPeriods(nil)},
		"status": Status{Merchant: "Tea & Co.", State: "active", Linked: true, Zone: "Europe/Berlin", NextNight: &at,
			LastNight: NightOf(store.Run{ID: 1, Night: "2026-11-22", StartedAt: at, EndedAt: at, Error: "the provider was away", Note: "9 snapshots"}),
			Streams:   Streams(conn, []store.StreamState{{Stream: "orders", CompleteTo: at.Add(-time.Duration(lag) * time.Second), LastError: "asked too often", RetryAt: at}, {Stream: "returns"}}, map[string]time.Time{"orders": at}, at),
			Needs:     []Need{{"relink/3", "Shop refused the login", "Link it again."}}},
		"channels":  ChannelsOf(merchant, october, store.Breakdown{Orders: 10, Known: 8, Rows: []store.OriginRow{{Channel: "email", Orders: 5, NewCustomers: 2, NetSales: 12 * money.Unit, Spend: money.Unit / 2}}}),
		"no_spend":  ChannelsOf(merchant, october, store.Breakdown{SpendGap: kpi.NotConnected, Rows: []store.OriginRow{{Channel: "direct"}}}),
		"merchants": []Merchant{MerchantOf(merchant, "30 3 * * *", 0), full},
		"audit":     Audit([]store.AuditEntry{{At: at, Actor: "ann", Action: store.AuditFeed, Detail: "<sheet>"}}),
	} {
		var b bytes.Buffer
		if err := Write(&b, v); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s is\n%s\nand was\n%s", name, b.Bytes(), want)
		}
	}
}
