// Package export writes a book: the scorecard of a period with its history, targets, definitions and proof of completeness,
// as a spreadsheet, as CSV files and for a terminal.
//
// What is in a book is laid out once, by Lay, as sheets of typed cells; each format is one file that only knows how to write
// such cells. An exporter sees no fact and asks no database: equal books give equal bytes.
package export
