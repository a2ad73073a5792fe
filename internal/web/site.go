package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"fourfold/connectors"
	"fourfold/internal/book"
	"fourfold/internal/link"
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
	// NewMerchant makes a merchant as the configuration has new ones begin. A name that cannot be had is a fault, in words for who typed it.
	// Nil where none are begun on the pages.
	NewMerchant func(ctx context.Context, name string) (m store.Merchant, fault string, err error)
	// Judge has what is open judged by targets that were just set, or is an error where that has to wait; nil leaves it to the next pull.
	Judge func(ctx context.Context, m store.Merchant, put []kpi.Target) error
	// FileTargets are the targets that a configuration file holds of a merchant, and its name; nil for none.
	FileTargets func(ctx context.Context, m store.Merchant) (targets []kpi.Target, file string, err error)
	// Hooks answers webhooks; nil where none come.
	Hooks http.Handler
	// Linking is what linking brings about outside of the pages.
	Linking

	sessions *scs.SessionManager
	assets   *assets
}

// secure says whether browsers come by HTTPS, which the operator's proxy ends.
func (s *Site) secure() bool { return strings.HasPrefix(s.Base, "https://") }

// Handler answers every address of the site.
func (s *Site) Handler() http.Handler {
	s.sessions = s.newSessions()
	s.assets = newAssets()
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
