package cluster

import (
	"context"
	"fmt"

	"fourfold/internal/metrics"
)

// Queues counts the jobs that are not at rest, by queue and state, over all processes.
func (c *Cluster) Queues(ctx context.Context) ([]metrics.Queue, error) {
	rows, err := c.pool.Query(ctx, `SELECT queue, state::text, COUNT(*), MIN(scheduled_at) FROM river_job
		WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') GROUP BY queue, state ORDER BY queue, state`)
	if err != nil {
		return nil, fmt.Errorf("count the jobs in the queue: %w", err)
	}
	defer rows.Close()
	var all []metrics.Queue
	for rows.Next() {
		var q metrics.Queue
		if err := rows.Scan(&q.Name, &q.State, &q.Jobs, &q.Oldest); err != nil {
			return nil, fmt.Errorf("count the jobs in the queue: %w", err)
		}
		all = append(all, q)
	}
	return all, rows.Err()
}
