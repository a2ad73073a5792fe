package connectors

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"fourfold/internal/fact"
)

// Hooks are a provider's webhooks. A webhook is a hint that an object may have changed, never more: deliveries get lost, come twice, late
// and in any order, so that what counts is what a stream reads of the object afterwards.
type Hooks struct {
	// Verify checks that a delivery was signed with the app's secret, over the raw body and in constant time, before anything of it is
	// parsed; then that it is about the login with these fields; and reads what it hints at. Everything that is wrong with it is an
	// ErrHook, whose text holds nothing of the delivery.
	Verify func(app App, fields map[string]string, header http.Header, body []byte) (Hook, error)
	// Subscribe sees to it that the account's webhooks are sent to the address, with as little in them as the provider allows. What is
	// there already is left alone, so it is done again each night: providers delete subscriptions that fail.
	Subscribe func(ctx context.Context, acc Account, address string) error
}

// ErrHook says that a delivery is not what it claims to be.
var ErrHook = errors.New("not a delivery of the provider")

// Hook is what a delivery hints at.
type Hook struct {
	// Event tells one event from another: a delivery that comes again has it again.
	Event string
	Topic string // in the provider's words
	// At is when the provider says that it happened; zero where it does not say.
	At      time.Time
	Objects []Object
	// Account says that the consent itself may have ended.
	Account bool
	// Privacy is what the law asks for; nil for nearly all.
	Privacy *Privacy
}

// Object names what a hint is about: the ID is what the stream's Fetch takes. That of a merger names two customers.
type Object struct{ Stream, ID string }

// betweenMerged stands in the ID of a merger, and in no ID of a provider's.
const betweenMerged = ">"

// Merger is the ID by which a customer is fetched of whom it was said that another took over.
func Merger(from, into string) string { return from + betweenMerged + into }

// Merged reads the ID of a merger; ok is false where it is that of one object, which from then is.
func Merged(id string) (from, into string, ok bool) { return strings.Cut(id, betweenMerged) }

// Privacy is a request about a person, or about all of an account. These alone are done at the provider's word, since there is nothing
// left to read again.
type Privacy struct {
	Kind     PrivacyKind
	Customer string   // the provider's ID; "" where it is not about one
	Orders   []string // those that the provider names
}

// PrivacyKind is a closed set.
type PrivacyKind string

// Requests that the law lets people make.
const (
	PrivacyData     PrivacyKind = "data"     // a customer asks what is held of them
	PrivacyCustomer PrivacyKind = "customer" // a customer is to be forgotten
	PrivacyAccount  PrivacyKind = "account"  // everything of the account is to be forgotten
)

// FetchFunc reads objects of a stream by their IDs, after a hint. It moves no cursor and proves nothing.
//
// Objects come whole, with all that the stream's pages bring of them, so that what was stored below them and is not among the records is
// gone. An object that the provider no longer has comes as fact.Gone. IDs are those that the connector's own hints name.
type FetchFunc func(ctx context.Context, acc Account, ids []string, has func(capability string) bool) (Fetched, error)

// Fetched is what was read of some objects.
type Fetched struct {
	Records []fact.Record
	ReadAt  time.Time // the provider's time when it began to read
}
