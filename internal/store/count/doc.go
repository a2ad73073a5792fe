// Package count turns facts into day totals: from everything known of one order, customer, day of stock or day of visits to
// what it adds to which total.
//
// It is pure Go over the facts, without a database, for three reasons: the rules of the trade can be checked by hand, both
// databases agree by construction, and a night's change (what an order counted for before, and what it counts for now) and a
// rebuild of everything are one and the same code.
package count
