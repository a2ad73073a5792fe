package shopify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/internal/fact"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestOrderBecomesFacts(t *testing.T) {
	lines := []string{
		`{"id":"gid:\/\/shopify\/Order\/1","createdAt":"2026-01-30T23:30:00Z","processedAt":"2026-01-29T10:00:00Z","updatedAt":"2026-02-02T00:00:00Z",
		"cancelledAt":"2026-02-01T00:00:00Z","cancelReason":"CUSTOMER","test":true,"currencyCode":"JPY","presentmentCurrencyCode":"KWD","sourceName":"580111",
		"attribution":null,"app":{"name":"Click & Collect"},"customer":null,"shippingLine":{"id":"gid:\/\/shopify\/ShippingLine\/5"},
		"totalPriceSet":{"shopMoney":{"amount":"1200.0"}},
		"customerJourneySummary":{"ready":false,"firstVisit":{"source":"Google","referrerUrl":"https:\/\/www.google.com\/search?q=jane+doe","landingPage":"https:\/\/shop.example\/?utm_source=g","referralCode":null,"utmParameters":{"source":"google","medium":"cpc","campaign":"spring"}},"lastVisit":null},
		"refunds":[{"id":"gid:\/\/shopify\/Refund\/9","createdAt":null,"processedAt":"2026-02-01T00:00:01Z","totalRefundedSet":{"shopMoney":{"amount":"0.0"}},"return":null}],
		"transactions":[{"id":"gid:\/\/shopify\/OrderTransaction\/4","kind":"SALE","status":"SUCCESS","gateway":"shopify_payments","test":false,"createdAt":"2026-01-29T10:00:00Z","processedAt":null,"amountSet":{"shopMoney":{"amount":"1200.0"}},"fees":[{"amount":{"amount":"30.5","currencyCode":"JPY"}},{"amount":{"amount":"1.5","currencyCode":"JPY"}}]},
		{"id":"gid:\/\/shopify\/OrderTransaction\/6","kind":"NEWER_KIND","status":"PENDING","gateway":"paypal","test":false,"createdAt":"2026-01-29T10:00:00Z","processedAt":"2026-01-29T10:00:05Z","amountSet":{"shopMoney":{"amount":"1.0"}},"fees":[{"amount":{"amount":"30.5","currencyCode":"USD"}}]},
		{"id":"gid:\/\/shopify\/OrderTransaction\/7","kind":"SALE","status":"SUCCESS","gateway":"shopify_payments","test":false,"createdAt":"2026-01-29T10:00:00Z","processedAt":"2026-01-29T10:00:06Z","amountSet":{"shopMoney":{"amount":"2.0"}},"fees":[]}],
		"disputes":[{"id":"gid:\/\/shopify\/OrderDisputeSummary\/3","initiatedAs":"CHARGEBACK","status":"NEEDS_RESPONSE"}],
		"fulfillments":[{"id":"gid:\/\/shopify\/Fulfillment\/8","status":"SUCCESS","displayStatus":"DELIVERED","createdAt":"2026-01-30T00:00:00Z","updatedAt":"2026-01-30T00:00:00Z","inTransitAt":null,"deliveredAt":"2026-01-31T00:00:00Z","estimatedDeliveryAt":null,"totalQuantity":3,"location":{"id":"gid:\/\/shopify\/Location\/2"},"trackingInfo":[{"company":"Yamato"}]}]}`,
		`{"id":"gid:\/\/shopify\/LineItem\/11","sku":null,"quantity":3,"currentQuantity":0,"isGiftCard":false,"requiresShipping":true,"product":null,"variant":{"id":"gid:\/\/shopify\/ProductVariant\/22"},"originalUnitPriceSet":{"shopMoney":{"amount":"500.0"}},"discountAllocations":[{"allocatedAmountSet":{"shopMoney":{"amount":"200.0"}}},{"allocatedAmountSet":{"shopMoney":{"amount":"100.0"}}}],"__parentId":"gid:\/\/shopify\/Order\/1"}`,
		`{"id":"gid:\/\/shopify\/SalesAgreement\/31","happenedAt":"2026-01-29T10:00:00Z","reason":"ORDER","__parentId":"gid:\/\/shopify\/Order\/1"}`,
		`{"id":"gid:\/\/shopify\/Sale\/41","actionType":"RETURN","lineType":"PRODUCT","quantity":-3,"totalAmount":{"shopMoney":{"amount":"-1200.0"}},"totalTaxAmount":{"shopMoney":{"amount":"-109.0"}},"totalDiscountAmountBeforeTaxes":{"shopMoney":{"amount":"-273.0"}},"lineItem":{"id":"gid:\/\/shopify\/LineItem\/11"},"__parentId":"gid:\/\/shopify\/SalesAgreement\/31"}`,
		`{"id":"gid:\/\/shopify\/Sale\/42","actionType":"UPDATE","lineType":"A_NEW_TYPE","quantity":null,"totalAmount":{"shopMoney":{"amount":"0.001"}},"totalTaxAmount":{"shopMoney":{"amount":"0.0"}},"totalDiscountAmountBeforeTaxes":{"shopMoney":{"amount":"0.0"}},"__parentId":"gid:\/\/shopify\/SalesAgreement\/31"}`,
	}
	want := []fact.Record{
		fact.Order{ID: "1", CreatedAt: at("2026-01-30T23:30:00Z"), ProcessedAt: at("2026-01-29T10:00:00Z"), UpdatedAt: at("2026-02-02T00:00:00Z"),
			CancelledAt: at("2026-02-01T00:00:00Z"), CancelledBy: "customer", Test: true, Currency: "JPY", Presentment: "KWD",
			Channel: "click_collect", Shippable: true, Total: 1_200_000_000,
			First: fact.Visit{Host: "www.google.com", Source: "google", Medium: "cpc", Campaign: "spring"}},
		fact.Refund{ID: "9", OrderID: "1", ProcessedAt: at("2026-02-01T00:00:01Z")},
		fact.Fulfillment{ID: "8", OrderID: "1", Status: "success", CreatedAt: at("2026-01-30T00:00:00Z"), DeliveredAt: at("2026-01-31T00:00:00Z"), Units: 3,
			EventsSeen: true, UpdatedAt: at("2026-01-30T00:00:00Z"), LocationID: "2", Carrier: "Yamato", Display: "delivered"},
		fact.Transaction{ID: "4", OrderID: "1", Kind: "sale", Status: "success", Gateway: "shopify_payments", ProcessedAt: at("2026-01-29T10:00:00Z"),
			Amount: 1_200_000_000, Fee: 32_000_000, FeeKnown: true},
		fact.Transaction{ID: "6", OrderID: "1", Kind: "newer_kind", Status: "pending", Gateway: "paypal", ProcessedAt: at("2026-01-29T10:00:05Z"), Amount: 1_000_000},
		fact.Transaction{ID: "7", OrderID: "1", Kind: "sale", Status: "success", Gateway: "shopify_payments", ProcessedAt: at("2026-01-29T10:00:06Z"), Amount: 2_000_000},
		fact.Dispute{ID: "3", OrderID: "1", Kind: "chargeback", Status: "needs_response"},
		fact.OrderLine{ID: "11", OrderID: "1", VariantID: "22", Quantity: 3, UnitPrice: 500_000_000, Discount: 300_000_000, Shippable: true},
		fact.Agreement{ID: "31", OrderID: "1", HappenedAt: at("2026-01-29T10:00:00Z"), Reason: fact.ReasonOrder},
		fact.Sale{ID: "41", AgreementID: "31", Line: fact.LineProduct, Action: "return", LineID: "11", Quantity: -3, Total: -1_200_000_000, Tax: -109_000_000, Discount: -273_000_000},
		fact.Sale{ID: "42", AgreementID: "31", Line: fact.LineUnknown, Action: "update", Total: 1_000},
	}
	s := &sink{}
	for _, line := range lines {
		line = strings.ReplaceAll(line, "\n\t\t", "")
		kind, err := kindOf([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := orderOfBulk(s, kind, []byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(want, s.records); d != "" {
		t.Error(d)
	}
	if err := orderOfBulk(s, "Customer", []byte(`{}`)); err == nil {
		t.Error("a line of a kind that was not asked for passed")
	}
}

func TestChannelNames(t *testing.T) {
	handle := func(s string) *struct {
		Handle string `json:"handle"`
	} {
		return &struct {
			Handle string `json:"handle"`
		}{s}
	}
	app := &struct {
		Name string `json:"name"`
	}{"TikTok Shop"}
	for _, c := range []struct {
		order order
		want  string
	}{
		{order{Attribution: handle("online-store"), SourceName: "pos"}, "online_store"},
		{order{SourceName: "web"}, "online_store"},
		{order{SourceName: "pos"}, "pos"},
		{order{SourceName: "shopify_draft_order"}, "draft_orders"},
		{order{SourceName: "12345", App: app}, "tiktok_shop"},
		{order{SourceName: "Mein Händler!"}, "mein_händler"},
		{order{}, ""},
	} {
		if got := c.order.channel(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestVisitsKeepNoAddress(t *testing.T) {
	some := func(s string) *string { return &s }
	for _, c := range []struct {
		name     string
		visit    visit
		want     fact.Visit
		referred bool
	}{
		{"nothing", visit{}, fact.Visit{}, false},
		{"host in any case, with port and user", visit{Referrer: some("https://jane:pw@WWW.Example.COM:8443/a?email=j@x.example#f")}, fact.Visit{Host: "www.example.com"}, false},
		{"no scheme", visit{Referrer: some("m.facebook.com/l.php?u=x")}, fact.Visit{Host: "m.facebook.com"}, false},
		{"app", visit{Referrer: some("android-app://com.google.android.gm/")}, fact.Visit{Host: "com.google.android.gm"}, false},
		{"no address at all", visit{Referrer: some("jane doe <jane@x.example>")}, fact.Visit{}, false},
		{"tags of the landing page", visit{Landing: some("https://s.example/p?utm_source=news&utm_medium=email&utm_campaign=May%202026&cid=77")}, fact.Visit{Source: "news", Medium: "email", Campaign: "May 2026"}, false},
		{"people in tags", visit{Landing: some("https://s.example/?utm_source=mail&utm_campaign=jane@x.example&utm_medium=https://x.example/jane")}, fact.Visit{Source: "mail"}, false},
		{"code", visit{Referral: some("AB12")}, fact.Visit{}, true},
		{"referral link", visit{Landing: some("https://s.example/?utm_medium=Referral")}, fact.Visit{Medium: "Referral"}, true},
	} {
		if got := c.visit.fact(); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if got := c.visit.referred(); got != c.referred {
			t.Errorf("%s: referred is %t", c.name, got)
		}
	}
}

func TestReturnReasons(t *testing.T) {
	definition := &struct {
		Handle string `json:"handle"`
	}{"too-noisy"}
	for _, c := range []struct {
		line goodsBackLine
		want string
	}{
		{goodsBackLine{Reason: "DEFECTIVE", Definition: definition}, "defective"},
		{goodsBackLine{Reason: "OTHER", Definition: definition}, "too_noisy"},
		{goodsBackLine{Reason: "OTHER"}, "other"},
		{goodsBackLine{Definition: definition}, "too_noisy"},
		{goodsBackLine{}, "unknown"},
	} {
		if got := c.line.reason(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.line, got, c.want)
		}
	}
}

func TestConsentCountsWhileSubscribed(t *testing.T) {
	for state, want := range map[string]bool{"SUBSCRIBED": true, "UNSUBSCRIBED": false, "PENDING": false} {
		s := &sink{}
		line := `{"id":"gid:\/\/shopify\/Customer\/1","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-02T00:00:00Z","numberOfOrders":"3","emailMarketingConsent":{"marketingState":"` + state + `","consentUpdatedAt":"2026-01-01T12:00:00Z"}}`
		if err := customerOfBulk(s, "Customer", []byte(line)); err != nil {
			t.Fatal(err)
		}
		c := s.records[0].(fact.Customer)
		if c.Orders != 3 || c.ConsentAt.IsZero() == want {
			t.Errorf("%s: %+v", state, c)
		}
	}
}

func TestPromiseOfAnOrderSentInParts(t *testing.T) {
	s := &sink{}
	for _, line := range []string{
		`{"id":"gid:\/\/shopify\/FulfillmentOrder\/1","fulfillBy":"2026-01-09T00:00:00Z","deliveryMethod":null,"__parentId":"gid:\/\/shopify\/Order\/1"}`,
		`{"id":"gid:\/\/shopify\/FulfillmentOrder\/2","fulfillBy":null,"deliveryMethod":{"maxDeliveryDateTime":"2026-01-05T00:00:00Z"},"__parentId":"gid:\/\/shopify\/Order\/1"}`,
		`{"id":"gid:\/\/shopify\/FulfillmentOrder\/3","fulfillBy":null,"deliveryMethod":{"maxDeliveryDateTime":"2026-01-07T00:00:00Z"},"__parentId":"gid:\/\/shopify\/Order\/1"}`,
		`{"id":"gid:\/\/shopify\/FulfillmentOrder\/4","fulfillBy":null,"deliveryMethod":{"maxDeliveryDateTime":"2026-01-06T00:00:00Z"},"__parentId":"gid:\/\/shopify\/Order\/1"}`,
		`{"id":"gid:\/\/shopify\/FulfillmentOrder\/5","fulfillBy":null,"deliveryMethod":null,"__parentId":"gid:\/\/shopify\/Order\/2"}`,
	} {
		if err := promiseOfBulk(s, "FulfillmentOrder", []byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	want := []fact.Record{fact.Promise{OrderID: "1", By: at("2026-01-07T00:00:00Z"), Kind: "delivery"}}
	if d := cmp.Diff(want, s.records); d != "" {
		t.Error(d)
	}
}
