package store

import (
	"context"
	"slices"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
)

// beforeLaunch is the year in which a customer must have bought to be one whom a launch could win over.
func beforeLaunch(launch period.Day) period.Days {
	return period.Days{From: launch - 365, To: launch}
}

// adopters are customers who had bought in the year before a launch and bought the product within 90 days of it, over the products.
func (c *Counter) adopters(src *source, launched []product) (n int64) {
	var unknown []product
	for _, v := range launched {
		if _, ok := src.adopted[v.id]; !ok {
			unknown = append(unknown, v)
		}
	}
	if len(unknown) > 0 {
		if src.adopted == nil {
			src.adopted = make(map[string]int64)
		}
		c.later(func(ctx context.Context, t *tx) error { return c.adoption(ctx, t, src, unknown) })
	}
	for _, v := range launched {
		n += src.adopted[v.id]
	}
	return n
}

// purchase is a customer's first purchase of a product.
type purchase struct {
	product, customer string
}

// adoption works out the adopters of products: who bought them in time, and whether they had bought anything in the year before.
func (c *Counter) adoption(ctx context.Context, t *tx, src *source, launched []product) error {
	from, to := launched[0].launch, launched[0].launch
	ids := make([]string, 0, len(launched))
	launch := make(map[string]period.Day)
	for _, v := range launched {
		src.adopted[v.id] = 0
		ids = append(ids, v.id)
		launch[v.id] = v.launch
		from, to = min(from, v.launch), max(to, v.launch)
	}
	buyers := make(map[purchase]bool)
	customers := set{}
	for chunk := range slices.Chunk(ids, atATime) {
		where, arg := t.oneOf("l.product_id", chunk)
		err := t.each(ctx, func(scan func(...any) error) error {
			var b purchase
			var day period.Day
			if err := scan(&b.product, &b.customer, &day); err != nil {
				return err
			}
			if first := launch[b.product]; day >= first && day <= first+count.AdoptionDays {
				buyers[b] = true
				customers.add(b.customer)
			}
			return nil
		}, `SELECT DISTINCT l.product_id, o.customer_id, o.day FROM orders o
			CROSS JOIN order_lines l CROSS JOIN customer_days d
			WHERE l.merchant_id = o.merchant_id AND l.connection_id = o.connection_id AND l.order_id = o.id
			AND d.merchant_id = o.merchant_id AND d.connection_id = o.connection_id AND d.channel = ? AND d.customer_id = o.customer_id AND d.day = o.day
			AND o.merchant_id = ? AND o.connection_id = ? AND o.day >= ? AND o.day <= ? AND o.customer_id <> '' AND o.test = ? AND o.gone_at IS NULL AND `+where,
			count.Whole, src.connection.MerchantID, src.connection.ID, from.String(), (to + count.AdoptionDays).String(), false, arg)
		if err != nil {
			return err
		}
	}
	bought, err := purchaseDays(ctx, t, src.connection, customers.list())
	if err != nil {
		return err
	}
	for b := range buyers {
		if slices.ContainsFunc(bought[b.customer], beforeLaunch(launch[b.product]).Has) {
			src.adopted[b.product]++
		}
	}
	return nil
}

// purchaseDays are the days on which customers bought anything in the store.
func purchaseDays(ctx context.Context, t *tx, of Connection, customers []string) (map[string][]period.Day, error) {
	bought := make(map[string][]period.Day)
	for chunk := range slices.Chunk(customers, atATime) {
		where, arg := t.oneOf("customer_id", chunk)
		err := t.each(ctx, func(scan func(...any) error) error {
			var id string
			var day period.Day
			err := scan(&id, &day)
			bought[id] = append(bought[id], day)
			return err
		}, "SELECT customer_id, day FROM customer_days WHERE "+ours+" AND channel = ? AND "+where, of.MerchantID, of.ID, count.Whole, arg)
		if err != nil {
			return nil, err
		}
	}
	return bought, nil
}
