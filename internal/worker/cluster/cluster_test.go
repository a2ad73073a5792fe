package cluster_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"fourfold/connectors"
	"fourfold/connectors/transport"
	"fourfold/internal/link"
	"fourfold/internal/secret"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
	"fourfold/internal/worker"
	"fourfold/internal/worker/cluster"
	"fourfold/kpi"
)

// bench is a Postgres with merchants of a connector whose streams a test writes, and workers that share it.
type bench struct {
	t   *testing.T
	dsn string
	db  *store.Store
	l   *link.Linker

	mu     sync.Mutex
	at     time.Time
	pulled map[string]int // how often a stream of a shop was begun: "one/orders"; or a shop probed: "one/"
	probe  answers        // how probing a shop ends; nil for well
}

// answers says how a stream of a shop ends, the nth time it is begun.
type answers func(shop string, n int) error

func newBench(t *testing.T, streams map[string]answers) *bench {
	t.Helper()
	b := &bench{t: t, dsn: storetest.Postgres(t), at: time.Date(2026, 10, 20, 1, 30, 0, 0, time.UTC), pulled: map[string]int{}}
	c := connectors.Connector{
		ID: "toy", Title: "Toy",
		Auth:   []connectors.Auth{{Kind: connectors.AuthToken, Authorise: func(*http.Request, connectors.App, map[string]string, secret.Text) error { return nil }}},
		Fields: []connectors.Field{{ID: "shop", Title: "Shop", Check: func(v string) (string, error) { return v, nil }}},
		Accounts: func(_ context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
			return []connectors.AccountInfo{{ID: g.Fields["shop"], Name: g.Fields["shop"], Currency: "EUR", Zone: "Europe/Berlin"}}, nil
		},
		Probe: func(_ context.Context, acc connectors.Account) ([]connectors.Capability, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.pulled[acc.ID+"/"]++; b.probe == nil {
				return nil, nil
			}
			return nil, b.probe(acc.ID, b.pulled[acc.ID+"/"])
		},
	}
	for id, answer := range streams {
		c.Streams = append(c.Streams, connectors.Stream{ID: id, Title: id, Pull: func(_ context.Context, acc connectors.Account, _ connectors.Request) iter.Seq2[connectors.Page, error] {
			return func(yield func(connectors.Page, error) bool) {
				b.mu.Lock()
				b.pulled[acc.ID+"/"+id]++
				n := b.pulled[acc.ID+"/"+id]
				b.mu.Unlock()
				if err := answer(acc.ID, n); err != nil {
					yield(connectors.Page{}, err)
				}
			}
		}})
	}
	slices.SortFunc(c.Streams, func(a, b connectors.Stream) int { return strings.Compare(a.ID, b.ID) })
	if err := cluster.Migrate(t.Context(), b.dsn); err != nil {
		t.Fatal(err)
	}
	b.db = b.open()
	ring, err := vault.Parse(vault.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	b.l = &link.Linker{Store: b.db, Vault: ring, Connectors: []connectors.Connector{c}, Transport: http.DefaultTransport, Now: b.now}
	return b
}

func (b *bench) open() *store.Store {
	b.t.Helper()
	db, err := store.Open(b.t.Context(), b.dsn, store.Options{Now: b.now})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = db.Close() })
	return db
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) set(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = at
}

func (b *bench) begun(stream string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pulled[stream]
}

