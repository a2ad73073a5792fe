package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fourfold/internal/period"
	"fourfold/internal/shapes"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// What a merchant does with a linked store.
func TestAScorecardInTheShell(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	if out := sh.must("link", "shopify", "--shop", "corner"); !strings.Contains(out, "corner.myshopify.com, EUR, Europe/Berlin)") || strings.Contains(out, "gid://") {
		t.Errorf("link says %q", out)
	}
	sh.must("pull", "--quiet")

	t.Run("channels", func(t *testing.T) {
		var b shapes.Channels
		sh.json(&b, "channels", "2026-05")
		var orders int64
		for _, r := range b.Channels {
			orders += r.Orders
			if r.Spend != "" {
				t.Errorf("%s cost %s, and no ad account is linked", r.Channel, r.Spend)
			}
		}
		if b.Period != "2026-05" || orders != b.Known || orders == 0 || b.Known >= b.Orders || b.SpendGap == "" {
			t.Errorf("%d orders in the channels: %+v", orders, b)
		}
		if text := strings.Join(strings.Fields(sh.must("channels", "2026-05")), " "); !strings.Contains(text, "direct") || !strings.Contains(text, "in no line. Ad spend: its source is not connected.") {
			t.Errorf("channels says\n%s", text)
		}
		sh.refused(exitUsage, nil, "channels", "May")
	})
	t.Run("show", func(t *testing.T) {
		text := sh.must("show", "2026-05")
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > 80 {
				t.Errorf("wider than 80: %s", line)
			}
		}
		var card shapes.Scorecard
		sh.json(&card, "show", "2026-05")
		if card.Period != "2026-05" || card.From != "2026-05-01" || card.To != "2026-06-01" || card.Running || card.Currency != "EUR" || len(card.KPIs) < 20 || len(card.Rollups) != 4 {
			t.Errorf("show --json: %+v", card)
		}
		for _, k := range card.KPIs {
			if (k.Value == nil) && k.Gap == "" {
				t.Errorf("%s has neither a value nor a reason", k.ID)
			}
			if k.ID == "net_sales" && (k.Value == nil || *k.Value <= 0) {
				t.Errorf("net sales of May: %v", k.Value)
			}
		}
		var all shapes.Scorecard
		sh.json(&all, "show", "2026-05", "--all")
		kept := 0
		for _, k := range kpi.Catalogue() {
			if k.At(period.Monthly, kpi.Whole) { // what platforms credit to themselves is told of each ad account alone
				kept++
			}
		}
		if len(all.KPIs) != kept {
			t.Errorf("--all shows %d of %d KPIs", len(all.KPIs), kept)
		}
		var month shapes.Scorecard
		if sh.json(&month, "show", "this-month"); !month.Running {
			t.Error("June is not running in the middle of June")
		}
	})

	t.Run("periods and scopes that are not there", func(t *testing.T) {
		for period, words := range map[string]string{
			"2031-01": "has not begun yet", "2020": "is before the first day with data, 2026-03", "2026-13": "is not a period", "31.12.2026": "is not a period",
		} {
			sh.refused(exitUsage, []string{period, words}, "show", period)
			sh.refused(exitUsage, []string{period, words}, "export", "--period", period)
			sh.refused(exitUsage, []string{period, words}, "channels", period)
			sh.refused(exitUsage, []string{period, words}, "restatements", period)
		}
		sh.refused(exitFailed, []string{"the data reach to 2026-06-14"}, "show", "today")
		sh.refused(exitFailed, []string{"the data reach to 2026-06-14"}, "channels", "today")
		sh.refused(exitUsage, []string{`"planet" is not a scope`}, "show", "--scope", "planet")
		sh.refused(exitUsage, []string{`"planet" is not a scope`}, "restatements", "--scope", "planet")
		sh.refused(exitUsage, []string{`no scope "store:9"`, "channel:1/"}, "restatements", "--scope", "store:9")
		sh.refused(exitUsage, []string{"2026-13", "is not a period"}, "restatements", "2026-13")
		if out := sh.must("restatements", "2026-05"); !strings.Contains(out, "Nothing that was published") {
			t.Errorf("restatements of a month in which nothing was restated: %q", out)
		}
		sh.refused(exitUsage, []string{`no scope "store:9"`, "channel:1/"}, "show", "--scope", "store:9")
		sh.refused(exitUsage, []string{`no scope "channel:1/moon"`}, "targets", "set", "aov", "--green", "5", "--scope", "channel:1/moon")
	})

	t.Run("export", func(t *testing.T) {
		sh.must("export", "--period", "2026-05")
		sh.must("export", "--period", "2026-05", "--dir", sh.path("again"))
		files := 0
		err := filepath.WalkDir(sh.path("out"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			one, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(sh.path("out"), path)
			if err != nil {
				return err
			}
			if two := sh.read(filepath.Join("again", rel)); two != string(one) {
				t.Errorf("%s differs from one export to the next", rel)
			}
			return nil
		})
		if err != nil || files < 5 {
			t.Errorf("%d files, %v", files, err)
		}
		file := sh.write("file", "")
		sh.refused(exitFailed, []string{"export: ", file}, "export", "--dir", filepath.Join(file, "below"))
		if err := os.MkdirAll(sh.path("taken/csv/scorecard.csv"), 0o755); err != nil {
			t.Fatal(err)
		}
		sh.refused(exitFailed, []string{"scorecard.csv"}, "export", "--format", "csv", "--dir", sh.path("taken"))
		left, err := os.ReadDir(sh.path("taken/csv"))
		if err != nil || len(left) != 1 {
			t.Errorf("an export that failed leaves %v, %v", left, err)
		}
	})

	t.Run("json for scripts", func(t *testing.T) {
		var proofs []shapes.Proof
		if sh.json(&proofs, "proofs"); len(proofs) == 0 || proofs[0].Version == "" || proofs[0].Stream == "" {
			t.Errorf("proofs: %+v", proofs)
		}
		var kpis []shapes.KPI
		if sh.json(&kpis, "kpis", "net_sales", "aov"); len(kpis) != 2 || kpis[0].Formula == "" || len(kpis[0].Measures) == 0 {
			t.Errorf("kpis: %+v", kpis)
		}
		var findings []finding
		if sh.json(&findings, "doctor"); len(findings) < 8 {
			t.Errorf("doctor: %+v", findings)
		}
		for _, f := range findings {
			if f.State == "broken" || f.State == "person" {
				t.Errorf("doctor finds %+v", f)
			}
		}
	})

	t.Run("kpis as Markdown", func(t *testing.T) {
		sh.must("kpis", "--docs", sh.path("kpis.md"))
		page, err := os.ReadFile("../../docs/kpis.md")
		if err != nil || string(page) != sh.read("kpis.md") {
			t.Errorf("docs/kpis.md is not what `fourfold kpis --docs` writes (%v): make docs", err)
		}
	})
}

