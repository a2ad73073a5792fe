package transport

import (
	"context"
	"net/http"
	"time"
)

// Call is one request's story. The sender fills in the first part and puts it into the context; the transport fills in the rest.
// A Call belongs to one request and is not shared.
type Call struct {
	// Op says what is being done, for a person.
	Op string
	// Cost is what the request is expected to ask of the account's budget. A Judge that learns better sets it for the next attempt.
	Cost float64
	// Repeatable says that the request may be sent again when it is unknown whether it was carried out. Reads by GET are so anyway.
	Repeatable bool

	// What the last attempt brought. Body is whole, up to the transport's limit.
	Attempts int
	Status   int
	Header   http.Header
	Body     []byte
	// At is the provider's time, from its Date header; zero if it told none.
	At time.Time
}

type callKey struct{}

// Context carries the call to the transport.
func (c *Call) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// CallOf finds the call in a context; nil if there is none.
func CallOf(ctx context.Context) *Call {
	c, _ := ctx.Value(callKey{}).(*Call)
	return c
}
