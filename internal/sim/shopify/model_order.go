package shopify

// Order is one order with all that hangs on it. Status fields hold the names of Shopify's enums.
type Order struct {
	ID           int64
	Number       int // 1001, 1002, …; Order.name is "#1001"
	Test         bool
	Unconfirmed  bool
	Edited       bool
	CreatedAt    Instant
	ProcessedAt  Instant // when it was placed; for an imported order earlier than CreatedAt
	UpdatedAt    Instant
	CancelledAt  Instant
	CancelReason string // CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF
	ClosedAt     Instant

	TaxesIncluded  bool // prices contain tax
	DutiesIncluded bool

	// Currency is the shop's at the time, where the shop has changed it since; empty means the shop's.
	Currency string
	// Presentment is the currency that the buyer saw; empty means the shop's. Rate is units of it per unit of the shop's currency,
	// in micros. Presentment amounts are derived from the shop amounts by it, rounded to the currency's own digits.
	Presentment string
	Rate        int64

	FinancialStatus   string // AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED
	FulfillmentStatus string // FULFILLED UNFULFILLED PARTIALLY_FULFILLED RESTOCKED …
	ReturnStatus      string // empty means NO_RETURN

	SourceName    string    // web, pos, shopify_draft_order, or an app's ID
	Channel       *Channel  // shared between orders
	LocationID    int64     // of a point-of-sale order
	Customer      *Customer // nil where Shopify keeps no customer for the order
	CustomerIndex int       // 1 for the customer's first order; 0 while unknown
	Journey       *Journey  // nil for orders that did not come from the online store
	Tags          []string
	DiscountCodes []string
	Gateways      []string

	Totals            Totals
	Lines             []LineItem
	Shipping          []ShippingLine
	Fees              []AdditionalFee
	Discounts         []DiscountApplication
	Agreements        []Agreement
	Refunds           []Refund
	Returns           []Return
	Fulfillments      []Fulfillment
	FulfillmentOrders []FulfillmentOrder
	Transactions      []Transaction
	Disputes          []Dispute

	keys orderKeys // what the server indexed it under
}

// Totals are the order's *Set fields, kept by the ledger whenever the order changes. "Current" ones are after removals, returns and
// refunds; the others as last agreed before any of these.
type Totals struct {
	Subtotal, CurrentSubtotal   int64 // after discounts; with tax where the order's prices contain it
	Total, CurrentTotal         int64
	OriginalTotal               int64 // at creation
	Discounts, CurrentDiscounts int64
	Shipping, CurrentShipping   int64
	Tax, CurrentTax             int64
	Duties, CurrentDuties       int64
	Fees, CurrentFees           int64
	Tip                         int64
	Refunded                    int64 // moves only when the refund's transaction has succeeded
	RefundedShipping            int64
	Received                    int64 // netPaymentSet is Received less Refunded
	Outstanding                 int64
	RefundDiscrepancy           int64
}

// Channel says where orders came from: attribution and app.
type Channel struct {
	Handle  string // online_store, pos, tiktok…
	Name    string
	AppID   int64
	AppName string
}

// Journey is the customerJourneySummary: first and last visit before the order.
type Journey struct {
	Pending bool // ready is false for some hours after the order
	Days    int  // from the first visit to the order
	Moments int
	First   *Visit
	Last    *Visit
}

// Visit is one session on the online store that preceded an order.
type Visit struct {
	ID           int64
	At           Instant
	Source       string // google, direct, an e-mail tool…
	SourceType   string // MarketingTactic: AD, SEO, NEWSLETTER, POST…; empty for null
	Referrer     string // full URL; people's data may be in it, as in life
	Landing      string
	ReferralCode string
	UTM          *UTM
}

// UTM holds the campaign parameters of a visit's landing page.
type UTM struct{ Source, Medium, Campaign, Term, Content string }

// DiscountApplication is one discount of an order: its index is its place in Order.Discounts.
type DiscountApplication struct {
	Kind      string // Code, Automatic, Manual, Script: the concrete type is Kind + "DiscountApplication"
	Title     string // the code, for Kind Code
	Method    string // ACROSS EACH
	Target    string // LINE_ITEM SHIPPING_LINE
	Selection string // ALL ENTITLED EXPLICIT
	Amount    int64  // fixed value, where Percent is zero
	Percent   float64
}

