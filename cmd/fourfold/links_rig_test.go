package main

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/metaads"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
)

// linksRig is `fourfold run` with its pages, beside a simulated shop and a simulated Meta, and a merchant who has linked nothing yet.
type linksRig struct {
	*rig
	meta    *metaads.Server
	base    string
	printed *output
	m       store.Merchant
	wire    *wire
	stop    func()
}

// wire is the way to the providers: it notes to which hosts something was sent.
type wire struct {
	http.RoundTripper
	mu    sync.Mutex
	hosts map[string]int
	down  bool
	slow  time.Duration
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.hosts[r.URL.Host]++
	down, slow := w.down, w.slow
	w.mu.Unlock()
	time.Sleep(slow)
	if down {
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	return w.RoundTripper.RoundTrip(r)
}

func (w *wire) set(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
}

// slows has every request wait.
func (w *wire) slows(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slow = by
}

func (w *wire) sent() (all string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fmt.Sprint(w.hosts)
}

func newLinksRig(t *testing.T, dsn string, configure func(*config.Config)) *linksRig {
	t.Helper()
	return newLinksRigOf(t, dsn, configure, sim.Options{})
}

// without are scopes less some.
func without(scopes []string, left ...string) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return slices.Contains(left, s) })
}

func newLinksRigOf(t *testing.T, dsn string, configure func(*config.Config), o sim.Options) *linksRig {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	shop, err := sim.Generate(sim.Config{Seed: 5, Orders: 120, Since: now.AddDate(0, -7, 0), Until: now, Domain: "tea.myshopify.com", Zone: "Europe/Berlin", Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	free := freeAddress(t)
	r := &linksRig{base: "http://" + free, printed: &output{}}
	r.rig = newRig(t, dsn, shop, rigOptions{Now: now, Sim: o, Configure: func(c *config.Config) {
		c.Listen = free
		c.SetApp("meta", config.App{ClientID: "client-id", ClientSecret: secret.New("client-secret")})
		if configure != nil {
			configure(c)
		}
	}})
	today := period.On(now, time.UTC)
	var accounts []*ads.Account
	for _, id := range []string{"7001", "7002"} {
		accounts = append(accounts, ads.Generate(ads.Account{ID: id, Name: "Social " + id + " <b>", Currency: "EUR", Zone: "Europe/Berlin", Seed: 7, Settles: 20, Unit: money.Unit / 100},
			[]string{"OUTCOME_SALES"}, today-40, today+2, 50*money.Unit))
	}
	r.meta = metaads.New(metaads.Options{Now: r.clock.now, ClientID: "client-id", ClientSecret: "client-secret", Accounts: accounts})
	r.must(r.meta.Start(t.Context()))
	t.Cleanup(r.meta.Close)
	r.wire = &wire{RoundTripper: host.Together(r.srv.Transport(), r.meta.Host), hosts: map[string]int{}}
	r.app.transport, r.app.stdout, r.app.stderr, r.app.browse = r.wire, r.printed, r.printed, nil
	db, err := r.app.store(t.Context())
	r.must(err)
	r.m, err = db.CreateMerchant(t.Context(), store.Merchant{Name: "Tea & Co"})
	r.must(err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		root := rootCommand(r.app)
		root.SetArgs([]string{"run"})
		root.SetOut(io.Discard)
		root.SetErr(io.Discard)
		ended <- root.ExecuteContext(ctx)
	}()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("fourfold run ended with %v", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

// browser is a person's: it keeps cookies, follows redirects between the pages and the providers, and says where it came from, as browsers do.
type browser struct {
	t *testing.T
	r *linksRig
	c *http.Client
	// at is where it landed, body what stands there.
	at     *url.URL
	status int
	body   string
}

func (r *linksRig) browser() *browser {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	r.must(err)
	here := strings.TrimPrefix(r.base, "http://")
	way := roundTrip(func(q *http.Request) (*http.Response, error) {
		if q.URL.Host == here || strings.HasPrefix(q.URL.Host, "localhost:") {
			return http.DefaultTransport.RoundTrip(q)
		}
		return host.Together(r.srv.Transport(), r.meta.Host).RoundTrip(q)
	})
	return &browser{t: r.t.(*testing.T), r: r, c: &http.Client{Jar: jar, Transport: way, Timeout: 30 * time.Second}}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (b *browser) do(method, address string, form url.Values) {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.r.base + address
	}
	q, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Origin", b.r.base)
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := b.c.Do(q)
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.at, b.status, b.body = resp.Request.URL, resp.StatusCode, string(text)
}

func (b *browser) get(address string) *browser {
	b.t.Helper()
	b.do(http.MethodGet, address, nil)
	return b
}

func (b *browser) post(address string, pairs ...string) *browser {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	b.do(http.MethodPost, address, form)
	return b
}

var tags = regexp.MustCompile(`<[^>]*>`)

// says fails unless the page has the status and, read as a person would, all of the texts.
func (b *browser) says(status int, texts ...string) {
	b.t.Helper()
	seen := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(b.body, " "))), " ")
	if b.status != status {
		b.t.Errorf("%s: %d, want %d: %s", b.at.Path, b.status, status, seen)
	}
	for _, text := range texts {
		if !strings.Contains(seen, text) {
			b.t.Errorf("%s does not say %q: %s", b.at.Path, text, seen)
		}
	}
}

// goesOn is the address of the page's link to another host.
func (b *browser) goesOn() string {
	b.t.Helper()
	found := regexp.MustCompile(`class="button" href="(https://[^"]+)"`).FindStringSubmatch(b.body)
	if found == nil {
		b.t.Fatalf("%s has no link to the provider: %s", b.at, b.body)
	}
	return html.UnescapeString(found[1])
}

// began signs in the first person, who looks after the installation.
func (r *linksRig) began() *browser {
	r.t.Helper()
	b := r.browser()
	first := regexp.MustCompile(`http://\S+/first/\S+`)
	r.eventually("the address for the first password is printed", func() bool { return first.MatchString(r.printed.String()) })
	b.post(first.FindString(r.printed.String()), "name", "Ada", "password", "four words in a row", "again", "four words in a row")
	return b
}

func (r *linksRig) eventually(what string, is func() bool) {
	r.t.Helper()
	for until := time.Now().Add(90 * time.Second); !is(); {
		if time.Now().After(until) {
			r.t.Fatalf("not so: %s\n%s", what, r.printed)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (r *linksRig) at(path string) string { return fmt.Sprintf("/m/%d/%s", r.m.ID, path) }

// events reads server-sent events until the stream ends, and returns the data of the last of each kind, and how many there were.
func (b *browser) events(address string) (last map[string]string, count int) {
	b.t.Helper()
	q, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.r.base+address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	c := *b.c
	c.Timeout = 0
	resp, err := c.Do(q)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || kind != "text/event-stream" {
		b.t.Fatalf("%d %s", resp.StatusCode, kind)
	}
	last = map[string]string{}
	name, data := "", ""
	for s := bufio.NewScanner(resp.Body); s.Scan(); {
		switch field, value, _ := strings.Cut(s.Text(), ": "); field {
		case "event":
			name = value
		case "data":
			data += value + "\n"
		case "":
			if name != "" {
				last[name] = data
				count++
			}
			name, data = "", ""
		}
	}
	return last, count
}

// stopAt keeps a browser from leaving the provider, and notes where it would have gone.
func stopAt(at **url.URL) func(*http.Request, []*http.Request) error {
	return func(q *http.Request, _ []*http.Request) error {
		*at = q.URL
		return http.ErrUseLastResponse
	}
}
