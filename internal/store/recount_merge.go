package store

import (
	"context"
	"slices"
)

// A merge at the provider moves the orders of the customer that is gone to the one that took over, without touching the orders
// or saying so with them. So it is followed here, whichever of order and merge is read first. Of a chain of merges the last one
// is the buyer.

const mergedOrders = `UPDATE orders SET customer_id = (SELECT c.merged_into FROM customers c
	WHERE c.merchant_id = orders.merchant_id AND c.connection_id = orders.connection_id AND c.id = orders.customer_id)
	WHERE ` + ours + ` AND EXISTS (SELECT 1 FROM customers c WHERE c.merchant_id = orders.merchant_id
	AND c.connection_id = orders.connection_id AND c.id = orders.customer_id AND c.merged_into <> '' AND c.merged_into <> c.id AND c.gone_at IS NOT NULL)`

// longestMerge bounds the following of merges that go round in a circle.
const longestMerge = 20

// followMerges moves the orders of touched customers, and touched orders. It returns the customers that took over.
func (c *change) followMerges(ctx context.Context) (set, error) {
	chain := set{}
	next := c.touched.customers.list()
	for range longestMerge {
		found, err := c.lookUp(ctx, "SELECT merged_into FROM customers WHERE merged_into <> '' AND gone_at IS NOT NULL AND "+ours, "id", next)
		if err != nil {
			return nil, err
		}
		next = next[:0]
		for _, id := range found {
			if !chain.has(id) {
				chain.add(id)
				next = append(next, id)
			}
		}
		if len(next) == 0 {
			break
		}
	}
	from := c.touched.customers.list()
	for id := range chain {
		if !c.touched.customers.has(id) {
			from = append(from, id)
		}
	}
	if err := c.moveMerged(ctx, "customer_id", from); err != nil {
		return nil, err
	}
	return chain, c.moveMerged(ctx, "id", c.touched.orders.list())
}

func (r *recounter) moveMerged(ctx context.Context, column string, values []string) error {
	for chunk := range slices.Chunk(values, atATime) {
		where, arg := r.oneOf(column, chunk)
		for range longestMerge {
			n, err := r.exec(ctx, mergedOrders+" AND "+where, r.keys(arg)...)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	return nil
}

// followAllMerges moves all orders of customers that are merged into others.
func (r *recounter) followAllMerges(ctx context.Context) error {
	for range longestMerge {
		n, err := r.exec(ctx, mergedOrders, r.keys()...)
		if err != nil || n == 0 {
			return err
		}
	}
	return nil
}
