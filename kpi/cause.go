package kpi

import (
	"slices"
	"strings"
)

// Cause is why a value that was published came out differently later. The set is closed. Where several meet on one figure the one that
// stands first in Causes is told: what was changed by decision before what happened in the store, of that what took an order away
// before what changed a part of it, and last what sources merely reported differently.
type Cause string

// Causes of a restatement.
const (
	CauseCurrency     Cause = "currency change"      // of the reporting currency
	CauseCalendar     Cause = "calendar change"      // of the week's or the fiscal year's first day
	CauseDefinition   Cause = "definition change"    // of a KPI that this one is made of; one's own change begins a new line
	CauseTarget       Cause = "first target"         // set for a backfilled period that had none
	CauseForgotten    Cause = "store erased"         // with everything that came from it
	CauseBackfill     Cause = "backfill"             // a source was read for the first time, or further back
	CauseRecount      Cause = "recount"              // somebody had everything counted afresh
	CauseDeletion     Cause = "deletion"             // an order is gone at the provider
	CauseCancellation Cause = "cancellation"         // of an order
	CauseEdit         Cause = "order edit"           // of what an order sells, or where
	CauseRefund       Cause = "late refund"          // money or goods taken back after the period was complete
	CauseReturn       Cause = "late return"          // goods on their way back
	CauseLateSale     Cause = "late sale"            // an order of a day that was complete before it came in
	CauseMerge        Cause = "customer merge"       // two customers turned out to be one, or an order is another's
	CauseCustomer     Cause = "customer change"      // consent given or withdrawn, or the customer is gone
	CauseCost         Cause = "unit cost change"     // what goods cost became known, or differently
	CauseProduct      Cause = "product change"       // a variant became another stock item, was tracked or put on sale
	CausePayment      Cause = "payment news"         // of a payment, its fee, or a dispute
	CauseDelivery     Cause = "delivery news"        // of a parcel or a promised date
	CauseRate         Cause = "exchange rate"        // for a day
	CauseAdPlatform   Cause = "ad platform restated" // what ads cost, or what the platform credits to them, days that were complete before
	CauseRestated     Cause = "provider's revision"  // days of a report that the provider gave differently before
)

var causes = []Cause{
	CauseCurrency, CauseCalendar, CauseDefinition, CauseTarget, CauseForgotten, CauseBackfill, CauseRecount,
	CauseDeletion, CauseMerge, CauseCancellation, CauseEdit, CauseRefund, CauseReturn, CauseLateSale,
	CauseCost, CauseProduct, CauseCustomer, CausePayment, CauseDelivery, CauseRate, CauseAdPlatform, CauseRestated,
}

// Causes lists all causes, the one that is told first at first.
func Causes() []Cause { return slices.Clone(causes) }

// Before says whether c is told rather than d. No cause is told last.
func (c Cause) Before(d Cause) bool { return c != d && places[c] > places[d] }

// places rank the causes: what is told first has the highest place, and no cause has none.
var places = func() map[Cause]int {
	m := make(map[Cause]int, len(causes))
	for i, c := range causes {
		m[c] = len(causes) - i
	}
	return m
}()

// Because writes a cause as a snapshot keeps it: "late refund: net sales of 2026-11-03". Nothing is said of no cause.
func (c Cause) Because(what string) string {
	switch {
	case c == "":
		return what
	case what == "":
		return string(c)
	}
	return string(c) + ": " + what
}

// reasonEnd stands between several causes of one snapshot.
const reasonEnd = "; "

// JoinCauses writes several causes, each as Because writes it, as one.
func JoinCauses(all []string) string { return strings.Join(all, reasonEnd) }

// ParseCauses reads which causes a snapshot's text names. Texts of releases that knew no causes name none.
func ParseCauses(text string) []Cause {
	var found []Cause
	for part := range strings.SplitSeq(text, reasonEnd) {
		word, _, _ := strings.Cut(part, ":")
		if c := Cause(word); slices.Contains(causes, c) && !slices.Contains(found, c) {
			found = append(found, c)
		}
	}
	return found
}
