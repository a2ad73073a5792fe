//go:build bench

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/connectors/transport"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// benchJob says where a worker works.
type benchJob struct {
	DSN, Key   string
	Addr       string // of the simulated store
	CA         []byte
	Postmaster int // the process of the database's server, where it can be watched; else zero
}

// benchWorker is the program with a simulated store for a network, and with the store's clock, which stands still.
type benchWorker struct {
	app *app
	at  time.Time
	job benchJob
}

func newBenchWorker(settings json.RawMessage) (answerer, error) {
	tune()
	w := &benchWorker{}
	if err := json.Unmarshal(settings, &w.job); err != nil {
		return nil, err
	}
	w.app = newApp(func(string) string { return "" }, nil, io.Discard, os.Stderr)
	c := config.Default()
	c.Database, c.Key = w.job.DSN, secret.New(w.job.Key)
	c.Costs.History = "current"
	c.SetApp("shopify", config.App{ClientID: "client-id", ClientSecret: secret.New("client-secret"), Callback: "http://127.0.0.1:0/callback"})
	c.Targets = sampleTargets(12_000)
	w.app.cfg = &c
	w.app.onStore(sim.TransportTo(w.job.Addr, w.job.CA), func() time.Time { return w.at })
	return w, nil
}

// benchStep is one thing to do.
type benchStep struct {
	Do string // link, prepare, pull, rebuild or snapshots
	At time.Time
}

// spent is what something took.
type spent struct {
	Wall time.Duration
	CPU  time.Duration // of the worker
	DB   time.Duration // CPU of the Postgres server's processes
}

func (s spent) work() time.Duration { return s.CPU + s.DB }

func (s spent) less(o spent) spent { return spent{s.Wall - o.Wall, s.CPU - o.CPU, s.DB - o.DB} }

// benchDone is what a step took. Peak is the most memory that the process ever held, in bytes.
type benchDone struct {
	All, Derive spent
	Peak        int64
	Streams     map[string]benchStream
	Snapshots   int
}

// benchStream is what a stream brought.
type benchStream struct {
	Pages, Records int64
	From, To       time.Duration // of the first and the last page, since the step began
}

func (w *benchWorker) answer(line json.RawMessage) (any, error) {
	ctx := context.Background()
	var step benchStep
	if err := json.Unmarshal(line, &step); err != nil {
		return nil, err
	}
	w.at = step.At
	done := &benchDone{Streams: map[string]benchStream{}}
	stop, err := profile(step)
	if err != nil {
		return nil, err
	}
	defer stop()
	began := w.spent()
	err = w.step(ctx, step.Do, began, done)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", step.Do, err)
	}
	done.All = w.spent().less(began)
	done.Peak, err = peakMemory()
	return done, err
}

// profile writes where the step spends its CPU time, if $FOURFOLD_BENCH_PROFILE names a folder for that.
func profile(step benchStep) (stop func(), err error) {
	dir := os.Getenv("FOURFOLD_BENCH_PROFILE")
	if dir == "" {
		return func() {}, nil
	}
	f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%s-%d.pprof", step.At.Format("0102"), step.Do, os.Getpid())))
	if err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, pprof.StartCPUProfile(f)
}

func (w *benchWorker) step(ctx context.Context, do string, began spent, done *benchDone) error {
	if do == "link" {
		root := rootCommand(w.app)
		root.SetArgs([]string{"link", "shopify", "--shop", benchDomain, "--mode", "client"}) // of several grants none ends the other
		root.SetOut(io.Discard)
		return root.ExecuteContext(ctx)
	}
	_, m, err := w.app.linked(ctx)
	if err != nil {
		return err
	}
	if err := w.app.takeConfig(ctx); err != nil {
		return err
	}
	jobs, err := w.app.worker(ctx)
	if err != nil {
		return err
	}
	jobs.Progress = w.watch(began, done)
	jobs.NewPacer = func(int64, int64) connectors.Pacer { return transport.NewPacer(time.Now) }
	switch do {
	case "prepare":
		return w.prepare(ctx, m)
	case "pull":
		return jobs.Pull(ctx, m)
	case "snapshots":
		taken, err := jobs.Snapshots(ctx, m)
		done.Snapshots = taken.Snapshots
		return err
	case "rebuild":
		conns, err := w.app.db.Connections(ctx, m.ID)
		if err != nil {
			return err
		}
		return w.app.db.Rebuild(ctx, m.ID, conns[0].ID)
	}
	return fmt.Errorf("there is no such step")
}

