package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fourfold/connectors"
	"fourfold/internal/book"
	"fourfold/internal/destination"
	"fourfold/internal/export"
	"fourfold/internal/store"
)

// addDestination keeps a login that was linked as somewhere to export to.
func (a *app) addDestination(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant) error {
	l, err := a.linker(ctx)
	if err != nil {
		return err
	}
	if err := l.Arrive(ctx, m, g); err != nil {
		return err
	}
	if err := a.takeOne(ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Linked %s. A spreadsheet is made with the first export, and brought up to date after each night by \"fourfold run\".\n\nNow: %s\n", c.Title, a.next(ctx, m, "export")+" --to google-sheets")
	return nil
}

// leaveDestinations stops writing to what a login opens.
func (a *app) leaveDestinations(ctx context.Context, kind string) error {
	_, m, err := a.linked(ctx)
	if err != nil {
		return err
	}
	c, err := among(a.destinations, kind)
	if err != nil {
		return err
	}
	l, err := a.linker(ctx)
	if err != nil {
		return err
	}
	all, err := a.db.Destinations(ctx, m.ID)
	all = slices.DeleteFunc(all, func(d store.Destination) bool { return d.Kind != c.ID })
	if err == nil && len(all) == 0 {
		return fmt.Errorf("%s is not linked", c.Title)
	}
	for _, d := range all {
		if err := l.Leave(ctx, m.ID, d.GrantID); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "Unlinked %s. The spreadsheet stays as it is: %s\nTake Fourfold's access away in the Google account too.\n", c.Title, d.Address)
	}
	return err
}

// sendTo brings a destination up to date after a night, or when somebody asks on the pages.
func (a *app) sendTo(ctx context.Context, m store.Merchant, d store.Destination) (note string, err error) {
	c, err := a.config()
	if err != nil {
		return "", err
	}
	b, err := a.bookOf(ctx, m, book.Request{Period: c.Of(m.Name, false).Export.Period, All: true, History: true})
	var none *book.NoneError
	if errors.As(err, &none) {
		return "nothing was written: " + none.Error(), nil
	}
	if err != nil {
		return "", err
	}
	return a.send(ctx, m, d, b)
}

// send writes a book to a destination, and notes how that went.
func (a *app) send(ctx context.Context, m store.Merchant, d store.Destination, b export.Book) (note string, err error) {
	g, err := a.openDestination(ctx, d)
	if err == nil && d.Place == "" {
		if d, err = destination.Create(ctx, g, d, b.Zone); err == nil {
			err = a.db.TakePlace(ctx, d)
		}
		if errors.Is(err, store.ErrMissing) {
			return "", fmt.Errorf("somebody else has just made the spreadsheet of %s: try again", m.Name)
		}
	}
	if err == nil {
		d, err = destination.Export(ctx, g, d, b)
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if f, _ := connectors.FaultOf(err); f == connectors.Denied && g.Client != nil {
		l, failed := a.linker(ctx)
		if failed == nil {
			failed = l.Refused(ctx, g, err)
		}
		err = errors.Join(err, failed)
	}
	if err := errors.Join(err, a.db.MarkExported(ctx, d, err)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %s", b.Cards[0].Scorecard.Period.Name, d.Address), nil
}

// openDestination opens the login of a destination.
func (a *app) openDestination(ctx context.Context, d store.Destination) (connectors.Grant, error) {
	c, err := among(a.destinations, d.Kind)
	if err != nil {
		return connectors.Grant{}, err
	}
	l, err := a.linker(ctx)
	if err != nil {
		return connectors.Grant{}, err
	}
	grants, err := a.db.Grants(ctx, d.MerchantID)
	if err != nil {
		return connectors.Grant{}, err
	}
	i := slices.IndexFunc(grants, func(g store.Grant) bool { return g.ID == d.GrantID })
	if i < 0 {
		return connectors.Grant{}, fmt.Errorf("the login of %s is gone: fourfold link %s", c.Title, c.ID)
	}
	return l.Grant(c, grants[i])
}

// exportTo brings the merchant's spreadsheets of a kind up to date now.
func (a *app) exportTo(ctx context.Context, m store.Merchant, kind string, req book.Request) error {
	c, err := among(a.destinations, kind)
	if err != nil {
		return usage(fmt.Errorf("--to is %q: use google-sheets, or leave it out for files", kind))
	}
	all, err := a.db.Destinations(ctx, m.ID)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(d store.Destination) bool { return d.Kind != c.ID })
	if len(all) == 0 {
		return fmt.Errorf("%s is not linked: fourfold link google-sheets", c.Title)
	}
	b, err := a.bookOf(ctx, m, req)
	if err != nil {
		return err // which says what to do where there is none
	}
	for _, d := range all {
		note, err := a.send(ctx, m, d, b)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "wrote  %s\n", note)
	}
	return nil
}
