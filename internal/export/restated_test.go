package export

import (
	"testing"

	"fourfold/kpi"
)

func TestRestated(t *testing.T) {
	money := func(micros int64, currency string) kpi.Snapshot {
		return kpi.Snapshot{Value: kpi.Value{Num: kpi.Number{Int: micros, Exact: true}, Den: 1, Has: true, V: float64(micros) / 1e6}, Currency: currency}
	}
	share := func(v float64) kpi.Snapshot { return kpi.Snapshot{Value: kpi.Value{Den: 1, Has: true, V: v}} }
	none := kpi.Snapshot{Value: kpi.Value{Gap: "no_source"}}
	for _, c := range []struct {
		unit     kpi.Unit
		was, is  kpi.Snapshot
		said, by string
	}{
		{kpi.Money, money(30_000_000, "EUR"), money(45_500_000, "EUR"), "30.00 EUR, 45.50 EUR", "15.50 EUR"},
		{kpi.Money, money(30_000_000, "EUR"), money(30_000_000, "USD"), "30.00 EUR, 30.00 USD", ""},
		{kpi.Ratio, share(0.5), share(0.25), "50.0%, 25.0%", "-25.0 pp"},
		{kpi.Ratio, none, share(0.25), "–, 25.0%", ""},
		{kpi.Count, share(2), share(3), "2, 3", "1"},
	} {
		was, is, by := Restated(kpi.KPI{Unit: c.unit}, c.was, c.is)
		if said := Say(was) + ", " + Say(is); said != c.said || Say(by) != c.by {
			t.Errorf("%s: %s by %q, want %s by %q", c.unit, said, Say(by), c.said, c.by)
		}
	}
}
