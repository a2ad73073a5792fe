package fixedrates

import "fourfold/connectors"

// steps are what a merchant does before linking; the README tells them at length.
var steps = []connectors.Step{
	{Text: "Nothing is asked of anybody: write what one unit of each currency is worth to you, such as USD=0.92 GBP=1.17."},
}
