package main

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
)

// undisturbed is a course of both nights in which nothing went wrong.
type undisturbed struct {
	first, second         dumped
	firstTook, secondTook time.Duration
	firstWork, secondWork sim.Stats // what each asked of the store
}

var calm sync.Map // func() *undisturbed by database

// calmly is the undisturbed course on a database, run once.
func calmly(t *testing.T, name string, dsn func(testing.TB) string) *undisturbed {
	t.Helper()
	once, _ := calm.LoadOrStore(name, sync.OnceValue(func() *undisturbed {
		u := &undisturbed{}
		c := newCourse(t, dsn(t))
		u.first = c.firstNight(func() { u.firstTook = c.must("pull") })
		u.firstWork = c.srv.Stats()
		u.second = c.secondNight(func() { u.secondTook = c.must("pull") })
		u.secondWork = workSince(c.srv.Stats(), u.firstWork)
		if !t.Failed() {
			t.Logf("undisturbed, the first pull takes %s and the night %s", u.firstTook.Round(time.Millisecond), u.secondTook.Round(time.Millisecond))
			return u
		}
		return nil
	}))
	u := once.(func() *undisturbed)()
	if u == nil {
		t.Fatal("the undisturbed course failed")
	}
	return u
}

// course is the way from the link over the first pull to a night a month later.
type course struct{ *stage }

func newCourse(t testing.TB, dsn string) course {
	t.Helper()
	return course{newStage(t, dsn, chaosShop(t), linkAt)}
}

// firstNight links the store and lets pull do the backfill.
func (c course) firstNight(pull func()) dumped {
	c.t.Helper()
	c.must("link", "shopify", "--shop", "chaos")
	c.clock.Advance(backfillAt.Sub(c.clock.Now()))
	pull()
	return c.dump(c.database())
}

// secondNight lets a month pass and then pull follow. What was derived must be what the facts say, in the end.
func (c course) secondNight(pull func()) dumped {
	c.t.Helper()
	if err := c.srv.Change(aMonthPasses); err != nil {
		c.t.Fatal(err)
	}
	c.clock.Advance(nightAt.Sub(c.clock.Now()))
	pull()
	db := c.database()
	d := c.dump(db)
	c.rebuilt(db)
	return d
}

// same holds the ends of a disturbed course against those of the undisturbed one; failed says that some of its pulls ended with an
// error, and so took snapshots of their own.
func (c course) same(u *undisturbed, first, second dumped, failed bool) {
	c.t.Helper()
	for _, night := range []struct {
		name      string
		got, want dumped
	}{{"first pull", first, u.first}, {"night", second, u.second}} {
		if failed {
			night.got, night.want = maps.Clone(night.got), maps.Clone(night.want)
			delete(night.got, "snapshots")
			delete(night.want, "snapshots")
		}
		if d := night.want.firstOnly().diff(night.got.firstOnly(), "undisturbed", "disturbed"); d != "" {
			c.t.Errorf("after the %s the database is not what an undisturbed run leaves:\n%s", night.name, d)
			return
		}
	}
}

// chaosKills is how many kills a database gets: $FOURFOLD_CHAOS, or a few.
func chaosKills() (n int, long bool) {
	if n, err := strconv.Atoi(os.Getenv("FOURFOLD_CHAOS")); err == nil && n > 0 {
		return n, true
	}
	return 6, false
}

// chaosSeed is $FOURFOLD_SEED, or another one each time.
var chaosSeed = sync.OnceValue(func() uint64 {
	if seed, err := strconv.ParseUint(os.Getenv("FOURFOLD_SEED"), 10, 64); err == nil {
		return seed
	}
	return rand.Uint64N(1_000_000)
})

// chaosRand draws what a test leaves to chance.
func chaosRand(t *testing.T) *rand.Rand {
	t.Helper()
	t.Logf("FOURFOLD_SEED=%d", chaosSeed())
	h := fnv.New64()
	_, _ = h.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(chaosSeed(), h.Sum64()))
}

