// Package daily pulls figures that a provider works out by the day and restates for a while: ad spend, visits, rates.
//
// A connector declares how many days may be asked for at once, how long the provider changes them, and one function that reads a run of days, or
// three for a report that the provider prepares first. The rest is the same everywhere and is here: which days are due in the account's own zone,
// the slices of a first pull, the re-reading each night and the longer one each week, halving what is too large, the report's job kept in the
// cursor over any number of runs, and the proof. Days come whole, so that a campaign that is no longer there costs nothing.
package daily
