// Package fact is the closed set of records that a connector may yield: what happened at the provider, as it says now.
//
// Records carry the provider's own IDs, instants in UTC and amounts in micros of the shop's currency. None has room for a
// person: a customer is an ID, and of a URL only the host and the utm_ parameters are kept.
package fact

import (
	"time"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// Record is one fact. The set is closed: only the types of this package are Records.
type Record interface{ record() }

// Kind names a type of record where one is spoken of without holding it, as in Gone.
type Kind string

// Kinds of records that can be said to be gone.
const (
	KindOrder    Kind = "order" // with everything below it
	KindCustomer Kind = "customer"
	KindProduct  Kind = "product"
)

// Gone says that the provider no longer has a thing. MergedInto names the customer that took over, where that is known. Where the
// provider shows an app only what was created since a moment, Since is that moment: of what is older nothing is said.
type Gone struct {
	Kind       Kind
	ID         string
	MergedInto string
	Since      time.Time
}

// Order is one order, without its lines. Its day is that of ProcessedAt.
type Order struct {
	ID          string
	CreatedAt   time.Time
	ProcessedAt time.Time
	UpdatedAt   time.Time // the provider's; the guard against older reads
	CancelledAt time.Time // zero if it is not cancelled
	CancelledBy string    // the provider's reason, lower case: customer, declined, fraud, inventory, staff, other
	Test        bool
	Currency    string // of every amount of the order: the shop's
	Presentment string // the buyer's currency
	CustomerID  string // "" for a guest
	Channel     string // where it was sold, as people say it: online_store, pos, …
	Shippable   bool   // has a line that is to be shipped, and was not sold over the counter
	Total       money.Micros
	// First touch and last touch before the order, host and utm_ only.
	First, Last Visit
	JourneyDone bool // the provider has finished working out the visits
	Referral    bool // a referral code, or a utm_ that says referral, led to it
}

// Visit is where a visitor came from.
type Visit struct {
	Host, Source, Medium, Campaign string
}

// OrderSeen says that the provider still has an order, and nothing else of it. A stream of them tells, by what it leaves out, which
// orders were deleted: see Proof.Sweep in package connectors.
type OrderSeen struct {
	ID        string
	CreatedAt time.Time
}

// CustomerSeen says that the provider still has a customer, and nothing else of it. What a stream of them leaves out was deleted, or merged
// into another.
type CustomerSeen struct{ ID string }

// OrderLine is one line of an order, as ordered.
type OrderLine struct {
	ID, OrderID          string
	ProductID, VariantID string // "" once deleted at the provider
	SKU                  string
	Quantity             int64 // as ordered, including what was later removed or refunded
	CurrentQuantity      int64
	UnitPrice            money.Micros
	Discount             money.Micros // all allocations, order-level shares included
	GiftCard, Shippable  bool
}

// Agreement is a dated change to what an order sells: placement, edit, return, refund. Its sales are dated by it.
type Agreement struct {
	ID, OrderID string
	HappenedAt  time.Time
	Reason      AgreementReason
}

// AgreementReason says why an agreement was made.
type AgreementReason string

// Reasons of an agreement; anything newer is kept as the provider wrote it, lower case.
const (
	ReasonOrder  AgreementReason = "order"
	ReasonEdit   AgreementReason = "order_edit"
	ReasonRefund AgreementReason = "refund"
	ReasonReturn AgreementReason = "return"
)

// Sale is one row of the sales ledger. A reversal is a row of negative amount, whatever its action. Net = Total − Tax;
// gross = net + Discount.
type Sale struct {
	ID          string
	AgreementID string // names the day; the order is the agreement's
	Line        LineType
	Action      string // order, return, update, unknown
	LineID      string // the order line, for products and gift cards
	Quantity    int64
	Total       money.Micros // after discounts, with tax
	Tax         money.Micros
	Discount    money.Micros // before tax; negative on a reversal
}

// LineType says what kind of thing a ledger row sells.
type LineType string

// Line types of the ledger.
const (
	LineProduct    LineType = "product"
	LineShipping   LineType = "shipping"
	LineTip        LineType = "tip"
	LineGiftCard   LineType = "gift_card"
	LineDuty       LineType = "duty"
	LineFee        LineType = "fee" // fees and additional fees
	LineAdjustment LineType = "adjustment"
	LineUnknown    LineType = "unknown"
)

// Refund is money given back, without its lines.
type Refund struct {
	ID, OrderID, ReturnID  string
	CreatedAt, ProcessedAt time.Time
	Total                  money.Micros
}

// RefundLine says which units a refund concerned and whether they went back on the shelf.
type RefundLine struct {
	ID, RefundID, OrderID, LineID string
	Quantity                      int64
	Restock                       string // cancel, return, no_restock, legacy_restock
	Restocked                     bool
	Subtotal, Tax                 money.Micros
}

// RefundAdjustment is the part of a refund that no line explains.
type RefundAdjustment struct {
	ID, RefundID, OrderID string
	Reason                string
	Amount, Tax           money.Micros
}

// Return is goods sent back.
type Return struct {
	ID, OrderID string
	Status      string // canceled, closed, declined, open, requested
	CreatedAt   time.Time
	ClosedAt    time.Time // housekeeping; not when the money went back
}

// ReturnLine is one line of a return with the reason given.
type ReturnLine struct {
	ID, ReturnID                  string
	LineID                        string // the order line
	Quantity, Processed, Refunded int64
	Reason                        string // lower case: defective, wrong_item, size_too_small, unknown, …
	Unverified                    bool
}

// Fulfillment is one parcel, or one hand-over.
type Fulfillment struct {
	ID, OrderID string
	Status      string // success, cancelled, error, failure
	CreatedAt   time.Time
	InTransitAt time.Time
	DeliveredAt time.Time
	EstimatedAt time.Time // the carrier's estimate, which moves
	Units       int64
	EventsSeen  bool // the carrier or an app reports events on it, so that "not delivered" means something
	UpdatedAt   time.Time
	LocationID  string
	Carrier     string
	Display     string // the state shown to the buyer, lower case
}

// Promise is the delivery date first promised to the buyer. The store keeps the first one it sees.
type Promise struct {
	OrderID string
	By      time.Time
	Kind    string // delivery (deliver by) or dispatch (ship by)
}

// Transaction is a movement of money on an order.
type Transaction struct {
	ID, OrderID string
	Kind        string // sale, capture, authorization, refund, void, …
	Status      string // success, pending, failure, …
	Gateway     string
	Test        bool
	ProcessedAt time.Time
	Amount      money.Micros
	Fee         money.Micros
	FeeKnown    bool // the provider shows what it kept
}

// Dispute is a payment questioned by the bank.
type Dispute struct {
	ID, OrderID string
	Kind        string // chargeback, inquiry
	Status      string
}

// Customer is a buyer, as an ID and dates.
type Customer struct {
	ID        string
	CreatedAt time.Time
	UpdatedAt time.Time
	ConsentAt time.Time // marketing consent; zero if none
	Orders    int64     // as the provider counts now; a cross-check only
}

// Product is one product.
type Product struct {
	ID          string
	Type        string // the merchant's own category
	Status      string // active, archived, draft
	GiftCard    bool
	CreatedAt   time.Time
	PublishedAt time.Time // resets on re-publishing
	UpdatedAt   time.Time
}

// Variant is what is stocked and sold.
type Variant struct {
	ID, ProductID, ItemID string
	SKU                   string
	Price                 money.Micros
	Oversell              bool // may be sold when out of stock
	Tracked               bool
}

// StockReading is one stock item at one place at the close of a day. The API keeps no history: a reading not taken is lost.
type StockReading struct {
	ItemID, LocationID                     string
	Day                                    period.Day
	OnHand, Available, Committed, Incoming int64
}

// CostReading is the unit cost of a stock item as shown on a day.
type CostReading struct {
	ItemID   string
	Day      period.Day
	Cost     money.Micros
	Currency string
}

// SessionsDay counts storefront visits of one day and origin, as the provider cut the day.
type SessionsDay struct {
	Day                        period.Day
	Source                     string // direct, search, social, email, …
	Host                       string // host of the referrer, or ""
	Medium, Campaign           string // utm_
	Branded                    bool   // direct, or a search for the merchant's own name, not paid
	Sessions, Carts            int64
	ReachedCheckout, Completed int64
}

// ProviderSalesDay is the provider's own sales report of a day, against which ours is reconciled.
type ProviderSalesDay struct {
	Day                         period.Day
	Currency                    string
	Gross, Discounts, Reversals money.Micros
	Net, Total                  money.Micros
	Orders                      int64
}

// Rate converts one unit of a currency on a day, in billionths of the target currency.
type Rate struct {
	Day        period.Day
	From, To   string
	Billionths int64
}

// AdDay is what a campaign cost on a day, and what the platform credits to it, as the platform cut the day and says now. A campaign without
// a record on a day that was read cost nothing.
type AdDay struct {
	Day      period.Day
	Zone     string // in which the day was cut
	Campaign string // the platform's ID; "" for what an account was charged without a campaign
	Name     string // of the campaign
	Channel  AdChannel
	Currency string // of Spend and Value
	Spend    money.Micros
	Impressions,
	Clicks int64
	// Conversions are purchases that the platform credits to its ads, in millionths, since platforms credit parts of one. Every platform
	// credits itself, so they are never added up over platforms.
	Conversions int64
	Value       money.Micros // of these purchases
	Action      string       // what is counted as a purchase, in the platform's words; "" where the platform tells of no conversions
	Attribution string       // over which windows, such as 7d_click,1d_view; "" where unknown
	Final       period.Day   // the day from which on these figures stand: the platform no longer changes them, and they were read since it last did
}

// AdChannel is the kind of advertising.
type AdChannel string

// Kinds of advertising.
const (
	AdSearch      AdChannel = "search"
	AdShopping    AdChannel = "shopping"
	AdSocial      AdChannel = "social"
	AdVideo       AdChannel = "video"
	AdDisplay     AdChannel = "display"
	AdMarketplace AdChannel = "marketplace"
	AdOther       AdChannel = "other" // influencers, print, agencies, and what is mixed
)

// AdTotal is the platform's own total of an account's spend over a run of days, asked for by itself, against which the sum of AdDay is held.
type AdTotal struct {
	Days     period.Days
	Currency string
	Spend    money.Micros
}

// WebDay counts visits of one day and channel as a web analytics service saw them.
type WebDay struct {
	Day      period.Day
	Zone     string // in which the day was cut
	Channel  WebChannel
	Source   string // the service's own name of the channel group
	Currency string // of Revenue
	Sessions, Engaged,
	Users, NewUsers, // different users do not add up over days or channels
	Carts, Checkouts, Purchases int64
	Revenue money.Micros
	// Quality says what the service did to the figures.
	Quality WebQuality
	Final   period.Day // as AdDay.Final
}

// WebChannel is where visitors came from, as the field groups it.
type WebChannel string

// Channels of visits and of orders.
const (
	PaidSearch    WebChannel = "paid_search"
	PaidSocial    WebChannel = "paid_social"
	PaidOther     WebChannel = "paid_other"
	OrganicSearch WebChannel = "organic_search"
	OrganicSocial WebChannel = "organic_social"
	Email         WebChannel = "email" // and other messages to people who asked for them
	Direct        WebChannel = "direct"
	Referral      WebChannel = "referral"
	OtherChannel  WebChannel = "other"
)

// WebQuality says how whole the figures of a day are.
type WebQuality string

// Qualities. Thresholded figures leave small groups out so that nobody can be recognised; in others, rare values were put together.
const (
	QualityOK          WebQuality = "ok"
	QualityThresholded WebQuality = "thresholded"
	QualityOtherRow    WebQuality = "other_row"
	QualitySampled     WebQuality = "sampled"
)

// SKUCost is what a unit costs from a day on, as the merchant says.
type SKUCost struct {
	SKU      string
	From     period.Day
	Cost     money.Micros
	Currency string
}

// Tariff is what handling an order costs from a day on, by a rate card of the merchant's.
type Tariff struct {
	Kind     TariffKind
	From     period.Day
	Currency string
	PerOrder money.Micros // for returns: per return
	PerUnit  money.Micros
	Share    int64 // of what was paid, in millionths: 14_000 is 1.4 %
}

// TariffKind says what a tariff is for.
type TariffKind string

// Tariffs.
const (
	TariffPayment    TariffKind = "payment"
	TariffFulfilment TariffKind = "fulfilment"
	TariffShipping   TariffKind = "shipping"
	TariffReturn     TariffKind = "return"
)

func (Gone) record()             {}
func (Order) record()            {}
func (OrderSeen) record()        {}
func (CustomerSeen) record()     {}
func (OrderLine) record()        {}
func (Agreement) record()        {}
func (Sale) record()             {}
func (Refund) record()           {}
func (RefundLine) record()       {}
func (RefundAdjustment) record() {}
func (Return) record()           {}
func (ReturnLine) record()       {}
func (Fulfillment) record()      {}
func (Promise) record()          {}
func (Transaction) record()      {}
func (Dispute) record()          {}
func (Customer) record()         {}
func (Product) record()          {}
func (Variant) record()          {}
func (StockReading) record()     {}
func (CostReading) record()      {}
func (SessionsDay) record()      {}
func (ProviderSalesDay) record() {}
func (Rate) record()             {}
func (AdDay) record()            {}
func (AdTotal) record()          {}
func (WebDay) record()           {}
func (SKUCost) record()          {}
func (Tariff) record()           {}
