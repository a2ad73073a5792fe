package shopify

import (
	"fourfold/internal/fact"
	"fourfold/internal/money"
)

type stockItem struct {
	ID   gid   `json:"id"`
	Cost *coin `json:"unitCost"`
}

type stockLevel struct {
	Parent     gid  `json:"__parentId"`
	Active     bool `json:"isActive"`
	Location   *ref `json:"location"`
	Quantities []struct {
		Name     string `json:"name"`
		Quantity int64  `json:"quantity"`
	} `json:"quantities"`
}

// inventoryOfBulk turns a line into a reading of the run's day. An item without a cost has no reading: its cost is unknown, not zero.
func inventoryOfBulk(s *sink, kind string, line []byte) error {
	switch kind {
	case "InventoryItem":
		var i stockItem
		if err := decodeLine(line, &i); err != nil {
			return err
		}
		if i.Cost != nil {
			s.add(fact.CostReading{ItemID: string(i.ID), Day: s.day, Cost: money.Micros(i.Cost.Amount), Currency: i.Cost.Currency})
		}
		return nil
	case "InventoryLevel":
		var l stockLevel
		if err := decodeLine(line, &l); err != nil {
			return err
		}
		if !l.Active {
			return nil
		}
		r := fact.StockReading{ItemID: string(l.Parent), LocationID: l.Location.id(), Day: s.day}
		for _, q := range l.Quantities {
			switch q.Name {
			case "on_hand":
				r.OnHand = q.Quantity
			case "available":
				r.Available = q.Quantity
			case "committed":
				r.Committed = q.Quantity
			case "incoming":
				r.Incoming = q.Quantity
			}
		}
		s.add(r)
		return nil
	}
	return strangeKind(kind)
}
