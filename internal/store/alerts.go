package store

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Alert is one cause for which a merchant needs a person: since when, and whether somebody was told.
type Alert struct {
	MerchantID int64
	Cause      string // a cause of worker's, with what it is about
	Text       string // what is the matter and what to do
	Since      time.Time
	ToldAt     time.Time // zero until somebody was told
	ClearedAt  time.Time // zero until it was mended
}

const alertColumns = "merchant_id, cause, text, since, told_at, cleared_at"

func scanAlert(scan func(...any) error) (Alert, error) {
	var a Alert
	var since, told, cleared instant
	err := scan(&a.MerchantID, &a.Cause, &a.Text, &since, &told, &cleared)
	a.Since, a.ToldAt, a.ClearedAt = since.Time, told.Time, cleared.Time
	return a, err
}

// PutAlerts notes what of a merchant needs a person now, texts by cause. A cause that is on record already stays as told as it was; one
// that had been mended begins anew; one that is not named any more is mended.
func (s *Store) PutAlerts(ctx context.Context, merchantID int64, texts map[string]string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		now := at(s.now())
		causes, err := t.addAlerts(ctx, merchantID, texts, now)
		if err != nil {
			return err
		}
		named, arg := t.oneOf("cause", causes)
		_, err = t.exec(ctx, "UPDATE alerts SET cleared_at = ? WHERE merchant_id = ? AND cleared_at IS NULL AND NOT ("+named+")", now, merchantID, arg)
		return err
	})
}

// AddAlerts is PutAlerts for what is seen while more may be the matter: what is not named stays as it is.
func (s *Store) AddAlerts(ctx context.Context, merchantID int64, texts map[string]string) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.addAlerts(ctx, merchantID, texts, at(s.now()))
		return err
	})
}

func (t *tx) addAlerts(ctx context.Context, merchantID int64, texts map[string]string, now instant) (causes []string, err error) {
	if err := t.merchantThere(ctx, merchantID); err != nil {
		return nil, err
	}
	causes = slices.Sorted(maps.Keys(texts)) // in one order, so that two who do it at once wait for each other
	for _, cause := range causes {
		_, err := t.exec(ctx, `INSERT INTO alerts (merchant_id, cause, text, since) VALUES (?, ?, ?, ?) ON CONFLICT (merchant_id, cause) DO UPDATE SET
				text = excluded.text,
				since = CASE WHEN alerts.cleared_at IS NULL THEN alerts.since ELSE excluded.since END,
				told_at = CASE WHEN alerts.cleared_at IS NULL THEN alerts.told_at END,
				cleared_at = NULL`, merchantID, cause, texts[cause], now)
		if err != nil {
			return nil, err
		}
	}
	return causes, nil
}

// Alerts lists what a merchant ever needed a person for, the latest first.
func (s *Store) Alerts(ctx context.Context, merchantID int64) ([]Alert, error) {
	return s.alerts(ctx, "WHERE merchant_id = ? ORDER BY since DESC, cause", merchantID)
}

// OpenAlerts lists, over all merchants, what needs a person now, the oldest first.
func (s *Store) OpenAlerts(ctx context.Context) ([]Alert, error) {
	return s.alerts(ctx, "WHERE cleared_at IS NULL ORDER BY since, merchant_id, cause")
}

func (s *Store) alerts(ctx context.Context, where string, args ...any) ([]Alert, error) {
	var all []Alert
	err := s.each(ctx, func(scan func(...any) error) error {
		a, err := scanAlert(scan)
		all = append(all, a)
		return err
	}, "SELECT "+alertColumns+" FROM alerts "+where, args...)
	return all, err
}

// MarkTold notes that somebody was told of these. One that was mended and came back meanwhile is another, and stays untold.
func (s *Store) MarkTold(ctx context.Context, told []Alert) error {
	return s.change(ctx, func(ctx context.Context, t *tx) error {
		now := at(s.now())
		for _, a := range told {
			if _, err := t.exec(ctx, "UPDATE alerts SET told_at = ? WHERE merchant_id = ? AND cause = ? AND since = ? AND told_at IS NULL",
				now, a.MerchantID, a.Cause, at(a.Since)); err != nil {
				return err
			}
		}
		return nil
	})
}

// TellAlone runs tell unless somebody else does just now: no two tell of the same alert. On Postgres that holds over all processes, and
// whoever dies lets go of it; on SQLite over one.
func (s *Store) TellAlone(ctx context.Context, tell func(ctx context.Context) error) error {
	if !s.telling.TryLock() {
		return nil
	}
	defer s.telling.Unlock()
	if s.dialect == sqlite {
		return tell(ctx)
	}
	conn, err := s.locks.Conn(ctx)
	if err != nil {
		return s.explain("connect", err)
	}
	defer conn.Close()
	began, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return s.explain("begin", err)
	}
	defer func() { _ = began.Rollback() }() // nothing was written under it
	var ours bool
	if err := began.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended('fourfold alerts', 0))").Scan(&ours); err != nil || !ours {
		return s.explain("lock the alerts", err)
	}
	return tell(ctx)
}
