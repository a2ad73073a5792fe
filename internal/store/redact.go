package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// Redaction says what a redaction found.
type Redaction struct {
	Customers int   // the customer, and those that were merged into it; zero if it was redacted before, or is not held
	Orders    int64 // orders that named one of them
	Unknown   bool  // nothing was held under the ID; from now on nothing will be
}

// RedactCustomer puts a random ID in the place of a customer's, wherever it stands, and in the place of those whose accounts were merged
// into it. What is derived stays as it is, and comes out the same if it is derived again. Of the customer's own row the dates go, but for
// the day of a consent that made a lead. A salted hash of the ID stays, by which pages that still bring it are known: see disguise. The
// audit entry is written with it. A customer that was never read is redacted as well, since a read may be under way.
func (s *Store) RedactCustomer(ctx context.Context, merchantID, connectionID int64, customerID, actor string) (Redaction, error) {
	var done Redaction
	if customerID == "" {
		return done, errors.New("no customer was named: give the provider's ID of the customer")
	}
	err := s.erase(ctx, func(ctx context.Context, t *tx) error {
		done = Redaction{}
		acc, err := t.alone(ctx, merchantID, connectionID)
		if err != nil {
			return err
		}
		if acc.salt == "" {
			acc.salt = rand.Text()
			if _, err := t.exec(ctx, "UPDATE connections SET redaction_salt = ? WHERE merchant_id = ? AND id = ?", acc.salt, merchantID, connectionID); err != nil {
				return err
			}
		}
		r, err := newRecounter(ctx, t, acc)
		if err != nil {
			return err
		}
		done, err = r.redactAll(ctx, customerID, actor, s.now())
		return err
	})
	if err != nil {
		return Redaction{}, fmt.Errorf("redact a customer: %w", err)
	}
	return done, nil
}

// redactAll redacts a customer and those that were merged into it, and writes the audit entry.
func (r *recounter) redactAll(ctx context.Context, customerID, actor string, now time.Time) (done Redaction, err error) {
	ids, err := r.mergedInto(ctx, customerID)
	if err != nil {
		return done, err
	}
	known, err := r.aliases(ctx, r.acc, ids)
	if err != nil {
		return done, err
	}
	for _, id := range ids {
		if known[id] != "" {
			continue
		}
		n, held, err := r.redact(ctx, id)
		if err != nil {
			return done, err
		}
		if held {
			done.Customers++
			done.Orders += n
		} else {
			done.Unknown = true
		}
	}
	detail := fmt.Sprintf("store %d, %s: %d customer IDs replaced, in %d orders", r.acc.connection.ID, r.acc.connection.Name, done.Customers, done.Orders)
	return done, r.audit(ctx, now, AuditEntry{MerchantID: r.acc.merchant.ID, Actor: actor, Action: AuditRedaction, Detail: detail})
}

// mergedInto lists the customer and all that were merged into it.
func (r *recounter) mergedInto(ctx context.Context, customerID string) ([]string, error) {
	all := []string{customerID}
	seen := set{}
	seen.add(customerID)
	for next := all; len(next) > 0; {
		found, err := r.lookUp(ctx, "SELECT id FROM customers WHERE merged_into <> '' AND redacted = '' AND "+ours, "merged_into", next)
		if err != nil {
			return nil, err
		}
		next = nil
		for _, id := range found {
			if !seen.has(id) {
				seen.add(id)
				next = append(next, id)
			}
		}
		all = append(all, next...)
	}
	return all, nil
}

// aliasMark begins the ID of a redacted customer.
const aliasMark = "redacted-"

// customersStream is the stream of customers, as connectors name it.
const customersStream = "customers"

// redact replaces one ID, and says whether anything was held under it, and how many orders named it.
func (r *recounter) redact(ctx context.Context, id string) (orders int64, held bool, err error) {
	consentAt, consentDay, err := r.leadDay(ctx, id)
	if err != nil {
		return 0, false, err
	}
	alias := aliasMark + strings.ToLower(rand.Text())
	// A row is needed even of one that was never read: it holds the hash.
	made, err := r.exec(ctx, `INSERT INTO customers (merchant_id, connection_id, id, consent_day, orders, merged_into, read_at) VALUES (?, ?, ?, '', 0, '', ?)
		ON CONFLICT (merchant_id, connection_id, id) DO NOTHING`, r.keys(id, at(time.Unix(0, 0)))...)
	if err != nil {
		return 0, false, err
	}
	_, err = r.exec(ctx, `UPDATE customers SET id = ?, redacted = ?, created_at = NULL, updated_at = NULL, seen_at = NULL, consent_at = ?, consent_day = ?, orders = 0
		WHERE `+ours+" AND id = ?", alias, hashOf(r.acc.salt, id), at(consentAt), consentDay, r.acc.merchant.ID, r.acc.connection.ID, id)
	if err != nil {
		return 0, false, err
	}
	held = made == 0
	for _, place := range customerColumns {
		n, err := r.exec(ctx, "UPDATE "+place.table+" SET "+place.column+" = ? WHERE "+ours+" AND "+place.column+" = ?",
			alias, r.acc.merchant.ID, r.acc.connection.ID, id)
		if err != nil {
			return 0, false, err
		}
		if place.table == "orders" {
			orders = n
		}
		held = held || n > 0
	}
	return orders, held, r.dropHints(ctx, id)
}

// dropHints sees to it that what was to be read again of a customer is not.
func (r *recounter) dropHints(ctx context.Context, customerID string) error {
	var named []string
	err := r.each(ctx, func(scan func(...any) error) error {
		var object string
		err := scan(&object)
		if from, into, _ := connectors.Merged(object); from == customerID || into == customerID {
			named = append(named, object)
		}
		return err
	}, "SELECT object FROM hints WHERE "+ours+" AND stream = ?", r.keys(customersStream)...)
	if err != nil {
		return err
	}
	for _, object := range named {
		if _, err := r.exec(ctx, "DELETE FROM hints WHERE "+ours+" AND stream = ? AND object = ?", r.keys(customersStream, object)...); err != nil {
			return err
		}
	}
	return nil
}

// customerColumns are where a customer's ID stands beside its own row.
var customerColumns = []struct{ table, column string }{{"orders", "customer_id"}, {"customer_days", "customer_id"}, {"customers", "merged_into"}}

// leadDay is the consent of a customer who counts as a lead, cut to the day that it is counted on; the zero time and "" for all others,
// whose consent counts for nothing.
func (r *recounter) leadDay(ctx context.Context, id string) (time.Time, string, error) {
	only := set{}
	only.add(id)
	orders, err := r.withCustomers(ctx, nil, only, nil)
	if err != nil {
		return time.Time{}, "", err
	}
	customers, err := r.customers(ctx, []string{id})
	if err != nil {
		return time.Time{}, "", err
	}
	c := customers[id]
	var tally count.Tally
	for _, o := range orders {
		c.Orders = append(c.Orders, o)
	}
	count.OfCustomer(&tally, c, r.rules())
	if tally.Get(count.Key{Measure: kpi.Leads, Day: c.ConsentDay}) == 0 {
		return time.Time{}, "", nil
	}
	// Never later than the consent itself, lest an order of the day comes to lie before it.
	begin := c.ConsentDay.Start(r.zone)
	if c.ConsentAt.Before(begin) {
		begin = c.ConsentAt
	}
	return begin, c.ConsentDay.String(), nil
}
