package worker_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"fourfold/connectors"
	"fourfold/connectors/transport"
	"fourfold/internal/fact"
	"fourfold/internal/link"
	"fourfold/internal/secret"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
	"fourfold/internal/worker"
	"fourfold/kpi"
)

// bench is a worker over a real database and a connector whose streams a test writes: what a provider may answer, in any order.
type bench struct {
	t        *testing.T
	w        *worker.Worker
	merchant store.Merchant
	conns    []store.Connection
	caps     []connectors.Capability
	probes   []error // how probing ends, one after the other; well once there are no more
	noting   sync.Mutex
	pulled   []string // streams, as they began
}

// note keeps that a stream began. Those of an account are pulled side by side.
func (b *bench) note(stream string) {
	b.noting.Lock()
	defer b.noting.Unlock()
	b.pulled = append(b.pulled, stream)
}

// answer is one pull of a stream: a page for each of the cursors, and then the fault.
type answer struct {
	pages []connectors.Page
	err   error
}

func newBench(t *testing.T, accounts int, streams ...connectors.Stream) *bench {
	t.Helper()
	b := &bench{t: t, caps: []connectors.Capability{{ID: "orders", Granted: true}}}
	c := connectors.Connector{
		ID: "toy", Title: "Toy", Streams: streams,
		Auth:   []connectors.Auth{{Kind: connectors.AuthToken, Authorise: func(*http.Request, connectors.App, map[string]string, secret.Text) error { return nil }}},
		Fields: []connectors.Field{{ID: "shop", Title: "Shop", Check: func(v string) (string, error) { return v, nil }}},
		Accounts: func(_ context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
			return []connectors.AccountInfo{{ID: g.Fields["shop"], Name: g.Fields["shop"], Currency: "EUR", Zone: "Europe/Berlin", Since: time.Now().AddDate(-1, 0, 0)}}, nil
		},
		Probe: func(context.Context, connectors.Account) ([]connectors.Capability, error) {
			if len(b.probes) > 0 {
				err := b.probes[0]
				b.probes = b.probes[1:]
				return nil, err
			}
			return slices.Clone(b.caps), nil
		},
	}
	db, err := store.Open(t.Context(), storetest.SQLite(t), store.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := vault.Parse(vault.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	l := &link.Linker{Store: db, Vault: ring, Connectors: []connectors.Connector{c}, Transport: http.DefaultTransport, Now: time.Now}
	b.w = &worker.Worker{Store: db, Linker: l, Connectors: l.Connectors, Catalogue: kpi.Catalogue(), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), NewPacer: func(int64, int64) connectors.Pacer { return transport.NewPacer(time.Now) }}
	if b.w.Schedule, err = cron.ParseStandard("30 3 * * *"); err != nil {
		t.Fatal(err)
	}
	if b.merchant, err = db.CreateMerchant(t.Context(), store.Merchant{Name: "Toy", Currency: "EUR", Zone: "Europe/Berlin"}); err != nil {
		t.Fatal(err)
	}
	for _, shop := range []string{"one", "two", "three"}[:accounts] {
		b.conns = append(b.conns, b.link(b.merchant, shop)...)
	}
	return b
}

// takeAll keeps a connection for each account that a grant opens.
func takeAll(ctx context.Context, w *worker.Worker, m store.Merchant, c connectors.Connector, g store.Grant) ([]store.Connection, error) {
	infos, err := w.Accounts(ctx, c, g)
	if err != nil {
		return nil, err
	}
	return w.Take(ctx, m, c, g, infos)
}

// link links a shop of a merchant.
func (b *bench) link(m store.Merchant, shop string) []store.Connection {
	b.t.Helper()
	c := b.w.Connectors[0]
	g, err := b.w.Linker.LinkToken(b.t.Context(), m.ID, c, connectors.App{}, secret.New("token"), map[string]string{"shop": shop})
	if err != nil {
		b.t.Fatal(err)
	}
	conns, err := takeAll(b.t.Context(), b.w, m, c, g)
	if err != nil {
		b.t.Fatal(err)
	}
	return conns
}

func (b *bench) state(stream string) store.StreamState {
	b.t.Helper()
	s, err := b.w.Store.Stream(b.t.Context(), b.merchant.ID, b.conns[0].ID, stream)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *bench) grant(conn store.Connection) store.Grant {
	b.t.Helper()
	all, err := b.w.Store.Grants(b.t.Context(), b.merchant.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return all[slices.IndexFunc(all, func(g store.Grant) bool { return g.ID == conn.GrantID })]
}

// scripted is a stream that gives one answer after the other, and at last reaches the present.
func scripted(id string, began func(connectors.Account), answers ...answer) connectors.Stream {
	return connectors.Stream{ID: id, Title: id, Pull: func(_ context.Context, acc connectors.Account, _ connectors.Request) iter.Seq2[connectors.Page, error] {
		return func(yield func(connectors.Page, error) bool) {
			if began != nil {
				began(acc)
			}
			if len(answers) == 0 {
				return
			}
			a := answers[0]
			answers = answers[1:]
			for _, p := range a.pages {
				if !yield(p, nil) {
					return
				}
			}
			if a.err != nil {
				yield(connectors.Page{}, a.err)
			}
		}
	}}
}

func fault(f connectors.Fault, after time.Duration) answer {
	return answer{err: &connectors.Error{Fault: f, Op: "ask", Err: errors.New(string(f)), RetryAfter: after}}
}

func repeat(n int, a answer) []answer {
	all := make([]answer, n)
	for i := range all {
		all[i] = a
	}
	return all
}

// noted is a page that says in the cursor what is about to be asked, and brings nothing.
func noted() connectors.Page { return connectors.Page{Next: connectors.Cursor(`{"intended":1}`)} }

// brought is a page that brings a product.
func brought(id string) connectors.Page {
	return connectors.Page{Records: []fact.Record{fact.Product{ID: id}}, ReadAt: time.Now(), Next: connectors.Cursor(`{"at":1}`)}
}

// In the time of synctest, waits take no time and are measured exactly.
func TestWhatIsTriedAgain(t *testing.T) {
	unavailable := connectors.Unavailable
	for name, c := range map[string]struct {
		answers  []answer
		ok       bool
		min, max time.Duration
	}{
		"nothing wrong":                    {ok: true},
		"throttled, as long as it says":    {answers: append(repeat(20, fault(connectors.Throttled, 40*time.Second)), answer{}), ok: true, min: 800 * time.Second, max: 800 * time.Second},
		"throttled, and it does not say":   {answers: repeat(3, fault(connectors.Throttled, 0)), ok: true, min: 3 * time.Second, max: 3 * time.Second},
		"throttled for the rest of today":  {answers: repeat(1, fault(connectors.Throttled, 5*time.Hour))},
		"unavailable for a while":          {answers: repeat(5, fault(unavailable, 0)), ok: true, max: (2 + 4 + 8 + 16 + 32) * time.Second},
		"unavailable, and it says":         {answers: repeat(5, fault(unavailable, time.Minute)), ok: true, min: 5 * time.Minute, max: 5 * time.Minute},
		"unavailable for good":             {answers: repeat(50, fault(unavailable, 0)), max: time.Minute + 2*time.Second},
		"frozen":                           {answers: repeat(1, fault(unavailable, 6*time.Hour))},
		"unavailable after noting a job":   {answers: repeat(50, answer{[]connectors.Page{noted()}, fault(unavailable, 0).err}), max: time.Minute + 2*time.Second},
		"unavailable after each page":      {answers: repeat(20, answer{[]connectors.Page{brought("a")}, fault(unavailable, 0).err}), ok: true, max: 40 * time.Second},
		"too large for the connector, too": {answers: repeat(1, fault(connectors.TooLarge, 0))},
		"forbidden":                        {answers: repeat(1, fault(connectors.Forbidden, 0))},
		"malformed":                        {answers: repeat(1, fault(connectors.Malformed, 0))},
		"denied":                           {answers: repeat(1, fault(connectors.Denied, 0))},
		"a fault of ours":                  {answers: []answer{{err: errors.New("ours")}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, 1, scripted("orders", nil, c.answers...))
				began := time.Now()
				err := b.w.Pull(t.Context(), b.merchant)
				if took := time.Since(began); (err == nil) != c.ok || took < c.min || took > c.max {
					t.Errorf("%v after %s", err, took)
				}
				state := b.state("orders")
				if c.ok != state.Backfilled || c.ok == (state.LastError != "") {
					t.Errorf("the stream stands at %+v", state)
				}
				if pause := connectors.RetryAfter(err); pause > 0 && !state.RetryAt.Equal(time.Now().Add(pause)) {
					t.Errorf("to be asked again at %s", state.RetryAt)
				}
			})
		})
	}
}

