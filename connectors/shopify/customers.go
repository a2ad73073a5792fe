package shopify

import (
	"context"
	"encoding/json"
	"time"

	"fourfold/internal/fact"
)

type customer struct {
	ID        gid     `json:"id"`
	CreatedAt instant `json:"createdAt"`
	UpdatedAt instant `json:"updatedAt"`
	Orders    count   `json:"numberOfOrders"`
	Consent   *struct {
		State string  `json:"marketingState"`
		At    instant `json:"consentUpdatedAt"`
	} `json:"emailMarketingConsent"`
}

// fact of a customer. The consent's date is that of its latest change, so it counts while the customer is subscribed, and is none
// after that.
func (c *customer) fact() fact.Customer {
	f := fact.Customer{ID: string(c.ID), CreatedAt: c.CreatedAt.Time, UpdatedAt: c.UpdatedAt.Time, Orders: int64(c.Orders)}
	if c.Consent != nil && c.Consent.State == "SUBSCRIBED" {
		f.ConsentAt = c.Consent.At.Time
	}
	return f
}

func customerOfBulk(s *sink, kind string, line []byte) error {
	if kind != "Customer" {
		return strangeKind(kind)
	}
	var c customer
	if err := decodeLine(line, &c); err != nil {
		return err
	}
	s.add(c.fact())
	return nil
}

func customerOfPage(_ context.Context, _ *asker, s *sink, raw json.RawMessage) (time.Time, error) {
	var c customer
	if err := json.Unmarshal(raw, &c); err != nil {
		return time.Time{}, err
	}
	s.add(c.fact())
	return c.UpdatedAt.Time, nil
}
