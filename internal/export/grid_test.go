package export

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// A grid is the workbook's sheet without its sparklines: the same values in the same rows, and the same names.
func TestGridsAreTheWorkbook(t *testing.T) {
	b := sample(t)
	grids, err := Grids(b, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, b)
	if names := f.GetSheetList(); !slices.Equal(names, sheetNames(grids)) {
		t.Fatalf("the workbook has %q, the grids are %q", names, sheetNames(grids))
	}
	named := 0
	for _, g := range grids {
		rows, err := f.GetRows(g.Name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for cells := range g.Rows {
			var want []string
			if i < len(rows) {
				want = rows[i]
			}
			for j, c := range cells {
				k := j
				if (g.Key == "scorecard" || g.Key == "scopes") && i >= g.Head-1 && j >= 5 {
					k++ // the workbook has sparklines there
				}
				has := ""
				if k < len(want) {
					has = want[k]
				}
				if s, ok := c.Value.(string); ok && s != has || c.Value == nil && has != "" {
					t.Errorf("%s row %d column %d holds %v, the workbook %q", g.Name, i+1, j+1, c.Value, has)
				}
				if _, number := c.Value.(float64); number && (has == "" || strings.ContainsAny(has, "=")) {
					t.Errorf("%s row %d column %d is %v, the workbook's %q", g.Name, i+1, j+1, c.Value, has)
				}
			}
			i++
		}
		if i != g.Height || i < len(rows) {
			t.Errorf("%s has %d rows, is said to have %d, and the workbook has %d", g.Name, i, g.Height, len(rows))
		}
		named += len(g.Names)
		for _, n := range g.Names {
			if n.Row > g.Height || n.Column > len(g.Widths) {
				t.Errorf("%s points to row %d and column %d of %s", n.Name, n.Row, n.Column, g.Name)
			}
		}
	}
	if want := len(Names(b.KPIs)); named != want {
		t.Errorf("%d names of %d", named, want)
	}
}

func sheetNames(grids []Grid) (names []string) {
	for _, g := range grids {
		names = append(names, g.Name)
	}
	return names
}

// A long grid has the format of a column where all of its cells have one.
func TestLongGridsHaveFormatsByColumn(t *testing.T) {
	grids, err := Grids(sample(t), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(grids, func(g Grid) bool { return g.Long })
	at := func(key string) string {
		return grids[i].Formats[slices.IndexFunc(snapshotColumns, func(c Column) bool { return c.Key == key })]
	}
	for key, want := range map[string]string{"from": "yyyy-mm-dd", "taken_at": "yyyy-mm-dd hh:mm", "coverage": "0.0%", "value": "", "kpi": ""} {
		if got := at(key); got != want {
			t.Errorf("the column %s has the format %q, want %q", key, got, want)
		}
	}
}

// A history that is too long loses short periods before long ones and old ones before new ones, whole.
func TestNewest(t *testing.T) {
	of := func(g period.Grain, d period.Day) kpi.Snapshot {
		return kpi.Snapshot{Period: period.Of(g, d, calendar)}
	}
	october := period.Date(2026, 10, 5)
	var all []kpi.Snapshot
	for _, s := range []kpi.Snapshot{of(period.Daily, october), of(period.Weekly, october), of(period.Monthly, october-60), of(period.Monthly, october), of(period.Daily, october+1)} {
		all = append(all, s, s)
	}
	for most, want := range map[int]string{20: "2026-10-05 2026-W41 2026-08 2026-10 2026-10-06", 9: "2026-W41 2026-08 2026-10 2026-10-06", 7: "2026-W41 2026-08 2026-10", 3: "2026-10", 1: ""} {
		var names []string
		for _, s := range newest(all, most) {
			names = append(names, s.Period.Name)
		}
		if got := strings.Join(slices.Compact(names), " "); got != want {
			t.Errorf("of at most %d there are %q, want %q", most, got, want)
		}
	}
	b := sample(t)
	grids, err := Grids(b, 100)
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for cells := range grids[0].Rows {
		told = told || len(cells) > 0 && strings.Contains(sayValue(cells[0].Value), "Snapshots holds ")
	}
	if !told {
		t.Error("nobody says that rows are left out")
	}
}

func sayValue(v any) string { s, _ := v.(string); return s }
