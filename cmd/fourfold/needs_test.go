package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/shapes"
	"fourfold/internal/sim/gsheets"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/sim/smtp"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
	"fourfold/internal/worker"
)

// operated is a linked store whose operator is told by e-mail and by webhook, over real connections.
type operated struct {
	*rig
	dsn  string
	dir  string // for files
	mail *smtp.Server
	hook *httptest.Server

	sheets *gsheets.Server // where it was given one

	mu    sync.Mutex
	posts []string
	down  bool // the webhook answers with 500
}

var operatedAt = time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC) // four in the morning in Berlin

func newOperated(t *testing.T, dsn string) *operated {
	t.Helper()
	o := &operated{dsn: dsn, dir: t.TempDir()}
	var err error
	if o.mail, err = smtp.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.mail.Close)
	o.hook = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.down {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		o.posts = append(o.posts, body.Text)
	}))
	t.Cleanup(o.hook.Close)
	shop, err := sim.Generate(sim.Config{Seed: 3, Orders: 15, Since: operatedAt.AddDate(0, -1, 0), Until: operatedAt, Zone: "Europe/Berlin", Currency: "EUR", Products: 3})
	if err != nil {
		t.Fatal(err)
	}
	o.rig = newRig(t, dsn, shop, rigOptions{Now: operatedAt, Sim: sim.Options{Protected: 2}, Configure: func(c *config.Config) {
		c.Alerts = config.Alerts{To: []string{"ops@example.com"}, From: "fourfold@example.com", SMTP: o.mail.Addr(), Encryption: "starttls",
			User: "fourfold", Password: secret.New("pa55word"), Webhook: secret.New(o.hook.URL + "/T0/s3cret")}
	}})
	o.app.mailTLS, o.app.alertTransport = o.mail.TLS(), o.hook.Client().Transport
	o.link()
	return o
}

// day lets a day pass, with its night where that is worked, and people are told.
func (o *operated) day(night bool) {
	o.t.Helper()
	o.later(24*time.Hour, night)
}

func (o *operated) later(d time.Duration, night bool) {
	o.t.Helper()
	o.clock.set(o.clock.now().Add(d))
	if night {
		_, _ = o.worker().Night(o.t.Context(), o.merchant()) // it may fail: that is on record
		for _, c := range o.worker().Chores {
			_, _ = o.does(c.Kind)
		}
	}
	o.must(o.worker().Alert(o.t.Context()))
}

// does what there is of a chore, as an engine does each minute.
func (o *operated) does(kind string) (pieces int, err error) {
	o.t.Helper()
	w := o.worker()
	i := slices.IndexFunc(w.Chores, func(c worker.Chore) bool { return c.Kind == kind })
	found, err := w.Chores[i].Find(o.t.Context())
	o.must(err)
	for _, p := range found {
		err = errors.Join(err, w.Chores[i].Do(o.t.Context(), p))
	}
	return len(found), err
}

// told counts the messages that say so, by e-mail and by webhook.
func (o *operated) told(what string) (mails, posts int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.mail.Took() {
		if strings.Contains(m.Body, what) {
			mails++
		}
	}
	for _, p := range o.posts {
		if strings.Contains(p, what) {
			posts++
		}
	}
	return mails, posts
}

// status runs the command and returns its exit code, and the kinds of needs that it tells.
func (o *operated) status() (code int, kinds []string) {
	o.t.Helper()
	var out bytes.Buffer
	o.app.stdout = &out
	code = exitOK
	if err := o.command("status", "--json"); err != nil {
		code = exitCode(err)
	}
	var all []shapes.Status
	o.must(json.Unmarshal(out.Bytes(), &all))
	for _, n := range all[0].Needs {
		kinds = append(kinds, worker.Need{Cause: n.Cause}.Kind())
		if n.Text == "" || n.Remedy == "" {
			o.t.Errorf("%s says nothing of what to do", n.Cause)
		}
	}
	return code, kinds
}

// need is one case of what only a person can mend: how it comes about, and how it is mended.
type need struct {
	kind   string
	says   string            // in the message
	has    func(o *operated) // what the store has besides; may be nil
	cause  func(o *operated)
	nights int           // that are worked with the cause before it is told
	idle   time.Duration // that goes by without a night instead
	mend   func(o *operated)
}

func (o *operated) relinkWithout(scope string) {
	o.t.Helper()
	scopes := slices.DeleteFunc(slices.Clone(sim.AllScopes), func(s string) bool { return s == scope })
	path := filepath.Join(o.t.TempDir(), "token")
	o.must(os.WriteFile(path, []byte(o.srv.IssueToken(scopes...)), 0o600))
	var domain string
	o.srv.View(func(s *sim.Shop) { domain = s.Domain })
	o.must(o.command("link", "shopify", "--shop", domain, "--mode", "token", "--token-file", path))
}

// probing matches a question for one row, as the probe asks it.
var probing = regexp.MustCompile(`"first":1\b`)

// fallenForward is Shopify answering a question about products from another version of its API than the one asked.
type fallenForward struct{ http.RoundTripper }

