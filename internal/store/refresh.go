package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"time"

	"gorm.io/gorm"
)

const (
	lockLease  = 2 * time.Minute // how long a refresh may hold a grant on SQLite before it is taken for dead
	renewLimit = 90 * time.Second
	lockRetry  = 50 * time.Millisecond
	keepTries  = 20 // attempts to store what a provider has already handed out
	keepPause  = 500 * time.Millisecond
)

// RefreshGrant changes a grant's tokens, one at a time per grant over all processes. renew is called with the grant as it is once
// all others are done, so it first looks whether the tokens still need it; it has 90 seconds. What it returns is stored before
// RefreshGrant returns, even if ctx has ended meanwhile: a rotated token that is not kept is lost. With an error nothing is stored.
func (s *Store) RefreshGrant(ctx context.Context, merchantID, grantID int64, renew func(ctx context.Context, g Grant) (Grant, error)) (Grant, error) {
	lock := s.lockRow
	if s.dialect == sqlite {
		lock = s.lease
	}
	unlock, err := lock(ctx, merchantID, grantID)
	if err != nil {
		return Grant{}, fmt.Errorf("wait for the grant's turn: %w", err)
	}
	defer unlock()
	old, err := s.grant(ctx, merchantID, grantID)
	if err != nil {
		return Grant{}, err
	}
	limited, cancel := context.WithTimeout(ctx, renewLimit)
	defer cancel()
	renewed, err := renew(limited, old)
	if err != nil || reflect.DeepEqual(old, renewed) {
		return old, err
	}
	renewed.ID, renewed.MerchantID = grantID, merchantID
	return s.keepGrant(context.WithoutCancel(ctx), renewed)
}

// keepGrant stores a grant and does not give up easily.
func (s *Store) keepGrant(ctx context.Context, g Grant) (kept Grant, err error) {
	for range keepTries {
		if kept, err = s.SaveGrant(ctx, g); err == nil || errors.Is(err, ErrMissing) {
			return kept, err
		}
		if wait(ctx, keepPause) != nil {
			break
		}
	}
	return g, fmt.Errorf("the provider has handed out new tokens and they could not be stored; link again if the next pull is refused: %w", err)
}

// lockRow holds Postgres's advisory lock of the grant for as long as the session lives. A process that dies lets go of it.
func (s *Store) lockRow(ctx context.Context, merchantID, grantID int64) (unlock func(), err error) {
	conn, err := s.locks.Conn(ctx)
	if err != nil {
		return nil, s.explain("connect", err)
	}
	began, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(s.explain("begin", err), conn.Close())
	}
	unlock = func() {
		_ = began.Rollback() // nothing was written under it
		_ = conn.Close()
	}
	name := fmt.Sprintf("fourfold grant %d/%d", merchantID, grantID)
	if _, err := began.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name); err != nil {
		unlock()
		return nil, s.explain("lock the grant", err)
	}
	return unlock, nil
}

// lease takes the grant by a mark on its row, in a short transaction, since SQLite has one writer and a refresh waits for the network.
func (s *Store) lease(ctx context.Context, merchantID, grantID int64) (unlock func(), err error) {
	owner := rand.Text()
	for {
		var n, there int64
		err := s.config(ctx, "lock the grant", func(db *gorm.DB) error {
			now := s.now()
			r := db.Exec("UPDATE grants SET lock_owner = ?, lock_until = ? WHERE merchant_id = ? AND id = ? AND (lock_until IS NULL OR lock_until < ?)",
				owner, at(now.Add(lockLease)), merchantID, grantID, at(now))
			n = r.RowsAffected
			if r.Error != nil || n > 0 {
				return r.Error
			}
			return db.Model(&grantRow{}).Where("merchant_id = ? AND id = ?", merchantID, grantID).Count(&there).Error
		})
		switch {
		case err != nil:
			return nil, err
		case n > 0:
			return func() {
				_ = s.config(context.WithoutCancel(ctx), "unlock the grant", func(db *gorm.DB) error {
					return db.Exec("UPDATE grants SET lock_owner = '', lock_until = NULL WHERE merchant_id = ? AND id = ? AND lock_owner = ?",
						merchantID, grantID, owner).Error
				})
			}, nil
		case there == 0:
			return nil, fmt.Errorf("grant %d: %w", grantID, ErrMissing)
		}
		if err := wait(ctx, lockRetry); err != nil {
			return nil, err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
