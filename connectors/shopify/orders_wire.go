package shopify

// order is an Order as queries/fragment_order.graphql asks for it. Lines and agreements come with it in pages, and as lines of
// their own in bulk results.
type order struct {
	ID           gid     `json:"id"`
	CreatedAt    instant `json:"createdAt"`
	ProcessedAt  instant `json:"processedAt"`
	UpdatedAt    instant `json:"updatedAt"`
	CancelledAt  instant `json:"cancelledAt"`
	CancelReason string  `json:"cancelReason"`
	Test         bool    `json:"test"`
	Currency     string  `json:"currencyCode"`
	Presentment  string  `json:"presentmentCurrencyCode"`
	SourceName   string  `json:"sourceName"`
	Attribution  *struct {
		Handle string `json:"handle"`
	} `json:"attribution"`
	App *struct {
		Name string `json:"name"`
	} `json:"app"`
	Customer     *ref             `json:"customer"`
	ShippingLine *ref             `json:"shippingLine"`
	Total        *bag             `json:"totalPriceSet"`
	Journey      *journey         `json:"customerJourneySummary"`
	Refunds      []refund         `json:"refunds"`
	Transactions []transaction    `json:"transactions"`
	Disputes     []dispute        `json:"disputes"`
	Fulfillments []fulfillment    `json:"fulfillments"`
	Lines        *page[orderLine] `json:"lineItems"`
	Agreements   *page[agreement] `json:"agreements"`
}

type orderLine struct {
	ID          gid    `json:"id"`
	Parent      gid    `json:"__parentId"`
	SKU         string `json:"sku"`
	Quantity    int64  `json:"quantity"`
	Current     int64  `json:"currentQuantity"`
	GiftCard    bool   `json:"isGiftCard"`
	Shippable   bool   `json:"requiresShipping"`
	Product     *ref   `json:"product"`
	Variant     *ref   `json:"variant"`
	UnitPrice   *bag   `json:"originalUnitPriceSet"`
	Allocations []struct {
		Amount *bag `json:"allocatedAmountSet"`
	} `json:"discountAllocations"`
}

type agreement struct {
	ID         gid         `json:"id"`
	Parent     gid         `json:"__parentId"`
	HappenedAt instant     `json:"happenedAt"`
	Reason     string      `json:"reason"`
	Sales      *page[sale] `json:"sales"`

	cursor string // its own, from its edge
}

func (a *agreement) at(cursor string) { a.cursor = cursor }

type sale struct {
	ID       gid    `json:"id"`
	Parent   gid    `json:"__parentId"`
	Action   string `json:"actionType"`
	Line     string `json:"lineType"`
	Quantity int64  `json:"quantity"` // null for what is not counted
	Total    *bag   `json:"totalAmount"`
	Tax      *bag   `json:"totalTaxAmount"`
	Discount *bag   `json:"totalDiscountAmountBeforeTaxes"`
	Item     *ref   `json:"lineItem"`
}

type refund struct {
	ID          gid               `json:"id"`
	CreatedAt   instant           `json:"createdAt"`
	ProcessedAt instant           `json:"processedAt"`
	Total       *bag              `json:"totalRefundedSet"`
	Return      *ref              `json:"return"`
	Lines       *page[refundLine] `json:"refundLineItems"`
	Adjustments *page[adjustment] `json:"orderAdjustments"`
}

type transaction struct {
	ID          gid     `json:"id"`
	Kind        string  `json:"kind"`
	Status      string  `json:"status"`
	Gateway     string  `json:"gateway"`
	Test        bool    `json:"test"`
	CreatedAt   instant `json:"createdAt"`
	ProcessedAt instant `json:"processedAt"`
	Amount      *bag    `json:"amountSet"`
	Fees        []struct {
		Amount coin `json:"amount"`
	} `json:"fees"`
}

type dispute struct {
	ID     gid    `json:"id"`
	Kind   string `json:"initiatedAs"`
	Status string `json:"status"`
}

type fulfillment struct {
	ID          gid     `json:"id"`
	Status      string  `json:"status"`
	Display     string  `json:"displayStatus"`
	CreatedAt   instant `json:"createdAt"`
	UpdatedAt   instant `json:"updatedAt"`
	InTransitAt instant `json:"inTransitAt"`
	DeliveredAt instant `json:"deliveredAt"`
	EstimatedAt instant `json:"estimatedDeliveryAt"`
	Units       int64   `json:"totalQuantity"`
	Location    *ref    `json:"location"`
	Tracking    []struct {
		Company string `json:"company"`
	} `json:"trackingInfo"`
	Events *page[ref] `json:"events"`
}