// DiscountAllocation is the share of a discount that one line carries, also the share of order-wide discounts.
type DiscountAllocation struct {
	Index  int // of Order.Discounts
	Amount int64
}

// TaxLine is one tax on one line. Rate is a fraction: 0.19.
type TaxLine struct {
	Title string
	Rate  float64
	Price int64
}

// LineItem is one line of an order.
type LineItem struct {
	ID          int64
	ProductID   int64 // zero where the product was deleted, or for a custom line
	VariantID   int64
	Title       string
	SKU         string
	Vendor      string
	Quantity    int // as ordered, also where later removed or refunded
	Current     int // after removals and refunds
	Refundable  int
	Unfulfilled int
	GiftCard    bool
	Tip         bool // shown as a line by Shopify; its ledger row is a TipSale
	NoShipping  bool
	Untaxed     bool
	UnitPrice   int64 // original, per unit
	// Total is originalTotalSet where it is not UnitPrice times Quantity, as in orders imported without unit prices; else zero.
	// Read it by OriginalTotal.
	Total int64
	// LineDiscount is the part of Discounts that is specific to this line and no code: what discountedTotalSet and totalDiscountSet
	// show. Order-wide shares and codes are in Discounts only.
	LineDiscount int64
	Discounts    []DiscountAllocation
	Taxes        []TaxLine
	Duties       []Duty
}

// OriginalTotal is the line before discounts: originalTotalSet.
func (l *LineItem) OriginalTotal() int64 {
	if l.Total != 0 {
		return l.Total
	}
	return l.UnitPrice * int64(l.Quantity)
}

// Duty is an import duty on a line.
type Duty struct {
	ID    int64
	Price int64
	Taxes []TaxLine
}

// ShippingLine is a delivery that was charged (or given away).
type ShippingLine struct {
	ID        int64
	Title     string
	Code      string
	Removed   bool
	Price     int64 // original
	Discounts []DiscountAllocation
	Taxes     []TaxLine
}

// AdditionalFee is a fee that an app or a checkout rule put on the order.
type AdditionalFee struct {
	ID    int64
	Name  string
	Price int64
	Taxes []TaxLine
}

// Agreement is one entry of the sales ledger: what was agreed at one moment.
type Agreement struct {
	ID         int64
	HappenedAt Instant
	Reason     string // ORDER ORDER_EDIT REFUND RETURN UNKNOWN
	RefundID   int64  // makes it a RefundAgreement
	ReturnID   int64  // makes it a ReturnAgreement
	Sales      []Sale
}

// Sale is one row of the ledger. Total is after discounts and with tax, however the order's prices are meant. A reversal carries
// the opposite sign in quantity and in every amount.
type Sale struct {
	ID                int64
	ActionType        string // ORDER UPDATE RETURN UNKNOWN
	LineType          string // PRODUCT GIFT_CARD TIP SHIPPING DUTY ADDITIONAL_FEE FEE ADJUSTMENT UNKNOWN
	NoQuantity        bool   // quantity is null: adjustments, shipping
	Quantity          int
	LineItemID        int64 // PRODUCT, GIFT_CARD, TIP
	ShippingLineID    int64 // SHIPPING
	DutyID            int64 // DUTY
	FeeID             int64 // ADDITIONAL_FEE, FEE
	Total             int64
	Tax               int64
	DiscountBeforeTax int64
	DiscountAfterTax  int64
}

// Transaction is one movement of money (or an attempt at one).
type Transaction struct {
	ID          int64
	ParentID    int64
	Kind        string // AUTHORIZATION CAPTURE SALE REFUND VOID …
	Status      string // SUCCESS PENDING FAILURE ERROR …
	Gateway     string
	Test        bool
	CreatedAt   Instant
	ProcessedAt Instant
	Amount      int64
	Fees        []TransactionFee
}

// TransactionFee is what Shopify Payments kept of a transaction.
type TransactionFee struct {
	ID     int64
	Type   string // processing_fee
	Name   string
	Amount int64
	Flat   int64
	Rate   float64 // a fraction
	Tax    int64
}

// Dispute is a chargeback or an inquiry on an order.
type Dispute struct {
	ID     int64
	Type   string // CHARGEBACK INQUIRY
	Status string // NEEDS_RESPONSE UNDER_REVIEW WON LOST ACCEPTED PREVENTED
}
