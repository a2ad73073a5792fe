// Package metrics counts what the work did and shows it, with how the data stand, in the form that Prometheus reads. Each Metrics has
// a registry of its own; a nil one counts nothing, so that a command which is soon over needs none.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are those of one process.
type Metrics struct {
	registry                 *prometheus.Registry
	runs, records            *prometheus.CounterVec
	points, throttled, hooks *prometheus.CounterVec
	revisions                *prometheus.CounterVec
}

// New makes metrics that begin at zero. state tells how the data stand, for all merchants together, and is asked at most once a minute.
func New(now func() time.Time, state Reader) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "fourfold", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		runs:      counter("runs_total", "Runs that ended here, by kind (night, pull, export) and outcome (done, failed).", "kind", "outcome"),
		records:   counter("records_total", "Records that were stored.", "connector", "stream"),
		points:    counter("api_points_total", "What requests cost at the provider, as it says, in its own unit.", "connector"),
		throttled: counter("throttled_seconds_total", "Time that requests waited for the provider's budget.", "connector"),
		revisions: counter("snapshot_revisions_total", "Snapshots that were taken; kind is new or restatement.", "kind"),
		hooks:     counter("webhooks_total", "Webhooks that came in, by outcome (taken, again, refused, failed).", "outcome"),
	}
	m.registry.MustRegister(m.runs, m.records, m.points, m.throttled, m.revisions, m.hooks, newStanding(now, state),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Run counts a run that ended.
func (m *Metrics) Run(kind string, failed bool) {
	if m == nil {
		return
	}
	outcome := "done"
	if failed {
		outcome = "failed"
	}
	m.runs.WithLabelValues(kind, outcome).Inc()
}

// Records counts records that were stored.
func (m *Metrics) Records(connector, stream string, n int) {
	if m != nil {
		m.records.WithLabelValues(connector, stream).Add(float64(n))
	}
}

// Charged counts what a request cost.
func (m *Metrics) Charged(connector string, points float64) {
	if m != nil {
		m.points.WithLabelValues(connector).Add(max(0, points))
	}
}

// Waited counts for how long a request waited for what it may cost.
func (m *Metrics) Waited(connector string, d time.Duration) {
	if m != nil {
		m.throttled.WithLabelValues(connector).Add(max(0, d.Seconds()))
	}
}

// Snapshots counts revisions that were taken, restatements among them.
func (m *Metrics) Snapshots(all, restatements int) {
	if m != nil {
		m.revisions.WithLabelValues("new").Add(float64(all - restatements))
		m.revisions.WithLabelValues("restatement").Add(float64(restatements))
	}
}

// Webhook counts one that came in. Whose it claims to be is no label: anybody can send one.
func (m *Metrics) Webhook(outcome string) {
	if m != nil {
		m.hooks.WithLabelValues(outcome).Inc()
	}
}
