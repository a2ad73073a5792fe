// Package connectors is the contract between Fourfold and every provider it can pull from.
//
// A connector is a value, not an interface: it declares how a login is linked, which accounts it opens, what can be pulled and
// how. It turns the provider's wire types into facts and nothing else: it does not log, keeps no state outside its cursors,
// and never sees the database.
package connectors

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/secret"
)

// Connector declares one provider.
type Connector struct {
	ID     string // stored with every connection; never renamed
	Title  string
	Auth   []Auth  // the ways a login can be linked, the preferred one first
	Fields []Field // what the merchant fills in before linking
	// Steps are what a merchant does at the provider before linking, in order, as the pages walk them through it. The redirect address, the
	// scopes and the fields are shown below the steps.
	Steps []Step
	// DeveloperToken says that the provider gives a token beside the app, without which nothing is answered.
	DeveloperToken bool
	// Choose says that a login may open accounts that are no business of the scorecard's, so that the merchant picks. Where it is false
	// all of them are linked.
	Choose   bool
	Accounts func(ctx context.Context, g Grant) ([]AccountInfo, error)
	// Probe says what the grant may see of an account. Streams that need a capability which it does not mention are those of another kind of
	// account, and nobody misses them.
	Probe   func(ctx context.Context, acc Account) ([]Capability, error)
	Hooks   *Hooks // nil where the provider has no webhooks
	Streams []Stream
	Version string // of the provider's API, as pinned
	// Sunset is the day the provider ends support for Version; where it has named none, the earliest by its habit, and zero where it has no such habit.
	Sunset period.Day
}

// Step is one thing that a merchant does at the provider.
type Step struct {
	Text string // a sentence or two, as plain text
	At   string // the page to do it on; "" where it is the one before, or none
}

// Field is one thing a merchant fills in before linking, such as the shop's name.
type Field struct {
	ID, Title, Help string
	Secret          bool
	Option          bool // says how to link, not which login: two links that differ in it alone are one
	// Choices are all values that Check takes, where they are few.
	Choices []string
	// Machine says that the value may lead to a file of the machine that Fourfold runs on, or to an address of its network: only who looks
	// after the installation may give it.
	Machine bool
	// Check returns the value in its canonical form, or an error that says what would do. It never touches the network.
	Check func(value string) (string, error)
}

// Grant is one login's consent, ready to use: Client sends authorised requests, refreshing tokens as needed.
type Grant struct {
	Fields map[string]string // the connector's Fields by ID, canonical
	Scopes []string          // as granted
	Client *http.Client
	// Bare sends requests as they are, without a token, over the same network as Client: for links that the provider has
	// signed, which often lead to another company's host.
	Bare *http.Client
}

// AccountInfo describes one account that a grant opens.
type AccountInfo struct {
	ID, Name string
	Currency string // ISO 4217
	Zone     string // IANA
	Since    time.Time
	// Manager is the account through which this one is reached; "" where it is reached by itself.
	Manager string
	// Barred says why nothing can be pulled from it, and what to do: it only manages others, or is suspended. "" for one that can be
	// linked. Currency and Zone of a barred account may be unknown.
	Barred string
}

// Account is one account to pull from.
type Account struct {
	Grant
	AccountInfo
	Settings map[string]string // the connection's own settings
	// Pacer is shared by all that use the account at the provider, wherever they run.
	Pacer Pacer
	// Now is the clock. Cursors that hold instants use the provider's time where it tells one.
	Now func() time.Time
}

// Pacer spends an account's budget at the provider before a request goes out.
type Pacer interface {
	// Wait blocks until cost may be spent, or returns the context's error. Where that takes long it may return a Throttled fault instead,
	// and the request is not sent.
	Wait(ctx context.Context, cost float64) error
	// Report ends what Wait(requested) began, once for each Wait that returned nil: it was charged actual, and the provider said
	// the rest. Maximum is zero where the provider said nothing, as when no answer came.
	Report(requested, actual, available, maximum, restorePerSecond float64)
}

