package main

import (
	"context"
	"log/slog"
	"time"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/connectors/transport"
	"fourfold/internal/worker"
	"fourfold/internal/worker/cluster"
	"fourfold/kpi"
)

// logger writes to standard error: text for people at a terminal, JSON for machines.
func (a *app) logger() *slog.Logger {
	if a.getenv("FOURFOLD_LOG") == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, nil))
	}
	return slog.New(slog.NewTextHandler(a.stderr, nil))
}

// worker ties the jobs to what they work with.
func (a *app) worker(ctx context.Context) (*worker.Worker, error) {
	l, err := a.linker(ctx)
	if err != nil {
		return nil, err
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	w := &worker.Worker{
		Store: l.Store, Linker: l, Connectors: a.connectors, Catalogue: kpi.Catalogue(), Now: a.now, Log: a.logger(),
		NewPacer: func(int64, int64) connectors.Pacer { return transport.NewPacer(a.now) },
		Parse:    func(text string) (worker.Schedule, error) { return config.ParseSchedule(text) },
		Spread:   c.Spreading(), Workers: c.AtATime(), Since: c.Since, Tell: a.tell(c),
	}
	if c.Postgres() {
		w.NewPacer = func(merchantID, connectionID int64) connectors.Pacer {
			return worker.SharedPacer(l.Store, merchantID, connectionID)
		}
		w.Resting = func(ctx context.Context, merchantID int64) ([]worker.RestingJob, error) {
			return resting(ctx, c.Database, merchantID)
		}
	}
	w.ExportOf = a.exportOf
	w.SendTo = a.sendTo
	w.Mail = a.mailWeekly(c)
	w.Chores = []worker.Chore{w.Hints(), w.Renewals(), w.Exports(), w.Destinations(), w.Weekly()}
	if c.PublicURL != "" {
		w.HookAddress = a.hookAddress
	}
	if w.Schedule, err = w.Parse(c.Schedule); err != nil {
		return nil, err
	}
	return w, nil
}

// resting lists a merchant's jobs that failed every time.
func resting(ctx context.Context, dsn string, merchantID int64) ([]worker.RestingJob, error) {
	const most = 1000
	all, err := cluster.ListResting(ctx, dsn, most)
	var theirs []worker.RestingJob
	for _, r := range all {
		if r.Merchant == merchantID {
			theirs = append(theirs, worker.RestingJob{Kind: r.Kind, Connection: r.Connection, Stream: r.Stream, Since: r.Since, Error: r.Error})
		}
	}
	return theirs, err
}

// watched is a worker whose progress is shown until done is called.
func (a *app) watched(ctx context.Context, quiet bool) (w *worker.Worker, done func(), err error) {
	w, err = a.worker(ctx)
	if err != nil {
		return nil, func() {}, err
	}
	p := newProgress(a.stderr, a.terminal(a.stderr), quiet, time.Now)
	w.Progress = p.tell
	return w, p.close, nil
}
