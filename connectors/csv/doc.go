// Package csv reads what no provider's interface holds from files of the merchant's own: spend on influencers, print and agencies, what a
// unit costs, what handling an order costs, and orders from elsewhere.
//
// There is one format for each, described in README.md. A file is read whole or not at all: every line that is wrong is told, and nothing of the
// file is taken until none is. It is read again each night where it has changed, and what was taken out of it is taken out of the figures.
package csv
