package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
)

// app is what commands share: where they read and write, and what they open on first use.
type app struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	configPath     string
	now            func() time.Time
	transport      http.RoundTripper // towards providers
	alertTransport http.RoundTripper // towards the webhook that alerts go to
	mailTLS        *tls.Config       // towards the mail server that they go to; nil for the system's authorities
	connectors     []connectors.Connector
	// browse stands in for the merchant's browser in the demo and in tests; nil for the real one.
	browse func(ctx context.Context, address string)

	cfg   *config.Config
	db    *store.Store
	vault *vault.Ring
}

func newApp(getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{
		getenv: getenv, stdin: stdin, stdout: stdout, stderr: stderr,
		now: time.Now, transport: http.DefaultTransport, alertTransport: http.DefaultTransport, connectors: catalog.All(),
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
	c, err := config.Load(path, a.getenv)
	if errors.Is(err, fs.ErrNotExist) {
		return c, usage(err)
	}
	if err != nil {
		return c, err
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
	if err := db.Migrate(ctx); err != nil {
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
	return &link.Linker{Store: db, Vault: ring, Connectors: a.connectors, Transport: a.transport, Now: a.now}, nil
}

// merchant is the one merchant of this installation; ok is false before the first link.
func (a *app) merchant(ctx context.Context) (m store.Merchant, ok bool, err error) {
	db, err := a.store(ctx)
	if err != nil {
		return m, false, err
	}
	all, err := db.Merchants(ctx)
	if err != nil || len(all) == 0 {
		return m, false, err
	}
	return all[0], true, nil
}

var errNotLinked = errors.New("no store is linked: fourfold link shopify --shop NAME (or `fourfold demo` to look around)")

// linked is the merchant, or an error that says how to link a store. Its stores may all have been unlinked or forgotten since.
func (a *app) linked(ctx context.Context) (*store.Store, store.Merchant, error) {
	m, ok, err := a.merchant(ctx)
	if err != nil {
		return nil, m, err
	}
	if !ok {
		return nil, m, errNotLinked
	}
	return a.db, m, nil
}

// today is the civil day on the merchant's calendar.
func (a *app) today(m store.Merchant) (period.Day, error) {
	loc, err := m.Location()
	return period.On(a.now(), loc), err
}

// pullable is linked, for what is of use only with a store to pull from.
func (a *app) pullable(ctx context.Context) (*store.Store, store.Merchant, error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return nil, m, err
	}
	conns, err := db.Connections(ctx, m.ID)
	if err != nil {
		return nil, m, err
	}
	if !slices.ContainsFunc(conns, func(c store.Connection) bool { return c.State == store.StateActive }) {
		return nil, m, errNotLinked
	}
	return db, m, nil
}

func (a *app) connector(id string) (connectors.Connector, error) {
	var ids []string
	for _, c := range a.connectors {
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