func (f fallenForward) RoundTrip(r *http.Request) (*http.Response, error) {
	var question string
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		question = string(b)
	}
	resp, err := f.RoundTripper.RoundTrip(r)
	if err == nil && strings.Contains(question, "ProductsPage") && !probing.MatchString(question) {
		resp.Header.Set("X-Shopify-Api-Version", "2027-01")
	}
	return resp, err
}

// poison makes every snapshot fail.
func (o *operated) poison(on bool) {
	o.t.Helper()
	statement := "DROP TRIGGER poison"
	if on {
		statement = "CREATE TRIGGER poison BEFORE INSERT ON snapshots BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
	}
	if strings.HasPrefix(o.dsn, "postgres") {
		statement = "ALTER TABLE snapshots DROP CONSTRAINT poisoned"
		if on {
			statement = "ALTER TABLE snapshots ADD CONSTRAINT poisoned CHECK (FALSE) NOT VALID"
		}
	}
	db := (&stage{t: o.t, dsn: o.dsn}).database()
	_, err := db.Exec(statement)
	o.must(err)
}

var needCases = []need{
	{kind: worker.NeedRelink, says: "fourfold link shopify", nights: 1,
		cause: func(o *operated) { o.srv.Uninstall() },
		mend:  func(o *operated) { o.link() }},
	{kind: worker.NeedScope, says: "does not let us read returns", nights: 1,
		cause: func(o *operated) { o.relinkWithout("read_returns") },
		mend:  func(o *operated) { o.link() }},
	{kind: worker.NeedTokens, says: "The login of shopify", idle: 80 * 24 * time.Hour,
		cause: func(*operated) {},
		mend:  func(*operated) {}},
	{kind: worker.NeedKey, says: "Put back the key", nights: 1,
		cause: func(o *operated) {
			ring, err := vault.Parse(vault.NewKey())
			o.must(err)
			o.app.vault = ring
		},
		mend: func(o *operated) { o.app.vault = nil }},
	{kind: worker.NeedShape, says: "products of", nights: 1,
		cause: func(o *operated) { o.app.transport = fallenForward{o.srv.Transport()} },
		mend:  func(o *operated) { o.app.transport = o.srv.Transport() }},
	{kind: worker.NeedProof, says: "was not proven complete (orders, refunds", nights: 2,
		cause: func(o *operated) {
			o.relinkWithout("nothing") // by a token that lasts: none has to be renewed
			o.srv.SetFaults(sim.Faults{Frozen: true})
		},
		mend: func(o *operated) { o.srv.SetFaults(sim.Faults{}) }},
	{kind: worker.NeedNight, says: "has had no night since", idle: 2 * 24 * time.Hour,
		cause: func(*operated) {},
		mend:  func(*operated) {}},
	{kind: worker.NeedJob, says: "failed 4 times in a row", nights: 4,
		cause: func(o *operated) { o.poison(true) },
		mend:  func(o *operated) { o.poison(false) }},
	{kind: worker.NeedVersion, says: "ends support of its API version", nights: 1,
		cause: func(o *operated) { o.app.connectors[0].Sunset = period.On(o.clock.now(), time.UTC) + 30 },
		mend:  func(o *operated) { o.app.connectors[0].Sunset += 365 }},
	{kind: worker.NeedRate, says: "fixed-rates --set rates='ARS=", nights: 1,
		cause: func(o *operated) {
			file := filepath.Join(o.dir, "spend.csv")
			o.must(os.WriteFile(file, []byte("date,campaign,spend\n2026-10-30,Studio,90000\n"), 0o600))
			o.must(o.command("link", "csv", "--set", "kind=spend", "--set", "currency=ARS", "--set", "file="+file))
			_ = o.command("forget", "Fixed rates to EUR", "--yes") // none the first time
		},
		mend: func(o *operated) {
			o.must(o.command("link", "fixed-rates", "--set", "rates=ARS=0.001"))
		}},
	{kind: worker.NeedExport, says: "make the folder, or change export.dir", nights: 1,
		cause: func(o *operated) {
			c := &o.app.cfg.Export
			c.Dir, c.Nightly = filepath.Join(o.dir, "files"), []string{"csv"}
			o.must(os.RemoveAll(c.Dir))
			o.must(os.WriteFile(c.Dir, nil, 0o600)) // a file is in the way
		},
		mend: func(o *operated) { o.must(os.Remove(o.app.cfg.Export.Dir)) }},
	{kind: worker.NeedDestination, says: "could not be brought up to date", nights: 1,
		has: func(o *operated) {
			withSheets(o.t, o)
			o.must(o.command("link", "google-sheets"))
		},
		cause: func(o *operated) { o.sheets.Fail(gsheets.Faults{Disabled: true}) },
		mend:  func(o *operated) { o.sheets.Fail(gsheets.Faults{}) }},
	{kind: worker.NeedMail, says: "could not be sent to everybody", nights: 1,
		has: func(o *operated) {
			p, err := o.app.db.AddPerson(o.t.Context(), store.Person{Name: "ann", Password: "-"})
			o.must(err)
			o.must(o.app.db.PutMember(o.t.Context(), o.merchant().ID, p.ID, store.Viewer))
		},
		cause: func(o *operated) {
			o.mail.Forget("ann@example.com")
			p, err := o.app.db.PersonNamed(o.t.Context(), "ann")
			o.must(err)
			o.must(o.app.db.SetWeekly(o.t.Context(), o.merchant().ID, p.ID, "ann@example.com", "2026-W43"))
		},
		mend: func(o *operated) { o.mail.Forget("") }},
}