// TestChaosKilled kills the program at random moments of the first pull and of a night, starts it again until it is done, and
// holds what it leaves against what it leaves undisturbed.
func TestChaosKilled(t *testing.T) {
	for _, database := range chaosDatabases {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			u := calmly(t, database.name, database.dsn)
			rng := chaosRand(t)
			want, long := chaosKills()
			landed, firstTook, secondTook := 0, u.firstTook, u.secondTook
			for round := 1; landed < want && (long || round == 1 || landed == 0); round++ {
				k := &killer{course: newCourse(t, database.dsn(t)), rng: rng}
				// A few kills a night: it goes on where it ended, so that later kills meet later work.
				few := min(2+rng.IntN(4), (want-landed+1)/2)
				first := k.firstNight(func() { k.pull(few, &firstTook) })
				few = min(2+rng.IntN(4), want-landed-k.landed)
				second := k.secondNight(func() { k.pull(few, &secondTook) })
				landed += k.landed
				t.Logf("round %d: %s", round, strings.Join(k.moments, ", "))
				k.same(u, first, second, false)
				if t.Failed() {
					return
				}
			}
			t.Logf("%d kills", landed)
		})
	}
}

// killer starts pulls and kills them.
type killer struct {
	course
	rng     *rand.Rand
	landed  int
	moments []string
}

// pull pulls until it is done, and kills the first few attempts after a random part of what a pull takes.
func (k *killer) pull(few int, took *time.Duration) {
	k.t.Helper()
	for range few {
		// Work that is done stays done: after so many kills of half this length on average, about all of it is.
		delay := time.Duration(k.rng.Int64N(2*int64(*took)/int64(max(few, 2)) + 1))
		p := k.start("pull")
		select {
		case <-p.ended:
		case <-time.After(delay - time.Since(p.began)):
			_ = p.cmd.Process.Kill()
		}
		code := k.end(p)
		if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			k.landed++
			k.moments = append(k.moments, fmt.Sprintf("killed after %s", delay.Round(time.Millisecond)))
			k.release()
			continue
		}
		if code != exitOK {
			k.t.Fatalf("a pull after kills exits with %d:\n%s", code, &p.output)
		}
		k.moments = append(k.moments, fmt.Sprintf("done after %s", p.took.Round(time.Millisecond)))
		*took = min(*took, p.took) // the machine was busier before
		return
	}
	k.must("pull")
}

// release lets three minutes pass if the killed process held the grant: on SQLite its mark stays for as long, and on this clock it
// would for ever. Somebody looks after the store meanwhile, which must find the mark expired and renew the tokens.
func (k *killer) release() {
	k.t.Helper()
	held := k.read(k.database(), "SELECT COUNT(*) FROM grants WHERE lock_owner <> ''")[0][0].text
	if held == "0" {
		return
	}
	k.moments = append(k.moments, "while it renewed the tokens")
	k.clock.Advance(3 * time.Minute)
	k.must("doctor")
	k.clock.Advance(-3 * time.Minute)
}

// TestChaosOnBothDatabases holds the two databases against each other: after the same nights every table is the same, row for row.
func TestChaosOnBothDatabases(t *testing.T) {
	t.Parallel()
	var all []*undisturbed
	for _, d := range chaosDatabases {
		all = append(all, calmly(t, d.name, d.dsn))
	}
	lite, pg := all[0], all[1]
	for table, rows := range lite.second {
		t.Logf("%6d rows in %s", len(rows), table)
	}
	for _, night := range []struct {
		name string
		a, b dumped
	}{{"first pull", lite.first, pg.first}, {"night", lite.second, pg.second}} {
		if d := night.a.diff(night.b, "on SQLite", "on Postgres"); d != "" {
			t.Errorf("after the %s:\n%s", night.name, d)
		}
	}
}
