package connectors

import (
	"errors"
	"strings"

	"fourfold/internal/money"
)

// FieldCurrency is the ID of a field that says into which currency amounts are converted, or in which those are that name none. Whoever links gives
// the scorecard's own where the merchant says nothing.
const FieldCurrency = "currency"

// CheckCurrency is the Check of such a field.
func CheckCurrency(s string) (string, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if !money.Known(s) {
		return "", errors.New("expected an ISO 4217 code such as EUR")
	}
	return s, nil
}
