package worker

import (
	"context"
	"fmt"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// Accounts asks a grant which accounts it opens and keeps a connection for each. The first store gives the merchant the
// currency, zone and name that were not configured.
func (w *Worker) Accounts(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant) ([]store.Connection, error) {
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
	if m.Currency == "" || m.Zone == "" || m.Name == "" {
		m.Currency, m.Zone, m.Name = first(m.Currency, infos[0].Currency), first(m.Zone, infos[0].Zone), first(m.Name, infos[0].Name)
		if err := w.Store.UpdateMerchant(ctx, m); err != nil {
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
		conn.State = store.StateActive
		if conn, err = w.Store.SaveConnection(ctx, conn); err != nil {
			return nil, err
		}
		conns = append(conns, conn)
	}
	return conns, nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
