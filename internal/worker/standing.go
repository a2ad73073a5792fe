package worker

import (
	"context"
	"time"

	"fourfold/connectors"
	"fourfold/internal/metrics"
)

// Standing is how the data of all merchants stand together. It asks the store only, in a few queries however many merchants there are.
func (w *Worker) Standing(ctx context.Context) (metrics.Standing, error) {
	var st metrics.Standing
	lags, err := w.Store.Lags(ctx)
	if err != nil {
		return st, err
	}
	for _, l := range lags {
		st.Lags = append(st.Lags, metrics.Lag{Connector: l.Connector, Stream: l.Stream, CompleteTo: l.CompleteTo})
	}
	open, err := w.Store.OpenAlerts(ctx)
	if err != nil {
		return st, err
	}
	st.Needs = map[string]int{}
	for _, kind := range NeedKinds {
		st.Needs[kind] = 0
	}
	for _, a := range open {
		st.Needs[Need{Cause: a.Cause}.Kind()]++
	}
	if st.Tokens, err = w.firstEnd(ctx); err != nil || w.Queues == nil {
		return st, err
	}
	st.Queues, err = w.Queues(ctx)
	return st, err
}

// firstEnd is when the first of all logins in use ends; nil where none does. One that no key opens is a need of its own.
func (w *Worker) firstEnd(ctx context.Context) (*time.Time, error) {
	grants, err := w.Store.GrantsInUse(ctx)
	if err != nil {
		return nil, err
	}
	var first *time.Time
	for _, g := range grants {
		c, err := w.connector(g.Connector)
		if err != nil {
			continue // linked with another version, whose nights say so
		}
		if ends, err := w.Linker.Ends(c, g); err == nil && !ends.IsZero() && (first == nil || ends.Before(*first)) {
			first = &ends
		}
	}
	return first, nil
}

// countedPacer counts what requests cost and how long they wait.
type countedPacer struct {
	connectors.Pacer
	metrics   *metrics.Metrics
	connector string
}

func (p *countedPacer) Wait(ctx context.Context, cost float64) error {
	began := time.Now()
	err := p.Pacer.Wait(ctx, cost)
	p.metrics.Waited(p.connector, time.Since(began))
	return err
}

func (p *countedPacer) Report(requested, actual, available, maximum, restorePerSecond float64) {
	p.metrics.Charged(p.connector, actual)
	p.Pacer.Report(requested, actual, available, maximum, restorePerSecond)
}
