package shopify

// searchable holds the filters of each connection that has a query argument, by the names of the official documentation.
var searchable = map[string]filters{
	"Order": {
		"default":            {get: func(v any) any { return v.(*Order).Name() }},
		"name":               {get: func(v any) any { return v.(*Order).Name() }},
		"id":                 {get: func(v any) any { return v.(*Order).ID }},
		"created_at":         {get: func(v any) any { return v.(*Order).CreatedAt }},
		"updated_at":         {get: func(v any) any { return v.(*Order).UpdatedAt }},
		"processed_at":       {get: func(v any) any { return v.(*Order).placed() }},
		"test":               {get: func(v any) any { return v.(*Order).Test }, values: []string{"true", "false"}},
		"status":             {get: func(v any) any { return v.(*Order).orderStatus() }, values: []string{"open", "closed", "cancelled"}},
		"financial_status":   {get: func(v any) any { return v.(*Order).FinancialStatus }},
		"fulfillment_status": {get: func(v any) any { return fulfillmentFilter(v.(*Order)) }},
		"return_status":      {get: func(v any) any { return lower(v.(*Order).ReturnStatus, "no_return") }},
		"source_name":        {get: func(v any) any { return v.(*Order).SourceName }},
		"customer_id": {get: func(v any) any {
			if c := v.(*Order).Customer; c != nil {
				return c.ID
			}
			return nil
		}},
		"location_id":   {get: func(v any) any { return v.(*Order).LocationID }},
		"tag":           {get: func(v any) any { return v.(*Order).Tags }},
		"discount_code": {get: func(v any) any { return v.(*Order).DiscountCodes }},
		"gateway":       {get: func(v any) any { return v.(*Order).Gateways }},
	},
	"Order.agreements": {
		"id":          {get: func(v any) any { return v.(*Agreement).ID }},
		"happened_at": {get: func(v any) any { return v.(*Agreement).HappenedAt }},
	},
	"Order.returns": {
		"id":     {get: func(v any) any { return v.(*Return).ID }},
		"status": {get: func(v any) any { return lower(v.(*Return).Status, "open") }},
	},
	"Customer": {
		"id": {get: func(v any) any { return v.(*Customer).ID }},
		// Matching whole days is the documented grain of this one.
		"updated_at":    {get: func(v any) any { return v.(*Customer).UpdatedAt }, byDay: true},
		"customer_date": {get: func(v any) any { return v.(*Customer).CreatedAt }},
		"orders_count":  {get: func(v any) any { return int64(v.(*Customer).Orders) }},
		"state":         {get: func(v any) any { return lower(v.(*Customer).State, "disabled") }},
		"tag":           {get: func(v any) any { return v.(*Customer).Tags }},
	},
	"Product": {
		"default":      {get: func(v any) any { return v.(*Product).Title }},
		"id":           {get: func(v any) any { return v.(*Product).ID }},
		"title":        {get: func(v any) any { return v.(*Product).Title }},
		"handle":       {get: func(v any) any { return v.(*Product).Handle }},
		"created_at":   {get: func(v any) any { return v.(*Product).CreatedAt }},
		"updated_at":   {get: func(v any) any { return v.(*Product).UpdatedAt }},
		"published_at": {get: func(v any) any { return v.(*Product).PublishedAt }},
		"status":       {get: func(v any) any { return lower(v.(*Product).Status, "active") }},
		"gift_card":    {get: func(v any) any { return v.(*Product).GiftCard }},
		"product_type": {get: func(v any) any { return v.(*Product).Type }},
		"vendor":       {get: func(v any) any { return v.(*Product).Vendor }},
		"tag":          {get: func(v any) any { return v.(*Product).Tags }},
	},
	"ProductVariant": {
		"id":         {get: func(v any) any { return v.(stocked).v.ID }},
		"product_id": {get: func(v any) any { return v.(stocked).p.ID }},
		"sku":        {get: func(v any) any { return v.(stocked).v.SKU }},
		"updated_at": {get: func(v any) any { return v.(stocked).v.UpdatedAt }},
	},
	"InventoryItem": {
		"id":         {get: func(v any) any { return v.(item).v.Item.ID }},
		"sku":        {get: func(v any) any { return v.(item).v.SKU }},
		"created_at": {get: func(v any) any { return v.(item).v.Item.CreatedAt }},
		"updated_at": {get: func(v any) any { return v.(item).v.Item.UpdatedAt }},
	},
	"InventoryItem.inventoryLevels": {
		"id":         {get: func(v any) any { return v.(*InventoryLevel).ID }},
		"created_at": {get: func(v any) any { return v.(*InventoryLevel).CreatedAt }},
		"updated_at": {get: func(v any) any { return v.(*InventoryLevel).UpdatedAt }},
	},
	"Location": {
		"default":     {get: func(v any) any { return v.(*Location).Name }},
		"location_id": {get: func(v any) any { return v.(*Location).ID }},
		"name":        {get: func(v any) any { return v.(*Location).Name }},
		"active":      {get: func(v any) any { return !v.(*Location).Inactive }},
		"created_at":  {get: func(v any) any { return v.(*Location).CreatedAt }},
	},
	"AbandonedCheckout": {
		"id":             {get: func(v any) any { return v.(*Checkout).ID }},
		"created_at":     {get: func(v any) any { return v.(*Checkout).CreatedAt }},
		"updated_at":     {get: func(v any) any { return v.(*Checkout).UpdatedAt }},
		"status":         {get: func(v any) any { return checkoutStatus(v.(*Checkout)) }, values: []string{"open", "closed"}},
		"recovery_state": {get: func(v any) any { return recovery(v.(*Checkout)) }, values: []string{"recovered", "not_recovered"}},
	},
	"BulkOperation": {
		"id":             {get: func(v any) any { return v.(*bulkOperation).id }},
		"created_at":     {get: func(v any) any { return v.(*bulkOperation).created }},
		"completed_at":   {get: func(v any) any { return v.(*bulkOperation).completed }},
		"operation_type": {get: func(any) any { return "query" }, values: []string{"query", "mutation"}},
		"status": {get: func(v any) any { return lower(v.(*bulkOperation).status, "created") },
			values: []string{"canceled", "canceling", "completed", "created", "expired", "failed", "running"}},
	},
}

func fulfillmentFilter(o *Order) string {
	switch o.FulfillmentStatus {
	case "FULFILLED":
		return "shipped"
	case "PARTIALLY_FULFILLED":
		return "partial"
	}
	return lower(o.FulfillmentStatus, "unfulfilled")
}

func checkoutStatus(c *Checkout) string {
	if c.CompletedAt != 0 {
		return "closed"
	}
	return "open"
}

func recovery(c *Checkout) string {
	if c.CompletedAt != 0 {
		return "recovered"
	}
	return "not_recovered"
}

// matching filters the rows of a connection inside an object by its query argument.
func matching[T any](x *exec, where string, rows []T, a args) []*T {
	keep := make([]*T, 0, len(rows))
	c := x.condition(where, a)
	for i := range rows {
		if c == nil || c.match(&rows[i]) {
			keep = append(keep, &rows[i])
		}
	}
	return keep
}

// condition parses a query argument and notes its warnings. A query that cannot be read matches nothing, with an error.
func (x *exec) condition(where string, a args) condition {
	q := a.str("query")
	if q == "" {
		return nil
	}
	c, warnings, bad := x.parse(q, searchable[where])
	if bad != nil {
		x.errs = append(x.errs, bad.at(x.path))
		return never{}
	}
	x.reports = append(x.reports, searchReport{append([]any(nil), x.path...), q, warnings})
	return c
}