// Targets go out as CSV and come in unchanged, into the same installation and into another.
func TestTargetsOutAndIn(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.linkAndPull()
	for _, c := range []struct{ args, says string }{
		{"net_sales --green 50000 --red 45000 --reason budget", "version 1: Net sales of a month ≥ 50,000.00 EUR, red ≤ 45,000.00 EUR, from 2026-06-15."},
		{"net_sales --green 55000 --red 45000 --from 2026-09-01", "version 2: Net sales of a month ≥ 55,000.00 EUR"},
		{"net_sales --green 900 --scope channel:1/pos --grain week", "Net sales of a week ≥ 900.00 EUR"},
		{"product_return_rate_units --green 6% --red 9%", "≤ 6%, red ≥ 9%"},
		{"days_of_inventory --grain week --range 20,30,60,90", "of a week from 30 days to 60 days, red < 20 days and > 90 days"},
		{"aov --green 65.5", "≥ 65.50 EUR, red ≤ 58.95 EUR"},
	} {
		if out := sh.must(append([]string{"targets", "set"}, strings.Fields(c.args)...)...); !strings.Contains(out, c.says) {
			t.Errorf("set %s says %q, want %q", c.args, out, c.says)
		}
	}
	sh.must("targets", "remove", "aov", "--from", "2026-12-01")

	var all, standing []shapes.Target
	sh.json(&all, "targets", "--all")
	sh.json(&standing, "targets")
	if len(all) != 7 || len(standing) != 7 {
		t.Errorf("%d versions, %d of them stand: want 7 and 7", len(all), len(standing))
	}
	sh.must("targets", "set", "aov", "--green", "70")
	var now []shapes.Target
	sh.json(&now, "targets")
	if slices.ContainsFunc(now, func(l shapes.Target) bool { return l.KPI == "aov" && l.Version == 1 }) || len(now) != 7 {
		t.Errorf("a second version on the same day does not replace the first: %+v", now)
	}
	sh.refused(exitUsage, []string{"aov", "day"}, "targets", "remove", "aov", "--grain", "day")

	sh.must("export", "--period", "2026-05", "--format", "csv", "--dir", sh.path("book"))
	sheet := filepath.Join("book", "csv", "targets.csv")
	sh.refused(exitUsage, []string{sheet, "sheet of an export", "fourfold targets export FILE"}, "targets", "import", sh.path(sheet))

	sh.must("targets", "export", sh.path("a.csv"))
	if out := sh.must("targets", "import", sh.path("a.csv")); !strings.Contains(out, "8 read, 0 of them new") {
		t.Errorf("import of what is there: %s", out)
	}
	sh.stdin = sh.read("a.csv")
	if out := sh.must("targets", "import", "-"); !strings.Contains(out, "8 read, 0 of them new") {
		t.Errorf("import from standard input: %s", out)
	}
	if sh.must("targets", "export") != sh.read("a.csv") || sh.must("targets", "export", "-") != sh.read("a.csv") {
		t.Error("standard output differs from the file")
	}
	sh.env["FOURFOLD_DATABASE"] = storetest.EmptySQLite(t)
	sh.must("link", "shopify", "--shop", "corner")
	if out := sh.must("targets", "import", sh.path("a.csv")); !strings.Contains(out, "8 read, 8 of them new") {
		t.Errorf("import elsewhere: %s", out)
	}
	if b := sh.must("targets", "export"); b != sh.read("a.csv") {
		t.Errorf("out, in and out again:\n%s\nbecame\n%s", sh.read("a.csv"), b)
	}

	head, _, _ := strings.Cut(sh.read("a.csv"), "\n")
	bad := sh.write("bad.csv", head+"\nnet_sale,,month,2026-01-01,1,2,1,,,,,\naov,planet,month,2026-01-01,1,5,4,,,,,\naov,,month,2026-02-30,1,x,4,,,,,\naov,,month,2026-03-01,1,80,60,,,,,good\n")
	sh.refused(exitUsage, []string{"line 2", "net_sale", "line 3", "planet", "line 4", "2026-02-30", "green"}, "targets", "import", bad)
	if b := sh.must("targets", "export"); b != sh.read("a.csv") {
		t.Error("a file with faults changed something")
	}
	sh.refused(exitUsage, []string{"net_sales is no share"}, "targets", "set", "net_sales", "--green", "5%")
	sh.refused(exitUsage, []string{"line 2", `"5%" is not a number`}, "targets", "import", sh.write("percent.csv", head+"\nnet_sales,,month,2026-01-01,1,5%,4%,,,,,\n"))
	for _, args := range []string{"new_customers --green 9 --red 8%", "days_of_inventory --range 20,30,60,90%", "aov --green x", "aov --green 100 --red 200", "aov --green 5 --grain fortnight", "aov", "aov --range 1,2,3", "aov --green 5 --from soon", "nothing --green 3"} {
		sh.refused(exitUsage, nil, append([]string{"targets", "set"}, strings.Fields(args)...)...)
	}
}

