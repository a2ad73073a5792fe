package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
)

// street is a stage with many small stores beside each other, each of which belongs to a merchant of its own.
type street struct {
	*stage
	stores []*sim.Server
	all    *sim.Several
}

const streetOrders = 150 // of each store

func streetDomain(n int) string { return fmt.Sprintf("street-%03d.myshopify.com", n) }

// newStreet opens the same stores each time, and links them.
func newStreet(t testing.TB, dsn string, merchants int) *street {
	t.Helper()
	s := &street{stage: emptyStage(t, dsn, linkAt)}
	for n := range merchants {
		s.stores = append(s.stores, sim.New(chaosShopAt(t, streetDomain(n), uint64(100+n), streetOrders), s.simulated()))
	}
	s.all = sim.NewSeveral(s.stores...)
	if err := s.all.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.all.Close)
	s.open(s.all.Addr(), s.all.CA(), anyConfig)
	s.link()
	s.clock.Advance(backfillAt.Sub(s.clock.Now()))
	return s
}

// link makes the merchants and links their stores, in this process: it is not what is tried here.
func (s *street) link() {
	s.t.Helper()
	network := sim.TransportTo(s.all.Addr(), s.all.CA())
	for n := range s.stores {
		name := fmt.Sprintf("Merchant %d", n+1)
		for _, args := range [][]string{{"merchant", "add", name}, {"link", "shopify", "--merchant", name, "--shop", streetDomain(n)}} {
			var output bytes.Buffer
			a := newApp(s.getenv, nil, io.Discard, &output)
			a.onStore(network, s.clock.Now)
			if code := a.main(context.Background(), args); code != exitOK {
				s.t.Fatalf("fourfold %s exits with %d:\n%s", strings.Join(args, " "), code, &output)
			}
		}
	}
}

func (s *street) getenv(name string) string {
	i := slices.IndexFunc(s.env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
	if i < 0 {
		return ""
	}
	return s.env[i][len(name)+1:]
}

// aMonthPasses lets the same month pass in all stores.
func (s *street) aMonthPasses() {
	s.t.Helper()
	for n, store := range s.stores {
		if err := store.Change(aMonthPasses); err != nil {
			s.t.Fatalf("store %d: %v", n, err)
		}
	}
	s.clock.Advance(nightAt.Sub(s.clock.Now()))
}

// calmStreet is what one process makes of both nights, on SQLite, with nobody else there.
type calmStreet struct {
	first, second         dumps
	firstTook, secondTook time.Duration
}

func (s *street) undisturbed() calmStreet {
	s.t.Helper()
	var u calmStreet
	night := func(want int) (dumps, time.Duration) {
		db := s.database()
		began := time.Now()
		p := s.start("run")
		for had := s.ended(db); had < want; {
			s.until("another night's end", func() bool { return s.ended(db) > had }, p)
			had = s.ended(db)
		}
		took := time.Since(began)
		s.ask(p)
		return s.dumps(db), took
	}
	u.first, u.firstTook = night(len(s.stores))
	s.aMonthPasses()
	u.second, u.secondTook = night(2 * len(s.stores))
	s.t.Logf("undisturbed, one process takes %s for the first pulls and %s for the night", u.firstTook.Round(time.Millisecond), u.secondTook.Round(time.Millisecond))
	return u
}

// dumps are a database's, each merchant's in a file of its own: those of many do not fit into memory together.
type dumps struct {
	dir  string
	whom []int64 // everybody who has one, in order
}

// dumps dumps each merchant's rows, and those that are nobody's.
func (s *street) dumps(db *sql.DB) dumps {
	s.t.Helper()
	d := dumps{dir: s.t.TempDir(), whom: []int64{nobody}}
	for _, row := range s.read(db, "SELECT id FROM merchants ORDER BY id") {
		id, err := strconv.ParseInt(row[0].text, 10, 64)
		if err != nil {
			s.t.Fatal(err)
		}
		d.whom = append(d.whom, id)
	}
	for _, id := range d.whom {
		f, err := os.Create(d.file(id))
		if err != nil {
			s.t.Fatal(err)
		}
		z := gzip.NewWriter(f)
		if err := errors.Join(gob.NewEncoder(z).Encode(s.dumpOf(db, id)), z.Close(), f.Close()); err != nil {
			s.t.Fatal(err)
		}
	}
	return d
}

func (d dumps) file(id int64) string { return filepath.Join(d.dir, strconv.FormatInt(id, 10)) }

// of reads one merchant's again.
func (d dumps) of(t testing.TB, id int64) (rows dumped) {
	t.Helper()
	f, err := os.Open(d.file(id))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(z).Decode(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// same holds what there is of each merchant after a night against what an undisturbed process leaves.
func (s *street) same(night string, got, want dumps) {
	s.t.Helper()
	if !slices.Equal(got.whom, want.whom) {
		s.t.Errorf("after the %s there are merchants %d, want %d", night, got.whom, want.whom)
		return
	}
	const most = 3
	differ := 0
	for _, id := range want.whom {
		calm, stormy := want.of(s.t, id).firstOnly().causesOnly(), got.of(s.t, id).firstOnly().causesOnly()
		agreeOnCauses(calm["snapshots"], stormy["snapshots"])
		d := calm.diff(stormy, "undisturbed", "disturbed")
		if d == "" {
			continue
		}
		if differ++; differ <= most {
			s.t.Errorf("after the %s, merchant %d's rows are not what an undisturbed run leaves:\n%s", night, id, d)
		}
	}
	if differ > 0 {
		s.t.Errorf("after the %s %d of %d merchants differ", night, differ, len(s.stores))
	}
}

// namedTotal is the total that a cause's text names, before the day that it moved on.
var namedTotal = regexp.MustCompile(`: [a-z0-9_ ]+ of (\d{4}-\d\d-\d\d)`)

// causesOnly leaves out of the snapshots which total their cause names: of those that moved, it is the first that was not judged before. A
// pull that is killed until it has failed leaves that of other streams to be judged without it.
func (d dumped) causesOnly() dumped {
	for _, table := range []string{"snapshots", settled} {
		for i, line := range d[table] {
			d[table][i] = namedTotal.ReplaceAllString(line, ": $1")
		}
		slices.Sort(d[table])
	}
	return d
}

// tellsCause is where a snapshot's line says why it is another revision: "deletion: 2026-06-11; unit cost change: 2026-06-11".
var tellsCause = regexp.MustCompile(`^(.* cause=)([^=]+)( complete_to=.*)$`)

// agreeOnCauses takes two lines for the same that differ in nothing but that one names, beside the deletion that both name, more causes than the
// other. Streams are read side by side: once an order is deleted, a new unit cost of its goods finds nothing of it to move.
func agreeOnCauses(some, others []string) {
	at := map[string]int{}
	for i, line := range others {
		if m := tellsCause.FindStringSubmatch(line); m != nil {
			at[m[1]+m[3]] = i
		}
	}
	for i, line := range some {
		m := tellsCause.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		j, ok := at[m[1]+m[3]]
		if !ok {
			continue
		}
		here, there := strings.Split(m[2], "; "), strings.Split(tellsCause.FindStringSubmatch(others[j])[2], "; ")
		deleted := func(cause string) bool { return strings.HasPrefix(cause, "deletion: ") }
		if (within(here, there) || within(there, here)) && slices.ContainsFunc(here, deleted) && slices.ContainsFunc(there, deleted) {
			some[i] = others[j]
		}
	}
	slices.Sort(some)
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
