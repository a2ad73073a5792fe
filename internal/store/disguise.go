package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"fourfold/internal/fact"
)

// hashOf is what is kept of a redacted customer's ID.
func hashOf(salt, id string) string {
	mac := hmac.New(sha256.New, []byte(salt))
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}

// aliases finds those of the customers that were redacted, with the IDs that stand in for theirs.
func (t *tx) aliases(ctx context.Context, acc account, ids []string) (map[string]string, error) {
	if acc.salt == "" || len(ids) == 0 {
		return nil, nil
	}
	byHash := make(map[string]string, len(ids))
	hashes := make([]string, 0, len(ids))
	for _, id := range ids {
		h := hashOf(acc.salt, id)
		byHash[h] = id
		hashes = append(hashes, h)
	}
	found := map[string]string{}
	for chunk := range slices.Chunk(hashes, atATime) {
		where, arg := t.oneOf("redacted", chunk)
		err := t.each(ctx, func(scan func(...any) error) error {
			var alias, hash string
			err := scan(&alias, &hash)
			found[byHash[hash]] = alias
			return err
		}, "SELECT id, redacted FROM customers WHERE "+ours+" AND redacted <> '' AND "+where, acc.merchant.ID, acc.connection.ID, arg)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// disguise keeps redacted customers redacted, whatever a page still brings of them: their orders name the random ID, also once the
// provider names nobody for them any more, and of the customers themselves nothing is taken. Whoever is said to have been merged into one of
// them is the same person, and redacted as well.
func (w *pageWriter) disguise(ctx context.Context, acc account, now time.Time) error {
	if acc.salt == "" {
		return nil
	}
	p := w.sorted
	named := set{}
	for i := range p.orders.records {
		named.add(p.orders.records[i].CustomerID)
	}
	for i := range p.customers.records {
		named.add(p.customers.records[i].ID)
	}
	for _, g := range p.gone {
		if g.Kind == fact.KindCustomer {
			named.add(g.ID)
			named.add(g.MergedInto)
		}
	}
	aliases, joined, err := w.join(ctx, acc, named.list(), now)
	if err != nil {
		return err
	}
	owners, err := w.redactedOwners(ctx)
	if err != nil {
		return err
	}
	for i := range p.orders.records {
		o := &p.orders.records[i]
		if alias, ok := aliases[o.CustomerID]; ok {
			o.CustomerID = alias
		} else if o.CustomerID == "" {
			o.CustomerID = owners[o.ID]
		}
	}
	p.customers.records = slices.DeleteFunc(p.customers.records, func(c fact.Customer) bool { return aliases[c.ID] != "" })
	p.gone = slices.DeleteFunc(p.gone, func(g fact.Gone) bool { return g.Kind == fact.KindCustomer && aliases[g.ID] != "" && !joined.has(g.ID) })
	for i := range p.gone {
		if g := &p.gone[i]; joined.has(g.ID) && g.Kind == fact.KindCustomer {
			g.ID, g.MergedInto = aliases[g.ID], aliases[g.MergedInto]
		}
	}
	return nil
}

// mergers says whether the page names customers that were merged into others.
func (w *pageWriter) mergers() bool {
	return slices.ContainsFunc(w.sorted.gone, func(g fact.Gone) bool { return g.Kind == fact.KindCustomer && g.MergedInto != "" })
}

// join redacts those that the page says were merged into redacted customers, be it by way of others. It lists them, and the random IDs of
// all redacted customers that the page names.
func (w *pageWriter) join(ctx context.Context, acc account, named []string, now time.Time) (aliases map[string]string, joined set, err error) {
	for {
		if aliases, err = w.aliases(ctx, acc, named); err != nil {
			return nil, nil, err
		}
		i := slices.IndexFunc(w.sorted.gone, func(g fact.Gone) bool {
			return g.Kind == fact.KindCustomer && aliases[g.MergedInto] != "" && aliases[g.ID] == ""
		})
		if i < 0 {
			return aliases, joined, nil
		}
		r, err := newRecounter(ctx, w.tx, acc)
		if err != nil {
			return nil, nil, err
		}
		if _, err := r.redactAll(ctx, w.sorted.gone[i].ID, ActorMerger, now); err != nil {
			return nil, nil, err
		}
		joined.add(w.sorted.gone[i].ID)
	}
}

// redactedOwners are the redacted customers of those orders for which the page names nobody.
func (w *pageWriter) redactedOwners(ctx context.Context) (map[string]string, error) {
	var guests []string
	for i := range w.sorted.orders.records {
		if o := &w.sorted.orders.records[i]; o.CustomerID == "" {
			guests = append(guests, o.ID)
		}
	}
	owners := map[string]string{}
	for chunk := range slices.Chunk(guests, atATime) {
		where, arg := w.oneOf("o.id", chunk)
		err := w.each(ctx, func(scan func(...any) error) error {
			var id, owner string
			err := scan(&id, &owner)
			owners[id] = owner
			return err
		}, `SELECT o.id, o.customer_id FROM orders o CROSS JOIN customers c WHERE c.merchant_id = o.merchant_id AND c.connection_id = o.connection_id
			AND c.id = o.customer_id AND c.redacted <> '' AND o.merchant_id = ? AND o.connection_id = ? AND `+where, w.merchant, w.connection, arg)
		if err != nil {
			return nil, err
		}
	}
	return owners, nil
}
