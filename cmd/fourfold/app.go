package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/connectors/catalog"
	"fourfold/internal/link"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/vault"
	"fourfold/internal/worker/cluster"
)

// app is what commands share: where they read and write, and what they open on first use.
type app struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	configPath     string
	only           string // the merchant that --merchant names
	now            func() time.Time
	transport      http.RoundTripper // towards providers
	alertTransport http.RoundTripper // towards the webhook that alerts go to
	mailTLS        *tls.Config       // towards the mail server that they go to; nil for the system's authorities
	connectors     []connectors.Connector
	destinations   []connectors.Connector // logins that books are written to
	// browse stands in for the merchant's browser in the demo and in tests; nil for the real one.
	browse func(ctx context.Context, address string)

	// rescue is after how long a cluster takes a job without a sign of its worker for dead; zero for the usual.
	rescue time.Duration

	cfg   *config.Config
	db    *store.Store
	vault *vault.Ring
}

func newApp(getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{
		getenv: getenv, stdin: stdin, stdout: stdout, stderr: stderr,
		now: time.Now, transport: http.DefaultTransport, alertTransport: http.DefaultTransport, connectors: catalog.All(), destinations: catalog.Destinations(),
	}
}

func (a *app) close() {
	if a.db != nil {
		_ = a.db.Close()
	}
}

// config loads the configuration once.
func (a *app) config() (config.Config, error) {
	if a.cfg != nil {
		return *a.cfg, nil
	}
	path := a.configPath
	if path == "" {
		path = a.getenv("FOURFOLD_CONFIG")
	}
	if path == "" {
		if _, err := os.Stat(defaultConfig); err == nil {
			path = defaultConfig
		}
	}
	c, err := config.Load(path, a.getenv, a.now(), a.providers()...)
	if err != nil {
		return c, usage(err)
	}
	a.cfg = &c
	return c, nil
}

const defaultConfig = "fourfold.yml"

// store opens the database and brings its schema up to date.
func (a *app) store(ctx context.Context) (*store.Store, error) {
	if a.db != nil {
		return a.db, nil
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, c.Database, store.Options{Now: a.now})
	if err != nil {
		return nil, err
	}
	err = db.Migrate(ctx)
	if err == nil && c.Postgres() {
		err = cluster.Migrate(ctx, c.Database)
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	a.db = db
	return db, nil
}

// ring loads the key that seals tokens.
func (a *app) ring() (*vault.Ring, error) {
	if a.vault != nil {
		return a.vault, nil
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	if !c.Key.Empty() {
		a.vault, err = vault.Parse(c.Key)
	} else {
		a.vault, err = vault.Load(c.KeyFile)
	}
	return a.vault, err
}

func (a *app) linker(ctx context.Context) (*link.Linker, error) {
	db, err := a.store(ctx)
	if err != nil {
		return nil, err
	}
	ring, err := a.ring()
	if err != nil {
		return nil, err
	}
	return &link.Linker{Store: db, Vault: ring, Connectors: a.logins(), Transport: a.transport, Now: a.now}, nil
}

// today is the civil day on the merchant's calendar.
func (a *app) today(m store.Merchant) (period.Day, error) {
	loc, err := m.Location()
	return period.On(a.now(), loc), err
}

// providers are those whose app the merchant makes.
func (a *app) providers() []config.Provider {
	var all []config.Provider
	for _, c := range a.logins() {
		if slices.ContainsFunc(c.Auth, func(auth connectors.Auth) bool {
			return auth.Kind == connectors.AuthCode || auth.Kind == connectors.AuthClient
		}) {
			all = append(all, config.Provider{ID: c.ID, Title: c.Title, Developer: c.DeveloperToken})
		}
	}
	return all
}

// connectorID is the ID of a connector that a person wrote with hyphens.
func connectorID(name string) string { return strings.ReplaceAll(name, "-", "_") }

// logins are all that can be linked: what is pulled from, and what is written to.
func (a *app) logins() []connectors.Connector { return slices.Concat(a.connectors, a.destinations) }

// isDestination says whether a login is one that books are written to.
func (a *app) isDestination(id string) bool {
	return slices.ContainsFunc(a.destinations, func(c connectors.Connector) bool { return c.ID == id })
}

// connector finds a connector by its ID, which people also write with hyphens.
func (a *app) connector(id string) (connectors.Connector, error) { return among(a.connectors, id) }

func among(all []connectors.Connector, id string) (connectors.Connector, error) {
	id = connectorID(id)
	var ids []string
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
		ids = append(ids, c.ID)
	}
	return connectors.Connector{}, usage(fmt.Errorf("there is no connector %q; there are: %s", id, strings.Join(ids, ", ")))
}

// terminal says whether w is a terminal that wants colour and bars.
func (a *app) terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development build"
	}
	return info.Main.Version
}
