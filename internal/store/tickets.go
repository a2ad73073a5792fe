package store

import (
	"context"
	"fmt"
	"time"
)

// TicketKind is what a ticket opens.
type TicketKind string

// Kinds of tickets.
const (
	Invitation TicketKind = "invitation" // a part in a merchant, once
	Feed       TicketKind = "feed"       // the sheets of the book as CSV
	APIKey     TicketKind = "api"        // the read-only API
)

// Ticket opens something to whoever holds it. The store keeps a hash of it only.
type Ticket struct {
	MerchantID int64
	Token      string // its hash
	Kind       TicketKind
	Title      string
	Role       Role  // that an invitation gives
	PersonID   int64 // who made it, and for feeds and keys whose part in the merchant it lends
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero for never
	UsedAt     time.Time // last
	EndedAt    time.Time // zero while it is good
}

// Good says whether a ticket opens anything at a moment.
func (t Ticket) Good(now time.Time) bool {
	return t.EndedAt.IsZero() && (t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt))
}

const ticketColumns = "merchant_id, token, kind, title, role, person_id, created_at, expires_at, used_at, ended_at"

func scanTicket(scan func(...any) error) (Ticket, error) {
	var k Ticket
	var created, expires, used, ended instant
	err := scan(&k.MerchantID, &k.Token, &k.Kind, &k.Title, &k.Role, &k.PersonID, &created, &expires, &used, &ended)
	k.CreatedAt, k.ExpiresAt, k.UsedAt, k.EndedAt = created.Time, expires.Time, used.Time, ended.Time
	return k, err
}

// AddTicket keeps a ticket.
func (s *Store) AddTicket(ctx context.Context, k Ticket) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error { return t.addTicket(ctx, k, s.now()) })
}

func (t *tx) addTicket(ctx context.Context, k Ticket, now time.Time) error {
	if err := t.merchantThere(ctx, k.MerchantID); err != nil {
		return err
	}
	_, err := t.exec(ctx, "INSERT INTO tickets ("+ticketColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
		k.MerchantID, k.Token, k.Kind, k.Title, k.Role, k.PersonID, at(now), at(k.ExpiresAt))
	return err
}

// Ticket is the one of a hash, good or not; ErrMissing where there is none.
func (s *Store) Ticket(ctx context.Context, merchantID int64, token string) (k Ticket, err error) {
	all, err := s.tickets(ctx, "WHERE merchant_id = ? AND token = ?", merchantID, token)
	if err == nil && len(all) == 0 {
		return k, fmt.Errorf("ticket: %w", ErrMissing)
	}
	if err != nil {
		return k, err
	}
	return all[0], nil
}

// Tickets lists a merchant's tickets of a kind, the latest first.
func (s *Store) Tickets(ctx context.Context, merchantID int64, kind TicketKind) ([]Ticket, error) {
	return s.tickets(ctx, "WHERE merchant_id = ? AND kind = ? ORDER BY created_at DESC, token", merchantID, kind)
}

func (s *Store) tickets(ctx context.Context, where string, args ...any) ([]Ticket, error) {
	var all []Ticket
	err := s.each(ctx, func(scan func(...any) error) error {
		k, err := scanTicket(scan)
		all = append(all, k)
		return err
	}, "SELECT "+ticketColumns+" FROM tickets "+where, args...)
	return all, err
}

// EndTicket ends a ticket: it opens nothing any more.
func (s *Store) EndTicket(ctx context.Context, merchantID int64, token string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE tickets SET ended_at = ? WHERE merchant_id = ? AND token = ? AND ended_at IS NULL", at(s.now()), merchantID, token)
		return err
	})
}

// UsedTicket notes that a ticket was used now.
func (s *Store) UsedTicket(ctx context.Context, merchantID int64, token string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE tickets SET used_at = ? WHERE merchant_id = ? AND token = ?", at(s.now()), merchantID, token)
		return err
	})
}
