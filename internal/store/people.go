package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
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

// Person signs in to the pages.
type Person struct {
	ID         int64
	Name       string // what they sign in with; in lower case
	Password   string // an argon2id hash
	Generation int64  // rises with every password: what was signed in under an earlier one has ended
	Language   string // of numbers and dates: en, de, fr, es, ja; "" for what the browser asks for
	Admin      bool   // an operator of every merchant
	Arrives    string // what stands in for a password where a provider vouches for them, such as shopify/tea.myshopify.com; "" for most
	CreatedAt  time.Time
}

type personRow struct {
	ID         int64 `gorm:"primaryKey;autoIncrement"`
	Name       string
	Password   string
	Generation int64
	Language   string
	Admin      bool
	Arrives    string
	CreatedAt  instant `gorm:"autoCreateTime:false"`
}

func (personRow) TableName() string { return "people" }

func (r personRow) person() Person {
	return Person{r.ID, r.Name, r.Password, r.Generation, r.Language, r.Admin, r.Arrives, r.CreatedAt.Time}
}

// ErrNameTaken says that somebody signs in with that name already.
var ErrNameTaken = errors.New("somebody has that name already")

// AddPerson adds somebody who signs in with p.Name. A name that is taken is ErrNameTaken.
func (s *Store) AddPerson(ctx context.Context, p Person) (Person, error) {
	r := personRow{Name: SignInName(p.Name), Password: p.Password, Generation: 1, Language: p.Language, Admin: p.Admin, CreatedAt: at(s.now())}
	err := s.config(ctx, "add the person", func(db *gorm.DB) error { return db.Create(&r).Error })
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Person{}, ErrNameTaken
	}
	return r.person(), err
}

// AddFirstPerson adds the admin of an installation that nobody signs in to yet, and is ErrNameTaken where somebody does.
func (s *Store) AddFirstPerson(ctx context.Context, p Person) (Person, error) {
	r := personRow{Name: SignInName(p.Name), Password: p.Password, Generation: 1, Language: p.Language, Admin: true, CreatedAt: at(s.now())}
	err := s.config(ctx, "add the person", func(db *gorm.DB) error {
		return db.Transaction(func(tx *gorm.DB) error {
			if s.dialect == postgres {
				if err := tx.Exec("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE").Error; err != nil {
					return err
				}
			}
			if err := tx.Create(&r).Error; err != nil { // first, so that SQLite too has others wait
				return err
			}
			var n int64
			if err := tx.Model(&personRow{}).Count(&n).Error; err != nil || n == 1 {
				return err
			}
			return gorm.ErrDuplicatedKey
		})
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Person{}, ErrNameTaken
	}
	return r.person(), err
}

// SignInName is a name however it is typed. Whatever counts or compares names goes through it.
func SignInName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// Person is somebody by ID.
func (s *Store) Person(ctx context.Context, id int64) (Person, error) {
	var r personRow
	err := s.config(ctx, "read the person", func(db *gorm.DB) error { return missing(db.Where("id = ?", id).Take(&r).Error, "person", id) })
	return r.person(), err
}

// PersonNamed is who signs in with a name.
func (s *Store) PersonNamed(ctx context.Context, name string) (Person, error) {
	var r personRow
	err := s.config(ctx, "read the person", func(db *gorm.DB) error {
		return missing(db.Where("name = ?", SignInName(name)).Take(&r).Error, "person", 0)
	})
	return r.person(), err
}

// AnyPerson says whether somebody signs in to this installation.
func (s *Store) AnyPerson(ctx context.Context) (bool, error) {
	var n int64
	err := s.config(ctx, "count the people", func(db *gorm.DB) error { return db.Model(&personRow{}).Limit(1).Count(&n).Error })
	return n > 0, err
}

// SetPassword changes somebody's password to one of this hash, and ends all their sessions. It returns the person as of now. Where another
// password was chosen since p was read it is ErrMissing: of two at once one wins.
func (s *Store) SetPassword(ctx context.Context, p Person, hash string) (Person, error) {
	err := s.config(ctx, "change the password", func(db *gorm.DB) error {
		return changed(db.Model(&personRow{}).Where("id = ? AND generation = ?", p.ID, p.Generation).
			Updates(map[string]any{"password": hash, "generation": gorm.Expr("generation + 1")}), "person", p.ID)
	})
	if err != nil {
		return Person{}, err
	}
	return s.Person(ctx, p.ID)
}

// SetLanguage changes the language of somebody's numbers and dates.
func (s *Store) SetLanguage(ctx context.Context, id int64, language string) error {
	return s.config(ctx, "change the language", func(db *gorm.DB) error {
		return changed(db.Model(&personRow{}).Where("id = ?", id).Update("language", language), "person", id)
	})
}

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
	err := s.look(ctx, func(ctx context.Context, t *tx) error {
		return t.each(ctx, func(scan func(...any) error) error {
			m, err := scanMember(scan)
			all = append(all, m)
			return err
		}, "SELECT "+memberColumns+" "+where, args...)
	})
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
	err := s.config(ctx, "read the merchants", func(db *gorm.DB) error {
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