// merchant adds a merchant with a shop of the same name.
func (b *bench) merchant(name string) store.Merchant {
	b.t.Helper()
	m, err := b.db.CreateMerchant(b.t.Context(), store.Merchant{Name: name, Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.link(m, name)
	return m
}

// link adds a shop to a merchant's.
func (b *bench) link(m store.Merchant, shop string) {
	b.t.Helper()
	g, err := b.l.LinkToken(b.t.Context(), m.ID, b.l.Connectors[0], connectors.App{}, secret.New("token"), map[string]string{"shop": shop})
	if err != nil {
		b.t.Fatal(err)
	}
	infos, err := b.worker().Accounts(b.t.Context(), b.l.Connectors[0], g)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.worker().Take(b.t.Context(), m, b.l.Connectors[0], g, infos); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) worker() *worker.Worker {
	parse := func(text string) (worker.Schedule, error) { return cron.ParseStandard(text) }
	schedule, err := parse("30 2 * * *")
	if err != nil {
		b.t.Fatal(err)
	}
	return &worker.Worker{Store: b.db, Linker: b.l, Connectors: b.l.Connectors, Catalogue: kpi.Catalogue(), Now: b.now, Schedule: schedule, Parse: parse,
		Log:      slog.New(slog.NewTextHandler(io.Discard, nil)),
		NewPacer: func(int64, int64) connectors.Pacer { return transport.NewPacer(time.Now) }}
}

// work has a process work until done is called.
func (b *bench) work(chores ...worker.Chore) (done func()) {
	b.t.Helper()
	w := b.worker()
	w.Chores = chores
	c, err := cluster.Open(b.t.Context(), cluster.Config{DSN: b.dsn, Worker: w, Log: w.Log, Workers: 4, Backoff: func(int) time.Duration { return 0 }})
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	return func() {
		b.t.Helper()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			b.t.Errorf("it ended with %v", err)
		}
		c.Close()
	}
}

// until waits for what is to come.
func (b *bench) until(what string, come func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !come(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("%s: not in two minutes", what)
		}
	}
}

// nights lists the nights of a merchant that have ended, the latest first.
func (b *bench) nights(m store.Merchant) []store.Run {
	b.t.Helper()
	runs, err := b.db.Runs(b.t.Context(), m.ID, 100)
	if err != nil {
		b.t.Fatal(err)
	}
	return slices.DeleteFunc(runs, func(r store.Run) bool { return r.Kind != worker.NightKind || r.EndedAt.IsZero() })
}

func fault(f connectors.Fault, after time.Duration) error {
	return &connectors.Error{Fault: f, Op: "ask", Err: errors.New("it is " + string(f)), RetryAfter: after}
}

