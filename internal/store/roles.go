package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Role is what somebody may do for a merchant. Each may do what the one before may.
type Role string

// Roles, the least first.
const (
	NoRole   Role = ""
	Viewer   Role = "viewer"   // read and take along
	Editor   Role = "editor"   // set targets
	Operator Role = "operator" // link, unlink, invite
)

// Roles lists them, the least first.
var Roles = []Role{Viewer, Editor, Operator}

// May says whether a role includes another.
func (r Role) May(need Role) bool { return r.rank() >= need.rank() }

func (r Role) rank() int {
	for i, o := range Roles {
		if r == o {
			return i + 1
		}
	}
	return 0
}

// ErrLastOperator says that nobody would be left who links, unlinks and invites for the merchant.
var ErrLastOperator = errors.New("nobody else is an operator")

// ChangeRole gives a member another role, and puts it in the audit under the name of who did it. NoRole takes the part away, with the feeds,
// keys and invitations that they made for the merchant; invitations go too where they may not invite any more. Where no operator would be
// left it is ErrLastOperator, but for an admin, who is one always.
func (s *Store) ChangeRole(ctx context.Context, merchantID, personID int64, role Role, by Person) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		if err := t.merchantThere(ctx, merchantID); err != nil {
			return err
		}
		name, had, others, err := t.membersHeld(ctx, merchantID, personID)
		switch {
		case err != nil:
			return err
		case had == NoRole:
			return fmt.Errorf("member %d: %w", personID, ErrMissing)
		case had == role:
			return nil
		case had == Operator && others == 0 && !by.Admin:
			return ErrLastOperator
		}
		entry := AuditEntry{MerchantID: merchantID, Actor: by.Name, Action: AuditRole, Detail: fmt.Sprintf("%s: %s, was %s", name, role, had)}
		if role == NoRole {
			entry.Action, entry.Detail = AuditLeft, fmt.Sprintf("%s, was %s", name, had)
			_, err = t.exec(ctx, "DELETE FROM members WHERE merchant_id = ? AND person_id = ?", merchantID, personID)
		} else {
			_, err = t.exec(ctx, "UPDATE members SET role = ? WHERE merchant_id = ? AND person_id = ?", role, merchantID, personID)
		}
		if err != nil {
			return err
		}
		now := s.now()
		if err := t.endTickets(ctx, merchantID, personID, role, now); err != nil {
			return err
		}
		return t.audit(ctx, now, entry)
	})
}

// membersHeld reads a member, and how many others are operators; all stay as they are until the transaction ends.
func (t *tx) membersHeld(ctx context.Context, merchantID, personID int64) (name string, role Role, operators int, err error) {
	query := "SELECT m.person_id, p.name, m.role FROM members m JOIN people p ON p.id = m.person_id WHERE m.merchant_id = ? ORDER BY m.person_id"
	if t.dialect == postgres {
		query += " FOR UPDATE OF m"
	}
	err = t.each(ctx, func(scan func(...any) error) error {
		var id int64
		var n string
		var r Role
		if err := scan(&id, &n, &r); err != nil {
			return err
		}
		if id == personID {
			name, role = n, r
		} else if r == Operator {
			operators++
		}
		return nil
	}, query, merchantID)
	return name, role, operators, err
}

// endTickets ends what somebody made for a merchant and may not have made with the role that they have now.
func (t *tx) endTickets(ctx context.Context, merchantID, personID int64, role Role, now time.Time) error {
	if role == Operator {
		return nil
	}
	_, err := t.exec(ctx, "UPDATE tickets SET ended_at = ? WHERE merchant_id = ? AND person_id = ? AND ended_at IS NULL AND (kind = ? OR ? = '')",
		at(now), merchantID, personID, Invitation, role)
	return err
}
