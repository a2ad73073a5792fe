package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

// siegeSize is how many merchants there are, and what befalls the cluster in both nights together.
type siegeSize struct{ merchants, kills, restarts int }

// clusterChaos is the size of the siege: $FOURFOLD_CHAOS_CLUSTER is merchants and kills, "200 100" say; else it is a short one.
func clusterChaos() (size siegeSize, long bool) {
	size.restarts = 2
	if n, _ := fmt.Sscan(os.Getenv("FOURFOLD_CHAOS_CLUSTER"), &size.merchants, &size.kills); n == 2 {
		return size, true
	}
	return siegeSize{6, 8, 1}, false
}

// TestChaosCluster has three processes work the first pulls of many merchants and a night a month later on one Postgres. Meanwhile they
// are killed at random moments and started again, the database is restarted, and one of them is frozen until the others have taken
// its jobs for dead. What is left must be what one process leaves with which nobody interferes. In the short form all this befalls
// one of the nights, left to chance.
func TestChaosCluster(t *testing.T) {
	t.Parallel()
	size, long := clusterChaos()
	rng := chaosRand(t)
	pg := storetest.NewServer(t)
	u := newStreet(t, storetest.SQLite(t), size.merchants).undisturbed()
	s := &siege{street: newStreet(t, pg.DSN(), size.merchants), pg: pg, rng: rng}
	s.env = append(s.env, childRescue+"="+siegeRescue.String())
	s.db = s.database()
	t.Cleanup(func() {
		for _, p := range s.members {
			_ = p.cmd.Process.Kill()
		}
	})

	kills, restarts, of := size.kills/2, size.restarts/2, 0 // the second night takes the rest
	if !long {
		of = rng.IntN(2)
		kills, restarts = size.kills*(1-of), size.restarts*(1-of)
	}
	s.night(kills, restarts, of == 0, u.firstTook/time.Duration(size.kills))
	first := s.dumps(s.db)
	s.aMonthPasses()
	s.night(size.kills-s.killed, size.restarts-s.restarted, of == 1, u.secondTook/time.Duration(size.kills))
	second := s.dumps(s.db)

	t.Logf("%d kills, %d restarts of Postgres; %s", s.killed, s.restarted, strings.Join(s.moments, ", "))
	if s.killed < size.kills || s.restarted < size.restarts {
		t.Errorf("the nights ended before all had struck: %d kills of %d, %d restarts of %d", s.killed, size.kills, s.restarted, size.restarts)
	}
	s.rebuilt(s.db)
	s.same("first pull", first, u.first)
	s.same("night", second, u.second)
	for _, row := range s.read(s.db, "SELECT * FROM runs WHERE ended_at IS NULL OR error <> ''") {
		t.Errorf("a night did not end well: %s", row)
	}
	if n := s.count("SELECT COUNT(*) FROM runs WHERE kind = 'night'"); n != 2*size.merchants {
		t.Errorf("%d nights, want %d", n, 2*size.merchants)
	}
	if n := s.count("SELECT COUNT(*) FROM river_job WHERE state IN ('cancelled', 'discarded') OR kind <> 'due' AND finalized_at IS NULL"); n != 0 {
		t.Errorf("%d jobs did not end well", n)
	}
}

// siegeRescue is after how long a job is taken for dead.
const siegeRescue = 10 * time.Second

// siege is a cluster and what befalls it.
type siege struct {
	*street
	pg       *storetest.Server
	db       *sql.DB
	rng      *rand.Rand
	members  []*process
	frozen   *process
	held     string // the frozen one's jobs and which attempt at each it made
	kills    int    // that are to come in this night
	restarts int    // likewise
	began    time.Time
	struck   time.Time // when something last did

	killed, restarted int
	moments           []string
}

// night works a night to its end under siege: something befalls it once in the pace on average.
func (s *siege) night(kills, restarts int, freeze bool, pace time.Duration) {
	s.t.Helper()
	s.began, s.kills, s.restarts = time.Now(), kills, restarts
	want := s.ended(s.db) + len(s.stores)
	s.members = nil
	if freeze {
		s.freeze()
	}
	for len(s.members) < 3 {
		s.members = append(s.members, s.start("work"))
	}
	left := func() int {
		return want - s.count("SELECT COUNT(*) FROM runs WHERE kind = 'night' AND ended_at IS NOT NULL") +
			s.count("SELECT COUNT(*) FROM river_job WHERE kind IN ('night', 'pull', 'finish') AND finalized_at IS NULL")
	}
	last, moved, struck := left(), time.Now(), kills > 0
	for last > 0 || s.frozen != nil {
		time.Sleep(min(time.Duration(s.rng.Int64N(2*int64(pace)+1)), 5*time.Second))
		switch {
		case s.restarts > 0 && s.kills <= kills*s.restarts/(restarts+1):
			s.restart()
		case s.kills > 0:
			s.kill()
		default:
			pace = 50 * time.Millisecond // nothing is left to come
			if struck && s.frozen == nil && time.Since(s.struck) > siegeRescue+time.Second {
				s.replace()
				struck = false
			}
		}
		s.revive()
		if s.frozen != nil && s.rescued() {
			s.wake()
		}
		if n := left(); n < last {
			last, moved = n, time.Now()
		}
		// While workers live for seconds only, nights may come to no end: what is waited for is one after the last of them was struck.
		if time.Since(moved) > runPatience && time.Since(s.struck) > runPatience {
			s.giveUp(last)
		}
	}
	s.note("the night's end")
	s.ask(s.members...)
}

