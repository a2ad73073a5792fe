package count

import (
	"testing"

	"fourfold/internal/fact"
	"fourfold/kpi"
)

func TestHappened(t *testing.T) {
	const complete = "03-10"
	base := func() *Order {
		o := placed("03-01", sold("a", 2, 20*eur, 0, 0)).parcel(came(2, "03-02", ""))
		o.Transactions = []Transaction{{fact.Transaction{ID: "t", Kind: "sale"}, on("03-01")}}
		return o
	}
	cancelled := base().agree("03-12", fact.ReasonRefund, sold("a", -2, -20*eur, 0, 0)).refund("03-12", "a", 2, "cancel")
	cancelled.CancelledAt = when("03-12")
	gone, test, moved, sold2, fewer, disputed, noted, promised, came2, asked, half := base(), base(), base(), base(), base(), base(), base(), base(), base(), base(), base()
	gone.Gone, test.Test, moved.CustomerID = true, true, "d"
	sold2.Channel = "pos"
	fewer.Lines[0].CurrentQuantity = 1
	disputed.Disputes = []fact.Dispute{{ID: "d", Kind: "chargeback"}}
	noted.Lines[0].ItemID, noted.Lines[0].Tracked = "other", false
	promised.Promises = []fact.Promise{{By: when("03-05")}}
	came2.Fulfillments[0].DeliveredAt = when("03-04")
	asked.Returns = []Return{{fact.Return{ID: "r", Status: "open"}, on("03-11")}}
	half.Sales, half.Lines = nil, nil
	mixed := base().agree("03-12", fact.ReasonEdit, sold("b", 1, 5*eur, 0, 0)).agree("03-13", fact.ReasonRefund, sold("b", -1, -5*eur, 0, 0))
	shuffled := base().agree("03-12", fact.ReasonEdit)
	shuffled.Agreements = shuffled.Agreements[:1]
	for name, c := range map[string]struct {
		was, is *Order
		want    kpi.Cause
	}{
		"never heard of":            {nil, nil, ""},
		"ordinary":                  {nil, placed("03-10"), ""},
		"of a day that was told":    {nil, placed("03-09"), kpi.CauseLateSale},
		"a test":                    {nil, test, ""},
		"nothing":                   {base(), shuffled, ""},
		"deleted":                   {base(), gone, kpi.CauseDeletion},
		"back again":                {gone, base(), kpi.CauseLateSale},
		"a test after all":          {base(), test, kpi.CauseDeletion},
		"cancelled, with its money": {base(), cancelled, kpi.CauseCancellation},
		"edited":                    {base(), base().agree("03-12", fact.ReasonEdit, sold("a", 1, 10*eur, 0, 0)), kpi.CauseEdit},
		"edited and refunded":       {base(), mixed, kpi.CauseEdit},
		"refunded":                  {base(), base().agree("03-12", fact.ReasonRefund, sold("a", -1, -10*eur, 0, 0)).refund("03-12", "a", 1, "return"), kpi.CauseRefund},
		"refund lines came later":   {base(), base().refund("03-12", "a", 1, "return"), kpi.CauseRefund},
		"refund leaves less":        {base(), fewer, ""},
		"exchanged":                 {base(), base().agree("03-12", fact.ReasonReturn, sold("a", -1, -10*eur, 0, 0)), kpi.CauseReturn},
		"asked for a return":        {base(), asked, kpi.CauseReturn},
		"another customer's":        {base(), moved, kpi.CauseMerge},
		"of another channel":        {base(), sold2, kpi.CauseEdit},
		"charged back":              {base(), disputed, kpi.CausePayment},
		"delivered":                 {base(), came2, kpi.CauseDelivery},
		"promised":                  {base(), promised, kpi.CauseDelivery},
		"another stock item":        {base(), noted, ""},
		"the rest of it":            {half, base(), kpi.CauseLateSale},
		"a row is gone":             {base(), half, kpi.CauseEdit},
	} {
		if got := Happened(c.was, c.is, on(complete)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
