package connectors

import (
	"errors"
	"fmt"
	"time"
)

// Fault sorts a provider's refusals by what is to be done next.
type Fault string

// The closed set of faults.
const (
	Denied      Fault = "denied"      // the grant is dead: link again
	Throttled   Fault = "throttled"   // later, after RetryAfter; not a failed attempt
	Unavailable Fault = "unavailable" // try again with backoff
	TooLarge    Fault = "too_large"   // ask for less
	Forbidden   Fault = "forbidden"   // a scope or permission is missing: named in Scope
	Malformed   Fault = "malformed"   // the answer, or our question, is not as agreed: a person must look
)

// Error is a fault of the provider.
type Error struct {
	Fault      Fault
	Op         string        // what was being done, for a person
	Scope      string        // the scope or permission that is missing, for Forbidden
	RetryAfter time.Duration // for Throttled and Unavailable, where known
	Hint       string        // what to do about it
	Err        error         // what the provider said, without secrets
}

func (e *Error) Error() string {
	s := e.Op
	if e.Err != nil {
		if s != "" {
			s += ": "
		}
		s += e.Err.Error()
	}
	if s == "" {
		s = string(e.Fault)
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// FaultOf finds the fault in err; ok is false where err is no provider's fault.
func FaultOf(err error) (f Fault, ok bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Fault, true
	}
	return "", false
}

// RetryAfter is how long the provider asked to wait; zero if it did not say.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// Errorf makes a fault with a formatted cause.
func Errorf(f Fault, op, format string, args ...any) *Error {
	return &Error{Fault: f, Op: op, Err: fmt.Errorf(format, args...)}
}
