package main

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
)

// ended says how many nights have come to their end.
func (s *stage) ended(db *sql.DB) int {
	s.t.Helper()
	n, err := strconv.Atoi(s.read(db, "SELECT COUNT(*) FROM runs WHERE kind = 'night' AND ended_at IS NOT NULL")[0][0].text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// until waits for what is to come, as long as a run may take; the processes are those that bring it about.
func (s *stage) until(what string, come func() bool, by ...*process) {
	s.t.Helper()
	for deadline := time.Now().Add(runPatience); !come(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			for _, p := range by {
				_ = p.cmd.Process.Kill()
				<-p.ended
				s.t.Logf("%s", &p.output)
			}
			s.t.Fatalf("%s: not in %s", what, runPatience)
		}
	}
}

// ask ends processes as an operator does, and they must end well.
func (s *stage) ask(all ...*process) {
	s.t.Helper()
	for _, p := range all {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
	}
	for _, p := range all {
		if code := s.end(p); code != exitOK {
			s.t.Errorf("asked to end it exits with %d:\n%s", code, &p.output)
		}
	}
}

// clusterNight works a night with a number of processes.
func (s *stage) clusterNight(processes int) {
	s.t.Helper()
	db := s.database()
	before := s.ended(db)
	var all []*process
	for range processes {
		all = append(all, s.start("work"))
	}
	began := time.Now()
	s.until("the night's end", func() bool { return s.ended(db) > before }, all...)
	s.t.Logf("with %d processes the night's end came after %s", processes, time.Since(began).Round(time.Millisecond))
	s.ask(all...)
}

// TestClusterFrozen freezes a worker in the middle of its pulls until the other has taken its jobs for dead and done them, and then lets it
// go on: its pages are refused, and everything is as if nothing had happened.
func TestClusterFrozen(t *testing.T) {
	t.Parallel()
	u := calmly(t, "sqlite", storetest.SQLite)
	c := newCourse(t, storetest.Postgres(t))
	first := c.firstNight(func() {
		db := c.database()
		c.srv.SetFaults(sim.Faults{Slow: sim.Chance{P: 1}, SlowBy: time.Second}) // so that it is frozen while it waits for an answer
		frozen := c.start("work")
		c.until("a pull", func() bool {
			return c.read(db, "SELECT COUNT(*) FROM river_job WHERE kind = 'pull' AND state = 'running' AND args->>'stream' = 'orders'")[0][0].text != "0"
		}, frozen)
		asked := c.srv.Stats().Requests // a pull that has asked for a page has looked where its stream stands, and is refused later on
		c.until("a page asked for", func() bool { return c.srv.Stats().Requests > asked }, frozen)
		_ = frozen.cmd.Process.Signal(syscall.SIGSTOP)
		c.srv.SetFaults(sim.Faults{})
		// The rescue is the other's affair alone: a job that outlives its own limit would end for that, and not at the fence.
		env := c.env
		c.env = append(env[:len(env):len(env)], childRescue+"=10s")
		other := c.start("work")
		c.env = env // of this night alone
		c.until("the night's end", func() bool { return c.ended(db) > 0 }, frozen, other)
		_ = frozen.cmd.Process.Signal(syscall.SIGCONT)
		c.until("a page refused", func() bool { return frozen.said("overtaken") }, frozen, other)
		// What it says of a job that the other is just ending can have that job done again. That does no harm, and ends long before the next night.
		c.until("nothing left over", func() bool {
			return c.read(db, "SELECT COUNT(*) FROM river_job WHERE kind IN ('pull', 'finish', 'night') AND state IN ('available', 'running', 'retryable', 'scheduled')")[0][0].text == "0"
		}, frozen, other)
		c.ask(frozen, other)
	})
	// What was frozen before it had looked where its stream stands begins a reading of its own when it wakes up, which the next night goes on
	// with. So far it has found nothing new: all else is the same.
	early := map[string]bool{}
	for i, line := range first["streams"] {
		if begun.MatchString(line) {
			first["streams"][i] = begun.ReplaceAllString(line, "$1")
			early[ofStream.FindString(line)] = true
		}
	}
	slices.Sort(first["streams"])
	second := c.secondNight(func() { c.clusterNight(1) })
	// It reaches back further than one that the next night begins, and so does its proof.
	for i, line := range second["proofs"] {
		for _, calm := range u.second["proofs"] {
			if early[ofStream.FindString(line)] && provesMore(line, calm) {
				second["proofs"][i] = calm
			}
		}
	}
	c.same(u, first, second, false)
}

// ofStream is which stream a row is about.
var ofStream = regexp.MustCompile(` stream=\S+`)

// proven is a proof: what comes before the beginning of its first range, that beginning, and what comes after it.
var proven = regexp.MustCompile(`^(.* ranges: )([0-9]+)(\..*)$`)

// provesMore says whether a proof is another's, but for a range that begins earlier.
func provesMore(line, than string) bool {
	a, b := proven.FindStringSubmatch(line), proven.FindStringSubmatch(than)
	if a == nil || b == nil || a[1] != b[1] || a[3] != b[3] {
		return false
	}
	from, errA := strconv.ParseInt(a[2], 10, 64)
	later, errB := strconv.ParseInt(b[2], 10, 64)
	return errA == nil && errB == nil && from < later
}

func TestProvesMore(t *testing.T) {
	const proof = "merchant_id=1 connection_id=1 stream=deliveries stored_at=<second night> sweep=0 complete_to=<second night> ranges: %d..<%s night>"
	of := func(from int, to string) string { return fmt.Sprintf(proof, from, to) }
	if !provesMore(of(1776312000000, "second"), of(1778990400000, "second")) {
		t.Error("a range that begins earlier proves no more")
	}
	for _, line := range []string{of(1778990400000, "second"), of(1778990400001, "second"), of(1776312000000, "first"), strings.Replace(of(1776312000000, "second"), "=deliveries", "=orders", 1)} {
		if provesMore(line, of(1778990400000, "second")) {
			t.Errorf("%s is said to prove more", line)
		}
	}
}

// begun is a reading under way in a stream's cursor.
var begun = regexp.MustCompile(`,"run":\{.*\}(\} first_day=)`)

// TestClusterNight holds nights that two processes share on River against those of `fourfold pull` on SQLite: every table is the same,
// row for row.
func TestClusterNight(t *testing.T) {
	t.Parallel()
	u := calmly(t, "sqlite", storetest.SQLite)
	c := newCourse(t, storetest.Postgres(t))
	first := c.firstNight(func() { c.clusterNight(2) })
	second := c.secondNight(func() { c.clusterNight(2) })
	c.same(u, first, second, false)
	if n := c.ended(c.database()); n != 2 {
		t.Errorf("%d nights, want 2", n)
	}
}
