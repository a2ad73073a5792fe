//go:build bench

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"fourfold/config"
)

// benchPart says where one of several processes works, and on which clock.
type benchPart struct {
	benchJob
	At     time.Time
	Goes   bool          // the clock goes on from At; else it stands there
	Spread time.Duration // over which the nights begin
}

// benchMember is `fourfold work`.
type benchMember struct {
	stop    context.CancelFunc
	ended   chan error
	profile func()
}

func newBenchMember(settings json.RawMessage) (answerer, error) {
	tune()
	var p benchPart
	if err := json.Unmarshal(settings, &p); err != nil {
		return nil, err
	}
	began := time.Now()
	a := benchApp(p.benchJob, func() time.Time {
		if p.Goes {
			return p.At.Add(time.Since(began))
		}
		return p.At
	}, func(c *config.Config) { c.Spread = &p.Spread })
	stopProfile, err := profile(benchStep{Do: "work", At: p.At})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &benchMember{stop: cancel, ended: make(chan error, 1), profile: stopProfile}
	go func() {
		defer a.close()
		root := rootCommand(a)
		root.SetArgs([]string{"work"})
		root.SetOut(io.Discard)
		root.SetErr(io.Discard)
		m.ended <- root.ExecuteContext(ctx)
	}()
	return m, nil
}

// answer ends the process's work as SIGTERM does, and says what it took.
func (m *benchMember) answer(json.RawMessage) (any, error) {
	m.stop()
	err := <-m.ended
	m.profile()
	if err != nil && !errors.Is(err, context.Canceled) {
		return nil, fmt.Errorf("work: %w", err)
	}
	done := benchDone{All: spent{CPU: ownCPU()}}
	done.Peak, err = peakMemory()
	return done, err
}

// shift is a night that some processes work together.
type shift struct {
	Wall              time.Duration // from the first job's start to the last one's end
	Nights            int
	Members, DB       time.Duration // CPU, from the processes' start to their end
	Simulator         time.Duration
	Busy              float64            // of all cores, whoever used them
	HeldBy            map[string]float64 // what they wait for, in samples
	Running, Held     float64            // statements under way in the database on average: at work, and waiting for a lock, a disk or each other
	Jobs              float64            // seconds that jobs were under way, all together
	Peak              int64              // memory of the largest of the processes
	Requests, Refused int                // of the simulated stores: asked, and throttled
	Before            int64              // the last job of the queue that is not of this shift
	Late              bool               // the merchant that is not waited for was at it still
}

// perMinute is how many merchants' nights end in a minute.
func (s shift) perMinute() float64 { return float64(s.Nights) / s.Wall.Minutes() }

// night is the CPU time that one merchant's night takes, of the processes and the database's server.
func (s shift) night() time.Duration { return (s.Members + s.DB) / time.Duration(max(s.Nights, 1)) }

// benchPatience is how long a night may go on without a merchant's end before the benchmark is given up.
const benchPatience = 15 * time.Minute

