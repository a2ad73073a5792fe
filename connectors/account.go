package connectors

import (
	"fmt"
	"time"

	"fourfold/internal/money"
)

// Unknown says why an account of this currency and zone cannot be pulled from, and what to do; "" where both are known here.
func (i AccountInfo) Unknown() string {
	if !money.Known(i.Currency) {
		return unknown("currency", i.Currency)
	}
	if _, err := time.LoadLocation(i.Zone); err != nil || i.Zone == "" {
		return unknown("time zone", i.Zone)
	}
	return ""
}

func unknown(what, told string) string {
	if told == "" {
		return "its " + what + " is not told: see the account's settings at the provider, and link again"
	}
	return fmt.Sprintf("its %s %q is not known here: upgrade fourfold", what, Clean(told))
}