// Each case of "needs a person" comes about, is told once by every way however many nights it lasts, shows in the status and in its exit
// code, is gone once it was mended, and is told again when it comes back.
func TestWhatNeedsAPersonIsToldOnce(t *testing.T) {
	for _, n := range needCases {
		t.Run(n.kind, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, dsn string) {
				o := newOperated(t, dsn)
				if n.has != nil {
					n.has(o)
				}
				o.day(true)
				if code, kinds := o.status(); code != exitOK || len(kinds) > 0 {
					t.Fatalf("a store with which all is well: exit %d, %v", code, kinds)
				}
				for times := 1; times <= 2; times++ {
					o.come(n)
					code, kinds := o.status()
					if code != exitPerson || !slices.Contains(kinds, n.kind) {
						t.Errorf("status exits with %d and tells %v", code, kinds)
					}
					o.day(n.idle == 0)
					o.later(time.Hour, n.idle == 0)
					if mails, posts := o.told(n.says); mails != times || posts != times {
						t.Errorf("told by %d mails and %d posts, want %d of each", mails, posts, times)
					}
					n.mend(o)
					o.day(true)
					if code, kinds := o.status(); code != exitOK {
						t.Errorf("after it was mended: exit %d, %v", code, kinds)
					}
				}
				o.secretless()
			})
		})
	}
}

// come lets a cause come about and be told.
func (o *operated) come(n need) {
	o.t.Helper()
	n.cause(o)
	for range n.nights {
		o.day(true)
	}
	if n.idle > 0 {
		o.later(n.idle, false)
	}
}

// secretless holds that no message has a secret in it.
func (o *operated) secretless() {
	o.t.Helper()
	var all []string
	for _, m := range o.mail.Took() {
		all = append(all, m.Header+m.Body)
	}
	for _, text := range append(all, o.posts...) {
		for _, secret := range []string{"pa55word", "s3cret", "client-secret"} {
			if strings.Contains(text, secret) {
				o.t.Errorf("a secret stands in %q", text)
			}
		}
		if anySecret.MatchString(text) {
			o.t.Error("a token stands in a message")
		}
	}
}

// What needs a person is looked for when a process starts, too: what broke is told without a night, and what was mended is told no more.
func TestWhatNeedsAPersonIsLookedForAtTheStart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		o := newOperated(t, dsn)
		o.day(true)
		var out bytes.Buffer
		o.app.stdout = &out
		o.must(o.command("alerts"))
		if !strings.Contains(out.String(), "Nothing was noted yet; `fourfold status` looks now.") {
			t.Errorf("alerts says %q", &out)
		}
		ring, err := vault.Parse(vault.NewKey())
		o.must(err)
		o.app.vault = ring
		o.must(o.app.examineAll(t.Context(), o.worker()))
		o.must(o.worker().Alert(t.Context()))
		if mails, posts := o.told("Put back the key"); mails != 1 || posts != 1 {
			t.Errorf("told by %d mails and %d posts", mails, posts)
		}
		o.app.vault = nil
		o.must(o.app.examineAll(t.Context(), o.worker()))
		if open, err := o.app.db.OpenAlerts(t.Context()); err != nil || len(open) > 0 {
			t.Errorf("after it was mended: %v, %v", open, err)
		}
	})
}

// Where nobody could be told, it is tried again; where one way works, people have been told.
func TestAnAlertThatCouldNotBeDelivered(t *testing.T) {
	o := newOperated(t, storetest.SQLite(t))
	o.day(true)
	o.mail.Refuse(true)
	o.down = true
	o.srv.Uninstall()
	o.clock.set(o.clock.now().Add(24 * time.Hour))
	if _, err := o.worker().Night(t.Context(), o.merchant()); err == nil {
		t.Fatal("a night without the app went well")
	}
	if err := o.worker().Alert(t.Context()); err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "ops@") {
		t.Errorf("nobody was reached: %v", err)
	}
	o.mail.Refuse(false)
	for range 2 {
		o.must(o.worker().Alert(t.Context()))
	}
	o.down = false
	o.must(o.worker().Alert(t.Context()))
	if mails, posts := o.told("fourfold link shopify"); mails != 1 || posts != 0 {
		t.Errorf("told by %d mails and %d posts", mails, posts)
	}
	o.must(o.command("alerts", "test"))
	if mails, posts := o.told("This is a test"); mails != 1 || posts != 1 {
		t.Errorf("the test came by %d mails and %d posts", mails, posts)
	}
}
