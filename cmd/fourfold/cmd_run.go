package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/metrics"
	"fourfold/internal/store"
	"fourfold/internal/worker"
)

func runCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Stay: serve the pages, and pull every night",
		Long: `Stays in the foreground, serves the pages on 127.0.0.1:8378 (see listen in the
configuration) and pulls for all merchants, each by its schedule and in its time
zone. A night that was missed while it was down is caught up once. Ends
cleanly, with 0, on SIGTERM and Ctrl-C: what is under way finishes its page, and
the next run goes on where this one ended. Its log goes to standard error; with
FOURFOLD_LOG=json in the environment as JSON.

On Postgres any number of these, and of "fourfold work", share the nights.`,
		Example: "  fourfold run",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return untilAsked(ctx, a.workHere(ctx))
		},
	}
}

// untilAsked is the outcome of a command that stays until it is asked to stop: from then on nothing is a failure, also while it still
// starts up. A service manager takes anything but 0 for a crash.
func untilAsked(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// workHere works the nights of a database and serves its pages, all in this process where the database is a file.
func (a *app) workHere(ctx context.Context) error {
	if err := a.takeConfig(ctx); err != nil {
		return err
	}
	if a.cfg.Listen == "" {
		if err := a.someLinked(ctx); err != nil { // else it is linked on the pages
			return err
		}
	}
	w, err := a.worker(ctx)
	if err != nil {
		return err
	}
	if a.cfg.Postgres() {
		return a.workCluster(ctx, w, true)
	}
	return a.stay(ctx, w, w.Run, true)
}

// stay runs an engine until it is asked to stop, with a sign of life and, where pages says so, with the pages.
func (a *app) stay(ctx context.Context, w *worker.Worker, run func(context.Context) error, pages bool) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	w.Metrics = metrics.New(a.now, w.Standing)
	beat := heartbeat(c)
	w.Beat = func(now time.Time) error { return os.WriteFile(beat, []byte(now.UTC().Format(time.RFC3339)), 0o644) }
	w.Log.Info("running", "schedule", c.Schedule, "spread", c.Spreading(), "workers", c.AtATime())
	served, err := a.serveSite(ctx, w, pages)
	if err != nil {
		return err
	}
	watching, done := context.WithCancel(ctx)
	defer done()
	monitored, err := serve(watching, c.MetricsListen, monitor(w.Store, w.Metrics))
	if err != nil {
		return err
	}
	var watch sync.WaitGroup
	watch.Go(func() {
		a.examineOnce(watching, w)
		w.Watch(watching)
	})
	err = errors.Join(run(ctx), served())
	done()
	watch.Wait()
	monitored()
	_ = os.Remove(beat)
	return err
}

// afterStart is how long after its start a process looks what needs a person: a night that it catches up has begun by then, and is not
// taken for missed.
const afterStart = time.Minute

// examineOnce notes what of each merchant needs a person now. From then on nights do; without it, what was mended while nothing ran would
// stay an alert, and what broke would be none, until the next night.
func (a *app) examineOnce(ctx context.Context, w *worker.Worker) {
	t := time.NewTimer(afterStart)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return
	case <-t.C:
	}
	if err := a.examineAll(ctx, w); err != nil && ctx.Err() == nil {
		w.Log.Warn("what needs a person is not known of all merchants", "error", err)
	}
}

func (a *app) examineAll(ctx context.Context, w *worker.Worker) error {
	all, err := a.merchants(ctx)
	if err != nil {
		return err
	}
	var failures []error
	for _, m := range all {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failures = append(failures, w.Examine(ctx, m))
	}
	return errors.Join(failures...)
}

// someLinked is an error unless some merchant has a store to pull from.
func (a *app) someLinked(ctx context.Context) error {
	db, err := a.store(ctx)
	if err != nil {
		return err
	}
	all, err := db.Merchants(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		conns, err := db.Connections(ctx, m.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(conns, func(c store.Connection) bool { return c.State == store.StateActive }) {
			return nil
		}
	}
	return errNotLinked
}

// heartbeat is the file by which `fourfold health` sees that `fourfold run` lives.
func heartbeat(c config.Config) string {
	if file, ok := strings.CutPrefix(c.Database, "sqlite:"); ok {
		return file + ".alive"
	}
	return filepath.Join(os.TempDir(), "fourfold.alive")
}

// beatAge is how old a heartbeat may be.
const beatAge = 3 * time.Minute

func healthCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "health",
		Short:   "Exit 0 if `fourfold run` lives and the database answers",
		Example: "  fourfold health",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			b, err := os.ReadFile(heartbeat(c))
			if err != nil {
				return fmt.Errorf("`fourfold run` is not running here: %w", err)
			}
			at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(b)))
			if err != nil || a.now().Sub(at) > beatAge {
				return fmt.Errorf("`fourfold run` gave no sign since %s: restart it", strings.TrimSpace(string(b)))
			}
			if _, err := a.store(cmd.Context()); err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, "ok")
			return nil
		},
	}
}

func migrateCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "migrate",
		Short:   "Bring the database's schema up to date, as every command does",
		Example: "  fourfold migrate",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := a.store(cmd.Context()); err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, "The database is up to date.")
			return nil
		},
	}
}

func rebuildCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rebuild",
		Short:   "Work out everything that is derived anew from the facts",
		Long:    "Nothing should change by it; it is there for after a repair of the facts by\nhand.",
		Example: "  fourfold rebuild",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			db, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			conns, err := db.Connections(ctx, m.ID)
			if err != nil {
				return err
			}
			for _, conn := range conns {
				if err := db.Rebuild(ctx, m.ID, conn.ID); err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "Rebuilt %s.\n", conn.Name)
			}
			return nil
		},
	}
	a.merchantFlag(cmd)
	return cmd
}
