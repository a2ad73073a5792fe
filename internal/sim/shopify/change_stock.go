package shopify

import "fmt"

// AddProduct puts a product on sale: it and its variants and their items get IDs and dates where they have none.
func (s *Shop) AddProduct(at Instant, p Product) *Product {
	set := func(id *int64, times ...*Instant) {
		if *id == 0 {
			*id = s.NewID()
		}
		for _, t := range times {
			if *t == 0 {
				*t = at
			}
		}
	}
	set(&p.ID, &p.CreatedAt, &p.UpdatedAt, &p.PublishedAt)
	if p.Status == "" {
		p.Status = "ACTIVE"
	}
	for _, v := range p.Variants {
		set(&v.ID, &v.CreatedAt, &v.UpdatedAt)
		set(&v.Item.ID, &v.Item.CreatedAt, &v.Item.UpdatedAt)
		for i := range v.Item.Levels {
			l := &v.Item.Levels[i]
			set(&l.ID, &l.CreatedAt, &l.UpdatedAt)
		}
	}
	s.Products = append(s.Products, &p)
	s.tell(happening{topic: "products/create", id: p.ID, at: at})
	return &p
}

// AddLocation opens a location.
func (s *Shop) AddLocation(at Instant, name string) *Location {
	l := &Location{ID: s.NewID(), Name: name, Online: true, CreatedAt: at, UpdatedAt: at}
	s.Locations = append(s.Locations, l)
	return l
}

// SetCost sets the unit cost of a variant. Shopify keeps no history of it.
func (s *Shop) SetCost(v *Variant, at Instant, cost int64) {
	v.Item.HasCost, v.Item.Cost, v.Item.UpdatedAt = true, grainOf(s.Currency).round(cost), max(v.Item.UpdatedAt, at)
	s.tell(happening{topic: "inventory_items/update", id: v.Item.ID, at: at})
}

// SetStock sets what is available of a variant at a location. It moves the level's updatedAt; the item's stays.
func (s *Shop) SetStock(v *Variant, at Instant, locationID int64, available int) error {
	if v.Item.Untracked {
		return fmt.Errorf("set stock: variant %d is not tracked", v.ID)
	}
	for i := range v.Item.Levels {
		if l := &v.Item.Levels[i]; l.LocationID == locationID {
			l.Available, l.UpdatedAt = available, max(l.UpdatedAt, at)
			return nil
		}
	}
	for _, place := range s.Locations {
		if place.ID == locationID {
			v.Item.Levels = append(v.Item.Levels, InventoryLevel{ID: s.NewID(), LocationID: locationID, CreatedAt: at, UpdatedAt: at, Available: available})
			return nil
		}
	}
	return fmt.Errorf("set stock: no location %d", locationID)
}
