package count

import (
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// Happened says what became of an order between two readings of it, so that figures of days that were complete are told why they
// changed; of several things the one that is told first. complete is the first day that was not complete: an order placed since is no
// news of the past. None is "": then nothing of the order changed, and what it counts for did so for another reason.
func Happened(was, is *Order, complete period.Day) kpi.Cause {
	counted, counts := was != nil && was.Counts(), is != nil && is.Counts()
	switch {
	case !counted && !counts:
		return ""
	case !counted && is.Day < complete:
		return kpi.CauseLateSale
	case !counted:
		return ""
	case !counts:
		return kpi.CauseDeletion
	case was.CancelledAt.IsZero() && !is.CancelledAt.IsZero():
		return kpi.CauseCancellation
	}
	cause := ledgerNews(was, is)
	for _, news := range []struct {
		cause kpi.Cause
		some  bool
	}{
		{kpi.CauseMerge, was.CustomerID != is.CustomerID},
		{kpi.CauseEdit, was.terms() != is.terms() || len(was.Lines) == len(is.Lines) && differ(was.lines(), is.lines())},
		{kpi.CauseRefund, differ(was.Refunds, is.Refunds) || differ(was.RefundLines, is.RefundLines)},
		{kpi.CauseReturn, differ(was.Returns, is.Returns) || differ(was.ReturnLines, is.ReturnLines)},
		{kpi.CausePayment, differ(was.Transactions, is.Transactions) || differ(was.Disputes, is.Disputes)},
		{kpi.CauseDelivery, differ(was.Fulfillments, is.Fulfillments) || differ(was.Promises, is.Promises)},
		{kpi.CauseRestated, was.First != is.First || was.Last != is.Last || was.JourneyDone != is.JourneyDone},
	} {
		if news.some && news.cause.Before(cause) {
			cause = news.cause
		}
	}
	return cause
}

// ledgerNews is what new, other or missing rows of the ledger are due to: a refund or a return that was agreed, or else an edit. An order
// may come in pieces: new rows of its placement are the rest of it.
func ledgerNews(was, is *Order) kpi.Cause {
	cause := kpi.Cause("")
	note := func(o *Order, agreement string, placed kpi.Cause) {
		why := kpi.CauseEdit
		for i := range o.Agreements {
			if a := &o.Agreements[i]; a.ID == agreement {
				switch a.Reason {
				case fact.ReasonRefund:
					why = kpi.CauseRefund
				case fact.ReasonReturn:
					why = kpi.CauseReturn
				case fact.ReasonOrder:
					why = placed
				}
			}
		}
		if why.Before(cause) {
			cause = why
		}
	}
	for _, s := range missing(was.Sales, is.Sales) {
		note(was, s.AgreementID, kpi.CauseEdit)
	}
	for _, s := range missing(is.Sales, was.Sales) {
		note(is, s.AgreementID, kpi.CauseLateSale)
	}
	for _, a := range missing(is.Agreements, was.Agreements) {
		note(is, a.ID, kpi.CauseLateSale)
	}
	return cause
}

// terms are the order's own, but for who placed it.
func (o *Order) terms() fact.Order {
	own := o.Order
	own.CustomerID, own.First, own.Last, own.JourneyDone = "", fact.Visit{}, fact.Visit{}, false
	return own
}

// lines are the order's lines without what only the stock says of them, and without what refunds leave of them.
func (o *Order) lines() []fact.OrderLine {
	all := make([]fact.OrderLine, len(o.Lines))
	for i, l := range o.Lines {
		all[i] = l.OrderLine
		all[i].CurrentQuantity = 0
	}
	return all
}

// differ says whether two lists hold different records, whatever their order.
func differ[T comparable](a, b []T) bool {
	return len(a) != len(b) || len(missing(a, b)) > 0
}

// missing are those of a that b does not hold.
func missing[T comparable](a, b []T) []T {
	if len(a) == 0 {
		return nil
	}
	known := make(map[T]struct{}, len(b))
	for _, v := range b {
		known[v] = struct{}{}
	}
	var found []T
	for _, v := range a {
		if _, ok := known[v]; !ok {
			found = append(found, v)
		}
	}
	return found
}
