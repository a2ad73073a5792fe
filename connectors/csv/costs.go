package csv

import (
	"fmt"
	"slices"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/fact"
)

var costColumns = []column{{"sku", true}, {"from", true}, {"cost", true}, {"currency", false}}

// unitCosts makes a cost of each line.
func unitCosts(acc connectors.Account, lines []*line) []fact.Record {
	var records []fact.Record
	seen := map[string]int{}
	for _, l := range lines {
		c := fact.SKUCost{SKU: l.cells["sku"], From: l.day("from"), Cost: l.amount("cost"), Currency: l.currency(acc)}
		if c.Cost < 0 {
			l.fail("cost: it is below zero")
		}
		l.once(seen, c.SKU+" from "+c.From.String())
		l.on(c.From, c.From+1)
		records = append(records, c)
	}
	return records
}

// once refuses a line that says again what an earlier one said.
func (l *line) once(seen map[string]int, what string) {
	if n, again := seen[what]; again {
		l.fail("%s is on line %d already", short(what), n)
		return
	}
	seen[what] = l.number
}

var tariffColumns = []column{{"kind", true}, {"from", true}, {"per_order", false}, {"per_unit", false}, {"percent", false}, {"currency", false}}

var tariffKinds = []fact.TariffKind{fact.TariffPayment, fact.TariffFulfilment, fact.TariffShipping, fact.TariffReturn}

// tariffs makes an entry of the rate card of each line.
func tariffs(acc connectors.Account, lines []*line) []fact.Record {
	var records []fact.Record
	seen := map[string]int{}
	for _, l := range lines {
		t := fact.Tariff{Kind: fact.TariffKind(strings.ToLower(l.cells["kind"])), From: l.day("from"), Currency: l.currency(acc),
			PerOrder: l.amount("per_order"), PerUnit: l.amount("per_unit"), Share: l.share("percent")}
		if !slices.Contains(tariffKinds, t.Kind) {
			l.fail("kind: %q is none of payment, fulfilment, shipping, return", short(l.cells["kind"]))
		}
		if l.cells["per_order"] == "" && l.cells["per_unit"] == "" && l.cells["percent"] == "" {
			l.fail("it does not say what it costs: write 0 where it costs nothing")
		}
		if t.PerOrder < 0 || t.PerUnit < 0 {
			l.fail("what handling costs is not below zero")
		}
		l.once(seen, fmt.Sprintf("%s from %s", t.Kind, t.From))
		l.on(t.From, t.From+1)
		records = append(records, t)
	}
	return records
}
