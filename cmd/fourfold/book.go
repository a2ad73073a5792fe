package main

import (
	"context"
	"errors"
	"fmt"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// books makes what `show` prints and `export` writes.
func (a *app) books() book.Maker {
	return book.Maker{Store: a.db, Connectors: a.connectors, Now: a.now}
}

// book is the book of the merchant whom the command is about.
func (a *app) book(ctx context.Context, req book.Request) (export.Book, error) {
	_, m, err := a.linked(ctx)
	if err != nil {
		return export.Book{}, err
	}
	return a.bookOf(ctx, m, req)
}

// bookOf is book for a merchant; its errors name the command that helps.
func (a *app) bookOf(ctx context.Context, m store.Merchant, req book.Request) (export.Book, error) {
	b, err := a.books().Of(ctx, m, req)
	return b, a.askedOf(ctx, m, err)
}

// untold says, in the words of the scorecard, why there is nothing to tell of a period; nil where there is a scorecard of it.
func (a *app) untold(ctx context.Context, m store.Merchant, at period.Period) error {
	_, _, err := a.books().Scorecards(ctx, m, book.Request{Period: at.Name})
	return a.askedOf(ctx, m, err)
}

// scopeExists refuses a scope that nothing is counted for.
func (a *app) scopeExists(ctx context.Context, m store.Merchant, scope kpi.Scope) error {
	return a.askedOf(ctx, m, a.books().ScopeExists(ctx, m, scope))
}

// askedOf says what to do about an error of package book.
func (a *app) askedOf(ctx context.Context, m store.Merchant, err error) error {
	none := (*book.NoneError)(nil)
	switch {
	case errors.Is(err, book.ErrAsked):
		return usage(err)
	case !errors.As(err, &none):
		return err
	}
	pull := a.next(ctx, m, "pull")
	switch none.Lack {
	case book.NotLinked:
		return a.notLinked(ctx, m)
	case book.NotBegun, book.BeforeData:
		return usage(err)
	case book.NotOver:
		return fmt.Errorf("%w; run `%s` once %s is over", err, pull, none.Period.From)
	case book.FirstPull:
		return fmt.Errorf("%w; run `%s`", err, pull)
	}
	return fmt.Errorf("%w: run `%s`", err, pull)
}
