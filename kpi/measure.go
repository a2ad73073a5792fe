package kpi

// Measure is a quantity counted over a window: the vocabulary between the store, which counts, and formulas, which relate.
type Measure string

// Shape says how a measure behaves when days are put together.
type Shape string

// The closed set of shapes.
const (
	Additive  Shape = "additive"  // days sum to the period
	Distinct  Shape = "distinct"  // different customers; not a sum of days
	Stock     Shape = "stock"     // sums over things, not over time: a mean over days, or the last day
	Histogram Shape = "histogram" // durations, counted in bins so that quantiles can be taken over any run of days
	Curve     Shape = "curve"     // what a cohort brings, by the age of its members
	Computed  Shape = "computed"  // worked out per window from parts by product
)

// MeasureInfo describes a measure. Formulas and exports show Text; the store counts by it.
type MeasureInfo struct {
	Measure  Measure
	Shape    Shape
	Money    bool // micros; in the reporting currency once it is a Figure
	Channels bool // can be told apart by channel
	// Day names the event that gives the measure its day.
	Day string
	// Account: it is told of the whole merchant and of each ad account, but of no store. Apart: of each ad account by itself, and never of
	// several together, because every platform credits itself.
	Account, Apart bool
	// Millionths: it is counted in millionths of a thing, because platforms credit parts of one.
	Millionths bool
	// Streams are what must be complete through the window for a zero to be a zero; Capability what the grant must allow.
	Streams    []string
	Capability string
	// Else is the stream, and the capability, that stands in where no connection has Streams.
	Else string
	// Whole says that the measure needs the shop's whole history to mean anything (who is new).
	Whole bool
	// Grace is how many days after its end a period may still move as a matter of course, before it is published.
	Grace int
	Text  string
}