// workShift has processes work until the nights of so many merchants have ended. That of the merchant named besides is not waited for.
func workShift(t *testing.T, srv *benchProcess, wish benchStreetWish, part benchPart, processes, nights int, besides int64) shift {
	t.Helper()
	db := openBench(t, part.DSN)
	const last = "SELECT COALESCE(MAX(id), 0) FROM river_job"
	s := shift{Nights: nights, Before: benchNumber(t, db, last)}
	const ended = "SELECT COUNT(*) FROM runs WHERE kind = 'night' AND ended_at IS NOT NULL AND merchant_id <> $1"
	had := benchNumber(t, db, ended, besides)
	failed := benchNumber(t, db, "SELECT COALESCE(MAX(id), 0) FROM runs")
	var state benchState
	srv.ask(wish, &state)
	s.Simulator, s.DB = -state.CPU, -serverCPU(part.Postmaster)
	s.Requests, s.Refused = -state.Stats.Requests, -state.Stats.Throttled
	busy, all := machine()
	began := time.Now()
	members := make([]*benchProcess, processes)
	for i := range members {
		members[i] = spawn(t, "member", part)
	}
	samples, now, moved := 0.0, had, time.Now()
	s.HeldBy = map[string]float64{}
	for now < had+int64(nights) {
		time.Sleep(250 * time.Millisecond)
		for waiting, n := range statements(t, db) {
			if waiting == "" {
				s.Running += n
			} else {
				s.Held += n
				s.HeldBy[waiting] += n
			}
		}
		s.Jobs += float64(benchNumber(t, db, "SELECT COUNT(*) FROM river_job WHERE state = 'running' AND kind <> 'due' AND (args->>'merchant')::bigint <> $1", besides))
		samples++
		n := benchNumber(t, db, ended, besides)
		if n > now {
			now, moved = n, time.Now()
		}
		if time.Since(moved) > benchPatience {
			t.Fatalf("after %s %d of %d nights have ended: is something wrong?\n%s", benchPatience, now-had, nights, faults(t, db, failed))
		}
	}
	s.Jobs *= time.Since(began).Seconds() / samples
	s.Running, s.Held = s.Running/samples, s.Held/samples
	s.Late = benchNumber(t, db, "SELECT COUNT(*) FROM runs WHERE kind = 'night' AND ended_at IS NULL AND merchant_id = $1", besides) > 0
	for _, m := range members {
		var done benchDone
		m.ask(struct{}{}, &done)
		s.Members, s.Peak = s.Members+done.All.CPU, max(s.Peak, done.Peak)
		m.end()
	}
	busyThen, allThen := machine()
	s.Busy = (busyThen - busy) / (allThen - all)
	srv.ask(wishLess(wish), &state)
	s.Simulator, s.DB = s.Simulator+state.CPU, s.DB+serverCPU(part.Postmaster)
	s.Requests, s.Refused = s.Requests+state.Stats.Requests, s.Refused+state.Stats.Throttled
	s.Wall = time.Duration(benchNumber(t, db, `SELECT COALESCE((EXTRACT(EPOCH FROM MAX(finalized_at) - MIN(attempted_at)) * 1e9)::bigint, 0) FROM river_job
		WHERE id > $1 AND kind IN ('night', 'pull', 'finish') AND (args->>'merchant')::bigint <> $2`, s.Before, besides))
	if text := faults(t, db, failed); text != "" {
		t.Errorf("nights failed:\n%s", text)
	}
	return s
}

// wishLess changes nothing more.
func wishLess(w benchStreetWish) benchStreetWish { return benchStreetWish{Latency: w.Latency} }

func benchNumber(t *testing.T, db *sql.DB, query string, args ...any) (n int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// faults are those of the runs after one.
func faults(t *testing.T, db *sql.DB, after int64) string {
	t.Helper()
	var text string
	err := db.QueryRowContext(t.Context(), `SELECT COALESCE(STRING_AGG(f, E'\n'), '') FROM (SELECT merchant_id || ': ' || error AS f FROM runs
		WHERE id > $1 AND error <> '' ORDER BY id LIMIT 5) f`, after).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// statements counts what is under way in the database at this moment besides this question, by what it waits for: "" is at work.
func statements(t *testing.T, db *sql.DB) map[string]float64 {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT COALESCE(wait_event_type || ' ' || wait_event, ''), COUNT(*) FROM pg_stat_activity
		WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
		AND (wait_event IS NULL OR wait_event_type IN ('Lock', 'LWLock', 'IO')) GROUP BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	by := map[string]float64{}
	for rows.Next() {
		var waiting string
		var n float64
		if err := rows.Scan(&waiting, &n); err != nil {
			t.Fatal(err)
		}
		by[waiting] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return by
}

// machine is how long all cores have been busy so far, and how long they have been there.
func machine() (busy, all float64) {
	b, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(b), "\n")
	var user, nice, system, idle, wait, irq, soft, steal float64
	_, _ = fmt.Sscanf(line, "cpu %f %f %f %f %f %f %f %f", &user, &nice, &system, &idle, &wait, &irq, &soft, &steal)
	busy = user + nice + system + irq + soft + steal
	return busy, busy + idle + wait
}