// Clock is the time by the account's clock, which is the machine's where Now is nil.
func (a Account) Clock() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// Stream is one kind of fact a provider serves, with its own cursor. A trailing re-read is a stream of its own.
type Stream struct {
	ID    string
	Title string
	// Needs names the capabilities without which the stream is not pulled at all.
	Needs []string
	// Every is how long after a completed pull the stream is due again; zero means every night.
	Every time.Duration
	// After names a stream that must have been complete once before this one is pulled: what reads again has nothing to do, and only
	// slows the first pull, while that is still reading. "" for no such stream.
	After string
	// Reaches says that the first pull begins at Request.Since: to reach further back later, the stream is read anew from there.
	Reaches bool
	Pull    PullFunc
	// Fetch reads single objects after a hint; nil where no hint names this stream.
	Fetch FetchFunc
}

// Elsewhere says whether the stream is of another kind of account than the one with these capabilities: a file of spend has no orders. It is
// never pulled there, and so nothing waits for it.
func (s Stream) Elsewhere(caps []Capability) bool {
	return len(caps) > 0 && slices.ContainsFunc(s.Needs, func(id string) bool {
		return !slices.ContainsFunc(caps, func(have Capability) bool { return have.ID == id })
	})
}

// Request says where a pull goes on from.
type Request struct {
	Cursor Cursor    // zero for the first pull, or after the cursor was cleared
	Since  time.Time // how far back the first pull reaches; zero for all there is
	Has    func(capability string) bool
}

// PullFunc yields the pages of a stream from req.Cursor on.
//
// The caller stores a page and its Next cursor in one transaction before it asks for another, so a pull may be cut off after
// any page and taken up again there. Records are upserted by ID: yielding one twice is harmless, leaving one out is not.
// A provider that restates the past begins its own lookback before the cursor.
//
// A job that runs on the provider's side lives in the cursor: yield a page whose cursor holds the job as intended, submit it,
// yield the cursor with its ID, then return a Throttled error with RetryAfter until it is done; on resuming, a running
// operation with our own query text is adopted. One cursor holds all slices of a stream.
//
// A pull that ends without an error has reached the provider's present. The first error ends the pull. Faults of the provider
// are *Error.
type PullFunc func(ctx context.Context, acc Account, req Request) iter.Seq2[Page, error]

// Page is one answer in a pull: what is stored together with the cursor behind it.
type Page struct {
	Records []fact.Record
	// ReadAt is when the provider read them: a bulk operation's start, which may be hours ago.
	ReadAt time.Time
	// Replaces: daily facts of this stream come whole for these days; stored rows of them that are not in the page are gone.
	Replaces *period.Days
	Next     Cursor
	// Backfill marks pages of the first pull, before the stream has ever been complete.
	Backfill bool
	// Proof is on the page that ends a slice.
	Proof *Proof
	// Note tells a person how far a long pull has come; it is shown, not stored.
	Note Progress
}

// Progress of a long pull.
type Progress struct {
	Text        string // "orders 2025-03 to 2025-05"
	Done, Total int64  // in whatever unit the stream counts; Total is zero while unknown
}

// Proof says that a slice of a stream arrived whole. Only proofs advance how far the data are called complete.
type Proof struct {
	Slice      string    // the slice's own name: its range, as a person reads it
	From, To   time.Time // the range of the filter: creation for a backfill, update for a walk; zero From means from the beginning
	Started    time.Time // the provider's time when it began to read
	Method     string    // bulk or pages
	Promised   Count     // what the provider said it would send
	Read       Count     // what arrived
	Version    string    // API version that answered
	CompleteTo time.Time // how far the whole stream is complete once this page is stored; zero while slices are missing
	// CompleteDay is the same for streams of facts that are a day, as the provider cuts days: the first day that is not known to be whole.
	// Zero for streams of instants.
	CompleteDay period.Day
	// Sweep: after this slice, children of the parents it read that carry an older ReadAt are gone. Only children that come with
	// their parent in one read are meant: refund lines and adjustments, returns and their lines, promises have streams of their
	// own and stay. A stream of fact.OrderSeen sweeps the orders themselves: those created from From on and before To that are
	// neither named in the slice nor read since Started are gone. A stream of fact.CustomerSeen does the same with customers, but only with
	// the proof that ends a reading: From, To and Started are then those of the whole of it.
	Sweep bool
	// Absences: the slice held all orders created from From on and before To. Those of them that it did not bring, and that were not read
	// since Started, are gone.
	Absences bool
}

