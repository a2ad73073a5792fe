// Package worker does the work of a merchant's night: it opens accounts, asks what they allow, pulls every stream page by page,
// and takes snapshots of the periods whose figures moved.
//
// The jobs are plain functions that may be cut off after any page; whoever runs them next goes on there. When and where they run is
// the engine's to say: Run is the one of a single process, and package cluster the one of many.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/metrics"
	"fourfold/internal/period"
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
	Since      period.Day // how far back a first pull reaches where the merchant has no day of its own; zero for all there is
	// NewPacer makes what paces the requests of a connection's account.
	NewPacer func(merchantID, connectionID int64) connectors.Pacer
	// Schedule is the installation's; Parse reads a merchant's own.
	Schedule Schedule
	Parse    func(text string) (Schedule, error)
	Spread   time.Duration // over which the nights that are due together begin, each merchant at a moment of its own
	Workers  int           // merchants that Run works at the same time; one if zero
	Chores   []Chore       // what there is to do besides the nights
	// Progress is told how far long work has come, by one stream at a time; nil if nobody watches.
	Progress func(Progress)
	// HookAddress is where a connection's webhooks come in; nil where this installation has no public address.
	HookAddress func(store.Connection) string
	// ExportOf is what writes a merchant's files after each night; nil for a merchant who wants none. It is nil where nobody does.
	ExportOf func(store.Merchant) Export
	// SendTo brings a destination up to date and says what it did. It is nil where nobody does.
	SendTo func(ctx context.Context, m store.Merchant, d store.Destination) (note string, err error)
	// Mail sends weekly scorecards; nil where no mail server is configured.
	Mail Mail
	// Beat leaves a sign of life while Run stays; nil if nobody asks for one.
	Beat func(now time.Time) error

	// Asked has a merchant's night worked soon by whoever works the queue; nil where Run does.
	Asked func(ctx context.Context, merchantID int64) error
	// Resting lists a merchant's jobs that failed in every attempt; nil where nights are worked in this process alone.
	Resting func(ctx context.Context, merchantID int64) ([]RestingJob, error)
	// Queues counts the jobs of all merchants that wait or are under way; nil where nights are worked in this process alone.
	Queues func(ctx context.Context) ([]metrics.Queue, error)
	// Metrics count what is done here; nil if nobody asks.
	Metrics *metrics.Metrics
	// Tell brings a message to the people who look after this installation; nil if nobody asked for it.
	Tell func(ctx context.Context, subject, text string) error

	asked    asked
	telling  sync.Mutex
	stopping <-chan struct{} // closed when asked to stop: what is under way ends after its page

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

func (w *Worker) pacer(conn store.Connection) connectors.Pacer {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pacers == nil {
		w.pacers = map[int64]connectors.Pacer{}
	}
	p, ok := w.pacers[conn.ID]
	if !ok {
		p = &countedPacer{w.NewPacer(conn.MerchantID, conn.ID), w.Metrics, conn.Connector}
		w.pacers[conn.ID] = p
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

// login finds what a grant is one of: a connector, or a login that nothing is pulled from.
func (w *Worker) login(id string) (connectors.Connector, error) {
	for _, c := range w.Linker.Connectors {
		if c.ID == id {
			return c, nil
		}
	}
	return w.connector(id)
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
				ID: conn.AccountID, Name: conn.Name, Currency: conn.Currency, Zone: conn.Zone, Since: conn.Since, Manager: conn.Settings[settingManager],
			},
			Settings: conn.Settings, Pacer: w.pacer(conn), Now: w.Now,
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