// count asks for a number. Where the database was just restarted it asks again.
func (s *siege) count(query string, args ...any) (n int) {
	s.t.Helper()
	var err error
	for range 100 {
		if err = s.db.QueryRow(query, args...).Scan(&n); err == nil {
			return n
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal(err)
	return 0
}

// freeze starts a worker and stops it in the middle of its jobs, while it waits for answers. It leads the cluster then.
func (s *siege) freeze() {
	s.t.Helper()
	const running = "FROM river_job WHERE kind = 'pull' AND state = 'running'"
	s.all.SetLatency(200 * time.Millisecond)
	p := s.start("work")
	s.until("a pull", func() bool { return s.count("SELECT COUNT(*) "+running) > 0 }, p)
	_ = p.cmd.Process.Signal(syscall.SIGSTOP)
	s.all.SetLatency(0)
	if err := s.db.QueryRow("SELECT ' ' || STRING_AGG(id || '/' || attempt, ' ') || ' ' " + running).Scan(&s.held); err != nil {
		s.t.Fatal(err)
	}
	s.frozen = p
	s.members = append(s.members, p)
	s.note("one frozen in " + fmt.Sprint(len(strings.Fields(s.held))) + " pulls")
}

// rescued says whether the others have taken all that the frozen one was at for dead.
func (s *siege) rescued() bool {
	return s.count("SELECT COUNT(*) FROM river_job WHERE state = 'running' AND POSITION(' ' || id || '/' || attempt || ' ' IN $1) > 0", s.held) == 0
}

func (s *siege) wake() {
	_ = s.frozen.cmd.Process.Signal(syscall.SIGCONT)
	s.frozen = nil
	s.note("it woke up")
}

// kill ends one of the workers that are not frozen as an accident does, and starts another.
func (s *siege) kill() {
	s.t.Helper()
	i := s.rng.IntN(len(s.members))
	p := s.members[i]
	if p == s.frozen {
		return
	}
	_ = p.cmd.Process.Kill()
	s.end(p)
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		s.kills--
		s.killed++
		s.note(fmt.Sprintf("%d killed", i+1))
		s.members[i] = s.start("work")
	}
}

// revive starts again what has ended by itself, as a service manager does: a worker may that finds no database when it starts up.
func (s *siege) revive() {
	s.t.Helper()
	for i, p := range s.members {
		select {
		case <-p.ended:
			if s.end(p); p.said("msg=running") && !p.said("begin to work the queue") {
				s.t.Errorf("worker %d ended by itself:\n%s", i+1, &p.output)
			}
			s.note(fmt.Sprintf("%d found no database", i+1))
			s.members[i] = s.start("work")
		default:
		}
	}
}

// restart ends the database, now as an operator does and now by a crash, and starts it again after a while.
func (s *siege) restart() {
	s.t.Helper()
	if crash := s.restarted%2 == 0; crash {
		s.note("Postgres crashed")
		s.pg.Crash()
	} else {
		s.note("Postgres stopped")
		s.pg.Stop()
	}
	time.Sleep(time.Duration(s.rng.Int64N(int64(2 * time.Second))))
	s.pg.Start(s.t)
	s.restarts--
	s.restarted++
	s.note("Postgres is back")
}

// replace ends all workers as an operator does who installs another version, and starts others. What lies about is looked through then,
// so that the last that were killed need not be waited for long.
func (s *siege) replace() {
	s.t.Helper()
	s.note("all replaced")
	s.ask(s.members...)
	for i := range s.members {
		s.members[i] = s.start("work")
	}
}

func (s *siege) note(what string) {
	s.struck = time.Now()
	s.moments = append(s.moments, fmt.Sprintf("%s after %s", what, time.Since(s.began).Round(100*time.Millisecond)))
}

// giveUp tells how the queue stands where a night comes to no end.
func (s *siege) giveUp(left int) {
	s.t.Helper()
	rows, err := s.db.Query(`SELECT kind, state, args::text, attempt, COALESCE(errors[array_length(errors, 1)]->>'error', '') FROM river_job
		WHERE state <> 'completed' ORDER BY id LIMIT 20`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, state, args, text string
		var attempt int
		if err := rows.Scan(&kind, &state, &args, &attempt, &text); err != nil {
			s.t.Fatal(err)
		}
		s.t.Logf("%s %s, attempt %d of %s: %s", kind, state, attempt, args, text)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	for i, p := range s.members {
		_ = p.cmd.Process.Kill()
		<-p.ended
		s.t.Logf("worker %d:\n%s", i+1, &p.output)
	}
	s.t.Fatalf("%d nights have not ended, none in %s; %s", left, runPatience, strings.Join(s.moments, ", "))
}
