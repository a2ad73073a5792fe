package shopify

import (
	"fmt"
	"time"
)

func customerFields() map[string]map[string]resolver {
	return map[string]map[string]resolver{
		"Customer": {
			"amountSpent":         of(func(c *Customer) any { return money{nil, c.Spent} }).then(shopCoin),
			"createdAt":           of(func(c *Customer) any { return c.CreatedAt }),
			"defaultAddress":      personal,
			"defaultEmailAddress": of(func(c *Customer) any { return consent{c} }),
			"displayName":         of(func(c *Customer) any { return fmt.Sprintf("Customer %d", c.ID) }),
			"email":               personal,
			"emailMarketingConsent": of(func(c *Customer) any {
				return consent{c}
			}),
			"firstName": personal,
			"id":        of(func(c *Customer) any { return gid{"Customer", c.ID} }),
			"lastName":  personal,
			"lastOrder": with(func(x *exec, c *Customer, _ args) any {
				if c.LastOrder == nil || !x.visible(c.LastOrder) {
					return nil
				}
				return c.LastOrder
			}),
			"legacyResourceId": of(func(c *Customer) any { return unsigned(c.ID) }),
			"lifetimeDuration": with(func(x *exec, c *Customer, _ args) any { return ago(x.now, c.CreatedAt) }),
			"numberOfOrders":   of(func(c *Customer) any { return unsigned(int64(c.Orders)) }),
			"orders": with(func(x *exec, c *Customer, a args) any {
				return x.ordersOf(c, a)
			}),
			"phone":      personal,
			"state":      of(func(c *Customer) any { return or(c.State, "DISABLED") }),
			"statistics": of(func(c *Customer) any { return c }),
			"tags":       of(func(c *Customer) any { return strs(c.Tags) }),
			"updatedAt":  of(func(c *Customer) any { return c.UpdatedAt }),
		},
		"CustomerStatistics": {
			"predictedSpendTier": of(func(c *Customer) any { return text(c.SpendTier) }),
			"rfmGroup":           of(func(c *Customer) any { return text(c.RFM) }),
		},
		"CustomerEmailAddress": {
			"emailAddress":       of(func(c consent) any { return fmt.Sprintf("customer-%d@example.invalid", c.ID) }),
			"marketingState":     of(func(c consent) any { return or(c.Consent, "NOT_SUBSCRIBED") }),
			"marketingUpdatedAt": of(func(c consent) any { return c.ConsentAt }),
		},
		"CustomerEmailMarketingConsentState": {
			"consentUpdatedAt": of(func(c consent) any { return c.ConsentAt }),
			"marketingOptInLevel": of(func(c consent) any {
				if c.Consent == "SUBSCRIBED" {
					return "SINGLE_OPT_IN"
				}
				return nil
			}),
			"marketingState": of(func(c consent) any { return or(c.Consent, "NOT_SUBSCRIBED") }),
		},
		"AbandonedCheckout": {
			"abandonedCheckoutUrl": with(func(x *exec, c *Checkout, _ args) any {
				return fmt.Sprintf("https://%s/checkouts/%d/recover", x.srv.shop.Domain, c.ID)
			}),
			"completedAt": of(func(c *Checkout) any { return c.CompletedAt }),
			"createdAt":   of(func(c *Checkout) any { return c.CreatedAt }),
			"customer": of(func(c *Checkout) any {
				if c.Customer == nil {
					return nil
				}
				return c.Customer
			}),
			"discountCodes": of(func(c *Checkout) any { return strs(c.Codes) }),
			"id":            of(func(c *Checkout) any { return gid{"AbandonedCheckout", c.ID} }),
			"lineItems": with(func(x *exec, c *Checkout, a args) any {
				return x.pageOf(len(c.Lines), func(i int) any { return &c.Lines[i] }, func(i int) int64 { return c.Lines[i].ID }, a)
			}),
			"name":             of(func(c *Checkout) any { return fmt.Sprintf("#%d", c.ID) }),
			"subtotalPriceSet": of(func(c *Checkout) any { return bag(nil, c.Subtotal) }),
			"taxesIncluded":    with(func(x *exec, _ *Checkout, _ args) any { return x.srv.shop.TaxesIncluded }),
			"totalDiscountSet": of(func(c *Checkout) any { return bag(nil, c.Discounts) }),
			"totalPriceSet":    of(func(c *Checkout) any { return bag(nil, c.Total) }),
			"totalTaxSet":      of(func(c *Checkout) any { return bag(nil, c.Tax) }),
			"updatedAt":        of(func(c *Checkout) any { return c.UpdatedAt }),
		},
		"AbandonedCheckoutLineItem": {
			"id":       of(func(l *CheckoutLine) any { return gid{"AbandonedCheckoutLineItem", l.ID} }),
			"quantity": of(func(l *CheckoutLine) any { return l.Quantity }),
			"sku":      of(func(*CheckoutLine) any { return nil }),
			"title":    of(func(l *CheckoutLine) any { return text(l.Title) }),
		},
	}
}

// consent is a customer seen as an address that mail may be sent to.
type consent struct{ *Customer }

// then passes a resolver's value on.
func (r resolver) then(next func(x *exec, v any) any) resolver {
	return func(x *exec, parent any, a args) any { return next(x, r(x, parent, a)) }
}

func shopCoin(x *exec, v any) any { return v.(money).shop(x) }

// ago words a duration as lifetimeDuration does.
func ago(now, then Instant) string {
	d := now.Time().Sub(then.Time())
	switch days := int(d / (24 * time.Hour)); {
	case days >= 730:
		return fmt.Sprintf("about %d years", days/365)
	case days >= 60:
		return fmt.Sprintf("%d months", days/30)
	case days != 1:
		return fmt.Sprintf("%d days", max(days, 0))
	default:
		return "1 day"
	}
}
