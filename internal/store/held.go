package store

import (
	"context"
	"fmt"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// Held is what is held about one customer of a connection. There is no name, address or other personal data to list: none is ever read.
type Held struct {
	Redacted   bool     // it was redacted: nothing can be found by its ID any more
	Record     *Record  // nil where the customer was never read, only named by orders
	MergedFrom []string // IDs of customers that were merged into this one
	Orders     []HeldOrder
}

// Record is a customer's own row.
type Record struct {
	CreatedAt, UpdatedAt time.Time
	ConsentAt            time.Time // to marketing; zero if there is none
	Orders               int64     // as the provider counted
	MergedInto           string
	ReadAt, GoneAt       time.Time
}

// HeldOrder is an order of the customer's.
type HeldOrder struct {
	ID          string
	ProcessedAt time.Time
	Day         period.Day
	Channel     string
	Currency    string
	Total       money.Micros
	Cancelled   bool
	Gone        bool
}

// ReportCustomer says what is held about a customer, and keeps an audit entry of the request. The entry names no customer.
func (s *Store) ReportCustomer(ctx context.Context, merchantID, connectionID int64, customerID, actor string) (Held, error) {
	var held Held
	err := s.change(ctx, func(ctx context.Context, t *tx) error {
		acc, err := t.account(ctx, merchantID, connectionID)
		if err != nil {
			return err
		}
		if held, err = t.held(ctx, acc, customerID); err != nil {
			return err
		}
		detail := fmt.Sprintf("store %d, %s: %d orders held", connectionID, acc.connection.Name, len(held.Orders))
		return t.audit(ctx, s.now(), AuditEntry{MerchantID: merchantID, Actor: actor, Action: AuditDataRequest, Detail: detail})
	})
	if err != nil {
		return Held{}, fmt.Errorf("report on a customer: %w", err)
	}
	return held, nil
}

func (t *tx) held(ctx context.Context, acc account, customerID string) (h Held, err error) {
	known, err := t.aliases(ctx, acc, []string{customerID})
	if err != nil {
		return h, err
	}
	h.Redacted = known[customerID] != ""
	merchant, connection := acc.merchant.ID, acc.connection.ID
	var r Record
	var created, updated, consent, read, gone instant
	found, err := t.one(ctx, []any{&created, &updated, &consent, &r.Orders, &r.MergedInto, &read, &gone},
		"SELECT created_at, updated_at, consent_at, orders, merged_into, read_at, gone_at FROM customers WHERE "+ours+" AND id = ?", merchant, connection, customerID)
	if err != nil {
		return h, err
	}
	if found {
		r.CreatedAt, r.UpdatedAt, r.ConsentAt, r.ReadAt, r.GoneAt = created.Time, updated.Time, consent.Time, read.Time, gone.Time
		h.Record = &r
	}
	err = t.each(ctx, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		h.MergedFrom = append(h.MergedFrom, id)
		return err
	}, "SELECT id FROM customers WHERE "+ours+" AND merged_into <> '' AND merged_into = ? ORDER BY id", merchant, connection, customerID)
	if err != nil {
		return h, err
	}
	err = t.each(ctx, func(scan func(...any) error) error {
		var o HeldOrder
		var processed, cancelled, gone instant
		err := scan(&o.ID, &processed, (*civil)(&o.Day), &o.Channel, &o.Currency, &o.Total, &cancelled, &gone)
		o.ProcessedAt, o.Cancelled, o.Gone = processed.Time, !cancelled.IsZero(), !gone.IsZero()
		h.Orders = append(h.Orders, o)
		return err
	}, "SELECT id, processed_at, day, channel, currency, total, cancelled_at, gone_at FROM orders WHERE "+ours+" AND customer_id = ? ORDER BY processed_at, id",
		merchant, connection, customerID)
	return h, err
}
