// Package link gets and keeps a merchant's consent: it begins and completes the linking of a login, and hands out HTTP clients
// that authorise each request, renew tokens in time and store a rotated pair before it is first used.
//
// A grant dies only on the provider's definitive answer; whatever else goes wrong is tried again.
package link

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
	"fourfold/internal/vault"
)

// Linker links logins of one installation.
type Linker struct {
	Store      *store.Store
	Vault      *vault.Ring
	Connectors []connectors.Connector
	Transport  http.RoundTripper // towards providers; http.DefaultTransport in production
	Now        func() time.Time
}

// Name is how a grant is spoken of: its connector and which login of it.
func (l *Linker) Name(g store.Grant) string {
	words := []string{g.Connector}
	for _, c := range l.Connectors {
		for _, f := range c.Fields {
			if c.ID == g.Connector && !f.Option && !f.Secret && g.Fields[f.ID] != "" {
				words = append(words, g.Fields[f.ID])
			}
		}
	}
	return strings.Join(words, " ")
}

// authOf is the connector's way of linking of a kind.
func authOf(c connectors.Connector, kind connectors.AuthKind) (connectors.Auth, error) {
	for _, a := range c.Auth {
		if a.Kind == kind {
			return a, nil
		}
	}
	return connectors.Auth{}, fmt.Errorf("%s cannot be linked by %q", c.Title, kind)
}

// bare sends what needs no token, above all the exchange for one.
func (l *Linker) bare() *http.Client {
	return &http.Client{Transport: l.Transport, Timeout: 60 * time.Second, CheckRedirect: noRedirect}
}

// noRedirect keeps tokens and codes from following a redirect to another host.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
