package locale

import (
	"math"
	"strings"
	"testing"
)

func TestNumbersAreReadAsTheReaderTypesThem(t *testing.T) {
	for _, c := range []struct {
		tag, text string
		want      float64
	}{
		{"de", "1.234,5", 1234.5}, {"de", "1234,5", 1234.5}, {"de", "1234.5", 1234.5}, {"de", "1.234", 1234}, {"de", "1.234.567", 1234567},
		{"de", "0.06", 0.06}, {"de", "0.125", 0.125}, {"de", "0,125", 0.125}, {"de", "6 %", 0.06}, {"de", "6%", 0.06}, {"de", "6,5\u00a0%", 0.065},
		{"de", "50.000 €", 50000}, {"de", "EUR 50 000", 50000}, {"de", " −5 ", -5}, {"de", "1,234", 1.234}, {"de", "1.234,567", 1234.567}, {"de", ",5", 0.5},
		{"en", "1,234.5", 1234.5}, {"en", "1234.5", 1234.5}, {"en", "1,234", 1234}, {"en", "1.234", 1.234}, {"en", "50000", 50000}, {"en", "€50,000", 50000},
		{"en", "6%", 0.06}, {"en", "-0.5%", -0.005}, {"en", "+7", 7}, {"en", "1 234", 1234}, {"en", "- 3", -3},
		{"fr", "1\u202f234,5", 1234.5}, {"fr", "1 234,5", 1234.5}, {"fr", "6\u202f%", 0.06}, {"es", "12.345,6", 12345.6}, {"es", "1234,5", 1234.5},
		{"ja", "1,234", 1234}, {"ja", "6％", 0.06}, {"de", "1'234", 1234},
	} {
		if got, err := Of(c.tag).Parse(c.text, "EUR"); err != nil || got != c.want {
			t.Errorf("%s: %q is %v, %v; want %v", c.tag, c.text, got, err, c.want)
		}
	}
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	for _, c := range [][2]string{
		{"de", "1,234.5"}, {"de", "1.23.4"}, {"de", "1.2345,6"}, {"de", "1,2,3"}, {"de", "5k"}, {"en", "5M"}, {"en", "1,5"}, {"en", "1.234,5"}, {"en", "12,34,567"},
		{"en", "1 2"}, {"en", ""}, {"en", "%"}, {"en", "nan"}, {"en", "Inf"}, {"en", "0x10"}, {"en", "1e5"}, {"en", "--1"}, {"en", "£5"}, {"en", "5%%"}, {"en", "."}, {"en", "1_000"},
		{"en", "１２"}, {"de", "1.234.56"}, {"de", "0.123.456"}, {"en", "1,234 567"}, {"en", "=1+1"}, {"en", "5.\u0000"}, {"en", "<b>1</b>"},
	} {
		if got, err := Of(c[0]).Parse(c[1], "EUR"); err == nil || !strings.Contains(err.Error(), "is not a number") {
			t.Errorf("%s: %q is %v, %v", c[0], c[1], got, err)
		}
	}
	if _, err := Of("de").Parse("viel", ""); err == nil || err.Error() != "\"viel\" is not a number: write 50.000, 0,06 or 6\u00a0%" {
		t.Error(err)
	}
}

func TestWhatIsShownInAFieldReadsBack(t *testing.T) {
	for _, l := range All() {
		for _, v := range []float64{0, 1, -1, 0.06, 0.07, 0.1234, 50_000, 1234.5, 1e12, 0.005, 2.5, 99.99, -0.125, 12.34567} {
			for _, percent := range []bool{false, true} {
				text := l.Typed(v, percent)
				if got, err := l.Parse(text, ""); err != nil || math.Abs(got-v) > 1e-9*math.Max(1, math.Abs(v)) {
					t.Errorf("%s: %v is written %q and read %v, %v", l.Tag, v, text, got, err)
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1.234,5", "6 %", "−5", "€1", "1'2", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, l := range All() {
			n, err := l.Parse(s, "EUR")
			if err == nil && (math.IsNaN(n) || math.IsInf(n, 0) && len(s) < 300) {
				t.Errorf("%s: %q is %v", l.Tag, s, n)
			}
		}
	})
}