// Count is how much a slice held.
type Count struct{ Objects, Roots, Bytes int64 }

// Capability is something a grant may or may not allow, named with what it costs the scorecard.
type Capability struct {
	ID      string // orders, all_orders, unit_cost, sessions, …
	Granted bool
	Detail  string    // what the provider said
	Costs   string    // what a person loses without it
	Remedy  string    // what to do about it
	Since   time.Time // facts of this kind reach back only this far; zero if there is no limit
}

// Scopes lists what to ask the provider for.
type Scopes struct {
	Required, Optional []string
	// LeaveOut is the Field that names optional scopes not to ask for, separated by commas; "" where there is none.
	LeaveOut string
}

// Asked is what a link with these fields asks for.
func (s Scopes) Asked(fields map[string]string) []string {
	asked := slices.Clone(s.Required)
	left := strings.Split(fields[s.LeaveOut], ",")
	for _, scope := range s.Optional {
		if !slices.Contains(left, scope) {
			asked = append(asked, scope)
		}
	}
	return asked
}

// Auth is one way a login is linked. Exactly one of its functions beside Kind is set for a code grant or an exchange.
type Auth struct {
	Kind   AuthKind
	Title  string
	Scopes Scopes
	// Begin gives the address the merchant's browser is sent to. Code grants only.
	Begin func(app App, c Consent) (string, error)
	// Verify checks a callback before anything is sent anywhere: signature, age, known single-valued parameters.
	// It returns the code, and the fields that the callback proves (the shop).
	Verify func(app App, callback *http.Request, now time.Time) (Callback, error)
	// Install checks the query with which the provider sends a merchant who installs or opens the app there: signature and age. It returns
	// the fields that it proves, canonical. Whoever sees such a query may send it again for a while: it is no proof of who sends it. Nil
	// where a link never begins at the provider. Code grants only.
	Install func(app App, r *http.Request, now time.Time) (fields map[string]string, err error)
	// Exchange turns a code into tokens. Code grants only.
	Exchange func(ctx context.Context, client *http.Client, app App, c Consent, code string) (Tokens, error)
	// Renew gets the next tokens: by refresh token, or by asking again with the client's own credentials. Nil where tokens last.
	Renew func(ctx context.Context, c *http.Client, app App, fields map[string]string, old Tokens) (Tokens, error)
	// Inspect asks the provider when a pasted token ends and what it may do; nil where it does not tell. Tokens only.
	Inspect func(ctx context.Context, c *http.Client, app App, fields map[string]string, access secret.Text) (Tokens, error)
	// Authorise puts the access token on a request, and what the provider wants to know of the app beside it. It refuses hosts that are
	// not the account's own.
	Authorise func(r *http.Request, app App, fields map[string]string, access secret.Text) error
}

// Consent is one asking of a merchant in the browser, from its beginning to the callback.
type Consent struct {
	Fields   map[string]string // the connector's Fields by ID, canonical
	Redirect string            // where the browser comes back to
	State    string            // tells this asking from every other
	Verifier string            // of PKCE (RFC 7636), for providers that know it
}

// AuthKind is a closed set.
type AuthKind string

// Ways of linking.
const (
	AuthCode   AuthKind = "code"   // authorization code grant, through a browser
	AuthClient AuthKind = "client" // client credentials
	AuthToken  AuthKind = "token"  // a pasted token
	AuthOpen   AuthKind = "open"   // nothing is secret: public figures, or the merchant's own file
)

// App is the provider-side application the merchant made for Fourfold.
type App struct {
	ClientID       string
	ClientSecret   secret.Text
	DeveloperToken secret.Text // where the provider gives one beside the app; empty elsewhere
}

// Callback is what a verified callback proves.
type Callback struct {
	Code, State string
	Fields      map[string]string
}

// Tokens are what a grant lives on.
type Tokens struct {
	Access         secret.Text
	Refresh        secret.Text
	AccessExpires  time.Time // zero if it does not expire
	RefreshExpires time.Time
	Scopes         []string // as granted
}
