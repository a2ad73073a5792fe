package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Member is somebody's part in a merchant.
type Member struct {
	MerchantID, PersonID int64
	Name                 string // of the person
	Role                 Role
	Weekly               string // an address that the weekly scorecard is sent to; "" for nowhere
	Mailed               string // the last week that was sent
	CreatedAt            time.Time
}

const memberColumns = "m.merchant_id, m.person_id, p.name, m.role, m.weekly, m.mailed, m.created_at FROM members m JOIN people p ON p.id = m.person_id"

func scanMember(scan func(...any) error) (Member, error) {
	var m Member
	var since instant
	err := scan(&m.MerchantID, &m.PersonID, &m.Name, &m.Role, &m.Weekly, &m.Mailed, &since)
	m.CreatedAt = since.Time
	return m, err
}

func (s *Store) members(ctx context.Context, where string, args ...any) ([]Member, error) {
	var all []Member
	err := s.each(ctx, func(scan func(...any) error) error {
		m, err := scanMember(scan)
		all = append(all, m)
		return err
	}, "SELECT "+memberColumns+" "+where, args...)
	return all, err
}

// Members lists who has a part in a merchant, by name. Admins are not among them unless they were given one.
func (s *Store) Members(ctx context.Context, merchantID int64) ([]Member, error) {
	return s.members(ctx, "WHERE m.merchant_id = ? ORDER BY p.name", merchantID)
}

// MembershipsOf lists what somebody has a part in, by merchant.
func (s *Store) MembershipsOf(ctx context.Context, personID int64) ([]Member, error) {
	return s.members(ctx, "WHERE m.person_id = ? ORDER BY m.merchant_id", personID)
}

// MerchantsOf lists the merchants whose pages somebody may read, by ID, at most so many of them; zero for all.
func (s *Store) MerchantsOf(ctx context.Context, p Person, most int) ([]Merchant, error) {
	var rows []merchantRow
	err := s.read(ctx, "read the merchants", func(db *gorm.DB) error {
		q := db.Order("id")
		if most > 0 {
			q = q.Limit(most)
		}
		if !p.Admin {
			q = q.Where("id IN (SELECT merchant_id FROM members WHERE person_id = ?)", p.ID)
		}
		return q.Find(&rows).Error
	})
	all := make([]Merchant, len(rows))
	for i, r := range rows {
		all[i] = r.merchant()
	}
	return all, err
}

// PutMember gives somebody a role for a merchant, or another one.
func (s *Store) PutMember(ctx context.Context, merchantID, personID int64, role Role) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error { return t.putMember(ctx, merchantID, personID, role, s.now()) })
}

func (t *tx) putMember(ctx context.Context, merchantID, personID int64, role Role, now time.Time) error {
	if err := t.merchantThere(ctx, merchantID); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO members (merchant_id, person_id, role, weekly, mailed, created_at) VALUES (?, ?, ?, '', '', ?)
		ON CONFLICT (merchant_id, person_id) DO UPDATE SET role = excluded.role`, merchantID, personID, role, at(now))
	return err
}

// raise gives somebody a role for a merchant, unless they have that one or a higher one.
func (t *tx) raise(ctx context.Context, merchantID, personID int64, role Role, now time.Time) error {
	var has Role
	if _, err := t.one(ctx, []any{&has}, "SELECT role FROM members WHERE merchant_id = ? AND person_id = ?", merchantID, personID); err != nil || has.May(role) {
		return err
	}
	return t.putMember(ctx, merchantID, personID, role, now)
}

// SetWeekly says where a member's weekly scorecard goes, from the week after one on: "" for nowhere.
func (s *Store) SetWeekly(ctx context.Context, merchantID, personID int64, address, after string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "UPDATE members SET weekly = ?, mailed = ? WHERE merchant_id = ? AND person_id = ?", address, after, merchantID, personID)
		if err == nil && n == 0 {
			return fmt.Errorf("member %d: %w", personID, ErrMissing)
		}
		return err
	})
}

// ClaimMail takes it upon the caller to send a member the scorecard of a week, and says whether that is so: of all who try, one does. m is as
// it was read: another address, or another week that was sent meanwhile, and nobody does.
func (s *Store) ClaimMail(ctx context.Context, m Member, week string) (claimed bool, err error) {
	err = s.change(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "UPDATE members SET mailed = ? WHERE merchant_id = ? AND person_id = ? AND weekly = ? AND mailed = ?", week, m.MerchantID, m.PersonID, m.Weekly, m.Mailed)
		claimed = n > 0
		return err
	})
	return claimed, err
}

// ReturnMail undoes ClaimMail, where nothing was sent.
func (s *Store) ReturnMail(ctx context.Context, m Member, week string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE members SET mailed = ? WHERE merchant_id = ? AND person_id = ? AND mailed = ?", m.Mailed, m.MerchantID, m.PersonID, week)
		return err
	})
}

// WeeklyMembers lists the members of all merchants who get a weekly scorecard, by merchant.
func (s *Store) WeeklyMembers(ctx context.Context) ([]Member, error) {
	return s.members(ctx, "WHERE m.weekly <> '' ORDER BY m.merchant_id, m.person_id")
}
