package shopify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fourfold/connectors"
)

// submit hands in what is intended, as far as Shopify takes it; full says that it would take no more.
func (s *session) submit(ctx context.Context) (full bool, err error) {
	b := s.place.Run.Bulk
	running := 0
	for i := range b.Jobs {
		if b.Jobs[i].ID != "" {
			running++
		}
	}
	for i := range b.Jobs {
		j := &b.Jobs[i]
		if j.ID != "" {
			continue
		}
		if running >= width {
			return false, nil
		}
		op, err := s.start(ctx, j)
		var refused *userError
		if f, _ := connectors.FaultOf(err); f == connectors.Throttled && errors.As(err, &refused) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		j.ID, j.Started = op.ID, op.CreatedAt.Time
		running++
		if err := s.send(connectors.Page{ReadAt: s.q.last.At.UTC(), Backfill: s.place.Run.Backfill, Note: s.progress()}); err != nil {
			return false, err
		}
	}
	return false, nil
}

// adopt finds the operations of slices that were intended before a crash: they are known by our own query text.
func (s *session) adopt(ctx context.Context) error {
	b := s.place.Run.Bulk
	lost := false
	for i := range b.Jobs {
		lost = lost || b.Jobs[i].ID == ""
	}
	if !lost {
		return nil
	}
	ops, err := s.operations(ctx)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for i := range b.Jobs {
		taken[b.Jobs[i].ID] = true
	}
	for i := range b.Jobs {
		j := &b.Jobs[i]
		if j.ID != "" {
			continue
		}
		text, err := s.text(j)
		if err != nil {
			return err
		}
		for _, op := range ops {
			// Clocks differ by a little. An older operation with the same text read an older state.
			young := op.CreatedAt.After(j.Intended.Add(-time.Minute))
			if op.Query == text && young && op.alive() && !taken[op.ID] {
				j.ID, j.Started = op.ID, op.CreatedAt.Time
				taken[op.ID] = true
				break
			}
		}
	}
	return nil
}

// collect asks after what runs, and reads what is done. It says whether anything moved, and how long to wait if nothing did.
func (s *session) collect(ctx context.Context) (moved bool, wait time.Duration, err error) {
	b := s.place.Run.Bulk
	for i := 0; i < len(b.Jobs); i++ {
		j := &b.Jobs[i]
		if j.ID == "" {
			continue
		}
		op, err := s.poll(ctx, j.ID)
		if err != nil {
			return moved, 0, err
		}
		switch {
		case op.Status == "COMPLETED":
			// What is read may be the run's last: nothing of it is touched afterwards.
			return true, 0, s.fetch(ctx, i, op)
		case op.alive() || op.Status == "CANCELING":
			due := tenth(s.q.last.At.Sub(op.CreatedAt.Time))
			if wait == 0 || due < wait {
				wait = due
			}
		default:
			if err := s.fail(i, op); err != nil {
				return moved, 0, err
			}
			return true, 0, nil
		}
	}
	return moved, wait, nil
}

// fail cuts a slice in half that Shopify did not finish. An operation that was cancelled without our asking had stalled.
func (s *session) fail(i int, op operation) error {
	r := s.place.Run
	b := r.Bulk
	j := b.Jobs[i]
	if op.Error == "ACCESS_DENIED" {
		return &connectors.Error{Fault: connectors.Forbidden, Op: opOf(s.feed.bulk), Err: op.failure(),
			Hint: "the app lacks a scope that was granted before; link the store again"}
	}
	again := job{From: j.From, To: j.To, Intended: s.q.last.At.UTC(), Again: j.Again + 1}
	from, to := j.From, j.To
	if from.IsZero() {
		from = b.Base
	}
	if to.IsZero() {
		to = r.Started
	}
	half := (to.Sub(from) / 2).Truncate(time.Second)
	if r.By == "" || half < smallest {
		b.Jobs[i] = again
	} else {
		late := again
		again.To = from.Add(half)
		late.From = again.To
		again.Again, late.Again = 0, 0
		b.Size = half
		b.Jobs = append(b.Jobs[:i], append([]job{again, late}, b.Jobs[i+1:]...)...)
	}
	return s.giveUp(i, op.failure())
}

// patience is how often a slice that cannot be cut is tried before a person must look. The next pull begins counting anew.
const patience = 5

// giveUp stores a slice that is to be read again, and says so where it has been tried often enough.
func (s *session) giveUp(i int, cause error) error {
	r := s.place.Run
	tried := r.Bulk.Jobs[i].Again
	if tried >= patience {
		r.Bulk.Jobs[i].Again = 0
	}
	err := s.send(connectors.Page{ReadAt: s.q.last.At.UTC(), Backfill: r.Backfill, Note: s.progress()})
	if err == nil && tried >= patience {
		return &connectors.Error{Fault: connectors.Malformed, Op: opOf(s.feed.bulk), Err: fmt.Errorf("tried %d times: %w", tried, cause),
			Hint: "what was stored stays, and the next run tries again; if it happens again, look at Shopify's status page and report it with this message"}
	}
	return err
}
