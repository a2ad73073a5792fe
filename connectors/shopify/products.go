package shopify

import (
	"context"
	"encoding/json"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/money"
)

type product struct {
	ID          gid            `json:"id"`
	Type        string         `json:"productType"`
	Status      string         `json:"status"`
	GiftCard    bool           `json:"isGiftCard"`
	CreatedAt   instant        `json:"createdAt"`
	PublishedAt instant        `json:"publishedAt"`
	UpdatedAt   instant        `json:"updatedAt"`
	Variants    *page[variant] `json:"variants"`
}

type variant struct {
	ID     gid    `json:"id"`
	Parent gid    `json:"__parentId"`
	SKU    string `json:"sku"`
	Price  amount `json:"price"`
	Policy string `json:"inventoryPolicy"`
	Item   *struct {
		ID      gid  `json:"id"`
		Tracked bool `json:"tracked"`
	} `json:"inventoryItem"`
}

func (p *product) fact() fact.Product {
	return fact.Product{ID: string(p.ID), Type: p.Type, Status: lower(p.Status), GiftCard: p.GiftCard, CreatedAt: p.CreatedAt.Time,
		PublishedAt: p.PublishedAt.Time, UpdatedAt: p.UpdatedAt.Time}
}

func (v *variant) fact(product gid) fact.Variant {
	f := fact.Variant{ID: string(v.ID), ProductID: string(product), SKU: v.SKU, Price: money.Micros(v.Price), Oversell: v.Policy == "CONTINUE"}
	if v.Item != nil {
		f.ItemID, f.Tracked = string(v.Item.ID), v.Item.Tracked
	}
	return f
}

func productOfBulk(s *sink, kind string, line []byte) error {
	switch kind {
	case "Product":
		var p product
		if err := decodeLine(line, &p); err != nil {
			return err
		}
		s.add(p.fact())
		return nil
	case "ProductVariant":
		var v variant
		if err := decodeLine(line, &v); err != nil {
			return err
		}
		s.add(v.fact(v.Parent))
		return nil
	}
	return strangeKind(kind)
}

func productOfPage(ctx context.Context, q *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	var p product
	if err := json.Unmarshal(raw, &p); err != nil {
		return time.Time{}, err
	}
	s.add(p.fact())
	return p.UpdatedAt.Time, drain(p.Variants, func(v *variant) error {
		s.add(v.fact(p.ID))
		return nil
	}, func(after string) (*page[variant], error) {
		var out struct{ Product *product }
		err := q.ask(ctx, "drain_variants", map[string]any{"id": p.ID.full("Product"), "after": after}, &out)
		if err != nil || out.Product == nil {
			return nil, gone(err, "product")
		}
		return out.Product.Variants, nil
	})
}
