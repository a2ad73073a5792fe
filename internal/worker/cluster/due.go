package cluster

import (
	"context"
	"fmt"
	"slices"

	"github.com/riverqueue/river"

	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// dueJob asks every minute which nights and chores are due, and inserts them. Nights that are there already stay as they are.
type dueJob struct {
	river.WorkerDefaults[dueArgs]
	cluster *Cluster
}

func (j *dueJob) Work(ctx context.Context, _ *river.Job[dueArgs]) error {
	c, w := j.cluster, j.cluster.worker
	busy, err := c.busy(ctx)
	if err != nil {
		return err
	}
	now := w.Now()
	nights, err := w.Due(ctx, now, func(r store.Run) bool {
		asked := r.Night == "" && now.Sub(r.StartedAt) < againstTwo
		return busy[r.MerchantID] || asked
	})
	if err != nil {
		w.Log.Error("nights are left out", "error", err)
	}
	jobs := make([]river.InsertManyParams, 0, len(nights))
	for _, n := range nights {
		jobs = append(jobs, river.InsertManyParams{Args: nightArgs{n.Merchant.ID, n.Date, n.After, n.Cut}})
	}
	for _, chore := range w.Chores {
		pieces, err := chore.Find(ctx)
		if err != nil {
			w.Log.Error("chore not found out", "job", chore.Kind, "error", err)
		}
		for _, p := range pieces {
			jobs = append(jobs, river.InsertManyParams{Args: choreArgs{chore.Kind, p.Merchant, p.Connection}})
		}
	}
	for part := range slices.Chunk(jobs, 1000) {
		if _, err := c.client.InsertMany(ctx, part); err != nil {
			return fmt.Errorf("insert what is due: %w", err)
		}
	}
	return nil
}

// busy names the merchants whose night is in the queue.
func (c *Cluster) busy(ctx context.Context) (map[int64]bool, error) {
	rows, err := c.pool.Query(ctx, `SELECT DISTINCT (args->>'merchant')::bigint FROM river_job
		WHERE kind IN ('night', 'finish') AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`)
	if err != nil {
		return nil, fmt.Errorf("read which nights are under way: %w", err)
	}
	defer rows.Close()
	busy := map[int64]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read which nights are under way: %w", err)
		}
		busy[id] = true
	}
	return busy, rows.Err()
}

// behind says whether a night of a merchant that was begun, or asked for, before this one is not at rest: two at once would read all twice.
func (c *Cluster) behind(ctx context.Context, merchantID, job int64) (bool, error) {
	var behind bool
	err := c.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM river_job WHERE id <> $2 AND (args->>'merchant')::bigint = $1
		AND (kind = 'finish' OR kind = 'night' AND id < $2) AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))`, merchantID, job).Scan(&behind)
	if err != nil {
		return false, fmt.Errorf("read which nights are under way: %w", err)
	}
	return behind, nil
}

// chore finds one of the worker's chores.
func (c *Cluster) chore(kind string) (worker.Chore, bool) {
	i := slices.IndexFunc(c.worker.Chores, func(w worker.Chore) bool { return w.Kind == kind })
	if i < 0 {
		return worker.Chore{}, false
	}
	return c.worker.Chores[i], true
}
