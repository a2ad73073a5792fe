package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// ErrLastAdmin says that nobody would be left who looks after the installation.
var ErrLastAdmin = errors.New("nobody else looks after the installation")

// People lists who signs in to the installation, by name.
func (s *Store) People(ctx context.Context) ([]Person, error) {
	var rows []personRow
	if err := s.read(ctx, "read the people", func(db *gorm.DB) error { return db.Order("name").Find(&rows).Error }); err != nil {
		return nil, err
	}
	all := make([]Person, len(rows))
	for i, r := range rows {
		all[i] = r.person()
	}
	return all, nil
}

// Parts lists everybody's parts in all merchants, by person and merchant.
func (s *Store) Parts(ctx context.Context) ([]Member, error) {
	return s.members(ctx, "ORDER BY m.person_id, m.merchant_id")
}

// SetAdmin makes somebody an admin, or one no more, and puts it in the audit. The last one stays: ErrLastAdmin.
func (s *Store) SetAdmin(ctx context.Context, id int64, admin bool, by string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		name, was, admins, _, err := t.peopleHeld(ctx, id)
		switch {
		case err != nil || was == admin:
			return err
		case !admin && admins == 1:
			return ErrLastAdmin
		}
		if _, err := t.exec(ctx, "UPDATE people SET admin = ? WHERE id = ?", admin, id); err != nil {
			return err
		}
		now := s.now()
		action := AuditAdmin
		if !admin {
			action = AuditNoAdmin
			// What they made where they have no part of their own.
			if _, err := t.exec(ctx, `UPDATE tickets SET ended_at = ? WHERE person_id = ? AND ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM members m
				WHERE m.merchant_id = tickets.merchant_id AND m.person_id = tickets.person_id AND (m.role = ? OR tickets.kind <> ?))`, at(now), id, Operator, Invitation); err != nil {
				return err
			}
		}
		return t.audit(ctx, now, AuditEntry{MerchantID: Installation, Actor: by, Action: action, Detail: name})
	})
}

// peopleHeld reads somebody, how many admins there are and how many people; none stops being an admin until the transaction ends.
func (t *tx) peopleHeld(ctx context.Context, id int64) (name string, admin bool, admins, people int, err error) {
	query := "SELECT id, name, admin FROM people ORDER BY id"
	if t.dialect == postgres {
		query += " FOR UPDATE"
	}
	found := false
	err = t.each(ctx, func(scan func(...any) error) error {
		var i int64
		var n string
		var a bool
		if err := scan(&i, &n, &a); err != nil {
			return err
		}
		if i == id {
			name, admin, found = n, a, true
		}
		if a {
			admins++
		}
		people++
		return nil
	}, query)
	if err == nil && !found {
		err = fmt.Errorf("person %d: %w", id, ErrMissing)
	}
	return name, admin, admins, people, err
}

// RemovePerson removes somebody with their parts in all merchants, ends what they made, and puts it in the audit. The last admin stays while
// there are others: ErrLastAdmin.
func (s *Store) RemovePerson(ctx context.Context, id int64, by string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		name, admin, admins, people, err := t.peopleHeld(ctx, id)
		switch {
		case err != nil:
			return err
		case admin && admins == 1 && people > 1:
			return ErrLastAdmin
		}
		now := s.now()
		if _, err := t.exec(ctx, "UPDATE tickets SET ended_at = ? WHERE person_id = ? AND ended_at IS NULL", at(now), id); err != nil {
			return err
		}
		for _, query := range []string{"DELETE FROM members WHERE person_id = ?", "DELETE FROM people WHERE id = ?"} {
			if _, err := t.exec(ctx, query, id); err != nil {
				return err
			}
		}
		return t.audit(ctx, now, AuditEntry{MerchantID: Installation, Actor: by, Action: AuditPerson, Detail: name})
	})
}
