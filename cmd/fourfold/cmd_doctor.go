package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/worker"
)

func doctorCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check configuration, key, database, clock, credentials, scopes",
		Long: `Looks at the configuration, the key, the database, the clock, each store's
credentials and scopes, how far its data are complete, and the provider's API
version with the day its support ends. Changes nothing at the provider. Exits
with 1 or 2 if something is broken, with 3 if a person must act: at the
provider, or to put back the key that sealed a login.`,
		Example: `  fourfold doctor
  fourfold doctor --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := doctor{app: a}
			d.examine(cmd.Context())
			if asJSON {
				if err := a.json(d.findings); err != nil {
					return err
				}
			} else {
				d.print()
			}
			return d.verdict()
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// finding is one thing the doctor looked at.
type finding struct {
	What   string `json:"what"`
	State  string `json:"state"` // ok, note, broken, person
	Detail string `json:"detail"`
	err    error
}

type doctor struct {
	*app
	findings []finding
	versions []string // connectors of which the API version was told
}

func (d *doctor) ok(what, format string, args ...any) {
	d.findings = append(d.findings, finding{What: what, State: "ok", Detail: fmt.Sprintf(format, args...)})
}

func (d *doctor) note(what, format string, args ...any) {
	d.findings = append(d.findings, finding{What: what, State: "note", Detail: fmt.Sprintf(format, args...)})
}

func (d *doctor) bad(what string, err error) {
	state := "broken"
	if exitCode(err) == exitPerson {
		state = "person"
	}
	d.findings = append(d.findings, finding{What: what, State: state, Detail: err.Error(), err: err})
}

func (d *doctor) examine(ctx context.Context) {
	c, err := d.config()
	if err != nil {
		d.bad("configuration", err)
		return
	}
	if c.Path == "" {
		d.ok("configuration", "none: defaults and the environment")
	} else {
		d.ok("configuration", "%s", c.Path)
	}
	ring, err := d.ring()
	if err != nil {
		d.bad("key", err)
	} else {
		d.ok("key", "%s", ring.KeyID())
	}
	db, err := d.store(ctx)
	if err != nil {
		d.bad("database", err)
		return
	}
	version, _, err := db.Version(ctx)
	if err != nil {
		d.bad("database", err)
		return
	}
	d.ok("database", "%s, schema %d", db.Dialect(), version)
	all, err := d.merchants(ctx)
	if err != nil {
		d.bad("merchant", err)
		return
	}
	for _, text := range strangers(c, all) {
		d.note("configuration", "%s", text)
	}
	d.publicURL(c)
	if d.only != "" {
		m, err := byName(all, d.only)
		if err != nil {
			d.bad("merchant", err)
			return
		}
		all = []store.Merchant{m}
	}
	if len(all) == 0 {
		d.note("stores", "%v", errNotLinked)
	}
	for _, m := range all {
		d.examineMerchant(ctx, m, ring != nil)
	}
}

// examineMerchant examines a merchant and its stores, as far as that can be done without the key where it is not to be had.
func (d *doctor) examineMerchant(ctx context.Context, m store.Merchant, key bool) {
	conns, err := d.db.Connections(ctx, m.ID)
	if err != nil {
		d.bad("stores", err)
		return
	}
	if len(conns) == 0 {
		d.note("stores", "%v", d.notLinked(ctx, m))
		return
	}
	d.ok("merchant", "%s, %s, %s", m.Name, m.Currency, m.Zone)
	if m.State == store.StatePaused {
		d.note("merchant", "%s is paused: fourfold merchant resume %s", m.Name, quoted(m.Name))
	}
	for _, conn := range conns {
		shop, err := d.address(ctx, conn)
		if err != nil {
			d.bad("stores", err)
			return
		}
		what, err := d.called(ctx, conn, shop)
		if err != nil {
			d.bad("stores", err)
			return
		}
		switch {
		case conn.State == store.StateUnlinked:
			d.note(what, "unlinked; its history stays")
			d.hookAddress(conn, what)
		case key:
			d.examineStore(ctx, m, conn, what)
			fallthrough
		default:
			d.streams(ctx, m, conn, what)
			d.hookAddress(conn, what)
		}
	}
}

// called is what a connection is called: a store by its address, an account by its provider and its name.
func (d *doctor) called(ctx context.Context, conn store.Connection, address string) (string, error) {
	if c, err := d.connector(conn.Connector); err == nil { // what else there may be of it is told below
		caps, err := d.db.Capabilities(ctx, conn.MerchantID, conn.ID)
		if err != nil || !worker.IsStore(c, caps) {
			return fmt.Sprintf("%s %d, %s", c.Title, conn.ID, conn.Name), err
		}
	}
	return fmt.Sprintf("store %d, %s", conn.ID, address), nil
}

// publicURL looks at how webhooks are to come in.
func (d *doctor) publicURL(c config.Config) {
	switch {
	case c.PublicURL == "":
	case c.Private():
		d.note("webhooks", "public_url is %s, in a private network: nothing comes there from the internet", c.PublicURL)
	case c.Listen == "":
		d.note("webhooks", "public_url is set and listen is off: nobody here answers them; set listen where they come in")
	}
}

// hookAddress says where the requests of the law about a store come in, which a person has to put into the app's configuration. They
// come for one that was unlinked as well.
func (d *doctor) hookAddress(conn store.Connection, what string) {
	if address := d.app.hookAddress(conn); address != "" {
		d.ok(what, "its webhooks come in at %s", address)
	}
}

// examineStore examines what needs the key: a store's credentials, what they allow, the provider's clock and API version.
func (d *doctor) examineStore(ctx context.Context, m store.Merchant, conn store.Connection, what string) {
	c, err := d.connector(conn.Connector)
	if err != nil {
		d.bad(what, err)
		return
	}
	if !slices.Contains(d.versions, c.ID) {
		d.versions = append(d.versions, c.ID)
		d.apiVersion(c)
	}
	d.tokens(ctx, m, conn, c)
	w, err := d.worker(ctx)
	if err != nil {
		d.bad(what, err)
		return
	}
	caps, err := w.Probe(ctx, m, conn)
	if err != nil {
		d.bad(what, err)
	} else {
		d.ok(what, "answers")
		d.clock(ctx, conn)
		d.capabilities(what, caps)
	}
}

func (d *doctor) apiVersion(c connectors.Connector) {
	if c.Sunset == 0 && c.Auth[0].Kind == connectors.AuthOpen {
		return // public figures and files have none
	}
	if c.Sunset == 0 {
		d.ok("API version", "%s API %s, whose end the provider has not named", c.Title, c.Version)
		return
	}
	today := period.On(d.now(), time.UTC)
	left := int(c.Sunset - today)
	text := fmt.Sprintf("%s API %s, supported until %s (%d days)", c.Title, c.Version, c.Sunset, left)
	switch {
	case left < 0:
		d.bad("API version", fmt.Errorf("%s: it has ended: upgrade fourfold", text))
	case left < 60:
		d.note("API version", "%s: upgrade fourfold before then", text)
	default:
		d.ok("API version", "%s", text)
	}
}

func (d *doctor) tokens(ctx context.Context, m store.Merchant, conn store.Connection, c connectors.Connector) {
	l, err := d.linker(ctx)
	if err != nil {
		d.bad("tokens", err)
		return
	}
	grants, err := l.Store.Grants(ctx, conn.MerchantID)
	if err != nil {
		d.bad("tokens", err)
		return
	}
	for _, g := range grants {
		if g.ID != conn.GrantID {
			continue
		}
		if g.State == store.StateRelink {
			d.bad("tokens of "+l.Name(g), &connectors.Error{Fault: connectors.Denied, Op: "must be linked again", Hint: d.next(ctx, m, "link "+c.ID)})
			return
		}
		if g.Auth == connectors.AuthOpen {
			return
		}
		access, refresh, err := l.Expiry(g)
		switch {
		case err != nil:
			d.bad("tokens", err)
		case !access.IsZero() && !link.Renews(c, g):
			d.ok("tokens", "by %s, end on %s (%d days): link again before", g.Auth, access.Format(time.DateOnly), int(access.Sub(d.now()).Hours()/24))
		case access.IsZero():
			d.ok("tokens", "by %s, do not expire", g.Auth)
		case refresh.IsZero():
			d.ok("tokens", "by %s, renewed before %s", g.Auth, access.Format(time.RFC3339))
		default:
			d.ok("tokens", "by %s; without a run the link ends on %s (%d days)", g.Auth, refresh.Format(time.DateOnly), int(refresh.Sub(d.now()).Hours()/24))
		}
	}
}

// clock compares this machine's clock with the provider's Date header; a request without a token is enough for it.
func (d *doctor) clock(ctx context.Context, conn store.Connection) {
	host, err := d.address(ctx, conn)
	if err != nil {
		d.bad("clock", err)
		return
	}
	if host == conn.AccountID {
		return // that is an account's number, and no host to ask
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, "https://"+host+"/", nil)
	if err != nil {
		return
	}
	sent := d.now()
	resp, err := (&http.Client{Transport: d.transport, Timeout: 20 * time.Second}).Do(r)
	if err != nil {
		d.note("clock", "could not be compared with the provider's")
		return
	}
	_ = resp.Body.Close()
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		d.note("clock", "could not be compared with the provider's")
		return
	}
	skew := sent.Sub(date)
	if skew.Abs() > 2*time.Minute {
		d.note("clock", "this machine's clock is %s off the provider's: set it, or links and renewals may fail", skew.Round(time.Second))
		return
	}
	d.ok("clock", "within %s of the provider's", skew.Abs().Round(time.Second)+time.Second)
}

// capabilities says what may be read and, of what may not, what that costs and what to do.
func (d *doctor) capabilities(what string, caps []connectors.Capability) {
	var granted []string
	for _, c := range caps {
		name := strings.ReplaceAll(c.ID, "_", " ")
		if c.Granted {
			granted = append(granted, name)
		} else {
			d.note(what, "may not read %s: %s. %s", name, strings.TrimSuffix(c.Costs, "."), worker.Sentence(c.Remedy))
		}
	}
	if len(granted) > 0 {
		d.ok(what, "may read %s", strings.Join(granted, ", "))
	}
}

// streams names what is not complete, and how far the slowest of the rest is.
func (d *doctor) streams(ctx context.Context, m store.Merchant, conn store.Connection, what string) {
	states, err := d.db.Streams(ctx, m.ID, conn.ID)
	if err != nil {
		d.bad(what, err)
		return
	}
	var whole []store.StreamState
	for _, s := range states {
		switch {
		case s.LastError != "":
			d.note(what, "%s: the last pull ended with: %s", s.Stream, s.LastError)
		case s.CompleteTo.IsZero():
			d.note(what, "%s: the first pull is not complete yet: %s", s.Stream, d.next(ctx, m, "pull"))
		default:
			whole = append(whole, s)
		}
	}
	switch {
	case len(states) == 0:
		d.note(what, "nothing was pulled yet: %s", d.next(ctx, m, "pull"))
	case len(whole) > 0:
		slowest := slices.MinFunc(whole, func(x, y store.StreamState) int { return x.CompleteTo.Compare(y.CompleteTo) })
		streams := "streams"
		if len(whole) == 1 {
			streams = "stream"
		}
		d.ok(what, "%d %s proven complete, the slowest (%s) to %s", len(whole), streams, slowest.Stream, slowest.CompleteTo.UTC().Format("2006-01-02 15:04 UTC"))
	}
}

func (d *doctor) print() {
	sign := map[string]string{"ok": "✓", "note": "!", "broken": "✗", "person": "✗"}
	colour := map[string]string{"ok": "32", "note": "33", "broken": "31", "person": "31"}
	coloured := d.terminal(d.stdout)
	for _, f := range d.findings {
		mark := sign[f.State]
		if coloured {
			mark = "\x1b[" + colour[f.State] + "m" + mark + "\x1b[0m"
		}
		fold(d.stdout, mark+" ", f.What+": "+f.Detail)
	}
}

// verdict is the gravest finding; it has been printed.
func (d *doctor) verdict() error {
	var worst error
	for _, f := range d.findings {
		if f.err != nil && (worst == nil || exitCode(worst) == exitPerson) {
			worst = f.err
		}
	}
	if worst == nil {
		return nil
	}
	return silentError{worst}
}
