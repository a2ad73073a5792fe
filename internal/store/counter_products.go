package store

import (
	"context"
	"slices"
	"strings"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
	"fourfold/kpi"
)

// products are a source's products, numbered, with their sales by day.
type products struct {
	numbers map[string]int32
	all     []product // by number
	net     *stretches[*sales]
	units   *stretches[[]sold]
	out     *stretches[[]sold] // days on which nothing of a product was to be had
}

// product is what is known of one. A sold one that the provider does not list has only its ID.
type product struct {
	id, kind  string
	published bool
	launch    period.Day // its first day of sale
	stream    period.Day // that of the first product of its type
}

// unsold stands for the first day of what has not been sold.
const unsold = period.Day(-1 << 31)

// sold is an amount of a product on a day.
type sold struct {
	day     period.Day
	product int32
	n       int64
}

func (v sold) on() period.Day { return v.day }

// sales are net sales by product and day; lacking are days without a rate.
type sales struct {
	rows    []sold
	lacking []period.Day
}

func (c *Counter) productsOf(src *source) *products {
	p := &products{}
	p.net = newStretches(ofAYear, func(days period.Days) *sales { return c.readNet(src, days) })
	p.units = newStretches(ofAYear, func(days period.Days) []sold { return c.readSold(src, count.ProductUnits, days) })
	p.out = newStretches(ofAYear, func(days period.Days) []sold { return c.readSold(src, count.ProductOut, days) })
	return p
}

// catalogue reads the products, once.
func (c *Counter) catalogue(src *source) *products {
	p, of := src.products, src.connection
	if p.numbers != nil {
		return p
	}
	p.numbers = make(map[string]int32)
	c.later(func(ctx context.Context, t *tx) error {
		err := t.each(ctx, func(scan func(...any) error) error {
			var id, kind string
			var published instant
			err := scan(&id, &kind, &published)
			v := &p.all[p.number(id)]
			v.kind, v.published = kind, !published.IsZero()
			return err
		}, "SELECT id, type, published_at FROM products WHERE "+ours, of.MerchantID, of.ID)
		if err != nil {
			return err
		}
		return p.readLaunches(ctx, t, of)
	})
	return p
}

// number is that of a product, a new one if it has none.
func (p *products) number(id string) int32 {
	if i, ok := p.numbers[id]; ok {
		return i
	}
	id = strings.Clone(id)
	i := int32(len(p.all))
	p.numbers[id] = i
	p.all = append(p.all, product{id: id, launch: unsold, stream: unsold})
	return i
}

// readLaunches finds each product's first day of sale in the store, whichever the channel, and that of its type. A publication
// date is no launch: publishing again sets it anew.
func (p *products) readLaunches(ctx context.Context, t *tx, of Connection) error {
	// The measure is in the text, so that the index of just these totals is seen to hold all of them.
	const soldUnits = "merchant_id = ? AND connection_id = ? AND measure = '" + string(count.ProductUnits) + "'"
	streams := make(map[string]period.Day)
	err := t.each(ctx, func(scan func(...any) error) error {
		var id string
		var first period.Day
		if err := scan(&id, &first); err != nil {
			return err
		}
		if id == "" {
			return nil
		}
		v := &p.all[p.number(id)]
		v.launch = first
		if was, ok := streams[v.kind]; v.kind != "" && (!ok || first < was) {
			streams[v.kind] = first
		}
		return nil
	}, `WITH RECURSIVE p (part) AS (SELECT MIN(part) FROM totals WHERE `+soldUnits+` UNION ALL
		SELECT (SELECT MIN(t.part) FROM totals t WHERE `+soldUnits+` AND t.part > p.part) FROM p WHERE p.part IS NOT NULL)
		SELECT part, day FROM (SELECT p.part, (SELECT t.day FROM totals t WHERE `+soldUnits+` AND t.part = p.part AND t.amount > 0 ORDER BY t.day LIMIT 1) AS day
		FROM p WHERE p.part IS NOT NULL) AS first WHERE day IS NOT NULL`,
		of.MerchantID, of.ID, of.MerchantID, of.ID, of.MerchantID, of.ID)
	for i := range p.all {
		if first, ok := streams[p.all[i].kind]; ok {
			p.all[i].stream = first
		}
	}
	return err
}

func (c *Counter) readSold(src *source, m kpi.Measure, days period.Days) (rows []sold) {
	c.parts(src, m, days, func(day period.Day, part, _ string, n int64) error {
		rows = append(rows, sold{day, src.products.number(part), n})
		return nil
	})
	sortSold(rows)
	return rows
}

// readNet reads net sales in the reporting currency, what is in another one converted by product and day.
func (c *Counter) readNet(src *source, days period.Days) *sales {
	s := &sales{}
	abroad := make(map[foreign]int64)
	c.parts(src, count.ProductNet, days, func(day period.Day, part, currency string, n int64) error {
		if c.own(currency) {
			s.rows = append(s.rows, sold{day, src.products.number(part), n})
		} else {
			abroad[foreign{count.ProductNet, day, part, currency}] += n
		}
		return nil
	})
	for k, n := range abroad {
		converted, ok := c.convert(n, k.currency, k.day)
		if !ok {
			s.lacking = append(s.lacking, k.day)
			continue
		}
		s.rows = append(s.rows, sold{k.day, src.products.number(k.part), converted})
	}
	sortSold(s.rows)
	return s
}

func sortSold(rows []sold) {
	slices.SortFunc(rows, func(a, b sold) int { return int(a.day - b.day) })
}
