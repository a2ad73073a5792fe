package store

import (
	"context"
	"time"
)

// AuditEntry says who did what that the law, or a merchant, may ask about later. It names no customer.
type AuditEntry struct {
	MerchantID int64
	At         time.Time // set by the store
	Actor      string    // one of the Actor constants, or a person's name
	Action     string    // one of the Audit constants
	Detail     string
}

// Actors.
const (
	ActorCommand = "command"
	ActorWebhook = "webhook"
	ActorMerger  = "merger" // the provider made a customer one with another, who was redacted
)

// Actions.
const (
	AuditDataRequest = "customer data requested"
	AuditRedaction   = "customer redacted"
	AuditErasure     = "store erased"
	AuditUninstalled = "app uninstalled"

	AuditInvited  = "invitation made"
	AuditRevoked  = "invitation revoked"
	AuditJoined   = "joined"
	AuditRole     = "role changed"
	AuditLeft     = "part taken away"
	AuditPerson   = "person removed"
	AuditAdmin    = "admin made"
	AuditNoAdmin  = "admin no more"
	AuditPassword = "address for a new password made"

	// What people lend to programs of theirs.
	AuditFeed      = "feed made"
	AuditFeedEnded = "feed ended"
	AuditKey       = "API key made"
	AuditKeyEnded  = "API key ended"

	AuditLinked   = "login linked"
	AuditAccounts = "accounts taken"
	AuditUnlinked = "account unlinked"

	AuditTarget = "target set"
)

// Installation stands for a merchant where what was done is about none: people, and who looks after the installation.
const Installation int64 = 0

// Audit appends an entry. Entries are never changed or removed.
func (s *Store) Audit(ctx context.Context, e AuditEntry) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error { return t.audit(ctx, s.now(), e) })
}

const appendAudit = "INSERT INTO audit (merchant_id, at, actor, action, detail) VALUES (?, ?, ?, ?, ?)"

// audit appends an entry in the transaction of what it tells of.
func (t *tx) audit(ctx context.Context, now time.Time, e AuditEntry) error {
	_, err := t.exec(ctx, appendAudit, e.MerchantID, at(now), e.Actor, e.Action, e.Detail)
	return err
}

// AuditEntries lists a merchant's entries, the latest first, at most limit of them.
func (s *Store) AuditEntries(ctx context.Context, merchantID int64, limit int) ([]AuditEntry, error) {
	var all []AuditEntry
	err := s.each(ctx, func(scan func(...any) error) error {
		e := AuditEntry{MerchantID: merchantID}
		var when instant
		err := scan(&when, &e.Actor, &e.Action, &e.Detail)
		e.At = when.Time
		all = append(all, e)
		return err
	}, "SELECT at, actor, action, detail FROM audit WHERE merchant_id = ? ORDER BY id DESC LIMIT ?", merchantID, limit)
	return all, err
}
