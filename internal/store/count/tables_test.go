package count

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

const eur = money.Unit

// when is an instant, written as 01-30 or 01-30 15:04 of 2026, in UTC.
func when(text string) time.Time {
	if !strings.Contains(text, " ") {
		text += " 12:00"
	}
	at, err := time.Parse("2006-01-02 15:04", "2026-"+text)
	if err != nil {
		panic(err)
	}
	return at
}

func on(text string) period.Day { return period.On(when(text), time.UTC) }

// placed is an order of a customer with a line a of two, b of one and c that is not shipped, on a day.
func placed(day string, sales ...fact.Sale) *Order {
	o := &Order{Order: fact.Order{ID: "o", ProcessedAt: when(day), Currency: "EUR", CustomerID: "c", Channel: "web", Shippable: true}, Day: on(day)}
	for _, l := range []fact.OrderLine{
		{ID: "a", ProductID: "pa", VariantID: "va", Quantity: 2, CurrentQuantity: 2, Shippable: true},
		{ID: "b", ProductID: "pb", VariantID: "vb", Quantity: 1, CurrentQuantity: 1, Shippable: true},
		{ID: "c", SKU: "song", Quantity: 1, CurrentQuantity: 1},
	} {
		o.Lines = append(o.Lines, Line{OrderLine: l, ItemID: "i" + l.ID, Tracked: l.ID == "a"})
	}
	return o.agree(day, fact.ReasonOrder, sales...)
}

// agree adds an agreement with its sales.
func (o *Order) agree(day string, reason fact.AgreementReason, sales ...fact.Sale) *Order {
	id := fmt.Sprint("agreement ", len(o.Agreements))
	o.Agreements = append(o.Agreements, Agreement{fact.Agreement{ID: id, OrderID: o.ID, HappenedAt: when(day), Reason: reason}, on(day)})
	for i, s := range sales {
		s.ID, s.AgreementID = fmt.Sprint(id, " sale ", i), id
		o.Sales = append(o.Sales, s)
	}
	return o
}

// refund adds a refund of units of a line; restocked as returned, cancelled, or not at all.
func (o *Order) refund(day, line string, units int64, restock string) *Order {
	id := fmt.Sprint("refund ", len(o.Refunds))
	o.Refunds = append(o.Refunds, Refund{fact.Refund{ID: id, CreatedAt: when(day), Total: eur}, on(day)})
	o.RefundLines = append(o.RefundLines, fact.RefundLine{ID: id, RefundID: id, LineID: line, Quantity: units, Restock: restock, Restocked: restock != "no_restock"})
	return o
}

func (o *Order) parcel(f fact.Fulfillment) *Order {
	f.ID = fmt.Sprint("parcel ", len(o.Fulfillments))
	if f.Status == "" {
		f.Status = "success"
	}
	o.Fulfillments = append(o.Fulfillments, f)
	return o
}

// sold is a product row: units, total with tax, tax, discount, in whole euros.
func sold(line string, units int64, total, tax, discount money.Micros) fact.Sale {
	return fact.Sale{Line: fact.LineProduct, LineID: line, Quantity: units, Total: total, Tax: tax, Discount: discount}
}

func row1(kind fact.LineType, total, tax money.Micros) fact.Sale {
	return fact.Sale{Line: kind, Total: total, Tax: tax}
}

// show writes the totals of some measures, a line each: measure, day, part, amount (money in euros).
func show(t *testing.T, tally *Tally, measures ...kpi.Measure) string {
	t.Helper()
	sums, err := tally.Sums()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for k, n := range sums {
		if !slices.Contains(measures, k.Measure) {
			continue
		}
		amount := fmt.Sprint(n)
		if k.Currency != "" {
			amount = money.Amount{Micros: money.Micros(n), Currency: k.Currency}.Decimal()
		}
		part := ""
		if k.Part != "" {
			part = "[" + k.Part + "] "
		}
		channel := ""
		if k.Channel != "web" {
			channel = k.Channel + ":"
		}
		lines = append(lines, fmt.Sprintf("%s%s %s %s%s", channel, k.Measure, k.Day.String()[5:], part, amount))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// expect compares the totals of some measures with what was worked out by hand, lines in any order.
func expect(t *testing.T, tally *Tally, measures []kpi.Measure, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := show(t, tally, measures...); got != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func counted(orders ...*Order) *Tally { return countedWith(&Items{}, orders...) }

func countedWith(items *Items, orders ...*Order) *Tally {
	t := &Tally{}
	for _, o := range orders {
		OfOrder(t, o, &Rules{Zone: time.UTC, Items: items})
	}
	return t
}