// What becomes of a stream by how it fails: throttled costs no attempt and comes to its end; unavailable is tried again; what is denied,
// forbidden or malformed rests at once; poison rests after its attempts. None delays another, and each is visible with its cause.
func TestWhatAFaultDoesToAJob(t *testing.T) {
	b := newBench(t, map[string]answers{
		"calm":      func(string, int) error { return nil },
		"denied":    func(shop string, _ int) error { return onlyFor("dead", shop, fault(connectors.Denied, 0)) },
		"forbidden": func(shop string, _ int) error { return onlyFor("ill", shop, fault(connectors.Forbidden, 0)) },
		"frozen": func(shop string, _ int) error {
			return onlyFor("ill", shop, fault(connectors.Unavailable, 5*time.Hour))
		},
		"malformed": func(shop string, _ int) error { return onlyFor("ill", shop, fault(connectors.Malformed, 0)) },
		"panics":    func(shop string, _ int) error { return onlyFor("ill", shop, errPanic) },
		"poison":    func(shop string, _ int) error { return onlyFor("ill", shop, errors.New("poison")) },
		"throttled": func(shop string, n int) error {
			return until(12, n, onlyFor("ill", shop, fault(connectors.Throttled, 0)))
		},
		"unavailable": func(shop string, n int) error {
			return until(5, n, onlyFor("ill", shop, fault(connectors.Unavailable, 0)))
		},
	})
	well, ill, dead := b.merchant("well"), b.merchant("ill"), b.merchant("dead")
	done := b.work()
	defer done()
	b.until("all nights", func() bool { return len(b.nights(well)) > 0 && len(b.nights(ill)) > 0 && len(b.nights(dead)) > 0 })

	if r := b.nights(well)[0]; r.Error != "" || r.Night != "2026-10-20" {
		t.Errorf("a merchant whose streams are well has the night %+v", r)
	}
	for stream, times := range map[string]int{"well/calm": 1, "ill/calm": 1, "ill/forbidden": 1, "ill/frozen": 1, "ill/malformed": 1, "ill/poison": 8, "ill/panics": 8, "ill/throttled": 12, "ill/unavailable": 5} {
		if n := b.begun(stream); n != times {
			t.Errorf("%s was begun %d times, want %d", stream, n, times)
		}
	}
	failed := b.nights(ill)[0].Error
	resting, err := cluster.ListResting(t.Context(), b.dsn, 100)
	if err != nil {
		t.Fatal(err)
	}
	var rest []string
	for _, r := range resting {
		if r.Kind != "pull" || r.Connection == 0 || r.Since.IsZero() || strings.Contains(r.Error, "JobCancel") {
			t.Errorf("resting: %+v", r)
		}
		if r.Merchant == ill.ID {
			rest = append(rest, r.Stream)
			if !strings.Contains(failed, r.Error) {
				t.Errorf("%q stands not in the night's record:\n%s", r.Error, failed)
			}
		}
	}
	slices.Sort(rest)
	if want := []string{"forbidden", "frozen", "malformed", "panics", "poison"}; !slices.Equal(rest, want) {
		t.Errorf("resting: %v, want %v", rest, want)
	}
	for _, words := range []string{"forbidden of ill: ask: it is forbidden", "poison of ill: poison", "it is malformed"} {
		if !strings.Contains(failed, words) {
			t.Errorf("%q stands not in the night's record:\n%s", words, failed)
		}
	}
	for _, stream := range []string{"throttled", "unavailable", "calm"} {
		if strings.Contains(failed, stream+" of") {
			t.Errorf("%s stands in the night's record, though it came to its end:\n%s", stream, failed)
		}
	}
	grants, err := b.db.Grants(t.Context(), dead.ID)
	if err != nil || len(grants) != 1 || grants[0].State != store.StateRelink {
		t.Errorf("a grant that was refused is %+v, %v", grants, err)
	}
}

var errPanic = errors.New("panic")

// onlyFor is err for one shop.
func onlyFor(name, shop string, err error) error {
	if shop != name {
		return nil
	}
	if errors.Is(err, errPanic) {
		panic("a stream that panics")
	}
	return err
}

// until is err before the nth time.
func until(times, n int, err error) error {
	if n >= times {
		return nil
	}
	return err
}

// Each merchant has one night a local date, however often what is due is asked and by how many; on the night on which the clocks go back
// half past two comes once; a night that failed comes again after an hour; nights that were missed are caught up once.
func TestOneNightADate(t *testing.T) {
	failing := false
	b := newBench(t, map[string]answers{"orders": func(shop string, _ int) error {
		if failing {
			return onlyFor("b", shop, fault(connectors.Malformed, 0))
		}
		return nil
	}})
	all := []store.Merchant{b.merchant("a"), b.merchant("b"), b.merchant("c")}
	// Each start of a process asks what is due at once.
	at := func(instant string, want ...int) {
		t.Helper()
		now, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		b.set(now)
		before := b.count("due")
		first, second := b.work(), b.work()
		b.until("what is due", func() bool { return b.count("due") > before })
		b.until("rest", func() bool { return b.alive() == 0 })
		first()
		second()
		for i, m := range all {
			if n := len(b.nights(m)); n != want[i] {
				t.Errorf("at %s %s has had %d nights, want %d", instant, m.Name, n, want[i])
			}
		}
	}
	at("2026-10-23T10:00:00Z", 1, 1, 1) // at once
	at("2026-10-23T10:01:00Z", 1, 1, 1)
	at("2026-10-24T00:30:00Z", 2, 2, 2) // half past two in Berlin
	at("2026-10-25T00:30:00Z", 3, 3, 3) // the first of two
	at("2026-10-25T01:30:00Z", 3, 3, 3) // the second
	failing = true
	at("2026-10-26T01:30:00Z", 4, 4, 4)
	at("2026-10-26T02:00:00Z", 4, 4, 4)
	failing = false
	at("2026-10-26T02:31:00Z", 4, 5, 4) // again
	paused := all[2]
	paused.State = store.StatePaused
	if err := b.db.UpdateMerchant(t.Context(), all[2], paused); err != nil {
		t.Fatal(err)
	}
	at("2026-11-02T12:00:00Z", 5, 6, 4) // a week was missed
	var dates []string
	for _, r := range b.nights(all[1]) {
		dates = append(dates, r.Night)
	}
	if want := "[2026-11-02 2026-10-26 2026-10-26 2026-10-25 2026-10-24 2026-10-23]"; fmt.Sprint(dates) != want {
		t.Errorf("nights of %v, want %s", dates, want)
	}
}