// An account that is throttled when it is probed is waited for as one is that is throttled when it is pulled, though not for ever.
func TestAThrottledProbeIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, 1, scripted("orders", nil, answer{}))
		throttled := fault(connectors.Throttled, 40*time.Second).err
		b.probes = []error{throttled, throttled}
		began := time.Now()
		if err := b.w.Pull(t.Context(), b.merchant); err != nil || time.Since(began) != 80*time.Second || !b.state("orders").Backfilled {
			t.Errorf("%v after %s, and the stream stands at %+v", err, time.Since(began), b.state("orders"))
		}
		b.probes = slices.Repeat([]error{throttled}, 100)
		err := b.w.Pull(t.Context(), b.merchant)
		if f, _ := connectors.FaultOf(err); f != connectors.Throttled || len(b.probes) < 80 {
			t.Errorf("%v, and %d answers are left of 100", err, len(b.probes))
		}
	})
}

// Backoff has full jitter: twenty that failed together do not come back together.
func TestFailedTogetherDoNotComeBackTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		for range 20 {
			b := newBench(t, 1, scripted("orders", nil, fault(connectors.Unavailable, 0)))
			began := time.Now()
			if err := b.w.Pull(t.Context(), b.merchant); err != nil {
				t.Fatal(err)
			}
			at = append(at, time.Since(began))
		}
		slices.Sort(at)
		if at[0] > time.Second || at[len(at)-1] < time.Second || len(slices.Compact(at)) < 15 {
			t.Errorf("they came back after %v", at)
		}
	})
}

