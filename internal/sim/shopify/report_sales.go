package shopify

import (
	"strconv"
	"sync"
	"time"
)

// salesDay is one day of the sales report, as the ledger gives it: tests, gift cards and tips are outside.
type salesDay struct {
	orders                                                     int
	gross, discounts, reversals, shipping, taxes, duties, fees int64
	quantity, reversed                                         int
}

func (d *salesDay) net() int64 { return d.gross + d.discounts + d.reversals }

func (d *salesDay) total() int64 { return d.net() + d.shipping + d.taxes + d.duties + d.fees }

// reportCache keeps the daily sums of one zone until the shop changes.
type reportCache struct {
	mu       sync.Mutex
	revision int
	zone     string
	days     map[string]*salesDay
}

// salesByDay is called under the server's read lock.
func (s *Server) salesByDay(zone *time.Location) map[string]*salesDay {
	c := &s.reports
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.days != nil && c.revision == s.revision && c.zone == zone.String() {
		return c.days
	}
	c.revision, c.zone, c.days = s.revision, zone.String(), map[string]*salesDay{}
	names := &dayNames{zone: zone}
	day := func(at Instant) *salesDay {
		name := names.of(at)
		d := c.days[name]
		if d == nil {
			d = &salesDay{}
			c.days[name] = d
		}
		return d
	}
	for _, o := range s.shop.Orders {
		if o.Test {
			continue
		}
		day(o.placed()).orders++
		for i := range o.Agreements {
			a := &o.Agreements[i]
			d := day(a.HappenedAt)
			for k := range a.Sales {
				d.add(&a.Sales[k])
			}
		}
	}
	return c.days
}

// add files one row of the ledger. What takes something back is a reversal, whatever its action is called.
func (d *salesDay) add(v *Sale) {
	net := v.Total - v.Tax
	switch v.LineType {
	case "GIFT_CARD", "TIP":
		return
	case "SHIPPING":
		d.shipping += net
	case "DUTY":
		d.duties += net
	case "ADDITIONAL_FEE", "FEE":
		d.fees += net
	case "ADJUSTMENT":
		d.reversals += net
	default:
		if v.ActionType == "RETURN" || v.Total < 0 || v.Quantity < 0 {
			d.reversals += net
			d.reversed -= v.Quantity
			break
		}
		d.gross += net + v.DiscountBeforeTax
		d.discounts -= v.DiscountBeforeTax
		d.quantity += v.Quantity
	}
	d.taxes += v.Tax
}

// dayNames cuts instants to civil days, remembering the last day met, since neighbours mostly share it.
type dayNames struct {
	zone     *time.Location
	from, to Instant
	name     string
}

func (n *dayNames) of(at Instant) string {
	if at < n.from || at >= n.to {
		y, m, d := at.Time().In(n.zone).Date()
		start := time.Date(y, m, d, 0, 0, 0, 0, n.zone)
		n.from, n.to = At(start), At(time.Date(y, m, d+1, 0, 0, 0, 0, n.zone))
		n.name = start.Format(time.DateOnly)
	}
	return n.name
}

func (x *exec) answerSales(q *qlQuery, a *qlAnswer) {
	byDay := x.srv.salesByDay(q.zone)
	var sum salesDay
	for _, name := range q.days() {
		d := byDay[name]
		if d == nil {
			d = &salesDay{}
		}
		if q.byDay {
			row := map[string]string{"day": name}
			for _, m := range q.show {
				row[m] = d.value(m)
			}
			a.rows = append(a.rows, row)
			continue
		}
		sum.merge(d)
	}
	if !q.byDay {
		row := map[string]string{}
		for _, m := range q.show {
			row[m] = sum.value(m)
		}
		a.rows = append(a.rows, row)
	}
}

func (d *salesDay) merge(o *salesDay) {
	d.orders += o.orders
	d.gross += o.gross
	d.discounts += o.discounts
	d.reversals += o.reversals
	d.shipping += o.shipping
	d.taxes += o.taxes
	d.duties += o.duties
	d.fees += o.fees
	d.quantity += o.quantity
	d.reversed += o.reversed
}

func (d *salesDay) value(metric string) string {
	amount := func(v int64) string { return string(price(v).append(nil)) }
	switch metric {
	case "gross_sales":
		return amount(d.gross)
	case "discounts":
		return amount(d.discounts)
	case "sales_reversals":
		return amount(d.reversals)
	case "net_sales":
		return amount(d.net())
	case "total_sales":
		return amount(d.total())
	case "shipping_charges":
		return amount(d.shipping)
	case "taxes":
		return amount(d.taxes)
	case "duties":
		return amount(d.duties)
	case "additional_fees":
		return amount(d.fees)
	case "orders":
		return strconv.Itoa(d.orders)
	case "quantity_ordered":
		return strconv.Itoa(d.quantity)
	}
	return strconv.Itoa(d.reversed)
}
