package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"fourfold/internal/worker"
	"fourfold/internal/worker/cluster"
)

func workCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "work",
		Short: "Stay, and work the nights together with others (Postgres)",
		Long: `Stays in the foreground and takes its share of all merchants' nights: any number
of these, on any number of machines, work one Postgres. One that dies has its
jobs taken over. Ends cleanly, with 0, on SIGTERM and Ctrl-C: it takes nothing
new, finishes the page it is at, and hands the rest over.

What the configuration says of merchants and targets is taken into the database
by run, pull, link and backfill, not by this one.`,
		Example: "  fourfold work",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return untilAsked(ctx, a.workAlong(ctx))
		},
	}
}

// workAlong takes part in the nights, and in nothing else.
func (a *app) workAlong(ctx context.Context) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if !c.Postgres() {
		return usage(errors.New("only Postgres can be worked by several processes, and the database is a SQLite file: use `fourfold run`, or set database to postgres://user@host/name"))
	}
	w, err := a.worker(ctx)
	if err != nil {
		return err
	}
	return a.workCluster(ctx, w, false)
}

// workCluster takes part in the work on a Postgres until it is asked to stop.
func (a *app) workCluster(ctx context.Context, w *worker.Worker, pages bool) error {
	cl, err := cluster.Open(ctx, cluster.Config{DSN: a.cfg.Database, Worker: w, Log: w.Log, Workers: a.cfg.AtATime(), Rescue: a.rescue})
	if err != nil {
		return err
	}
	defer cl.Close()
	w.Queues, w.Asked = cl.Queues, cl.AskNight
	return a.stay(ctx, w, cl.Run, pages)
}