// A dead grant ends all streams of its account and is marked; another account's go on.
func TestADeadGrantEndsItsAccountOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waited, went []string
		waiting := make(chan struct{})
		patient := connectors.Stream{ID: "patient", Title: "patient", Pull: func(ctx context.Context, acc connectors.Account, _ connectors.Request) iter.Seq2[connectors.Page, error] {
			return func(yield func(connectors.Page, error) bool) {
				if acc.ID == "one" {
					close(waiting)
				}
				select {
				case <-ctx.Done():
					waited = append(waited, acc.ID)
					yield(connectors.Page{}, ctx.Err())
				case <-time.After(time.Hour):
					went = append(went, acc.ID)
				}
			}
		}}
		orders := connectors.Stream{ID: "orders", Title: "orders", Pull: func(_ context.Context, acc connectors.Account, _ connectors.Request) iter.Seq2[connectors.Page, error] {
			return func(yield func(connectors.Page, error) bool) {
				if acc.ID == "one" {
					<-waiting
					yield(connectors.Page{}, fault(connectors.Denied, 0).err)
				}
			}
		}}
		b := newBench(t, 2, patient, orders)
		err := b.w.Pull(t.Context(), b.merchant)
		if f, _ := connectors.FaultOf(err); f != connectors.Denied || !strings.Contains(err.Error(), "orders of one") {
			t.Errorf("got %v", err)
		}
		if !slices.Equal(waited, []string{"one"}) || !slices.Equal(went, []string{"two"}) {
			t.Errorf("ended: %v, went on: %v", waited, went)
		}
		if one, two := b.grant(b.conns[0]), b.grant(b.conns[1]); one.State != store.StateRelink || !strings.Contains(one.Reason, "denied") || two.State != store.StateActive {
			t.Errorf("the grants are %s (%s) and %s", one.State, one.Reason, two.State)
		}
	})
}

// What fails alone leaves the others alone, and the totals are worked out of what is there.
func TestAForbiddenStreamLeavesTheOthersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := connectors.Page{ReadAt: time.Now(), Next: connectors.Cursor(`{}`), Proof: &connectors.Proof{Slice: "all", Method: "pages", Started: time.Now(), CompleteTo: time.Now()}}
		b := newBench(t, 1, scripted("sessions", nil, fault(connectors.Forbidden, 0)), scripted("orders", nil, answer{pages: []connectors.Page{done}}))
		err := b.w.Pull(t.Context(), b.merchant)
		if f, _ := connectors.FaultOf(err); f != connectors.Forbidden {
			t.Errorf("got %v", err)
		}
		conns, err := b.w.Store.Connections(t.Context(), b.merchant.ID)
		if err != nil || !conns[0].Derived || !b.state("orders").Backfilled {
			t.Errorf("the totals are not worked out: %+v, %v", conns, err)
		}
		if g := b.grant(b.conns[0]); g.State != store.StateActive {
			t.Errorf("the grant is %s", g.State)
		}
	})
}

// A page that another worker's pull made stale is refused, and its pull ends without a word.
func TestAFencedPullEndsQuietly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b *bench
		steal := func(connectors.Account) {
			if err := b.w.Store.ClearStream(t.Context(), b.merchant.ID, b.conns[0].ID, "orders"); err != nil {
				t.Error(err)
			}
			if _, err := b.w.Store.SavePage(t.Context(), b.merchant.ID, b.conns[0].ID, "orders", b.state("orders").Number, brought("theirs")); err != nil {
				t.Error(err)
			}
		}
		b = newBench(t, 1, scripted("orders", steal, answer{pages: []connectors.Page{brought("ours")}}))
		if err := b.w.Pull(t.Context(), b.merchant); err != nil {
			t.Error(err)
		}
		if s := b.state("orders"); !s.LastComplete.IsZero() || s.LastError != "" {
			t.Errorf("the stream stands at %+v", s)
		}
	})
}

