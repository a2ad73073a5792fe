package worker

import (
	"context"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// notice looks whether the accounts of a login have another currency, zone or manager by now. The store keeps a change of the first two as an event;
// days and amounts stay what they were. A login that opens many accounts is asked once a night, with the first of those that are linked. What
// cannot be asked tonight is asked the next night: what follows is refused, or comes through, by itself.
func (w *Worker) notice(ctx context.Context, conn *store.Connection, c connectors.Connector, acc *connectors.Account) error {
	all, err := w.Store.Connections(ctx, conn.MerchantID)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.GrantID == conn.GrantID && other.State == store.StateActive && other.ID < conn.ID {
			return nil
		}
	}
	infos, err := c.Accounts(ctx, acc.Grant)
	if err != nil {
		return ctx.Err()
	}
	for _, info := range infos {
		for _, k := range all {
			same := info.Currency == k.Currency && info.Zone == k.Zone && info.Manager == k.Settings[settingManager]
			if k.GrantID != conn.GrantID || k.State != store.StateActive || info.ID != k.AccountID || info.Barred != "" || same {
				continue
			}
			k.Currency, k.Zone, k.Settings = info.Currency, info.Zone, managed(k.Settings, info.Manager)
			if k, err = w.Store.SaveConnection(ctx, k); err != nil {
				return err
			}
			if k.ID == conn.ID {
				*conn = k
				acc.Currency, acc.Zone, acc.Manager, acc.Settings = k.Currency, k.Zone, info.Manager, k.Settings
			}
		}
	}
	return nil
}
