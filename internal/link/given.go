package link

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// Given is what a merchant said of a connector's fields, with what follows where they said nothing: amounts are in the scorecard's currency.
func Given(m store.Merchant, said map[string]string) map[string]string {
	given := maps.Clone(said)
	if given == nil {
		given = map[string]string{}
	}
	given[connectors.FieldCurrency] = cmp.Or(given[connectors.FieldCurrency], m.Currency)
	return given
}

// CheckEach returns the connector's fields in canonical form, and what is wrong with each of the others.
func CheckEach(c connectors.Connector, given map[string]string) (fields map[string]string, faults map[string]error) {
	fields, faults = make(map[string]string, len(c.Fields)), map[string]error{}
	for _, f := range c.Fields {
		value, err := f.Check(given[f.ID])
		if err != nil {
			faults[f.ID] = err
			continue
		}
		fields[f.ID] = value
	}
	return fields, faults
}

// Settled says which of the accounts that a login opens are pulled from without asking: all that can be where there is nothing to choose, else
// those that are already, or the only one. settled is false where a person has to choose.
func Settled(c connectors.Connector, infos []connectors.AccountInfo, conns []store.Connection) (taken []connectors.AccountInfo, settled bool) {
	open := slices.DeleteFunc(slices.Clone(infos), func(i connectors.AccountInfo) bool { return i.Barred != "" })
	if !c.Choose || len(open) == 1 {
		return open, true
	}
	before := slices.DeleteFunc(open, func(i connectors.AccountInfo) bool {
		_, linked := Connection(c, i, conns)
		return !linked
	})
	return before, len(before) > 0
}

// Connection is the one that pulls from an account; ok is false where none does.
func Connection(c connectors.Connector, info connectors.AccountInfo, conns []store.Connection) (conn store.Connection, ok bool) {
	i := slices.IndexFunc(conns, func(k store.Connection) bool {
		return k.Connector == c.ID && k.AccountID == info.ID && k.State == store.StateActive
	})
	if i < 0 {
		return store.Connection{}, false
	}
	return conns[i], true
}

// Unlink stops pulling from a connection's account. What was pulled stays; its tokens go, where no other connection lives on them.
func (l *Linker) Unlink(ctx context.Context, conn store.Connection) error {
	conn.State = store.StateUnlinked
	if _, err := l.Store.SaveConnection(ctx, conn); err != nil {
		return err
	}
	return l.EraseTokens(ctx, conn)
}

// EraseTokens takes the tokens of a connection's grant away, if no other active connection lives on it.
func (l *Linker) EraseTokens(ctx context.Context, conn store.Connection) error {
	conns, err := l.Store.Connections(ctx, conn.MerchantID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(conns, func(c store.Connection) bool {
		return c.ID != conn.ID && c.GrantID == conn.GrantID && c.State == store.StateActive
	}) {
		return nil
	}
	grants, err := l.Store.Grants(ctx, conn.MerchantID)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.ID == conn.GrantID {
			g.Sealed, g.State, g.Reason = nil, store.StateRelink, ReasonUnlinked
			if _, err := l.Store.SaveGrant(ctx, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReasonUnlinked is why a grant that the merchant unlinked is of no more use.
const ReasonUnlinked = "unlinked"

// Ends is when a login ends unless somebody, or a pull, renews it; zero for never.
func (l *Linker) Ends(c connectors.Connector, g store.Grant) (time.Time, error) {
	access, ends, err := l.Expiry(g)
	if ends.IsZero() && !Renews(c, g) {
		ends = access
	}
	return ends, err
}

// Renews says whether a login's tokens can be renewed without the merchant.
func Renews(c connectors.Connector, g store.Grant) bool {
	return slices.ContainsFunc(c.Auth, func(a connectors.Auth) bool { return a.Kind == g.Auth && a.Renew != nil })
}
