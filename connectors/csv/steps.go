package csv

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "Put the file where Fourfold can read it: on its machine, or at an https address, such as a spreadsheet that is published as CSV."},
	{Text: "Its first line names the columns. spend needs date, campaign, spend; unit_costs needs sku, from, cost; tariffs needs kind, from; orders needs order, date, quantity, price."},
	{Text: "Days are written 2026-11-21. The file is read each night, and taken whole or not at all."},
}
