package export

import (
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// Book is everything an export shows. It is plain input: nothing in it is worked out again from facts, and nothing comes from
// a clock, so that the same snapshot gives the same file.
type Book struct {
	Merchant string         // title of the book
	Currency string         // the reporting currency, ISO 4217
	Zone     *time.Location // the merchant's; instants are shown in it. nil means UTC
	Calendar period.Calendar

	TakenAt    time.Time // when the snapshot was taken; the file carries this date and no other
	CompleteTo time.Time // the slowest stream has been proven to here; zero while a backfill is under way

	KPIs   []kpi.KPI            // the catalogue, in its order; each gets its names in the workbook, with a value or without
	Cards  []Card               // current scorecards: the whole merchant first, then stores and channels
	All    bool                 // the scorecard shows every KPI it has; otherwise those that belong to an objective
	Scopes map[kpi.Scope]string // titles of stores and channels

	History []kpi.Snapshot // of any scope, grain and revision, in any order; published ones and the latest at least
	Targets []kpi.Target

	Streams      []Stream
	Capabilities []Capability
	Checks       []Check
	Notes        []string // what a reader must know besides: one sentence each
}

// Card is the scorecard of one scope.
type Card struct {
	Scorecard kpi.Scorecard
	// Before is what to compare with where that is not the period before as a whole: the year before, or the same part of either where the period
	// is running. Where it is missing and the period is over, the history is searched for the period before.
	Before *kpi.Scorecard
}

// Stream says how far one kind of fact is complete, and what proves it.
type Stream struct {
	Store      string
	Title      string
	CompleteTo time.Time // zero while the backfill is under way
	Backfilled bool
	Proofs     []Proof
}

// Proof is one range read to its end without an error.
type Proof struct {
	Range    string // as a person reads it
	Method   string // bulk or pages
	Version  string // of the API that answered
	Promised Amounts
	Read     Amounts
	At       time.Time // the provider's time when the reading began
}

// Amounts counts what was read; a field the provider does not promise is zero on that side.
type Amounts struct{ Objects, Roots, Bytes int64 }

// Capability is something a grant allows or not.
type Capability struct {
	Store   string
	Name    string
	Granted bool
	Detail  string    // what the provider said
	Costs   string    // what is missing from the scorecard without it
	Remedy  string    // what to do about it
	Since   time.Time // facts reach back only to here; zero if there is no limit
}

// Check holds one figure of ours against the provider's own.
type Check struct {
	Store  string
	Title  string // what was counted
	Range  string // the day or period
	Theirs Cell   // Money or Count
	Ours   Cell   // of the same kind
	Cause  string // why they differ, where it is known
}

func (b Book) zone() *time.Location {
	if b.Zone == nil {
		return time.UTC
	}
	return b.Zone
}

// scope is the title of a scope; a scope nobody named is written as it is stored.
func (b Book) scope(s kpi.Scope) string {
	if title := b.Scopes[s]; title != "" {
		return title
	}
	if s == kpi.Whole {
		return "All stores"
	}
	return s.String()
}
