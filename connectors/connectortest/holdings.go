package connectortest

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// holdings is what a store would hold after some pages: records by type and ID, the last one read winning.
type holdings struct {
	records map[string]fact.Record
	readAt  map[string]time.Time
}

func newHoldings() *holdings {
	return &holdings{records: map[string]fact.Record{}, readAt: map[string]time.Time{}}
}

// add stores a page, and says what a store could not do with it.
func (h *holdings) add(p connectors.Page) (faults []error) {
	if p.Replaces != nil {
		for key, r := range h.records {
			if d, ok := dayOf(r); ok && p.Replaces.Has(d) {
				delete(h.records, key)
			}
		}
	}
	here := map[string]fact.Record{}
	for _, r := range p.Records {
		key, err := keyOf(r)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if d, ok := dayOf(r); ok && p.Replaces != nil && !p.Replaces.Has(d) {
			faults = append(faults, fmt.Errorf("%s lies outside the days %s that the page replaces", key, p.Replaces))
		}
		if other, twice := here[key]; twice && !cmp.Equal(other, r) {
			faults = append(faults, fmt.Errorf("%s is in one page twice, and not the same: which one holds is a matter of luck", key))
		}
		here[key] = r
		if p.ReadAt.Before(h.readAt[key]) {
			continue
		}
		h.records[key], h.readAt[key] = r, p.ReadAt
	}
	return faults
}

// dayOf is the day of a fact that is a day.
func dayOf(r fact.Record) (period.Day, bool) {
	switch r := r.(type) {
	case fact.SessionsDay:
		return r.Day, true
	case fact.ProviderSalesDay:
		return r.Day, true
	case fact.AdDay:
		return r.Day, true
	case fact.AdTotal:
		return r.Days.From, true
	case fact.WebDay:
		return r.Day, true
	}
	return 0, false
}

// keyOf is what a record is upserted by. A record without one, or with one of its parts missing, cannot be stored twice and be
// there once.
func keyOf(r fact.Record) (string, error) {
	var parts []string
	switch r := r.(type) {
	case fact.Gone:
		parts = []string{string(r.Kind), r.ID}
	case fact.Order:
		parts = []string{r.ID}
	case fact.OrderSeen:
		parts = []string{r.ID}
	case fact.CustomerSeen:
		parts = []string{r.ID}
	case fact.OrderLine:
		parts = []string{r.ID, r.OrderID}
	case fact.Agreement:
		parts = []string{r.ID, r.OrderID}
	case fact.Sale:
		parts = []string{r.ID, r.AgreementID}
	case fact.Refund:
		parts = []string{r.ID, r.OrderID}
	case fact.RefundLine:
		parts = []string{r.ID, r.RefundID}
	case fact.RefundAdjustment:
		parts = []string{r.ID, r.RefundID}
	case fact.Return:
		parts = []string{r.ID, r.OrderID}
	case fact.ReturnLine:
		parts = []string{r.ID, r.ReturnID}
	case fact.Fulfillment:
		parts = []string{r.ID, r.OrderID}
	case fact.Promise:
		parts = []string{r.OrderID, r.Kind, r.By.UTC().Format(time.RFC3339)}
	case fact.Transaction:
		parts = []string{r.ID, r.OrderID}
	case fact.Dispute:
		parts = []string{r.ID, r.OrderID}
	case fact.Customer:
		parts = []string{r.ID}
	case fact.Product:
		parts = []string{r.ID}
	case fact.Variant:
		parts = []string{r.ID, r.ProductID}
	case fact.StockReading:
		parts = []string{r.ItemID, r.LocationID, r.Day.String()}
	case fact.CostReading:
		parts = []string{r.ItemID, r.Day.String()}
	case fact.SessionsDay:
		// The origin is part of the key, and any of it may be unknown.
		return fmt.Sprintf("%T %s %q %q %q %q", r, r.Day, r.Source, r.Host, r.Medium, r.Campaign), nil
	case fact.ProviderSalesDay:
		parts = []string{r.Day.String()}
	case fact.Rate:
		parts = []string{r.Day.String(), r.From, r.To}
	case fact.AdDay:
		// What an account was charged without a campaign has none.
		return fmt.Sprintf("%T %s %q", r, r.Day, r.Campaign), nil
	case fact.AdTotal:
		return fmt.Sprintf("%T %s", r, r.Days), nil
	case fact.WebDay:
		return fmt.Sprintf("%T %s %q %q", r, r.Day, r.Channel, r.Source), nil
	case fact.SKUCost:
		parts = []string{r.SKU, r.From.String()}
	case fact.Tariff:
		parts = []string{string(r.Kind), r.From.String()}
	default:
		return "", fmt.Errorf("%T is not known to this suite: teach it its key", r)
	}
	key := fmt.Sprintf("%T", r)
	for _, p := range parts {
		if p == "" {
			return "", fmt.Errorf("a %T lacks a part of its key: %v", r, parts)
		}
		key += " " + p
	}
	return key, nil
}

// differences names some of what two holdings do not share.
func (h *holdings) differences(o *holdings) (faults []error) {
	for key, r := range h.records {
		other, found := o.records[key]
		switch {
		case !found:
			faults = append(faults, fmt.Errorf("%s was left out", key))
		case !cmp.Equal(other, r):
			faults = append(faults, fmt.Errorf("%s differs:\n%s", key, cmp.Diff(r, other)))
		}
	}
	for key := range o.records {
		if _, found := h.records[key]; !found {
			faults = append(faults, fmt.Errorf("%s came from nowhere", key))
		}
	}
	return faults
}
