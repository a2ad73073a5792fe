package main

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	sim "fourfold/internal/sim/shopify"
)

// chromium is where the browser is; without one the test is skipped.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium here to open the pages in: `make test-deps` installs it from Debian where it may")
	return ""
}

// site is a stage whose program serves its pages, on a clock that goes.
type site struct {
	*stage
	base string // http://127.0.0.1:8378
	run  *process
}

// newSite serves the shop, for a program with an empty database at dsn that is not started yet.
func newSite(t testing.TB, dsn string, shop *sim.Shop, at time.Time, options ...func(*sim.Options)) *site {
	t.Helper()
	s := &site{stage: emptyStage(t, dsn, at)}
	began := time.Now()
	o := s.simulated()
	o.Now = func() time.Time { return at.Add(time.Since(began)) }
	for _, set := range options {
		set(&o)
	}
	s.srv = sim.New(shop, o)
	if err := s.srv.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.srv.Close)
	listen := freeAddress(t)
	s.base = "http://" + listen
	s.open(s.srv.Addr(), s.srv.CA(), "listen: "+listen+"\n"+siteConfig)
	s.env = append(s.env, childGoes+"="+began.Format(time.RFC3339Nano))
	return s
}

// siteConfig knows the app at Shopify, whose login comes back to the pages.
const siteConfig = `
costs:
  history: current
shopify:
  client_id: stage-app
`

// serve starts `fourfold run` and waits until its pages answer.
func (s *site) serve() {
	s.t.Helper()
	s.run = s.start("run")
	s.t.Cleanup(func() {
		_ = s.run.cmd.Process.Kill()
		<-s.run.ended
		s.clean(s.run.output.String())
		if s.t.Failed() {
			s.t.Logf("fourfold run wrote:\n%s", &s.run.output)
		}
	})
	s.eventually("the pages are served", func() bool { return s.run.said("msg=serving") })
}

var firstAddress = regexp.MustCompile(`http://\S+/first/\S+`)

// first is the one-time address that `fourfold run` has printed.
func (s *site) first() string {
	s.t.Helper()
	address := firstAddress.FindString(s.run.output.String())
	if address == "" {
		s.t.Fatalf("fourfold run printed no address for the first password:\n%s", &s.run.output)
	}
	return address
}

// eventually waits until something is so.
func (s *site) eventually(what string, so func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited %s in vain until %s", patience, what)
		}
	}
}

// patience is how long a page or a file may take on a busy machine.
const patience = 60 * time.Second

// browse opens a tab of a browser of the test's own, with an empty profile, to whom the simulated store is the real one and nothing else
// is there but the pages.
func (s *site) browse() *tab {
	s.t.Helper()
	block, _ := pem.Decode(s.srv.CA())
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		s.t.Fatal(err)
	}
	key := sha256.Sum256(ca.RawSubjectPublicKeyInfo)
	host, _, err := net.SplitHostPort(strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	var domain string
	s.srv.View(func(shop *sim.Shop) { domain = shop.Domain })
	return newTab(s.t, s.base, []string{domain},
		chromedp.Flag("host-resolver-rules", "MAP "+domain+" "+s.srv.Addr()+", MAP * ~NOTFOUND, EXCLUDE "+host),
		chromedp.Flag("ignore-certificate-errors-spki-list", base64.StdEncoding.EncodeToString(key[:])))
}

// tab is a browser's tab: what a visitor sees of the pages, and does there. It notes what a page should never do.
type tab struct {
	t    testing.TB
	ctx  context.Context // of chromedp
	base string
	may  map[string]bool // hosts that the tab may ask
	dir  string          // where downloads go
	hand hand
	// examines says that pages are examined on the way.
	examines bool

	mu     sync.Mutex
	faults []string
}

func newTab(t testing.TB, base string, hosts []string, flags ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(1280, 900), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("lang", "en"), chromedp.Flag("accept-lang", "en"))
	// Not the test's own context: the browser is closed while that one still holds, else its profile is in use when it is to be removed.
	allocated, end := chromedp.NewExecAllocator(context.Background(), append(options, flags...)...)
	ctx, closeTab := chromedp.NewContext(allocated)
	x := &tab{t: t, ctx: ctx, base: base, may: map[string]bool{}, dir: t.TempDir(), hand: mouse{}}
	t.Cleanup(func() {
		closeTab()
		end()
		for _, fault := range x.wrong() {
			t.Error(fault)
		}
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range append(hosts, u.Host) {
		x.may[host] = true
	}
	x.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.CallBrowser(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
			Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: x.dir, EventsEnabled: new(true),
		})
		return err
	}))
	x.watch()
	return x
}

// watch notes what comes of every page from now on: errors and refusals in the console, and requests to hosts that are none of its business.
func (x *tab) watch() {
	said := chromedp.Console(x.ctx)
	asked := chromedp.Events(x.ctx, network.RequestWillBeSent)
	go func() {
		for m, err := range said {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.IsException() || m.Source == "security" {
				x.fault("the console of " + m.URL + " says: " + m.Text)
			}
		}
	}()
	go func() {
		for e, err := range asked {
			if err != nil {
				return
			}
			if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && !x.may[u.Host] {
				x.fault("a page asks another host: " + e.Request.URL)
			}
		}
	}()
}

func (x *tab) fault(text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.faults = append(x.faults, text)
}

// wrong is what was noted, and forgets it.
func (x *tab) wrong() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := x.faults
	x.faults = nil
	return all
}

// do takes steps, each of which must succeed in time.
func (x *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	if chromedp.FromContext(x.ctx).Browser == nil { // whose life is that of the context which it is begun in
		if err := chromedp.Do(x.ctx); err != nil {
			x.t.Fatalf("start Chromium: %v", err)
		}
	}
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		x.t.Fatal(err)
	}
}

// withoutScripts has pages do without JavaScript.
func (x *tab) withoutScripts() {
	x.t.Helper()
	x.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}