// A night whose account is throttled before anything can be pulled is put off, and is not one that failed.
func TestANightIsPutOff(t *testing.T) {
	b := newBench(t, map[string]answers{"orders": func(string, int) error { return nil }})
	b.probe = func(_ string, n int) error { return until(3, n, fault(connectors.Throttled, 0)) }
	m := b.merchant("busy")
	done := b.work()
	defer done()
	b.until("the night", func() bool { return len(b.nights(m)) > 0 })
	if r := b.nights(m)[0]; r.Error != "" || b.begun("busy/") != 3 || b.begun("busy/orders") != 1 {
		t.Errorf("after %d probes and %d pulls the night is %+v, want 3 and 1", b.begun("busy/"), b.begun("busy/orders"), r)
	}
}

// A chore that is throttled is put off, and rests neither for that nor for having been put off often.
func TestAChoreIsPutOff(t *testing.T) {
	b := newBench(t, nil)
	var mu sync.Mutex
	did := 0
	chore := worker.Chore{
		Kind: "tidy",
		Find: func(context.Context) ([]worker.Piece, error) { return []worker.Piece{{Merchant: 1}}, nil },
		Do: func(context.Context, worker.Piece) error {
			mu.Lock()
			defer mu.Unlock()
			did++
			return until(3, did, fault(connectors.Throttled, 0))
		},
	}
	done := b.work(chore)
	defer done()
	b.until("the chore", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return did == 3
	})
	b.until("rest", func() bool { return b.alive() == 0 })
	if resting, err := cluster.ListResting(t.Context(), b.dsn, 10); err != nil || len(resting) > 0 {
		t.Errorf("resting: %+v, %v", resting, err)
	}
}

