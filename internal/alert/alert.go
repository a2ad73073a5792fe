// Package alert brings a message to the people who look after an installation: by e-mail and by webhook. It knows nothing of what the
// message says, and its errors hold neither the webhook's address nor a password.
package alert

import (
	"context"
	"errors"
)

// Way is one way of telling people.
type Way interface {
	// Send delivers a message, or says why it could not be.
	Send(ctx context.Context, subject, text string) error
}

// Ways are all that an operator has set.
type Ways []Way

// Send delivers by every way. Reached says that somebody was told: one way was enough. The error joins those of the ways that failed.
func (w Ways) Send(ctx context.Context, subject, text string) (reached bool, err error) {
	var failures []error
	for _, way := range w {
		err := way.Send(ctx, subject, text)
		reached = reached || err == nil
		failures = append(failures, err)
	}
	return reached, errors.Join(failures...)
}
