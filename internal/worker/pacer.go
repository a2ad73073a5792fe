package worker

import (
	"context"
	"errors"
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

const (
	// waitHere is how long a request waits for an account's budget. What takes longer is a throttled request, as if the provider had said so.
	waitHere = 5 * time.Second
	// tellWithin is how long a report may take. One that is lost leaves the request charged in full.
	tellWithin = 5 * time.Second
)

// sharedPacer is a connectors.Pacer for all processes that work a Postgres.
type sharedPacer struct {
	db                   *store.Store
	merchant, connection int64
}

// SharedPacer paces the requests of a connection's account over all processes that use the database.
func SharedPacer(db *store.Store, merchantID, connectionID int64) connectors.Pacer {
	return &sharedPacer{db, merchantID, connectionID}
}

// Wait takes cost from the account's budget and waits until it is there.
func (p *sharedPacer) Wait(ctx context.Context, cost float64) error {
	short, ok, err := p.db.Spend(ctx, p.merchant, p.connection, cost, waitHere)
	if err != nil {
		return err
	}
	if !ok {
		return &connectors.Error{Fault: connectors.Throttled, Op: "keep to the account's limit", Err: errors.New("other jobs use what the account may ask"), RetryAfter: short}
	}
	if short == 0 {
		return nil
	}
	if err := wait(ctx, short); err != nil {
		quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellWithin)
		defer cancel()
		return errors.Join(err, p.db.Return(quick, p.merchant, p.connection, cost))
	}
	return nil
}

// Report settles what Wait took. Where the provider said nothing, it stays charged in full.
func (p *sharedPacer) Report(requested, actual, available, maximum, restorePerSecond float64) {
	if maximum <= 0 || restorePerSecond <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), tellWithin)
	defer cancel()
	_ = p.db.Settle(ctx, p.merchant, p.connection, requested, actual, available, maximum, restorePerSecond)
}
