package store

import (
	"cmp"

	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// effect is what of a page is due to one cause: what the orders, customers and days it happened to counted for before, and after.
type effect struct{ was, is count.Tally }

// effects are a page's, by cause: so each changed total is told why, at the price of a tally a cause.
type effects map[kpi.Cause]*effect

func (e effects) of(c kpi.Cause) *effect {
	if e[c] == nil {
		e[c] = &effect{}
	}
	return e[c]
}

// sum is what the page changes in all. From then on is of every effect holds what that changed.
func (e effects) sum() *count.Tally {
	var all count.Tally
	for _, v := range e {
		v.is.Take(&v.was)
		all.Put(&v.is)
	}
	return &all
}

// cause says why a total changed; of several causes the one that is told first.
func (e effects) cause(k count.Key) kpi.Cause {
	best := kpi.Cause("")
	for c, v := range e {
		if c.Before(best) && v.is.Get(k) != 0 {
			best = c
		}
	}
	return best
}

// countOrders counts the orders as they were and as they are, each under what happened to it.
func (c *change) countOrders(orders map[string]*count.Order, ids set, were *count.Rules) {
	c.why = make(map[string]kpi.Cause)
	for id := range ids {
		was, is := c.had[id], orders[id]
		cause := count.Happened(was, is, c.complete)
		if cause == "" && was != nil {
			cause = c.otherwise()
		}
		e := c.effects.of(cause)
		for _, v := range []struct {
			o *count.Order
			t *count.Tally
			r *count.Rules
		}{{was, &e.was, were}, {is, &e.is, c.rules()}} {
			if v.o == nil {
				continue
			}
			count.OfOrder(v.t, v.o, v.r)
			if cause.Before(c.why[v.o.CustomerID]) {
				c.why[v.o.CustomerID] = cause
			}
		}
	}
}

// otherwise is why an order counts for something else of which itself nothing changed: what its goods cost, or what they are.
func (c *change) otherwise() kpi.Cause {
	switch {
	case len(c.touched.costs)+len(c.touched.skus)+len(c.touched.tariffs) > 0:
		return kpi.CauseCost
	case len(c.touched.variants) > 0:
		return kpi.CauseProduct
	case len(c.touched.stock) > 0:
		return kpi.CauseRestated
	}
	return ""
}

// wholesale is why totals change where so many orders are touched that not each is asked.
func (c *change) wholesale() kpi.Cause {
	if c.touched.gone {
		return kpi.CauseDeletion
	}
	return cmp.Or(c.otherwise(), kpi.CauseRestated)
}

// customerCauses says of the customers what happened to them, or else to their orders.
func (c *change) customerCauses(tookOver set) {
	note := func(ids set, cause kpi.Cause) {
		for id := range ids {
			if cause.Before(c.why[id]) {
				c.why[id] = cause
			}
		}
	}
	note(c.touched.merged, kpi.CauseMerge)
	note(tookOver, kpi.CauseMerge)
	note(c.touched.customers, kpi.CauseCustomer)
}
