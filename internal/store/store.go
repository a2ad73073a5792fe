package store

import (
	"fmt"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Merchant is one business with any number of stores and accounts.
type Merchant struct {
	ID           int64 // given by the store
	Name         string
	Currency     string // of the scorecard, ISO 4217
	Zone         string // IANA; the merchant's days are cut by it
	Calendar     period.Calendar
	CostsHistory string // "current": the earliest unit cost read also serves the days before it, marked estimated
	CreatedAt    time.Time
	Schedule     string     // five cron fields in Zone; "" for the installation's
	State        string     // StateActive or StatePaused
	Since        period.Day // how far back a first pull reaches; zero for the installation's
}

// Location is the merchant's time zone.
func (m Merchant) Location() (*time.Location, error) {
	loc, err := time.LoadLocation(m.Zone)
	if err != nil {
		return nil, fmt.Errorf("the merchant's time zone %q is not known: use a name such as Europe/Berlin: %w", m.Zone, err)
	}
	return loc, nil
}

// States of merchants, grants and connections.
const (
	StateActive   = "active"
	StateRelink   = "relink"   // of a grant: the provider refused it for good, a person must link again
	StateUnlinked = "unlinked" // of a connection: no longer pulled, its facts are kept
	StatePaused   = "paused"   // of a merchant: no nights until it is resumed
)

// Grant is one login's consent, its tokens sealed by the vault.
type Grant struct {
	ID, MerchantID int64 // ID zero for a new one
	Connector      string
	Auth           connectors.AuthKind
	Fields         map[string]string
	Scopes, Asked  []string // as granted, as asked for
	Sealed         []byte
	State, Reason  string // StateActive or StateRelink, and why
	UpdatedAt      time.Time
}

// Connection is one account under a grant.
type Connection struct {
	ID, MerchantID, GrantID int64 // ID zero for a new one
	Connector, AccountID    string
	Name, Currency, Zone    string
	Since                   time.Time
	Settings                map[string]string
	State                   string // StateActive or StateUnlinked
	Derived                 bool   // its totals follow its facts; false until the first backfill has been worked out
	CreatedAt               time.Time
}

// StreamState is where a stream stands.
type StreamState struct {
	Stream     string
	Cursor     connectors.Cursor
	Number     int64     // the fence: hand it to SavePage
	CompleteTo time.Time // proven complete up to here
	// CompleteDay is the same for streams of facts that are a day, as the provider cuts days: the first day that is not known to be whole;
	// FirstDay is the first that is. Zero for streams of instants, FirstDay also where there is nothing to know of the days before.
	CompleteDay, FirstDay period.Day

	LastPage     time.Time
	LastComplete time.Time // when a pull last reached the provider's present
	Backfilled   bool
	LastError    string
	LastFault    connectors.Fault // of LastError; "" where that was no provider's fault
	RetryAt      time.Time
}

// Run is one night's, or one command's, work on a merchant.
type Run struct {
	ID, MerchantID int64
	Kind           string // NightRun, PullRun, or what follows a night: export, weekly, destinations
	StartedAt      time.Time
	EndedAt        time.Time // zero while it runs, or if it was cut off
	Error          string
	Note           string // how far it came, for people
	Night          string // the local date of the night it belongs to; "" for work that was asked for
}

// The kinds of runs that read from a merchant's sources.
const (
	NightRun = "night" // by schedule, or asked for on the pages
	PullRun  = "pull"  // by command
)

// ProofRow is a proof as it was stored.
type ProofRow struct {
	connectors.Proof
	ConnectionID, RunID int64
	Stream              string
	StoredAt            time.Time
}

// SnapshotQuery selects snapshots. Zero fields select everything.
type SnapshotQuery struct {
	Scope         *kpi.Scope
	Grain         period.Grain
	Period        string     // a period's name
	Periods       []string   // names of several, which is far quicker than From and To
	From, To      period.Day // periods that begin on or after From, and before To where To is not zero
	KPI           kpi.ID
	KPIs          []kpi.ID // several
	Latest        bool     // only the last revision of each
	PublishedOnly bool     // only values at close; with Latest, the last of them
}

// Mark says that a measure's total of a day changed since the periods that hold it were last judged.
type Mark struct {
	Connection int64
	Channel    string
	Measure    kpi.Measure
	Day        period.Day
	MarkedAt   time.Time
	Cause      kpi.Cause // why a total of a day that was complete changed; of several the one told first
	times      int64
}
