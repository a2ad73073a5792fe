package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fourfold/internal/metrics"
)

func scrape(m *metrics.Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	now := time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	ends := now.Add(36 * time.Hour)
	reads := 0
	var broken error
	m := metrics.New(func() time.Time { return now }, func(context.Context) (metrics.Standing, error) {
		reads++
		return metrics.Standing{
			Lags:   []metrics.Lag{{Connector: "shopify", Stream: "orders", CompleteTo: now.Add(-time.Hour)}},
			Needs:  map[string]int{"relink": 2},
			Tokens: &ends,
			Queues: []metrics.Queue{{Name: "night", State: "available", Jobs: 7, Oldest: now.Add(-time.Minute)}},
		}, broken
	})
	m.Run("night", false)
	m.Run("night", true)
	m.Records("shopify", "orders", 250)
	m.Charged("shopify", 12)
	m.Waited("shopify", 1500*time.Millisecond)
	m.Snapshots(10, 3)
	m.Webhook("refused")
	text := scrape(m)
	for _, line := range []string{
		`fourfold_runs_total{kind="night",outcome="done"} 1`, `fourfold_runs_total{kind="night",outcome="failed"} 1`,
		`fourfold_records_total{connector="shopify",stream="orders"} 250`, `fourfold_api_points_total{connector="shopify"} 12`,
		`fourfold_throttled_seconds_total{connector="shopify"} 1.5`, `fourfold_snapshot_revisions_total{kind="new"} 7`,
		`fourfold_snapshot_revisions_total{kind="restatement"} 3`, `fourfold_webhooks_total{outcome="refused"} 1`,
		`fourfold_stream_lag_seconds{connector="shopify",stream="orders"} 3600`, `fourfold_needs{kind="relink"} 2`, `fourfold_token_left_seconds 129600`,
		`fourfold_queue_jobs{queue="night",state="available"} 7`, `fourfold_job_age_seconds{queue="night",state="available"} 60`,
		`fourfold_standing_up 1`, `go_goroutines `,
	} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("no %q", line)
		}
	}
	scrape(m)
	if reads != 1 {
		t.Errorf("read %d times within a minute", reads)
	}
	now = now.Add(time.Minute)
	broken = errors.New("the database is away")
	if text := scrape(m); !strings.Contains(text, "\nfourfold_standing_up 0") || strings.Contains(text, "stream_lag") || !strings.Contains(text, "fourfold_runs_total") {
		t.Errorf("while the database is away:\n%s", text)
	}
	var none *metrics.Metrics
	none.Run("night", true)
	none.Records("shopify", "orders", 1)
	none.Charged("shopify", 1)
	none.Waited("shopify", 1)
	none.Snapshots(1, 0)
	none.Webhook("taken")
}
