package csv

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

var orderColumns = []column{{"order", true}, {"date", true}, {"customer", false}, {"channel", false}, {"sku", false}, {"quantity", true}, {"price", true},
	{"discount", false}, {"tax", false}, {"shipping", false}, {"currency", false}}

// sold is one line of an order, or of what was given back of it.
type sold struct {
	*line
	at                             time.Time
	quantity                       int64
	price, discount, tax, shipping money.Micros
}

// orders makes orders of the lines with the same number. The earliest date is when the order was placed; a line of a later date and a quantity
// below zero is what was given back then.
func orders(acc connectors.Account, lines []*line) []fact.Record {
	loc, err := location(acc.Zone)
	if err != nil {
		loc = time.UTC
	}
	var names []string
	byOrder := map[string][]sold{}
	for _, l := range lines {
		s := sold{line: l, at: l.instant("date", loc), quantity: l.count("quantity"), price: l.amount("price"), discount: l.amount("discount"), tax: l.amount("tax"), shipping: l.amount("shipping")}
		for _, name := range []string{"order", "customer", "channel", "sku"} {
			if strings.Contains(l.cells[name], "@") {
				l.fail("%s: it looks like an e-mail address, which is not kept: put a number in its place", name)
			}
		}
		if s.price < 0 || s.discount < 0 || s.tax < 0 || s.shipping < 0 {
			l.fail("amounts are not below zero: what was given back has a quantity below zero")
		}
		name := l.cells["order"]
		if byOrder[name] == nil {
			names = append(names, name)
		}
		byOrder[name] = append(byOrder[name], s)
	}
	var records []fact.Record
	for _, name := range names {
		all := byOrder[name]
		slices.SortStableFunc(all, func(a, b sold) int { return a.at.Compare(b.at) })
		records = append(records, orderOf(acc, name, all)...)
	}
	return records
}

// instant is a day, or a time with or without its zone.
func (l *line) instant(name string, loc *time.Location) time.Time {
	s := l.cells[name]
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05 -0700", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, s, loc); err == nil {
			if layout == "2006-01-02" {
				at = at.Add(12 * time.Hour)
			}
			switch day := period.On(at, time.UTC); {
			case day < earliest:
				l.fail("%s: %s is before %s: look at the year", name, day, earliest)
			case day > l.today+1: // in some zone the next day has begun
				l.fail("%s: %s is still to come", name, day)
			}
			return at.UTC()
		}
	}
	if s != "" {
		l.fail("%s: %q is not a time such as 2026-11-21 14:05 or a day", name, short(s))
	}
	return time.Time{}
}

// orderOf is an order with its lines and its ledger.
func orderOf(acc connectors.Account, name string, all []sold) []fact.Record {
	placed := all[0]
	currency := placed.currency(acc)
	o := fact.Order{ID: name, CreatedAt: placed.at, ProcessedAt: placed.at, UpdatedAt: all[len(all)-1].at, Currency: currency, Presentment: currency,
		CustomerID: placed.cells["customer"], Channel: cmp.Or(strings.ToLower(placed.cells["channel"]), "other"), JourneyDone: true}
	var below []fact.Record
	agreement, left := "", int64(0)
	for i, s := range all {
		if left += s.quantity; left < 0 && s.quantity < 0 && i > 0 {
			s.fail("quantity: the order %s has more given back than was bought by then", short(name))
		}
		if s.currency(acc) != currency || s.cells["customer"] != o.CustomerID {
			s.fail("the order %s has another customer or currency on line %d", short(name), placed.number)
		}
		reason := fact.ReasonOrder
		switch {
		case s.quantity == 0:
			s.fail("quantity: it is zero")
		case s.quantity < 0:
			reason = fact.ReasonRefund
		case !s.at.Equal(placed.at):
			reason = fact.ReasonEdit
		}
		if s.quantity < 0 && s.at.Equal(placed.at) && i == 0 {
			s.fail("the order %s begins with something given back", short(name))
		}
		if id := fmt.Sprintf("%s/%s/%s", name, s.at.Format(time.RFC3339), reason); id != agreement {
			agreement = id
			below = append(below, fact.Agreement{ID: id, OrderID: name, HappenedAt: s.at, Reason: reason})
		}
		total, sales := s.ledger(name, agreement, i)
		o.Total += total
		below = append(below, sales...)
		if s.quantity > 0 {
			id := fmt.Sprintf("%s/%d", name, i)
			below = append(below, fact.OrderLine{ID: id, OrderID: name, SKU: s.cells["sku"], ProductID: s.cells["sku"], Quantity: s.quantity, CurrentQuantity: s.quantity,
				UnitPrice: s.price, Discount: s.discount})
		}
	}
	return append([]fact.Record{o}, below...)
}

// ledger is what the line sells or takes back: price is of a unit, and discount, tax and shipping of the whole line.
func (s sold) ledger(order, agreement string, i int) (total money.Micros, rows []fact.Record) {
	sign := money.Micros(1)
	quantity := s.quantity
	if quantity < 0 {
		sign, quantity = -1, -quantity
	}
	gross, err := money.Times(s.price, quantity)
	if err != nil {
		s.fail("price: %v", err)
	}
	net := gross - s.discount
	if net < 0 {
		s.fail("discount: it is more than %d × price", quantity)
	}
	action := "order"
	if sign < 0 {
		action = "return"
	}
	sale := fact.Sale{ID: fmt.Sprintf("%s/%d", order, i), AgreementID: agreement, Line: fact.LineProduct, Action: action, Quantity: s.quantity,
		Total: sign * (net + s.tax), Tax: sign * s.tax, Discount: sign * s.discount}
	if sign > 0 {
		sale.LineID = sale.ID
	}
	rows, total = append(rows, sale), sale.Total
	if s.shipping != 0 {
		ship := fact.Sale{ID: sale.ID + "/shipping", AgreementID: agreement, Line: fact.LineShipping, Action: action, Total: sign * s.shipping}
		rows, total = append(rows, ship), total+ship.Total
	}
	return total, rows
}
