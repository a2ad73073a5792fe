package web

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"

	"fourfold/connectors"
	"fourfold/internal/book"
	"fourfold/internal/link"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// Site is the pages of an installation.
type Site struct {
	Store      *store.Store
	Linker     *link.Linker
	Books      book.Maker
	Connectors []connectors.Connector
	Now        func() time.Time
	Log        *slog.Logger
	// Base is how browsers reach the pages, such as http://127.0.0.1:8378: what is outside of it is another site.
	Base string
	// BeginMerchant makes a merchant as the configuration has new ones begin. A name that cannot be had is a fault, in words for who typed it.
	// Nil where none are begun on the pages.
	BeginMerchant func(ctx context.Context, name string) (m store.Merchant, fault string, err error)
	// Judge has what is open judged by targets that were just set, or is an error where that has to wait; nil leaves it to the next pull.
	Judge func(ctx context.Context, m store.Merchant, put []kpi.Target) error
	// FileTargets are the targets that a configuration file holds of a merchant, and its name; nil for none.
	FileTargets func(ctx context.Context, m store.Merchant) (targets []kpi.Target, file string, err error)
	// Hooks answers webhooks; nil where none come.
	Hooks http.Handler
	// Status tells how a merchant's nights go and who must act, as fourfold status does; nil where nobody works nights.
	Status func(ctx context.Context, m store.Merchant) (shapes.Status, error)
	// Listed is a merchant as fourfold merchant list has it; nil where no configuration adds to it.
	Listed func(m store.Merchant) shapes.Merchant
	// Destinations are the logins that books are written to, beside Connectors.
	Destinations []connectors.Connector
	// Post sends somebody a short e-mail; nil where no mail server is configured.
	Post func(ctx context.Context, to, subject, text string) error
	// Linking is what linking brings about outside of the pages.
	Linking
	// Arriving is what who comes from a provider's own pages needs; the zero value lets nobody come so.
	Arriving

	sessions *scs.SessionManager
	assets   *assets

	feedPace, apiPace *pace
	making            chan struct{} // whole books
}

// connector finds one by its ID.
func (s *Site) connector(id string) (connectors.Connector, bool) {
	for _, c := range slices.Concat(s.Connectors, s.Destinations) {
		if c.ID == id {
			return c, true
		}
	}
	return connectors.Connector{}, false
}

// connectorOf is the one that a connection was linked with; of one that only another version of ours knows, its name and no more.
func (s *Site) connectorOf(conn store.Connection) connectors.Connector {
	if c, ok := s.connector(conn.Connector); ok {
		return c
	}
	return connectors.Connector{ID: conn.Connector, Title: conn.Connector}
}

// Handler answers every address of the site.
func (s *Site) Handler() http.Handler {
	s.sessions = s.newSessions()
	s.assets = newAssets()
	s.feedPace, s.apiPace, s.making = newPace(feedEvery, feedBurst), newPace(apiEvery, apiBurst), make(chan struct{}, booksAtOnce)
	pages := http.NewServeMux()
	for _, r := range routes {
		pages.Handle(r.pattern, s.guarded(r))
	}
	pages.Handle("/", s.guarded(route{"/", anyone, func(*visit) error { return errNoPage }}))
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "This came from another site, and was not done. Open the page itself and try again.", http.StatusForbidden)
	}))
	if err := protection.AddTrustedOrigin(s.Base); err != nil {
		s.Log.Warn("forms may be refused behind a proxy that changes the host: public_url is no origin", "error", err)
	}
	all := http.NewServeMux()
	all.Handle("/", s.byName(protection.Handler(s.sessions.LoadAndSave(pages))))
	all.Handle("GET /assets/{hash}/{name}", s.assets)
	// Programs come with a token, and without a session.
	all.HandleFunc("GET /feed/{token}/{sheet}", s.serveFeed)
	all.Handle("/api/", s.api())
	if s.Hooks != nil {
		all.Handle("POST /hooks/{connector}/{merchant}/{connection}", s.Hooks)
	}
	return s.headers(all)
}

// policy lets a page load what comes from this site, and nothing run or look in another way than it was sent.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers are on every answer.
func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// within is a context for what one answer may take of the database.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 10*time.Second)
}
