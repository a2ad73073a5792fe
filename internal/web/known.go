package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// known is what deliveries to one address are checked with, kept for a while: they may come by the hundreds a second.
type known struct {
	hooks      *connectors.Hooks // nil where there is nothing at the address
	connection store.Connection
	app        connectors.App
	fields     map[string]string
	at         time.Time
}

const (
	knownFor  = 30 * time.Second
	knownMost = 10_000          // addresses; who tries more of them makes us forget
	lookAgain = 5 * time.Second // a refusal has what is known looked up again, no oftener
)

// errNothing is what every address gets where there is nothing, as if it were forged.
var errNothing = fmt.Errorf("%w: there is no such connection", connectors.ErrHook)

// verify finds what a delivery is checked with, and checks it. A secret that was changed just now is looked up again.
func (h *Hooks) verify(ctx context.Context, r *http.Request, body []byte) (*known, connectors.Hook, error) {
	k, err := h.at(ctx, r, knownFor)
	if err != nil {
		return nil, connectors.Hook{}, err
	}
	hook, err := k.verify(r.Header, body)
	if err != nil && h.Now().Sub(k.at) >= lookAgain {
		if k, err = h.at(ctx, r, lookAgain); err != nil {
			return nil, connectors.Hook{}, err
		}
		hook, err = k.verify(r.Header, body)
	}
	return k, hook, err
}

func (k *known) verify(header http.Header, body []byte) (connectors.Hook, error) {
	if k.hooks == nil {
		return connectors.Hook{}, errNothing
	}
	return k.hooks.Verify(k.app, k.fields, header, body)
}

// at is what is known of a request's address, no older than age.
func (h *Hooks) at(ctx context.Context, r *http.Request, age time.Duration) (*known, error) {
	merchant, err1 := strconv.ParseInt(r.PathValue("merchant"), 10, 64)
	connection, err2 := strconv.ParseInt(r.PathValue("connection"), 10, 64)
	if err1 != nil || err2 != nil {
		return nil, errNothing
	}
	key := fmt.Sprintf("%s/%d/%d", r.PathValue("connector"), merchant, connection)
	now := h.Now()
	h.mu.Lock()
	k := h.known[key]
	h.mu.Unlock()
	if k != nil && now.Sub(k.at) < age {
		return k, nil
	}
	k, err := h.look(ctx, r.PathValue("connector"), merchant, connection)
	if err != nil {
		return nil, err
	}
	k.at = now
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known == nil || len(h.known) >= knownMost {
		h.known = map[string]*known{}
	}
	h.known[key] = k
	return k, nil
}

func (h *Hooks) look(ctx context.Context, connector string, merchant, connection int64) (*known, error) {
	i := slices.IndexFunc(h.Connectors, func(c connectors.Connector) bool { return c.ID == connector && c.Hooks != nil })
	if i < 0 {
		return &known{}, nil
	}
	conns, err := h.Store.Connections(ctx, merchant)
	if err != nil {
		return nil, err
	}
	j := slices.IndexFunc(conns, func(c store.Connection) bool { return c.ID == connection && c.Connector == connector })
	if j < 0 {
		return &known{}, nil
	}
	grants, err := h.Store.Grants(ctx, merchant)
	if err != nil {
		return nil, err
	}
	g := slices.IndexFunc(grants, func(g store.Grant) bool { return g.ID == conns[j].GrantID })
	if g < 0 {
		return &known{}, nil
	}
	k := &known{hooks: h.Connectors[i].Hooks, connection: conns[j], fields: grants[g].Fields}
	var fault *connectors.Error // its secrets were erased
	if k.app, err = h.Linker.App(grants[g]); err != nil && !errors.As(err, &fault) {
		return nil, err
	}
	if k.app.ClientSecret.Empty() && h.App != nil {
		k.app = h.App(ctx, merchant, connector)
	}
	return k, nil
}
