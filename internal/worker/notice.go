package worker

import (
	"context"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// notice looks whether an account has another currency or zone by now. The store keeps that as an event; days and amounts stay what
// they were. What cannot be asked tonight is asked the next night: what follows is refused, or comes through, by itself.
func (w *Worker) notice(ctx context.Context, conn *store.Connection, c connectors.Connector, acc *connectors.Account) error {
	infos, err := c.Accounts(ctx, acc.Grant)
	if err != nil {
		return ctx.Err()
	}
	for _, info := range infos {
		if info.ID != conn.AccountID || info.Currency == conn.Currency && info.Zone == conn.Zone {
			continue
		}
		conn.Currency, conn.Zone = info.Currency, info.Zone
		if *conn, err = w.Store.SaveConnection(ctx, *conn); err != nil {
			return err
		}
		acc.Currency, acc.Zone = info.Currency, info.Zone
	}
	return nil
}
