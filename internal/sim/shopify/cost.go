package shopify

import "math"

// The cost rule below was fitted to live replies: scalars are free, an object costs 1, a connection 2 plus its weight for each node,
// a plain list as much as one object, a count 10, a mutation 10.

// rootCount is what a count at the top is charged.
const rootCount = 10

// freeTypes are objects that cost nothing.
var freeTypes = map[string]bool{"MoneyBag": true, "MoneyV2": true, "PageInfo": true, "MailingAddress": true}

func objectCost(typ string) int {
	if freeTypes[typ] {
		return 0
	}
	return 1
}

// pageWeight is how many nodes a page of n is charged as.
func pageWeight(n int) int { return max(1, int(2*math.Log(float64(n)))) }

// requestedCost is what a query is charged before it runs, as if every page came full.
func requestedCost(fields []*field, mutation bool) int {
	if mutation {
		return 10 * len(fields)
	}
	sum := 0
	for _, f := range fields {
		if f.typ == "Count" {
			sum += rootCount
			continue
		}
		sum += fieldCost(f)
	}
	return sum
}

func fieldCost(f *field) int {
	switch {
	case f.leaf:
		return 0
	case f.conn:
		n := f.args.num("first")
		if f.args.has("last") {
			n = f.args.num("last")
		}
		node := 0
		if s := f.nodeFields(); s != nil {
			node = selectionCost(s)
		}
		return 2 + pageWeight(n)*(1+node)
	default:
		return objectCost(f.typ) + selectionCost(f)
	}
}

// selectionCost is that of the dearest concrete type.
func selectionCost(f *field) int {
	top := 0
	for _, fields := range f.subs {
		sum := 0
		for _, s := range fields {
			sum += fieldCost(s)
		}
		top = max(top, sum)
	}
	return top
}