// What reads again waits until what it comes after was complete, before the pull at hand.
func TestReReadsDoNotRunInTheFirstPull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b *bench
		note := func(id string) func(connectors.Account) { return func(connectors.Account) { b.note(id) } }
		again := scripted("again", note("again"))
		again.After, again.Every = "orders", 7*24*time.Hour
		b = newBench(t, 1, again, scripted("orders", note("orders"), fault(connectors.Malformed, 0)))
		var all []string
		for range 10 {
			b.pulled = nil
			_ = b.w.Pull(t.Context(), b.merchant)
			slices.Sort(b.pulled)
			all = append(all, strings.Join(b.pulled, "+"))
			time.Sleep(24*time.Hour - time.Minute) // not to the second
		}
		want := "orders orders again+orders orders orders orders orders orders orders again+orders"
		if got := strings.Join(all, " "); got != want {
			t.Errorf("pulled %s\n  want %s", got, want)
		}
	})
}

// What was granted once and is not any more is told, once, with what it costs; the rest goes on.
func TestAScopeThatIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b *bench
		reports := scripted("reports", func(connectors.Account) { b.note("reports") })
		reports.Needs = []string{"reports"}
		b = newBench(t, 1, scripted("orders", func(connectors.Account) { b.note("orders") }), reports)
		b.caps = append(b.caps, connectors.Capability{ID: "reports", Granted: true, Costs: "No sessions.", Remedy: "Add read_reports."})
		pull := func() error {
			b.pulled = nil
			return b.w.Pull(t.Context(), b.merchant)
		}
		if err := pull(); err != nil || len(b.pulled) != 2 {
			t.Fatalf("pulled %v, %v", b.pulled, err)
		}
		b.caps[1].Granted = false
		err := pull()
		if f, _ := connectors.FaultOf(err); f != connectors.Forbidden || !strings.Contains(err.Error(), "No sessions.") || !strings.Contains(err.Error(), "Add read_reports.") {
			t.Errorf("got %v", err)
		}
		if !slices.Equal(b.pulled, []string{"orders"}) {
			t.Errorf("pulled %v", b.pulled)
		}
		if err := pull(); err != nil {
			t.Errorf("told again: %v", err)
		}
	})
}

// A wall that moves on day by day hides nothing that was read; a hole in the reading does. Where it falls, all is read anew.
func TestTheWallStaysWhereTheReadingBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		proven := func() answer {
			return answer{pages: []connectors.Page{{ReadAt: time.Now(), Next: connectors.Cursor(`{}`),
				Proof: &connectors.Proof{Slice: "all", Method: "pages", Started: time.Now(), CompleteTo: time.Now()}}}}
		}
		orders := connectors.Stream{ID: "orders", Title: "orders", Needs: []string{"orders"}, Pull: func(ctx context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
			return scripted("orders", nil, proven()).Pull(ctx, acc, req)
		}}
		b := newBench(t, 1, orders)
		since := func() time.Time {
			t.Helper()
			if err := b.w.Pull(t.Context(), b.merchant); err != nil {
				t.Fatal(err)
			}
			caps, err := b.w.Store.Capabilities(t.Context(), b.merchant.ID, b.conns[0].ID)
			if err != nil || len(caps) != 1 {
				t.Fatalf("%v, %v", caps, err)
			}
			return caps[0].Since
		}
		wall := func() { b.caps[0].Since = time.Now().AddDate(0, 0, -60).Truncate(time.Millisecond) }
		wall()
		began := b.caps[0].Since
		for range 9 {
			if got := since(); !got.Equal(began) {
				t.Fatalf("facts reach back to %s, want %s", got, began)
			}
			time.Sleep(30 * 24 * time.Hour)
			wall()
		}
		time.Sleep(61 * 24 * time.Hour)
		wall()
		if got := since(); !got.Equal(b.caps[0].Since) {
			t.Errorf("after a hole facts reach back to %s, want %s", got, b.caps[0].Since)
		}
		number := b.state("orders").Number
		b.caps[0].Since = time.Time{}
		if got := since(); !got.IsZero() || b.state("orders").Number != number+2 {
			t.Errorf("without the wall: %s, page %d after %d", got, b.state("orders").Number, number)
		}
	})
}
