package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"fourfold/internal/store"
)

// beatEvery is how often Run gives a sign of life and asks what is due: a laptop that was asleep finds a missed night within it.
const beatEvery = time.Minute

// Run is the engine of a single process: it stays and works the nights of all merchants as they come due, some merchants at a time,
// until ctx ends. A night that was missed while nobody ran is caught up once, and one that was cut off is gone on with. What is under
// way when ctx ends finishes its page.
func (w *Worker) Run(ctx context.Context) error {
	began := w.Now()
	w.StopOn(ctx.Done())
	lasting, release := graceful(ctx)
	defer release()
	stop := w.Beats(ctx)
	defer stop()
	p := newPool(w.Workers)
	defer p.wait()
	here := func(r store.Run) bool { return !r.StartedAt.Before(began) }
	for {
		nights, err := w.Due(ctx, w.Now(), here)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && nights == nil {
			return err
		}
		if err != nil {
			w.Log.Error("nights are left out", "error", err)
		}
		for _, id := range w.asked.take() {
			if !p.do(ctx, fmt.Sprint(id), func() { w.askedNight(lasting, id) }) {
				w.asked.put(id) // after the one that is under way, which may not know of what was linked just now
			}
		}
		for _, n := range nights {
			p.do(ctx, fmt.Sprint(n.Merchant.ID), func() { w.logged(lasting, n) })
		}
		for _, c := range w.Chores {
			w.chore(ctx, lasting, p, c)
		}
		if err := w.asked.wait(ctx, p.ended, beatEvery); err != nil {
			return err
		}
	}
}

// chore hands what there is of a chore to the pool.
func (w *Worker) chore(ctx, lasting context.Context, p *pool, c Chore) {
	pieces, err := c.Find(ctx)
	if err != nil && ctx.Err() == nil {
		w.Log.Error("chore not found out", "job", c.Kind, "error", err)
	}
	for _, piece := range pieces {
		p.do(ctx, fmt.Sprint(c.Kind, " ", piece), func() {
			began := w.Now()
			err := c.Do(lasting, piece)
			log := w.Log.With("job", c.Kind, "merchant", piece.Merchant, "connection", piece.Connection, "took", w.Now().Sub(began).Round(time.Millisecond))
			switch {
			case lasting.Err() != nil || errors.Is(err, context.Canceled):
				log.Info("chore interrupted")
			case err != nil:
				log.Error("chore failed", "error", err)
				if Rests(err) {
					w.Rested(lasting, piece.Merchant)
				}
			default:
				log.Info("chore done")
			}
		})
	}
}

// pool does some things at a time, and each by its name once.
type pool struct {
	room chan struct{}
	all  sync.WaitGroup
	mu   sync.Mutex
	busy map[string]bool
	// ended has something in it after a thing came to its end.
	ended chan struct{}
}

func newPool(size int) *pool {
	return &pool{room: make(chan struct{}, max(1, size)), busy: map[string]bool{}, ended: make(chan struct{}, 1)}
}

// do has fn done once there is room, unless ctx has ended by then. It says no, and nothing is done, where what has its name is waiting or under
// way.
func (p *pool) do(ctx context.Context, name string, fn func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[name] {
		return false
	}
	p.busy[name] = true
	p.all.Go(func() {
		defer func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.busy, name)
			select {
			case p.ended <- struct{}{}:
			default:
			}
		}()
		select {
		case <-ctx.Done():
			return
		case p.room <- struct{}{}:
		}
		defer func() { <-p.room }()
		if ctx.Err() == nil {
			fn()
		}
	})
	return true
}

func (p *pool) wait() { p.all.Wait() }

// Beats gives signs of life, through a night of hours as well, until stop is called.
func (w *Worker) Beats(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for w.Beat != nil {
			if err := w.Beat(w.Now()); err != nil {
				w.Log.Warn("no sign of life could be left", "error", err)
			}
			if wait(ctx, beatEvery) != nil {
				return
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// logged works one night and logs its outcome once, in one line.
func (w *Worker) logged(ctx context.Context, n Night) {
	began := w.Now()
	report, err := w.night(ctx, n.Merchant, n.Date)
	took := w.Now().Sub(began).Round(time.Second)
	log := w.Log.With("job", NightKind, "merchant", n.Merchant.ID, "night", n.Date, "took", took)
	switch {
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		log.Info("night interrupted; the next run goes on where it ended")
	case err != nil:
		log.Error("night failed", "error", err)
	default:
		log.Info("night done", "snapshots", report.Snapshots, "restatements", report.Restatements)
	}
}
