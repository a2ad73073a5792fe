package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/store"
)

const (
	maxHook = 1 << 20         // bytes of a delivery
	patient = 4 * time.Second // that the database has: providers wait five seconds for an answer
)

// HookAddress is where a connection's webhooks come in: below the public address, by the numbers of merchant and connection. They are no
// secret; the signature is what guards.
func HookAddress(public string, c store.Connection) string {
	return fmt.Sprintf("%s/hooks/%s/%d/%d", public, c.Connector, c.MerchantID, c.ID)
}

// Hooks takes webhooks. A delivery that is not signed, or not what it claims to be, gets 401 and leaves nothing behind; every other one is
// answered as soon as its hints are stored.
type Hooks struct {
	Store      *store.Store
	Linker     *link.Linker
	Connectors []connectors.Connector
	Now        func() time.Time
	Log        *slog.Logger
	// App is a merchant's own app at a connector as it is configured, for connections whose grant names none (any more).
	App func(ctx context.Context, merchantID int64, connector string) connectors.App
	// Privacy does what the law asks for. It may be asked twice for one thing; with an error it is asked again.
	Privacy func(ctx context.Context, c store.Connection, p connectors.Privacy) error

	// Count is told the outcome of each: taken, again, refused or failed; nil if nobody counts.
	Count func(outcome string)

	mu      sync.Mutex
	known   map[string]*known // by path
	refused int64
	told    time.Time // when refusals were last logged
}

func (h *Hooks) counted(outcome string) {
	if h.Count != nil {
		h.Count(outcome)
	}
}

// Handler answers POST /hooks/{connector}/{merchant}/{connection}.
func (h *Hooks) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{connector}/{merchant}/{connection}", h.take)
	return mux
}

func (h *Hooks) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		h.refuse(w, status)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patient)
	defer cancel()
	err = h.receive(ctx, r, body)
	switch {
	case err == nil:
	case errors.Is(err, connectors.ErrHook):
		h.refuse(w, http.StatusUnauthorized)
	default:
		h.counted("failed")
		h.Log.Error("a webhook could not be kept; it will come again", "connector", r.PathValue("connector"), "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (h *Hooks) receive(ctx context.Context, r *http.Request, body []byte) error {
	k, hook, err := h.verify(ctx, r, body)
	if err != nil {
		return err
	}
	c := k.connection
	if hook.Privacy != nil {
		if h.Privacy == nil {
			return errors.New("nobody does what the law asks for")
		}
		// It may take longer than the provider waits, and is not to be broken off for that.
		if err := h.Privacy(context.WithoutCancel(ctx), c, *hook.Privacy); err != nil {
			return fmt.Errorf("a request of the law (%s): %w", hook.Privacy.Kind, err)
		}
	}
	if c.State != store.StateActive {
		hook.Objects, hook.Account = nil, false // it is not read from any more
	}
	fresh, err := h.Store.TakeHook(ctx, c.MerchantID, c.ID, hook)
	if err != nil {
		return err
	}
	if !fresh {
		h.counted("again")
		return nil
	}
	h.counted("taken")
	return nil
}

// refuse counts, and tells once in a while: whoever sends forged deliveries must not fill the log.
func (h *Hooks) refuse(w http.ResponseWriter, status int) {
	h.counted("refused")
	w.WriteHeader(status)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused++
	if now := h.Now(); now.Sub(h.told) >= time.Minute {
		h.told = now
		h.Log.Warn("webhooks were refused that are not signed or not as agreed", "so far", h.refused)
	}
}
