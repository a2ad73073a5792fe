package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// together is how many streams of an account are pulled at the same time. They share the account's pacer, and a provider's own
// limit on jobs is the connector's to keep.
const together = 4

// Pull probes and pulls every connection of a merchant. A connection that fails does not keep the others waiting; all failures
// are returned together.
func (w *Worker) Pull(ctx context.Context, m store.Merchant) error {
	return w.recorded(ctx, m, store.PullRun, "", func() (string, error) { return "", w.pull(ctx, m) })
}

func (w *Worker) pull(ctx context.Context, m store.Merchant) error {
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	var failures []error
	var waiting []*aside
	for _, conn := range conns {
		if conn.State != store.StateActive {
			if err := w.derive(ctx, m, conn); err != nil { // what was read before it was unlinked still counts
				failures = append(failures, err)
			}
			continue
		}
		later, err := w.pullConnection(ctx, m, conn)
		waiting = append(waiting, later...)
		if err != nil {
			failures = append(failures, err)
			if Rests(err) {
				w.Rested(ctx, m.ID)
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if w.stopped() {
			return errStopped
		}
	}
	more, err := w.goOn(ctx, m, waiting)
	if err != nil {
		return err
	}
	return errors.Join(append(failures, more...)...)
}

// recorded keeps a record of a piece of work. Work that was cut off has a record without an end.
func (w *Worker) recorded(ctx context.Context, m store.Merchant, kind, night string, work func() (note string, err error)) error {
	run, err := w.Store.StartRun(ctx, m.ID, kind, night)
	if err != nil {
		return err
	}
	note, err := work()
	if ctx.Err() != nil || errors.Is(err, errStopped) {
		return err
	}
	endErr := w.Store.EndRun(ctx, run, err, note)
	if err != nil && errors.Is(endErr, store.ErrLost) {
		return err // it tells as much
	}
	if endErr == nil {
		w.Metrics.Run(kind, err != nil)
	}
	return errors.Join(err, endErr)
}

// pullConnection pulls the streams of one connection that are due and allowed. A stream that fails leaves the others alone, unless
// none of them could do better: the grant is dead, or the fault is not the provider's. Streams for which it would have to wait are put aside.
func (w *Worker) pullConnection(ctx context.Context, m store.Merchant, conn store.Connection) ([]*aside, error) {
	plan, err := w.survey(ctx, &conn)
	for tried := 1; tried < attempts; tried++ {
		pause, ok := PutOff(err)
		if !ok || pause > patience {
			break
		}
		if err := w.pause(ctx, pause); err != nil {
			return nil, err
		}
		plan, err = w.survey(ctx, &conn)
	}
	if err != nil {
		return nil, w.notSurveyed(ctx, conn, err)
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	failures := make([]error, len(plan.due))
	later := make([]*aside, len(plan.due))
	for i, s := range plan.due {
		p, err := w.pulling(m, conn, plan.acc, s, plan.has)
		if err != nil {
			return nil, err
		}
		group.Go(func() error {
			err := w.persist(gctx, p)
			if errors.As(err, &later[i]) {
				return nil
			}
			failures[i] = err
			if fault, ok := connectors.FaultOf(err); err != nil && !errors.Is(err, errStopped) && (!ok || fault == connectors.Denied) {
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, w.denied(ctx, plan.acc, err)
	}
	if w.stopped() {
		return nil, errStopped
	}
	later = slices.DeleteFunc(later, func(a *aside) bool { return a == nil })
	return later, errors.Join(plan.told, errors.Join(failures...), w.derive(ctx, m, conn))
}

// survey is what of an account is to be pulled now.
type survey struct {
	acc  connectors.Account
	has  func(capability string) bool
	due  []connectors.Stream
	told error // what a person has to know of, and no reason to stop
}

// survey opens an account, probes it, and lists its streams that are due.
func (w *Worker) survey(ctx context.Context, conn *store.Connection) (survey, error) {
	c, acc, err := w.open(ctx, *conn)
	if err != nil {
		return survey{}, err
	}
	if err := w.notice(ctx, conn, c, &acc); err != nil {
		return survey{}, err
	}
	caps, gone, err := w.probe(ctx, conn, c, acc)
	if err != nil {
		return survey{}, err
	}
	if err := w.resubscribe(ctx, *conn, c, acc); err != nil {
		return survey{}, err
	}
	lack := lacks(*conn, c, caps)
	p := survey{acc: acc, has: granted(caps), told: errors.Join(gone, lack)}
	if lack != nil {
		err := w.notBegun(ctx, *conn, c, lack, func(s connectors.Stream) bool {
			return slices.ContainsFunc(s.Needs, func(id string) bool { return slices.Contains(c.Streams[0].Needs, id) && !p.has(id) })
		})
		if err != nil {
			return p, err
		}
	}
	p.due, err = w.dueStreams(ctx, *conn, c, p.has)
	return p, err
}

func granted(caps []connectors.Capability) func(string) bool {
	return func(id string) bool {
		return slices.ContainsFunc(caps, func(c connectors.Capability) bool { return c.ID == id && c.Granted })
	}
}

// Task is a stream that is due.
type Task struct {
	Connection int64
	Stream     string
	First      bool // it was never complete so far
}

// Tasks probes a merchant's accounts and lists the streams that are due. told is what a person has to know of, such as an account that
// could not be probed and so has no tasks; err alone says that nothing could be done.
func (w *Worker) Tasks(ctx context.Context, m store.Merchant) (tasks []Task, told, err error) {
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, conn := range conns {
		if conn.State != store.StateActive {
			continue
		}
		p, err := w.survey(ctx, &conn)
		if err != nil {
			err = w.notSurveyed(ctx, conn, err)
		}
		if ctx.Err() != nil || errors.Is(err, store.ErrLost) || errors.Is(err, store.ErrFull) {
			return nil, nil, err
		}
		told = errors.Join(told, err, p.told)
		states, err := w.Store.Streams(ctx, m.ID, conn.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, s := range p.due {
			done := slices.ContainsFunc(states, func(state store.StreamState) bool { return state.Stream == s.ID && state.Backfilled })
			tasks = append(tasks, Task{Connection: conn.ID, Stream: s.ID, First: !done})
		}
	}
	return tasks, told, nil
}

// lacks names what a connector's first stream, the one it is linked for, may not read: without it there is no scorecard, and only a
// person can change that. What else is not granted is shown beside the figures it costs.
func lacks(conn store.Connection, c connectors.Connector, caps []connectors.Capability) error {
	if len(c.Streams) == 0 {
		return nil
	}
	for _, capability := range caps {
		if !capability.Granted && slices.Contains(c.Streams[0].Needs, capability.ID) {
			e := &connectors.Error{
				Fault: connectors.Forbidden, Op: c.Streams[0].Title + " of " + conn.Name, Scope: capability.ID,
				Err: fmt.Errorf("%s may not be read: %s", strings.ReplaceAll(capability.ID, "_", " "), cmp.Or(capability.Detail, capability.Costs)), Hint: capability.Remedy,
			}
			if strings.Contains(capability.Detail, capability.Remedy) {
				e.Hint = "" // it was said
			}
			return e
		}
	}
	return nil
}

// denied marks the grant where the provider refused it for good, and returns the refusal.
func (w *Worker) denied(ctx context.Context, acc connectors.Account, err error) error {
	if fault, ok := connectors.FaultOf(err); ok && fault == connectors.Denied {
		return errors.Join(err, w.Linker.Refused(ctx, acc.Grant, err))
	}
	return err
}

// early is how much sooner than it is due a stream is pulled: nights do not begin to the second, and what is due each week must not
// wait for the eighth night.
const early = 12 * time.Hour

// dueStreams lists the streams that are to be pulled now: allowed, not pulled lately, and with what they come after read before this pull.
func (w *Worker) dueStreams(ctx context.Context, conn store.Connection, c connectors.Connector, has func(string) bool) ([]connectors.Stream, error) {
	states, err := w.Store.Streams(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return nil, err
	}
	known := make(map[string]store.StreamState, len(states))
	for _, s := range states {
		known[s.Stream] = s
	}
	var due []connectors.Stream
	for _, s := range c.Streams {
		last := known[s.ID].LastComplete
		switch {
		case slices.ContainsFunc(s.Needs, func(id string) bool { return !has(id) }):
		case s.After != "" && !known[s.After].Backfilled:
		case s.Every > 0 && !last.IsZero() && w.Now().Before(last.Add(s.Every-early)):
		default:
			due = append(due, s)
		}
	}
	return due, nil
}

// Derive works the totals out of those connections of a merchant whose first backfill is complete since.
func (w *Worker) Derive(ctx context.Context, m store.Merchant) error {
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, conn := range conns {
		err = errors.Join(err, w.derive(ctx, m, conn))
	}
	return err
}

// derive works the totals of a connection out once its first backfill is complete. From then on every page keeps them up to date
// by itself.
func (w *Worker) derive(ctx context.Context, m store.Merchant, conn store.Connection) error {
	if conn.Derived {
		return nil
	}
	progress := Progress{Connection: conn, Job: "derive", Text: "working out the totals"}
	w.tell(progress)
	if err := w.Store.Derive(ctx, m.ID, conn.ID); err != nil {
		return fmt.Errorf("work out the totals of %s: %w", conn.Name, err)
	}
	progress.Finished = true
	w.tell(progress)
	return nil
}
