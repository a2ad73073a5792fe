package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"
)

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
	err := s.change(ctx, func(ctx context.Context, t *tx) (err error) {
		p, err = t.addPerson(ctx, p, s.now())
		return err
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// AddFirstPerson adds the admin of an installation that nobody signs in to yet, and is ErrNameTaken where somebody does.
func (s *Store) AddFirstPerson(ctx context.Context, p Person) (Person, error) {
	p.Admin = true
	err := s.change(ctx, func(ctx context.Context, t *tx) error {
		if t.dialect == postgres {
			if _, err := t.exec(ctx, "LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE"); err != nil {
				return err
			}
		}
		var err error
		if p, err = t.addPerson(ctx, p, s.now()); err != nil { // first, so that SQLite too has others wait
			return err
		}
		var n int
		if _, err := t.one(ctx, []any{&n}, "SELECT COUNT(*) FROM people"); err != nil || n == 1 {
			return err
		}
		return ErrNameTaken
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// addPerson adds somebody. ErrNameTaken says that they, or somebody of that name, were there already.
func (t *tx) addPerson(ctx context.Context, p Person, now time.Time) (Person, error) {
	p.Name, p.Generation, p.CreatedAt = SignInName(p.Name), 1, now
	added, err := t.one(ctx, []any{&p.ID}, `INSERT INTO people (name, password, generation, language, admin, arrives, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING RETURNING id`, p.Name, p.Password, p.Generation, p.Language, p.Admin, p.Arrives, at(now))
	if err == nil && !added {
		err = ErrNameTaken
	}
	return p, err
}

// SignInName is a name however it is typed. Whatever counts or compares names goes through it.
func SignInName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// Person is somebody by ID.
func (s *Store) Person(ctx context.Context, id int64) (Person, error) {
	var r personRow
	err := s.read(ctx, "read the person", func(db *gorm.DB) error { return missing(db.Where("id = ?", id).Take(&r).Error, "person", id) })
	return r.person(), err
}

// PersonNamed is who signs in with a name.
func (s *Store) PersonNamed(ctx context.Context, name string) (Person, error) {
	var r personRow
	err := s.read(ctx, "read the person", func(db *gorm.DB) error {
		return missing(db.Where("name = ?", SignInName(name)).Take(&r).Error, "person", 0)
	})
	return r.person(), err
}

// AnyPerson says whether somebody signs in to this installation.
func (s *Store) AnyPerson(ctx context.Context) (bool, error) {
	var n int64
	err := s.read(ctx, "count the people", func(db *gorm.DB) error { return db.Model(&personRow{}).Limit(1).Count(&n).Error })
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
