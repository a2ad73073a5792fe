package export

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourfold/kpi"
)

var update = flag.Bool("update", false, "write the expected files anew")

// golden compares with a file of testdata or, with -update, writes it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs: look at it, and if it is right run go test ./internal/export -update\n%s", path, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			old := "(no such line)"
			if i < len(w) {
				old = w[i]
			}
			return "got  " + g[i] + "\nwant " + old
		}
	}
	return "the expected file is longer"
}

func show(t *testing.T, b Book, o TermOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := Terminal(&out, b, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTerminal(t *testing.T) {
	got := show(t, sample(t), TermOptions{})
	golden(t, filepath.Join("testdata", "show.txt"), []byte(got))
	if strings.Contains(got, "\x1b") {
		t.Error("colour codes although colour is off")
	}
	for _, line := range strings.Split(got, "\n") {
		if width(line) > 80 {
			t.Errorf("%d cells wide: %s", width(line), line)
		}
	}
}

func TestTerminalColour(t *testing.T) {
	plain, painted := show(t, sample(t), TermOptions{}), show(t, sample(t), TermOptions{Colour: true})
	if !strings.Contains(painted, "\x1b[32m● green\x1b[0m") || !strings.Contains(painted, "\x1b[31m● red\x1b[0m") {
		t.Error("the lights are not coloured")
	}
	for strings.Contains(painted, "\x1b[") {
		from := strings.Index(painted, "\x1b[")
		painted = painted[:from] + painted[from+strings.Index(painted[from:], "m")+1:]
	}
	if painted != plain {
		t.Error("colour changes more than the colour")
	}
}

// TestTerminalWide writes titles of double width, amounts too wide for their column, a running period and every gap.
func TestTerminalWide(t *testing.T) {
	b := sample(t)
	b.All = true
	card := &b.Cards[0].Scorecard
	card.Running, card.Through = true, card.Period.From+20
	gaps := []kpi.Gap{kpi.NoDenominator, kpi.StaleSource, kpi.InsufficientSample, kpi.NotEntered, kpi.InsufficientHist, kpi.ImmatureCohort, kpi.BelowCoverage, kpi.NotConnected, kpi.NoRate, kpi.Censored}
	for i := range card.Entries {
		e := &card.Entries[i]
		switch {
		case i == 0:
			e.KPI.Title = "北極光陶器の売上高、割引と返品を差し引く前の合計"
		case e.KPI.ID == "net_sales":
			e.Value.Num.Int, e.Value.V = 98_765_432_109_870_000, 98_765_432_109.87
		case i%3 == 1:
			e.Value.Gap = gaps[i/3%len(gaps)]
			e.Value.Has = e.Value.Has && e.Value.Gap.Shown()
		}
	}
	got := show(t, b, TermOptions{})
	golden(t, filepath.Join("testdata", "show_all.txt"), []byte(got))
	for _, o := range []TermOptions{{}, {Width: 60}, {Width: 120}} {
		n := o.Width
		if n == 0 {
			n = 80
		}
		for _, line := range strings.Split(show(t, b, o), "\n") {
			if width(line) > n {
				t.Errorf("%d cells wide on %d: %s", width(line), n, line)
			}
		}
	}
	for _, g := range gaps {
		if !strings.Contains(strings.ToLower(strings.Join(strings.Fields(got), " ")), g.Text()) {
			t.Errorf("%s is not said in words", g)
		}
	}
}
