package store

import (
	"context"
	"errors"
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

// addPerson adds somebody, whose name may be taken.
func (t *tx) addPerson(ctx context.Context, p Person, now time.Time) (Person, error) {
	p.Name, p.Generation, p.Admin, p.CreatedAt = SignInName(p.Name), 1, false, now
	added, err := t.one(ctx, []any{&p.ID}, `INSERT INTO people (name, password, generation, language, admin, arrives, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO NOTHING RETURNING id`, p.Name, p.Password, p.Generation, p.Language, p.Admin, p.Arrives, at(now))
	if err == nil && !added {
		err = ErrNameTaken
	}
	return p, err
}

// raise gives somebody a role for a merchant, unless they have that one or a higher one.
func (t *tx) raise(ctx context.Context, merchantID, personID int64, role Role, now time.Time) error {
	var has Role
	if _, err := t.one(ctx, []any{&has}, "SELECT role FROM members WHERE merchant_id = ? AND person_id = ?", merchantID, personID); err != nil || has.May(role) {
		return err
	}
	return t.putMember(ctx, merchantID, personID, role, now)
}

// Arrive is who a provider vouches for, such as shopify/tea.myshopify.com: the same person each time, added the first time under name, or
// one like it that is free. They become an operator of the merchant; who has a part in it already keeps it as it is.
func (s *Store) Arrive(ctx context.Context, merchantID int64, arrives, name string) (Person, error) {
	var p Person
	err := s.change(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		if err := t.merchantThere(ctx, merchantID); err != nil {
			return err
		}
		found, err := t.one(ctx, []any{&p.ID, &p.Name}, "SELECT id, name FROM people WHERE arrives = ?", arrives)
		for n := 1; err == nil && !found; n++ {
			try := Person{Name: name, Arrives: arrives}
			if n > 1 {
				try.Name = fmt.Sprintf("%s (%d)", name, n)
			}
			p, err = t.addPerson(ctx, try, now)
			if found = err == nil; errors.Is(err, ErrNameTaken) {
				err = nil
			}
		}
		if err != nil {
			return err
		}
		var has Role
		if part, err := t.one(ctx, []any{&has}, "SELECT role FROM members WHERE merchant_id = ? AND person_id = ?", merchantID, p.ID); err != nil || part {
			return err
		}
		if err := t.putMember(ctx, merchantID, p.ID, Operator, now); err != nil {
			return err
		}
		return t.audit(ctx, now, AuditEntry{MerchantID: merchantID, Actor: p.Name, Action: AuditJoined, Detail: "as operator, through " + arrives})
	})
	if err != nil {
		return Person{}, err
	}
	return s.Person(ctx, p.ID)
}
