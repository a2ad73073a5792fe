package cluster

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Resting is a job that failed for good, or every time, and delays nobody.
type Resting struct {
	Kind                 string // due, night, pull, finish, or the chore's
	Merchant, Connection int64  // zero where it has none
	Stream               string
	Error                string
	Since                time.Time
}

// ListResting lists the jobs at rest, the latest first, at most limit of them. They are forgotten after a week, those that no trying again
// would have mended after a day; the streams' own state says more.
func ListResting(ctx context.Context, dsn string, limit int) ([]Resting, error) {
	pool, err := connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	rows, err := pool.Query(ctx, `SELECT COALESCE(args->>'chore', kind), COALESCE((args->>'merchant')::bigint, 0), COALESCE((args->>'connection')::bigint, 0),
		COALESCE(args->>'stream', ''), COALESCE(errors[array_length(errors, 1)]->>'error', ''), finalized_at
		FROM river_job WHERE state IN ('cancelled', 'discarded') ORDER BY finalized_at DESC, id DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("read which jobs rest: %w", err)
	}
	defer rows.Close()
	var all []Resting
	for rows.Next() {
		var r Resting
		var text string
		if err := rows.Scan(&r.Kind, &r.Merchant, &r.Connection, &r.Stream, &text, &r.Since); err != nil {
			return nil, fmt.Errorf("read which jobs rest: %w", err)
		}
		r.Error = reason(text, r.Stream)
		all = append(all, r)
	}
	return all, rows.Err()
}

// reason is what the queue keeps of why a job failed, as the job said it.
func reason(text, stream string) string {
	text = strings.TrimPrefix(text, "JobCancelError: ")
	switch {
	case text == "":
		return strings.TrimSpace(stream + " ended without saying why")
	case strings.HasPrefix(text, "Stuck job rescued"):
		return strings.TrimSpace(stream + " was begun time and again, and each time its worker gave no sign any more: look into that process's log")
	}
	return text
}
