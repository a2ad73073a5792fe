// Package worker does the work of a merchant's night: it opens accounts, asks what they allow, pulls every stream page by page,
// and takes snapshots of the periods whose figures moved.
//
// The jobs are plain functions that may be cut off after any page; whoever runs them next goes on there.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// Worker holds what the jobs work with.
type Worker struct {
	Store      *store.Store
	Linker     *link.Linker
	Connectors []connectors.Connector
	Catalogue  []kpi.KPI
	Now        func() time.Time
	Log        *slog.Logger
	Since      time.Time // how far back a first pull reaches; zero for all there is
	// NewPacer makes what paces an account's requests.
	NewPacer func() connectors.Pacer
	// Progress is told how far long work has come, by one stream at a time; nil if nobody watches.
	Progress func(Progress)
	// Beat leaves a sign of life while Run stays; nil if nobody asks for one.
	Beat func(now time.Time) error

	// ScheduleOf says when a merchant's nights are due; nil where none are watched for.
	ScheduleOf func(m store.Merchant) (Schedule, error)
	// Resting lists a merchant's jobs that failed in every attempt; nil where nights are worked in this process alone.
	Resting func(ctx context.Context, merchantID int64) ([]RestingJob, error)
	// Tell brings a message to the people who look after this installation; nil if nobody asked for it.
	Tell func(ctx context.Context, subject, text string) error

	telling sync.Mutex

	mu     sync.Mutex
	pacers map[int64]connectors.Pacer // by connection: all jobs of an account share one
}

// Progress is how far one stream, or one job, has come.
type Progress struct {
	Connection store.Connection
	Job        string // the stream's ID, derive or snapshots
	Text       string
	Pages      int64
	Records    int64
	Done       int64 // of Total, in the job's own unit
	Total      int64 // zero while unknown
	Finished   bool
}

func (w *Worker) tell(p Progress) {
	if w.Progress == nil {
		return
	}
	w.telling.Lock()
	defer w.telling.Unlock()
	w.Progress(p)
}

func (w *Worker) pacer(connectionID int64) connectors.Pacer {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pacers == nil {
		w.pacers = map[int64]connectors.Pacer{}
	}
	p, ok := w.pacers[connectionID]
	if !ok {
		p = w.NewPacer()
		w.pacers[connectionID] = p
	}
	return p
}

func (w *Worker) connector(id string) (connectors.Connector, error) {
	for _, c := range w.Connectors {
		if c.ID == id {
			return c, nil
		}
	}
	return connectors.Connector{}, fmt.Errorf("this fourfold has no connector %q: it was linked with another version", id)
}

// open opens a connection's account for its connector.
func (w *Worker) open(ctx context.Context, conn store.Connection) (connectors.Connector, connectors.Account, error) {
	c, err := w.connector(conn.Connector)
	if err != nil {
		return c, connectors.Account{}, err
	}
	grants, err := w.Store.Grants(ctx, conn.MerchantID)
	if err != nil {
		return c, connectors.Account{}, err
	}
	for _, g := range grants {
		if g.ID != conn.GrantID {
			continue
		}
		grant, err := w.Linker.Grant(c, g)
		if err != nil {
			return c, connectors.Account{}, err
		}
		return c, connectors.Account{
			Grant: grant,
			AccountInfo: connectors.AccountInfo{
				ID: conn.AccountID, Name: conn.Name, Currency: conn.Currency, Zone: conn.Zone, Since: conn.Since,
			},
			Settings: conn.Settings, Pacer: w.pacer(conn.ID), Now: w.Now,
		}, nil
	}
	return c, connectors.Account{}, fmt.Errorf("%s has no grant any more: link it again", conn.Name)
}

// wait waits, or returns the context's error.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
