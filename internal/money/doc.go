// Package money is the one way amounts are held: whole micros (millionths of a currency's major unit) with the
// currency's ISO 4217 code.
//
// Micros fit every currency a provider sends (yen have no minor unit, dinars three; ad platforms bill in micros), sums stay
// integers, and nothing passes through a float on its way from the provider's text to the database.
package money
