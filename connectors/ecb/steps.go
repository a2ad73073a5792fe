package ecb

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "Nothing has to be done there: the European Central Bank publishes its rates to everybody."},
}
