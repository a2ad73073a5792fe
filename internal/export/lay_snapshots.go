package export

import (
	"cmp"
	"slices"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

var snapshotColumns = []Column{
	{Key: "kpi", Title: "KPI", Width: 28},
	{Key: "title", Title: "Title", Width: 40},
	{Key: "perspective", Title: "Perspective", Width: 18},
	{Key: "scope", Title: "Scope", Width: 18},
	{Key: "grain", Title: "Grain", Width: 9},
	{Key: "period", Title: "Period", Width: 12},
	{Key: "from", Title: "First day", Width: 11, Align: "center"},
	{Key: "to", Title: "Last day", Width: 11, Align: "center"},
	{Key: "value", Title: "Value", Width: 16, Align: "right"},
	{Key: "unit", Title: "Unit", Width: 7},
	{Key: "numerator", Title: "Numerator", Width: 16, Align: "right"},
	{Key: "denominator", Title: "Denominator", Width: 16, Align: "right"},
	{Key: "sample", Title: "Sample", Width: 10, Align: "right"},
	{Key: "coverage", Title: "Coverage", Width: 9.5, Align: "right"},
	{Key: "status", Title: "Status", Width: 9, Align: "center"},
	{Key: "score", Title: "Score", Width: 7, Align: "right"},
	{Key: "gap", Title: "Gap", Width: 21},
	{Key: "target", Title: "Target", Width: 14, Align: "right"},
	{Key: "target_high", Title: "Target to", Width: 14, Align: "right"},
	{Key: "red", Title: "Red from", Width: 14, Align: "right"},
	{Key: "red_high", Title: "Red above", Width: 14, Align: "right"},
	{Key: "target_id", Title: "Target version", Width: 14, Align: "right"},
	{Key: "revision", Title: "Revision", Width: 9, Align: "right"},
	{Key: "running", Title: "Running", Width: 9, Align: "center"},
	{Key: "published", Title: "Published", Width: 10, Align: "center"},
	{Key: "backfilled", Title: "Backfilled", Width: 10, Align: "center"},
	{Key: "estimated", Title: "Estimated", Width: 10, Align: "center"},
	{Key: "published_value", Title: "Published value", Width: 16, Align: "right"},
	{Key: "restated_by", Title: "Restated by", Width: 14, Align: "right"},
	{Key: "cause", Title: "Cause", Width: 30},
	{Key: "definition", Title: "Definition", Width: 10, Align: "right"},
	{Key: "taken_at", Title: "Taken at", Width: 17, Align: "center"},
	{Key: "complete_to", Title: "Complete to", Width: 17, Align: "center"},
	{Key: "through", Title: "Through", Width: 11, Align: "center"},
	{Key: "scope_id", Title: "Scope ID", Width: 16},
}

// Values lays out a book's snapshots alone, for one that has no scorecard.
func Values(b Book) Sheet { return laySnapshots(b, newHistory(b)) }

// laySnapshots is the history, one row a snapshot and no row of another kind, made for pivot tables and for programs. What is
// not known is blank, so that sums and counts leave it out. Numerator and denominator are there so that a ratio over several
// rows can be taken as a ratio of sums: a mean of ratios is wrong.
func laySnapshots(b Book, h history) Sheet {
	def := byID(b.KPIs)
	order := make(map[kpi.ID]int, len(b.KPIs))
	for i, k := range b.KPIs {
		order[k.ID] = i + 1
	}
	sorted := make([]int, len(b.History))
	for i := range sorted {
		sorted[i] = i
	}
	slices.SortStableFunc(sorted, func(i, j int) int {
		x, y := b.History[i], b.History[j]
		return cmp.Or(
			cmp.Compare(x.Scope.Connection, y.Scope.Connection), cmp.Compare(x.Scope.Channel, y.Scope.Channel),
			cmp.Compare(order[x.KPI], order[y.KPI]), cmp.Compare(x.KPI, y.KPI),
			cmp.Compare(slices.Index(period.Grains, x.Period.Grain), slices.Index(period.Grains, y.Period.Grain)), cmp.Compare(x.Period.From, y.Period.From),
			cmp.Compare(x.Definition, y.Definition), cmp.Compare(x.Revision, y.Revision), x.TakenAt.Compare(y.TakenAt),
		)
	})
	return Sheet{Key: "snapshots", Name: SnapshotsSheet, Columns: snapshotColumns, Flat: true, Long: true,
		Rows: rows(sorted, func(i int) []Cell {
			s := b.History[i]
			return snapshotCells(b, h, def(s.KPI), s)
		})}
}

func snapshotCells(b Book, h history, k kpi.KPI, s kpi.Snapshot) []Cell {
	var value, num, den, sample, coverage Cell
	if s.Value.Has {
		value = ValueOf(k, s.Value, s.Currency)
		num, den = partsOf(k, s.Value)
		coverage = Ratio(s.Value.Coverage)
		if s.Value.N > 0 {
			sample = Count(s.Value.N)
		}
	}
	var green, greenHigh, red, redHigh, target Cell
	if s.Anchors != (kpi.Anchors{}) {
		green, greenHigh, red, redHigh = anchorsOf(k, s.Anchors, s.Currency)
	}
	if s.TargetID != 0 {
		target = Count(s.TargetID)
	}
	var published, restated Cell
	if first, ok := h.published(s); ok && first.Revision < s.Revision && first.Value.Has {
		published = ValueOf(k, first.Value, first.Currency)
		if s.Value.Has && s.Currency == first.Currency {
			restated = less(value, published)
		}
	}
	return []Cell{
		Text(s.KPI), Text(k.Title), text(k.Perspective.Title()), Text(b.scope(s.Scope)),
		Text(s.Period.Grain), Text(s.Period.Name), Date(s.Period.From), Date(s.Period.To - 1),
		value, Text(unitOf(k.Unit, s.Currency)), num, den, sample, coverage,
		Text(s.Status), points(s.Score), text(string(s.Value.Gap)),
		green, greenHigh, red, redHigh, target,
		Count(s.Revision), Flag(s.Running), Flag(s.Published), Flag(s.Backfilled), Flag(s.Estimated),
		published, restated, text(s.Cause), Count(s.Definition),
		instant(s.TakenAt), instant(s.CompleteTo), Date(s.Through), text(s.Scope.String()),
	}
}

// partsOf are numerator and denominator, such that the one divided by the other is the value as it is shown. Amounts are in
// major units.
func partsOf(k kpi.KPI, v kpi.Value) (num, den Cell) {
	n, d := v.Num.Float, v.Den
	if v.Num.Exact {
		n = float64(v.Num.Int)
	}
	if k.Unit == kpi.Money {
		return Number(n / float64(money.Unit)), Number(d)
	}
	if d != 1 && allMoney(k.Formula) {
		return Number(n / float64(money.Unit)), Number(d / float64(money.Unit))
	}
	return Number(n), Number(d)
}

// allMoney says whether every term of a formula is an amount, so that both parts of its quotient are.
func allMoney(e kpi.Expr) bool {
	if e == nil {
		return false
	}
	for _, t := range e.Needs() {
		if info, ok := kpi.Info(t.Measure); !ok || !info.Money {
			return false
		}
	}
	return len(e.Needs()) > 0
}

// less is a − b of two cells of one kind; nil for kinds that have no difference.
func less(a, b Cell) Cell {
	switch x := a.(type) {
	case Money:
		if y, ok := b.(Money); ok && x.Currency == y.Currency {
			if d, err := money.Add(x.Micros, -y.Micros); err == nil {
				return Money{Micros: d, Currency: x.Currency}
			}
		}
	case Ratio:
		if y, ok := b.(Ratio); ok {
			return x - y
		}
	case Count:
		if y, ok := b.(Count); ok {
			return x - y
		}
	case Days:
		if y, ok := b.(Days); ok {
			return x - y
		}
	case Hours:
		if y, ok := b.(Hours); ok {
			return x - y
		}
	case Number:
		if y, ok := b.(Number); ok {
			return x - y
		}
	}
	return nil
}
