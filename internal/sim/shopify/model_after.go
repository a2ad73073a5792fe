package shopify

// Refund is money given back, and the goods it was given for.
type Refund struct {
	ID           int64
	CreatedAt    Instant
	ProcessedAt  Instant
	UpdatedAt    Instant
	ReturnID     int64 // zero for a refund without a return
	Total        int64 // of its succeeded transactions: totalRefundedSet
	Lines        []RefundLine
	Shipping     []RefundShipping
	Adjustments  []Adjustment
	Duties       []RefundDuty
	Transactions []int64 // IDs in Order.Transactions
}

// RefundLine is one line given back. Subtotal is after discounts, and holds the tax where the order's prices do.
type RefundLine struct {
	ID          int64
	LineItemID  int64
	Quantity    int
	RestockType string // CANCEL LEGACY_RESTOCK NO_RESTOCK RETURN
	Restocked   bool
	LocationID  int64
	Price       int64 // per unit
	Subtotal    int64
	Tax         int64
}

// RefundShipping is shipping given back.
type RefundShipping struct {
	ID             int64
	ShippingLineID int64
	Subtotal       int64
	Tax            int64
}

// Adjustment is the difference between what the refunded goods are worth and what was refunded.
type Adjustment struct {
	ID     int64
	Reason string // REFUND_DISCREPANCY PENDING_REFUND_DISCREPANCY FULL_RETURN_BALANCING_ADJUSTMENT …
	Amount int64
	Tax    int64
}

// RefundDuty is import duty given back.
type RefundDuty struct {
	DutyID int64
	Amount int64
}

// Return is goods on their way back, or back.
type Return struct {
	ID          int64
	Name        string // "#1001-R1"
	Status      string // CANCELED CLOSED DECLINED OPEN REQUESTED
	CreatedAt   Instant
	ClosedAt    Instant
	ApprovedAt  Instant
	Lines       []ReturnLine
	ShippingFee int64 // kept back for the way home; a Fee of its own
	FeeID       int64
}

// ReturnLine is one line of a return. Its fulfilment line is found by LineItemID.
type ReturnLine struct {
	ID             int64
	LineItemID     int64
	Quantity       int
	Processed      int
	Refunded       int
	Reason         string // UNWANTED SIZE_TOO_SMALL DEFECTIVE …
	RestockingFee  int64
	RestockPercent float64
	RestockingID   int64
}

// Fulfillment is one parcel, or one handover.
type Fulfillment struct {
	ID                int64
	Name              string // "#1001-F1"
	Status            string // SUCCESS CANCELLED ERROR FAILURE
	DisplayStatus     string // FULFILLED IN_TRANSIT DELIVERED …
	CreatedAt         Instant
	UpdatedAt         Instant
	InTransitAt       Instant
	DeliveredAt       Instant
	EstimatedDelivery Instant
	LocationID        int64
	Company           string
	Number            string // tracking number
	Lines             []FulfillmentLine
	Events            []FulfillmentEvent
}

// FulfillmentLine is what of one line is in the parcel.
type FulfillmentLine struct {
	ID         int64
	LineItemID int64
	Quantity   int
}

// FulfillmentEvent is a message from the carrier. It moves neither the fulfilment's nor the order's UpdatedAt.
type FulfillmentEvent struct {
	ID                int64
	Status            string // CONFIRMED IN_TRANSIT OUT_FOR_DELIVERY DELIVERED …
	HappenedAt        Instant
	CreatedAt         Instant
	EstimatedDelivery Instant
}

// FulfillmentOrder is work that a location owes; it carries what was promised to the buyer.
type FulfillmentOrder struct {
	ID          int64
	Status      string // OPEN IN_PROGRESS CLOSED CANCELLED …
	CreatedAt   Instant
	UpdatedAt   Instant
	FulfillAt   Instant
	FulfillBy   Instant
	DeliveryID  int64
	Method      string // SHIPPING PICK_UP LOCAL …
	MinDelivery Instant
	MaxDelivery Instant
}
