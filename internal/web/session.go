package web

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"fourfold/internal/store"
)

// signedInFor is how long a browser stays signed in.
const signedInFor = 14 * 24 * time.Hour

// What a session holds.
const (
	keyPerson     = "person"
	keyGeneration = "generation" // of the person's password
	keyNotice     = "notice"     // what the next page says first
)

// newSessions keeps sessions in the database, by a hash of the token that the browser has.
func (s *Site) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = sessionStore{s.Store, s.Now}
	m.Lifetime = signedInFor
	m.HashTokenInStore = true
	m.Cookie.Name = "fourfold"
	if m.Cookie.Secure = s.secure(); m.Cookie.Secure {
		m.Cookie.Name = "__Host-fourfold"
	}
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		s.Log.Error("a session could not be read or kept", "error", err)
		http.Error(w, "The database does not answer. Try again in a minute, and look first whether what you did was done: it may have been.", http.StatusServiceUnavailable)
	}
	return m
}

// sessionStore is the database as the session library has it.
type sessionStore struct {
	db  *store.Store
	now func() time.Time
}

func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return s.db.Session(ctx, token)
}

// CommitCtx keeps a session until a moment of the library's clock, which is put on the site's.
func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.db.SaveSession(ctx, token, b, s.now().Add(time.Until(expiry)))
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.db.EndSession(ctx, token)
}

// The library calls these only where there is no context.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// signIn begins a session of a person's under a new token: one that somebody else put into the browser is worth nothing, and neither is what
// was begun in it.
func (v *visit) signIn(p store.Person) error {
	ctx := v.r.Context()
	if err := v.site.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := v.site.sessions.RenewToken(ctx); err != nil {
		return err
	}
	v.site.sessions.Put(ctx, keyPerson, p.ID)
	v.site.sessions.Put(ctx, keyGeneration, p.Generation)
	v.person = p
	return nil
}

// known finds who is signed in; nobody where a password was changed since.
func (v *visit) known() error {
	ctx := v.r.Context()
	id := v.site.sessions.GetInt64(ctx, keyPerson)
	if id == 0 {
		return nil
	}
	p, err := v.site.Store.Person(ctx, id)
	if missing(err) || err == nil && p.Generation != v.site.sessions.GetInt64(ctx, keyGeneration) {
		return v.site.sessions.Destroy(ctx)
	}
	if err != nil {
		return err
	}
	v.person = p
	return nil
}

// notice is said at the top of the page that comes next.
func (v *visit) notice(text string) { v.site.sessions.Put(v.r.Context(), keyNotice, text) }
