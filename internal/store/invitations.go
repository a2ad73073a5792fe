package store

import (
	"context"
	"fmt"
	"time"
)

// Invite keeps an invitation, and puts it in the audit.
func (s *Store) Invite(ctx context.Context, k Ticket, by string) error {
	k.Kind = Invitation
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		if err := t.addTicket(ctx, k, now); err != nil {
			return err
		}
		return t.audit(ctx, now, AuditEntry{MerchantID: k.MerchantID, Actor: by, Action: AuditInvited, Detail: invited(k.Role, k.Title)})
	})
}

func invited(role Role, note string) string {
	if note == "" {
		return "as " + string(role)
	}
	return fmt.Sprintf("as %s, for %s", role, note)
}

// Revoke ends an open invitation, and puts it in the audit: ErrMissing where it is not open.
func (s *Store) Revoke(ctx context.Context, merchantID int64, token, by string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		role, note, err := t.takeTicket(ctx, merchantID, token, time.Time{}, now)
		if err != nil {
			return err
		}
		return t.audit(ctx, now, AuditEntry{MerchantID: merchantID, Actor: by, Action: AuditRevoked, Detail: invited(role, note)})
	})
}

// takeTicket ends an invitation that is good, and notes when it was used, if it was; ErrMissing where it is not good.
func (t *tx) takeTicket(ctx context.Context, merchantID int64, token string, used, now time.Time) (role Role, note string, err error) {
	found, err := t.one(ctx, []any{&role, &note}, `UPDATE tickets SET used_at = ?, ended_at = ?
		WHERE merchant_id = ? AND token = ? AND kind = ? AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?) RETURNING role, title`,
		at(used), at(now), merchantID, token, Invitation, at(now))
	if err == nil && !found {
		err = fmt.Errorf("invitation: %w", ErrMissing)
	}
	return role, note, err
}

// Join makes somebody a member by an invitation, which is good once: ErrMissing where it is not good any more. Of a part that they have
// already nothing is taken away. Somebody without an ID is added first, with their name and password; ErrNameTaken leaves the invitation
// as good as it was.
func (s *Store) Join(ctx context.Context, merchantID int64, token string, p Person) (Person, error) {
	err := s.change(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		if err := t.merchantThere(ctx, merchantID); err != nil {
			return err
		}
		role, note, err := t.takeTicket(ctx, merchantID, token, now, now)
		if err != nil {
			return err
		}
		if p.ID == 0 {
			p.Admin = false
			if p, err = t.addPerson(ctx, p, now); err != nil {
				return err
			}
		}
		if err := t.raise(ctx, merchantID, p.ID, role, now); err != nil {
			return err
		}
		return t.audit(ctx, now, AuditEntry{MerchantID: merchantID, Actor: p.Name, Action: AuditJoined, Detail: invited(role, note)})
	})
	return p, err
}
