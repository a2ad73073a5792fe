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
	// hopeless is what is not waited for at all: what is under way gives back less than that.
	hopeless = 10 * waitHere
	// lookAgain is how often a request that waits looks whether others have settled.
	lookAgain = 200 * time.Millisecond
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

// Wait takes cost from the account's budget and waits until it is there. Requests ask for more than they are charged in the end, so that
// what others settle meanwhile ends a wait early.
func (p *sharedPacer) Wait(ctx context.Context, cost float64) error {
	var short time.Duration
	for began := time.Now(); ; {
		var ok bool
		var err error
		if short, ok, err = p.db.Spend(ctx, p.merchant, p.connection, cost, waitHere); err != nil {
			return err
		}
		if ok {
			break
		}
		if time.Since(began) >= waitHere || short > hopeless {
			return &connectors.Error{Fault: connectors.Throttled, Op: "keep to the account's limit", Err: errors.New("other jobs use what the account may ask"), RetryAfter: again(short)}
		}
		if err := wait(ctx, min(short, lookAgain)); err != nil {
			return err
		}
	}
	for until := time.Now().Add(short); short > 0; {
		err := wait(ctx, min(short, lookAgain))
		if err == nil {
			short, err = p.db.Owed(ctx, p.merchant, p.connection)
		}
		if err != nil {
			quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellWithin)
			defer cancel()
			return errors.Join(err, p.db.Return(quick, p.merchant, p.connection, cost))
		}
		short = min(short, time.Until(until)) // what those behind have taken is not waited for
	}
	return nil
}

// again is when to come back after a wait in vain, where so much is owed. Most of what is owed is what others have under way, and they are
// charged less than they took: it is not waited for in full.
func again(short time.Duration) time.Duration {
	if short > hopeless {
		return short
	}
	return min(short, waitHere)
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