// prepare reads every stream once and keeps nothing: what Shopify takes hours for is ready then.
func (w *benchWorker) prepare(ctx context.Context, m store.Merchant) error {
	linker, err := w.app.linker(ctx)
	if err != nil {
		return err
	}
	grants, err := linker.Store.Grants(ctx, m.ID)
	if err != nil {
		return err
	}
	conns, err := linker.Store.Connections(ctx, m.ID)
	if err != nil {
		return err
	}
	c := w.app.connectors[0]
	grant, err := linker.Grant(c, grants[0])
	if err != nil {
		return err
	}
	acc := connectors.Account{Grant: grant, AccountInfo: connectors.AccountInfo{ID: conns[0].AccountID, Currency: conns[0].Currency, Zone: conns[0].Zone, Since: conns[0].Since},
		Pacer: transport.NewPacer(time.Now), Now: w.app.now}
	caps, err := c.Probe(ctx, acc)
	if err != nil {
		return err
	}
	has := func(id string) bool {
		return slices.ContainsFunc(caps, func(c connectors.Capability) bool { return c.ID == id && c.Granted })
	}
	for _, s := range c.Streams {
		if slices.ContainsFunc(s.Needs, func(id string) bool { return !has(id) }) {
			continue
		}
		var cursor connectors.Cursor
		for again := true; again; {
			again = false
			for page, err := range s.Pull(ctx, acc, connectors.Request{Cursor: cursor, Has: has}) {
				if f, ok := connectors.FaultOf(err); ok && f == connectors.Throttled {
					time.Sleep(connectors.RetryAfter(err))
					again = true
					break
				}
				if err != nil {
					return err
				}
				cursor = page.Next
			}
		}
	}
	return nil
}

// watch notes what each stream brings, and when.
func (w *benchWorker) watch(began spent, done *benchDone) func(worker.Progress) {
	var mu sync.Mutex
	var derive spent
	return func(p worker.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if p.Job == "derive" {
			if !p.Finished {
				derive = w.spent()
			} else {
				done.Derive = w.spent().less(derive)
			}
			return
		}
		s, known := done.Streams[p.Job]
		s.To = time.Duration(time.Now().UnixNano()) - began.Wall
		if !known {
			s.From = s.To
		}
		s.Pages, s.Records = p.Pages, p.Records
		done.Streams[p.Job] = s
	}
}

// spent is what has been spent so far; Wall is the clock.
func (w *benchWorker) spent() spent {
	return spent{Wall: time.Duration(time.Now().UnixNano()), CPU: ownCPU(), DB: serverCPU(w.job.Postmaster)}
}

// ownCPU is the CPU time of this process.
func ownCPU() time.Duration {
	var own syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &own)
	return time.Duration(own.Utime.Nano() + own.Stime.Nano())
}

// serverCPU is the CPU time of a Postgres server: of those of its processes that live, and of those that have ended.
func serverCPU(postmaster int) time.Duration {
	if postmaster == 0 {
		return 0
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	var ticks int64
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		b, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it has just ended
		}
		// After the name in brackets: state, parent, … utime and stime are the 12th and 13th, those of ended children follow.
		f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if pid != postmaster && f[1] != strconv.Itoa(postmaster) {
			continue
		}
		for i := 11; i < 15; i++ {
			n, _ := strconv.ParseInt(f[i], 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * (time.Second / 100)
}

// peakMemory is the most memory that this process ever held.
func peakMemory() (int64, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb * 1024, err
		}
	}
	return 0, fmt.Errorf("the kernel does not say how much memory was held")
}
