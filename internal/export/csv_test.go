package export

import (
	"bytes"
	"encoding/csv"
	"math"
	"strings"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/kpi"
)

func records(t *testing.T, s Sheet) []map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := CSV(&out, s, false); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, key := range all[0] {
			if row[key] != "" || key == "" {
				t.Fatalf("column %q of %s stands there twice or has no name", key, s.Key)
			}
			row[key] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestCSVCells(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		want string
	}{
		{Text("plain, \"quoted\""), "plain, \"quoted\""},
		{Text("=1+1"), "'=1+1"}, {Text("+1"), "'+1"}, {Text("-1"), "'-1"}, {Text("@x"), "'@x"}, {Text("\t=1"), "'\t=1"}, {Text("\r=1"), "'\r=1"},
		{Text("a=1"), "a=1"}, {Text("–"), "–"},
		{Money{-1_234_500_000, "EUR"}, "-1234.50"}, {Money{1_234_500_000, "JPY"}, "1234"}, {Money{1_234_567_800, "KWD"}, "1234.568"},
		{Ratio(0.0625), "0.0625"}, {Ratio(-0.5), "-0.5"}, {Count(1234567), "1234567"}, {Number(1e-9), "0.000000001"}, {Number(math.NaN()), ""},
		{Days(3.5), "3.5"}, {Hours(1e6), "1000000"}, {Points(66.666), "66.666"},
		{Date(period.Date(2026, time.November, 21)), "2026-11-21"},
		{Instant(time.Date(2026, 11, 21, 1, 2, 3, 0, time.FixedZone("", 3600))), "2026-11-21T00:02:03Z"},
		{Light(kpi.Red), "red"}, {Flag(true), "true"}, {Absent{kpi.NotEntered}, ""}, {nil, ""},
		{Change{0.04, Relative}, "0.04"},
		{Goal{Low: Money{5_000_000, "EUR"}, Better: kpi.Up}, "5.00"}, {Goal{Ratio(0.6), Ratio(0.75), kpi.InRange}, "0.6..0.75"},
	} {
		if got := plain(c.cell); got != c.want {
			t.Errorf("%#v: %q, want %q", c.cell, got, c.want)
		}
	}
}

func TestCSV(t *testing.T) {
	sheets := Lay(sample(t))
	var out bytes.Buffer
	if err := CSV(&out, sheets[0], true); err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(out.String(), "\r\n")
	if head != "\ufeffscope,period,level,perspective,objective,kpi,title,value,unit,target,change,change_in,status,score,coverage,leading,lagging,worst,reds,gap,note,signal" {
		t.Errorf("head %q", head)
	}
	if strings.Contains(strings.ReplaceAll(rest, "\r\n", ""), "\n") {
		t.Error("a line does not end as RFC 4180 wants it")
	}
	found := map[string]map[string]string{}
	for _, row := range records(t, sheets[0]) {
		found[row["level"]+":"+row["kpi"]+row["objective"]] = row
	}
	row := found["kpi:net_salesfinancial.revenue"]
	if row["value"] != "92015.71" || row["status"] != "green" || row["unit"] != "EUR" || row["change_in"] != "relative" {
		t.Errorf("net sales: %v", row)
	}
	if row := found["kpi:cac_blendedfinancial.marketing_efficiency"]; row["value"] != "" || row["gap"] != "source_not_connected" {
		t.Errorf("a gap: %v", row)
	}
	if row := found["objective:financial.profit"]; row["score"] == "" || row["coverage"] == "" || row["worst"] != "gross_margin_pct" {
		t.Errorf("an objective: %v", row)
	}
	names := map[string]bool{}
	for _, s := range sheets {
		if len(records(t, s)) == 0 {
			t.Errorf("%s is empty", CSVName(s))
		}
		names[CSVName(s)] = true
	}
	if len(names) != len(sheets) || !names["snapshots.csv"] {
		t.Errorf("files %v", names)
	}
}

func TestCompleteness(t *testing.T) {
	book := sample(t)
	book.Streams[0].Proofs[0].Read.Bytes--
	states := map[string]string{}
	for _, row := range records(t, layCompleteness(book)) {
		states[row["section"]+":"+row["item"]+":"+row["range"]] = row["state"] + " " + row["difference"]
	}
	for key, want := range map[string]string{
		"stream:Customers:":                   "backfilling ",
		"capability:Sessions:":                "not granted ",
		"reconciliation:Orders:2026-11-03":    "equal 0",
		"reconciliation:Net sales:2026-11-03": "differs -9.95",
		"proof:Orders, ledger, refunds, fulfilments:created 2024-11-01 to 2025-11-01": "differs 0",
		"proof:Orders, ledger, refunds, fulfilments:updated since 2026-11-04 01:30":   "proven ",
	} {
		if states[key] != want {
			t.Errorf("%s is %q, want %q", key, states[key], want)
		}
	}
}