// A merchant may set targets before linking a store: there is nothing to judge yet, and nothing goes wrong.
func TestTargetsBeforeTheFirstStore(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.must("merchant", "add", "Corner")
	code, out, errs := sh.say("targets", "set", "conversion_rate", "--green", "3", "--red", "2")
	if code != exitOK || errs != "" || !strings.Contains(out, "of a month ≥ 300%, red ≤ 200%") {
		t.Errorf("exits with %d, says %q and %q", code, out, errs)
	}
	if out := sh.must("targets", "set", "net_sales", "--green", "50000"); !strings.Contains(out, "≥ 50,000") {
		t.Errorf("says %q", out)
	}
}

// A target that the file names without a day is the file's: what the command set would fall with the next pull.
func TestTargetsOfTheFile(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.write("fourfold.yml", "targets:\n  - {kpi: aov, green: 60, red: 50}\n  - {kpi: new_customers, green: 90, red: 50, from: 2026-01-01}\n")
	sh.must("link", "shopify", "--shop", "corner")
	for _, command := range []string{"set aov --green 70", "remove aov"} {
		sh.refused(exitUsage, []string{"aov", sh.path("fourfold.yml")}, strings.Fields("targets "+command)...)
	}
	sh.must("targets", "set", "aov", "--green", "70", "--grain", "year")
	sh.must("targets", "set", "new_customers", "--green", "95", "--red", "50")
	sh.must("pull", "--quiet")
	var now []shapes.Target
	sh.json(&now, "targets")
	green := map[string]float64{}
	for _, l := range now {
		green[string(l.KPI)+" "+string(l.Grain)] = *l.Green
	}
	if want := map[string]float64{"aov month": 60, "aov year": 70, "new_customers month": 95}; !maps.Equal(green, want) {
		t.Errorf("after a pull: %v, want %v", green, want)
	}
}
