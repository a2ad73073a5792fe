package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// Accounts asks a grant which accounts it opens, those that nothing can be pulled from included.
func (w *Worker) Accounts(ctx context.Context, c connectors.Connector, g store.Grant) ([]connectors.AccountInfo, error) {
	grant, err := w.Linker.Grant(c, g)
	if err != nil {
		return nil, err
	}
	infos, err := c.Accounts(ctx, grant)
	if err != nil {
		return nil, w.denied(ctx, connectors.Account{Grant: grant}, fmt.Errorf("accounts of %s: %w", w.Linker.Name(g), err))
	}
	if len(infos) == 0 {
		return nil, fmt.Errorf("%s opens no account: link it with a login that has one", w.Linker.Name(g))
	}
	return infos, nil
}

// ErrNoBasis says that a merchant has no name, currency or time zone yet, and that the account is no store to take them from.
var ErrNoBasis = errors.New("the scorecard has no name, currency and time zone yet: link the store first, or set merchant.name, merchant.currency and merchant.zone")

// HasBasis says whether there is nothing that a first store would have to give.
func HasBasis(m store.Merchant) bool { return m.Name != "" && m.Currency != "" && m.Zone != "" }

// MayBeStore says whether the accounts of a connector may be stores.
func MayBeStore(c connectors.Connector) bool {
	return slices.ContainsFunc(c.Streams, func(s connectors.Stream) bool { return s.ID == ordersStream })
}

// IsStore says whether an account with these capabilities is one: a file of spend is none, though another file may hold a store's orders.
func IsStore(c connectors.Connector, caps []connectors.Capability) bool {
	i := slices.IndexFunc(c.Streams, func(s connectors.Stream) bool { return s.ID == ordersStream })
	return i >= 0 && !c.Streams[i].Elsewhere(caps)
}

// isStore says it of one that is not kept yet.
func (w *Worker) isStore(ctx context.Context, c connectors.Connector, g store.Grant, info connectors.AccountInfo) (bool, error) {
	i := slices.IndexFunc(c.Streams, func(s connectors.Stream) bool { return s.ID == ordersStream })
	if i < 0 || i == 0 {
		return i == 0, nil
	}
	grant, err := w.Linker.Grant(c, g)
	if err != nil {
		return false, err
	}
	caps, err := c.Probe(ctx, connectors.Account{Grant: grant, AccountInfo: info, Now: w.Now})
	return IsStore(c, caps), err
}

// Take keeps a connection for each of the accounts that a grant opens. The first store gives the merchant the currency, zone and name that were
// not configured.
func (w *Worker) Take(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant, infos []connectors.AccountInfo) ([]store.Connection, error) {
	if !HasBasis(m) {
		isStore, err := w.isStore(ctx, c, g, infos[0])
		switch {
		case err != nil:
			return nil, err
		case !isStore:
			return nil, ErrNoBasis
		}
		was := m
		m.Currency, m.Zone, m.Name = first(m.Currency, infos[0].Currency), first(m.Zone, infos[0].Zone), first(m.Name, infos[0].Name)
		if err := w.Store.UpdateMerchant(ctx, was, m); err != nil {
			return nil, err
		}
	}
	known, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	var conns []store.Connection
	for _, info := range infos {
		conn := store.Connection{MerchantID: m.ID, Connector: c.ID, AccountID: info.ID}
		for _, k := range known {
			if k.Connector == c.ID && k.AccountID == info.ID {
				conn = k
			}
		}
		conn.GrantID, conn.Name, conn.Currency, conn.Zone, conn.Since = g.ID, info.Name, info.Currency, info.Zone, info.Since
		conn.Settings = managed(conn.Settings, info.Manager)
		conn.State = store.StateActive
		if conn, err = w.Store.SaveConnection(ctx, conn); err != nil {
			return nil, err
		}
		conns = append(conns, conn)
	}
	return conns, nil
}

// ordersStream is the stream that makes an account a store.
const ordersStream = "orders"

// settingManager is the connection's setting that holds AccountInfo.Manager.
const settingManager = "manager"

// managed are settings that name the manager, if there is one.
func managed(settings map[string]string, manager string) map[string]string {
	if settings[settingManager] == manager {
		return settings
	}
	out := map[string]string{settingManager: manager}
	for name, value := range settings {
		if name != settingManager {
			out[name] = value
		}
	}
	return out
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
