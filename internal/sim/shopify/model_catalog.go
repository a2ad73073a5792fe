package shopify

// Customer is a person as far as the simulation goes: no name, no address, no e-mail. The schema has such fields so that selecting
// them can be refused.
type Customer struct {
	ID        int64
	CreatedAt Instant
	UpdatedAt Instant
	ConsentAt Instant // when the state of e-mail marketing consent last changed; zero for never
	Consent   string  // SUBSCRIBED UNSUBSCRIBED NOT_SUBSCRIBED PENDING; empty means NOT_SUBSCRIBED
	State     string  // DISABLED ENABLED INVITED DECLINED; empty means DISABLED
	Tags      []string
	SpendTier string // LOW MEDIUM HIGH, empty for null
	RFM       string // CHAMPIONS LOYAL …, empty for null
	Orders    int    // numberOfOrders: lifetime, now
	Spent     int64  // amountSpent: lifetime, now
	LastOrder *Order

	indexedAt Instant // the UpdatedAt that the server indexed it under
}

// Product is something sold.
type Product struct {
	ID          int64
	Title       string
	Handle      string
	Status      string // ACTIVE ARCHIVED DRAFT UNLISTED
	Type        string
	Vendor      string
	Tags        []string
	CategoryID  string // taxonomy handle, such as aa-1-4; empty for none
	Category    string // its full name
	GiftCard    bool
	CreatedAt   Instant
	UpdatedAt   Instant // also moved by stock that orders take
	PublishedAt Instant
	Variants    []*Variant
}

// Variant is one buyable form of a product, with its one inventory item.
type Variant struct {
	ID        int64
	SKU       string
	Title     string
	Barcode   string
	Price     int64
	CompareAt int64  // zero for null
	Policy    string // DENY CONTINUE; empty means DENY
	CreatedAt Instant
	UpdatedAt Instant
	Item      InventoryItem
}

// InventoryItem is the thing on the shelf. Cost is the current unit cost, the only one that Shopify knows.
type InventoryItem struct {
	ID        int64
	Untracked bool
	HasCost   bool
	Cost      int64
	CreatedAt Instant
	UpdatedAt Instant
	Levels    []InventoryLevel
}

// InventoryLevel is an item at a location. On hand is available + committed + reserved + damaged + quality control + safety stock.
type InventoryLevel struct {
	ID         int64
	LocationID int64
	Inactive   bool
	CreatedAt  Instant
	UpdatedAt  Instant

	Available, Committed, Incoming, Reserved, Damaged, QualityControl, SafetyStock int
}

// OnHand is what is physically there.
func (l *InventoryLevel) OnHand() int {
	return l.Available + l.Committed + l.Reserved + l.Damaged + l.QualityControl + l.SafetyStock
}

// Location is a shop, a warehouse, or a fulfilment service.
type Location struct {
	ID        int64
	Name      string
	Inactive  bool
	Service   bool // a fulfilment service
	Online    bool // fulfils online orders
	CreatedAt Instant
	UpdatedAt Instant
}

// Checkout is an abandoned one.
type Checkout struct {
	ID          int64
	CreatedAt   Instant
	UpdatedAt   Instant
	CompletedAt Instant // recovered
	Customer    *Customer
	Subtotal    int64
	Total       int64
	Discounts   int64
	Tax         int64
	Codes       []string
	Lines       []CheckoutLine
}

// CheckoutLine is a line of an abandoned checkout.
type CheckoutLine struct {
	ID       int64
	Title    string
	Quantity int
}

// SessionsDay counts the online store's sessions of one civil day (which Shopify cuts in the shop's zone, though a session ends at
// midnight UTC) for one combination of where they came from.
type SessionsDay struct {
	Day                               string // 2026-11-21
	Source                            string // referrer_source: direct, search, social, email, unknown
	UTMSource, UTMMedium, UTMCampaign string
	Landing                           string // landing_page_path
	Sessions                          int
	Visitors                          int
	CartAdds                          int // sessions with cart additions
	Reached                           int // sessions that reached checkout
	Completed                         int // sessions that completed checkout
	Bounced                           int
	Seconds                           int64 // total duration
}
