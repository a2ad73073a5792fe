package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// lookAfter is how long after it was overtaken a pull sees whether the other came to the end.
const lookAfter = 2 * time.Second

// givesWay is how long a backfill that stored a page makes way where others wait.
const givesWay = 10 * time.Second

// pullJob reads one stream for a while. One that was never complete stores a page at a time where others' nights wait for a worker: so it takes
// a small part of the database, which all share, and yet comes to its end.
type pullJob struct {
	river.WorkerDefaults[pullArgs]
	cluster *Cluster
}

func (j *pullJob) Work(ctx context.Context, job *river.Job[pullArgs]) error {
	w, a := j.cluster.worker, job.Args
	began, taken := w.Now(), time.Now()
	m, err := w.Store.Merchant(ctx, a.Merchant)
	var out worker.Outcome
	gaveWay := false
	if err == nil {
		out, err = w.PullStream(ctx, m, a.Connection, a.Stream, func() bool {
			gaveWay = job.Queue == backfillQueue && j.cluster.nightsWait(ctx)
			return gaveWay || time.Since(taken) >= j.cluster.config.Budget
		})
	}
	log := w.Log.With("job", "pull", "merchant", a.Merchant, "connection", a.Connection, "stream", a.Stream,
		"took", w.Now().Sub(began).Round(time.Millisecond), "attempt", job.Attempt)
	switch {
	case err == nil && out.More && gaveWay:
		return river.JobSnooze(givesWay)
	case err == nil && out.More:
		return river.JobSnooze(0)
	case err == nil && out.After > 0:
		return river.JobSnooze(out.After)
	case err == nil && out.Overtaken:
		// To call the job done would call the other's done, too, which is the same and may not be at its end.
		log.Info("pull overtaken by another worker", "pages", out.Pages)
		return river.JobSnooze(lookAfter)
	case err == nil:
		log.Info("pull done", "pages", out.Pages)
		return nil
	case ctx.Err() != nil:
		return err
	case errors.Is(err, store.ErrMissing):
		log.Info("pull left out", "error", err)
		return nil // removed or unlinked meanwhile
	case worker.Rests(err):
		log.Error("pull rests", "error", err)
		w.Rested(ctx, a.Merchant)
		return river.JobCancel(err)
	}
	log.Warn("pull failed", "error", err)
	return err
}

// nightsWait says whether jobs of the nights wait for a worker: for longer than one that is free takes to see them.
func (c *Cluster) nightsWait(ctx context.Context) bool {
	var wait bool
	err := c.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM river_job WHERE state = 'available' AND queue = $1 AND scheduled_at < now() - interval '1 second')`,
		nightQueue).Scan(&wait)
	return err == nil && wait // the page after this one meets the same database, and says what is the matter
}
