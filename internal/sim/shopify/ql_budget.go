package shopify

import (
	"sync"
	"time"
)

const (
	qlWindow = time.Minute
	qlPoints = 1000
	qlCost   = 10
)

// qlBudget is ShopifyQL's own allowance: points per window of a minute, beside the bucket.
type qlBudget struct {
	mu   sync.Mutex
	ends time.Time
	left int
}

// take charges one query, tells what is left in extensions.shopifyqlCost, and is negative where it may not run.
func (b *qlBudget) take(x *exec) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := x.srv.opts.Pace(); !now.Before(b.ends) {
		b.ends, b.left = now.Add(qlWindow), qlPoints
	}
	left := b.left - qlCost
	if left >= 0 {
		b.left = left
	}
	x.extra["shopifyqlCost"] = map[string]any{
		"requestedQueryCost": qlCost, "currentlyAvailable": b.left, "maximumAvailable": qlPoints,
		"windowResetAt": b.ends.UTC().Format(time.RFC3339),
	}
	return left
}
