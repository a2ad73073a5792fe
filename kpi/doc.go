// Package kpi says what is measured and how it is judged: measures, terms, formulas, the catalogue, targets, scores and the
// scorecard of a period.
//
// The package is pure: no clock, no database, no provider. It is handed figures and gives back values, scores and status, so
// that every definition can be checked against a worked example by hand. Definitions follow the catalogue of Fourfold's
// reference; where a provider's term is meant, the comment says whose.
package kpi