// Chores are found every minute, or asked for at once, and done by whoever is free.
func TestChores(t *testing.T) {
	b := newBench(t, nil)
	var mu sync.Mutex
	did := map[worker.Piece]int{}
	chore := worker.Chore{
		Kind: "tidy",
		Find: func(context.Context) ([]worker.Piece, error) {
			return []worker.Piece{{Merchant: 1}, {Merchant: 2}}, nil
		},
		Do: func(_ context.Context, p worker.Piece) error {
			mu.Lock()
			defer mu.Unlock()
			did[p]++
			return until(3, did[p], errors.New("not yet"))
		},
	}
	w := b.worker()
	w.Chores = []worker.Chore{chore}
	asking, err := cluster.Open(t.Context(), cluster.Config{DSN: b.dsn, Worker: w, Log: w.Log, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer asking.Close()
	asked := worker.Piece{Merchant: 3, Connection: 5}
	for range 4 {
		if err := asking.Ask(t.Context(), "tidy", asked); err != nil {
			t.Fatal(err)
		}
	}
	done := b.work(chore)
	defer done()
	b.until("the chores", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return did[asked] == 3 && did[worker.Piece{Merchant: 1}] == 3 && did[worker.Piece{Merchant: 2}] == 3
	})
	b.until("rest", func() bool { return b.alive() == 0 })
	mu.Lock()
	defer mu.Unlock()
	if did[asked] != 3 {
		t.Errorf("what was asked for four times was done %d times, after two failures", did[asked])
	}
}

// A night whose worker died between the night's row on record and its jobs is gone on with, and leaves no row that never ends.
func TestNightThatDiedAtItsBeginning(t *testing.T) {
	b := newBench(t, map[string]answers{"calm": func(string, int) error { return nil }})
	m := b.merchant("well")
	before, err := b.db.StartRun(t.Context(), m.ID, worker.NightKind, "2026-10-19")
	if err == nil {
		err = b.db.EndRun(t.Context(), before, nil, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	b.set(b.now().AddDate(0, 0, 1))
	b.insert("night", "night", map[string]any{"merchant": m.ID, "date": "2026-10-21", "after": before.ID})
	died, err := b.db.StartRun(t.Context(), m.ID, worker.NightKind, "2026-10-21")
	if err != nil {
		t.Fatal(err)
	}
	done := b.work()
	defer done()
	b.until("the night", func() bool { return len(b.nights(m)) == 2 })
	if n := b.nights(m)[0]; n.ID != died.ID || n.Error != "" || b.begun("well/calm") != 1 {
		t.Errorf("the night on record is %+v, want number %d; the stream was begun %d times", n, died.ID, b.begun("well/calm"))
	}
	runs, err := b.db.RunsOf(t.Context(), m.ID, 10, worker.NightKind)
	if err != nil || len(runs) != 2 {
		t.Errorf("%d nights on record, want 2: %v", len(runs), err)
	}
}

// A night that somebody worked meanwhile is not worked again: be it that another attempt at the job was faster, that the night it was to follow
// had not been cut off after all, or that whoever ended it died before the job was told.
func TestANightThatWasWorkedMeanwhile(t *testing.T) {
	b := newBench(t, map[string]answers{"calm": func(string, int) error { return nil }})
	m := b.merchant("well")
	var nights []store.Run
	for _, date := range []string{"2026-10-19", "2026-10-20"} {
		r, err := b.db.StartRun(t.Context(), m.ID, worker.NightKind, date)
		if err == nil {
			err = b.db.EndRun(t.Context(), r, nil, "as it was")
		}
		if err != nil {
			t.Fatal(err)
		}
		nights = append(nights, r)
	}
	b.insert("night", "night", map[string]any{"merchant": m.ID, "date": "2026-10-20", "after": nights[0].ID})
	b.insert("night", "night", map[string]any{"merchant": m.ID, "date": "2026-10-20", "after": nights[1].ID, "cut": true})
	b.insert("finish", "night", map[string]any{"merchant": m.ID, "date": "2026-10-20", "run": nights[1].ID})
	done := b.work()
	defer done()
	b.until("rest", func() bool {
		return b.number("SELECT COUNT(*) FROM river_job WHERE kind IN ('night', 'finish') AND state = 'completed'") == 3 && b.alive() == 0
	})
	runs := b.nights(m)
	if len(runs) != 2 || b.begun("well/calm") != 0 {
		t.Errorf("%d nights on record, and the stream was begun %d times", len(runs), b.begun("well/calm"))
	}
	for _, r := range runs {
		if r.Note != "as it was" {
			t.Errorf("a night that had ended was ended again: %+v", r)
		}
	}
}

// insert puts a job into the queue as another process does.
func (b *bench) insert(kind, queue string, args map[string]any) {
	b.t.Helper()
	text, err := json.Marshal(args)
	if err != nil {
		b.t.Fatal(err)
	}
	db, err := sql.Open("pgx", b.dsn)
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(b.t.Context(), "INSERT INTO river_job (kind, queue, args, max_attempts) VALUES ($1, $2, $3, 8)", kind, queue, string(text)); err != nil {
		b.t.Fatal(err)
	}
}
