package kpi

import "fourfold/internal/period"

// ID names a KPI; stored with every snapshot and never renamed.
type ID string

// Perspective is one of Kaplan and Norton's four.
type Perspective string

// The four perspectives, in the order a scorecard shows them.
const (
	Financial       Perspective = "financial"
	CustomerView    Perspective = "customer"
	InternalProcess Perspective = "internal_process"
	LearningGrowth  Perspective = "learning_growth"
)

// Perspectives lists them in that order.
var Perspectives = []Perspective{Financial, CustomerView, InternalProcess, LearningGrowth}

// Role says whether a KPI runs ahead of results or reports them.
type Role string

// Roles. A base measure is shown and exported but belongs to no objective.
const (
	Leading Role = "leading"
	Lagging Role = "lagging"
	Base    Role = "base"
)

// Unit is how a value is written.
type Unit string

// Units. A ratio of 0.25 is shown as 25 %.
const (
	Money    Unit = "money"
	Ratio    Unit = "ratio"
	Count    Unit = "count"
	Multiple Unit = "multiple" // a quotient that is no share: net sales are 15.3 times the spend
	Percent  Unit = "percent"  // reserved for ratios above one that are shown with a percent sign
	Days     Unit = "days"
	Hours    Unit = "hours"
	Score    Unit = "score"
)

// Direction says which way is better.
type Direction string

// Directions.
const (
	Up      Direction = "up"
	Down    Direction = "down"
	InRange Direction = "range"
)

// Breadth says which parts of a merchant a KPI is told of. It follows from the measures.
type Breadth string

// Breadths.
const (
	OfStores   Breadth = ""         // the whole, each store, and its channels where the KPI has them
	OfMerchant Breadth = "merchant" // the whole only: it sets advertising, which belongs to no store, against sales
	OfAccounts Breadth = "accounts" // the whole, and each ad account
	OfPlatform Breadth = "platform" // each ad account by itself, and nothing of several: every platform credits itself
)

// Expr is a formula over terms.
type Expr interface {
	Eval(Measures) Result
	Needs() []Term
	String() string
}

// Result is what a formula gives: the parts that are stored, so that no ratio is ever averaged.
type Result struct {
	Num Number
	Den float64 // 1 for what is not a ratio
	Gap Gap
}

// Number is a numerator: exact where it can be.
type Number struct {
	Int   int64   // micros for money, things for counts
	Float float64 // where Exact is false, in the same unit
	Exact bool
}

// KPI is one declaration.
type KPI struct {
	ID          ID
	Title       string
	Perspective Perspective
	Theme       string // one objective per theme by default
	Role        Role
	Unit        Unit
	Better      Direction
	Formula     Expr
	Coverage    Expr // share of the population the value rests on; nil means all of it
	Sample      Expr // observations, against MinN; nil means none is needed
	Grains      []period.Grain
	Channels    bool    // has a meaning per channel
	Breadth     Breadth // which parts of a merchant it is told of
	Maturity    int     // days after its end before a cohort is scored
	MinN        int     // fewer observations are shown, not scored
	MinCoverage float64 // a smaller share is shown, not scored
	Starter     bool
	Version     int // of the definition; a changed one starts a new line
	Note        string
	VariantOf   ID     // the KPI whose other reading this is; "" for the reading of first choice
	Awaits      string // what would connect or fill it, for a place of the starter set that has no formula yet
	// ZeroOrBelow says that the value can be zero or negative in the ordinary way, so that a red threshold must be stated.
	ZeroOrBelow bool
}

// Value is a KPI's value with the parts it was made of.
type Value struct {
	Num      Number
	Den      float64
	N        float64
	Coverage float64 // 0 to 1
	Gap      Gap     // why there is no value, or why it is not scored
	Lacks    string  // what is missing, where there is no value for want of some of several things
	Has      bool    // there is a value to show
	V        float64 // Num ÷ Den; money in major units of the reporting currency
}
