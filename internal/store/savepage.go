package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"

	"fourfold/connectors"
	"fourfold/internal/fact"
)

// SavePage stores one page in one transaction: its facts, what follows from them in the totals, its proof and the cursor behind
// it. number is what Stream or the last SavePage gave; if the stream has moved on since, nothing is stored and the error is
// ErrFenced. It returns the number for the next page.
func (s *Store) SavePage(ctx context.Context, merchantID, connectionID int64, stream string, number int64, page connectors.Page) (int64, error) {
	w, err := s.newPageWriter(stream, page)
	if err != nil {
		return 0, err
	}
	if !page.Backfill {
		for _, g := range w.sorted.groups() {
			g.unique()
		}
	}
	save := func(hold func(t *tx, ctx context.Context, merchantID, connectionID int64) (account, error)) error {
		return s.saving(w)(ctx, func(ctx context.Context, t *tx) error {
			acc, err := hold(t, ctx, merchantID, connectionID)
			if err != nil {
				return err
			}
			return s.savePage(ctx, w.in(t), acc, number)
		})
	}
	together := page.Backfill && !w.mergers()
	if together {
		err = save((*tx).uncounted)
	}
	if !together || errors.Is(err, errCounted) {
		err = save((*tx).account)
	}
	if err != nil {
		return 0, fmt.Errorf("store a page of stream %s: %w", stream, err)
	}
	s.gaugeBackfill(ctx, w, number)
	return number + 1, nil
}

// saving is how a page is written: a merger in it may be with somebody who was redacted.
func (s *Store) saving(w *pageWriter) func(context.Context, func(context.Context, *tx) error) error {
	if w.mergers() {
		return s.erase
	}
	return s.change
}

// SaveFetched stores objects of a stream that were read by their IDs, as SavePage stores a page, but proves nothing and leaves the
// stream where it stands. What was stored below an order and did not come with it is gone.
func (s *Store) SaveFetched(ctx context.Context, merchantID, connectionID int64, stream string, fetched connectors.Fetched) error {
	w, err := s.newPageWriter(stream, connectors.Page{Records: fetched.Records, ReadAt: fetched.ReadAt})
	if err != nil {
		return err
	}
	w.fetched = true
	for _, g := range w.sorted.groups() {
		g.unique()
	}
	err = s.saving(w)(ctx, func(ctx context.Context, t *tx) error {
		acc, err := t.account(ctx, merchantID, connectionID)
		if err != nil {
			return err
		}
		return w.in(t).storeOf(ctx, s, acc)
	})
	if err != nil {
		return fmt.Errorf("store what was read of stream %s: %w", stream, err)
	}
	return nil
}

func (s *Store) savePage(ctx context.Context, w *pageWriter, acc account, number int64) error {
	if w.page.Backfill && w.dialect == postgres {
		// A database that dies may lose its last pages, each with the cursor behind it: they are read again.
		if _, err := w.exec(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
			return err
		}
	}
	var err error
	w.kinds, err = w.advance(ctx, s.now(), acc.merchant.ID, acc.connection.ID, w.stream, number, w.page, w.sorted)
	if err != nil {
		return err
	}
	return w.storeOf(ctx, s, acc)
}

// pageWriter stores the facts of one page.
type pageWriter struct {
	*tx
	*place
	page   connectors.Page
	sorted *sorted
	stream string
	kinds  kindNames // of records that the stream has carried, this page's included
	// fetched: the page is none, but objects that were read by their IDs and came whole.
	fetched bool
}

// newPageWriter sorts a page. It is used in one transaction after another, until one is kept.
func (s *Store) newPageWriter(stream string, page connectors.Page) (*pageWriter, error) {
	sorted, err := sortRecords(page.Records)
	if err != nil {
		return nil, err
	}
	if page.ReadAt.IsZero() {
		if len(page.Records) > 0 || page.Replaces != nil {
			return nil, fmt.Errorf("a page of stream %s does not say when it was read: set its ReadAt", stream)
		}
		page.ReadAt = s.now()
	}
	page.ReadAt = page.ReadAt.UTC().Truncate(time.Millisecond)
	return &pageWriter{page: page, sorted: sorted, stream: stream}, nil
}

// in is the writer inside a transaction.
func (w pageWriter) in(t *tx) *pageWriter {
	w.tx = t
	return &w
}

// storeOf stores the page as the account's.
func (w *pageWriter) storeOf(ctx context.Context, s *Store, acc account) error {
	loc, err := acc.merchant.Location()
	if err != nil {
		return err
	}
	w.place = &place{merchant: acc.merchant.ID, connection: acc.connection.ID, loc: loc, earlier: acc.past.zones, readAt: w.page.ReadAt}
	return w.store(ctx, s, acc)
}

func (w *pageWriter) store(ctx context.Context, s *Store, acc account) error {
	if err := w.disguise(ctx, acc, s.now()); err != nil {
		return err
	}
	if err := w.noteSlice(ctx); err != nil {
		return err
	}
	missing, err := w.missing(ctx)
	if err != nil {
		return err
	}
	write := func() error { return w.write(ctx, missing) }
	if !acc.connection.Derived && !w.shared() {
		// Nothing is counted yet: all of it will be, once, when the backfill is complete. What others counted is converted at its rates at once.
		if err = write(); err == nil {
			err = w.firstRates(ctx, s.now(), acc)
		}
	} else {
		var touched *touched
		if touched, err = w.touched(ctx, missing); err == nil {
			err = s.counted(ctx, w.tx, acc, touched, write)
		}
	}
	if err != nil {
		return err
	}
	return w.prove(ctx, s.now())
}

// write stores the facts. missing is what the provider no longer has.
func (w *pageWriter) write(ctx context.Context, missing []fact.Gone) error {
	if err := w.replace(ctx); err != nil {
		return err
	}
	if err := w.upsertFacts(ctx); err != nil {
		return err
	}
	if err := w.bury(ctx, missing); err != nil {
		return err
	}
	return w.sweep(ctx)
}

// upsertFacts writes all records. A backfill meets no rows of its own unless it was cut off: so its records are inserted plainly, and
// merged only where that hits a row which is there: another stream may have brought an order's parcels before it, or the page holds a
// record twice.
func (w *pageWriter) upsertFacts(ctx context.Context) error {
	noted := !w.page.Backfill
	for _, g := range w.sorted.groups() {
		if w.page.Backfill {
			err := w.attempt(ctx, func() error { return g.insert(ctx, w.tx, w.place) })
			if err == nil {
				continue
			}
			if !duplicate(err) {
				return err
			}
		}
		if w.page.Backfill {
			g.unique()
		}
		if !noted {
			if err := w.noteOrders(ctx); err != nil {
				return err
			}
			noted = true
		}
		if err := g.merge(ctx, w.tx, w.place); err != nil {
			return err
		}
	}
	return nil
}

// duplicate says whether a row was there already.
func duplicate(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlitedriver.Error
	return errors.As(err, &lite) && (lite.Code() == sqliteDuplicatePrimary || lite.Code() == sqliteDuplicateUnique)
}
