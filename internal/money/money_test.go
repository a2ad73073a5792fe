package money

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Micros{
		"0": 0, "12.5": 12_500_000, "-0.05": -50_000, "400.0": 400_000_000, "1000": 1_000_000_000,
		"0.123456": 123_456, "1.1000000": 1_100_000, ".5": 500_000, "+3": 3_000_000, "9223372036854.775807": math.MaxInt64,
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", "1,5", "abc", "1.2.3", "0.1234567", "1e5", " 1"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %d, want an error", text, got)
		}
	}
	for _, text := range []string{"9223372036854.775808", "99999999999999999999", "18446744073709551616"} {
		if _, err := Parse(text); !errors.Is(err, ErrOverflow) {
			t.Errorf("Parse(%q): %v, want ErrOverflow", text, err)
		}
	}
}

func TestDecimalFollowsTheStandard(t *testing.T) {
	for _, c := range []struct {
		micros   Micros
		currency string
		want     string
	}{
		{12_345_000, "USD", "12.34"}, {12_355_000, "USD", "12.36"}, {-12_345_000, "EUR", "-12.34"}, {1_500_000, "JPY", "2"},
		{2_500_000, "JPY", "2"}, {1_234_500, "KWD", "1.234"}, {12_500_000, "COP", "12.50"}, {999_999, "USD", "1.00"}, {-1, "USD", "0.00"},
	} {
		if got := (Amount{c.micros, c.currency}).Decimal(); got != c.want {
			t.Errorf("%d %s = %q, want %q", c.micros, c.currency, got, c.want)
		}
	}
}

func TestConvertHalfToEven(t *testing.T) {
	for _, c := range []struct {
		a    Micros
		rate int64
		want Micros
	}{{1, 500_000_000, 0}, {3, 500_000_000, 2}, {-3, 500_000_000, -2}, {100_000_000, 1_085_000_000, 108_500_000}, {5, 2_000_000_000, 10}} {
		if got, err := Convert(c.a, c.rate); err != nil || got != c.want {
			t.Errorf("Convert(%d, %d) = %d, %v; want %d", c.a, c.rate, got, err, c.want)
		}
	}
	if _, err := Convert(math.MaxInt64, 2_000_000_000); !errors.Is(err, ErrOverflow) {
		t.Errorf("got %v, want ErrOverflow", err)
	}
}

func TestSumsAreChecked(t *testing.T) {
	if _, err := Add(math.MaxInt64, 1); !errors.Is(err, ErrOverflow) {
		t.Error("the largest amount plus one did not overflow")
	}
	if _, err := Times(math.MaxInt64/2, 3); !errors.Is(err, ErrOverflow) {
		t.Error("a product beyond 64 bits did not overflow")
	}
	rapid.Check(t, func(t *rapid.T) {
		a := Micros(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "a"))
		n := rapid.Int64Range(-1<<20, 1<<20).Draw(t, "n")
		if got, err := Times(a, n); err != nil || int64(got) != int64(a)*n {
			t.Fatalf("Times(%d, %d) = %d, %v", a, n, got, err)
		}
	})
}

func TestDecimalParsesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Amount{Micros(rapid.Int64Range(-1e14, 1e14).Draw(t, "cents") * 10_000), "USD"}
		if got, err := Parse(a.Decimal()); err != nil || got != a.Micros {
			t.Fatalf("%s parses to %d, %v", a, got, err)
		}
	})
}

func TestEveryCodeHasThreeLetters(t *testing.T) {
	for code := range digits {
		if len(code) != 3 || code[2] == ' ' || code[0] == ' ' {
			t.Errorf("bad code %q", code)
		}
	}
	if len(digits) < 160 {
		t.Errorf("only %d currencies", len(digits))
	}
}

func TestNearestWhole(t *testing.T) {
	for text, want := range map[string]int64{
		"41200000": 41_200_000, "41200000.0": 41_200_000, "4.12E7": 41_200_000, "-3": -3, "0.5": 0, "1.5": 2, "2.6": 3,
		"9007199254740993": 9_007_199_254_740_993, "9007199254740993.0": 9_007_199_254_740_993, // which no float holds
	} {
		if got, err := NearestWhole(text); err != nil || got != want {
			t.Errorf("NearestWhole(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "1/2", "0x10", "1e999", "1e30", "n/a", "1,5", "9223372036854775808"} {
		if got, err := NearestWhole(text); err == nil {
			t.Errorf("NearestWhole(%q) = %d, want an error", text, got)
		}
	}
}

func TestNearestRoundsWhatFloatsLeaveBehind(t *testing.T) {
	for text, want := range map[string]Micros{
		"12.5": 12_500_000, "24.990000000000002": 24_990_000, "0.0000005": 0, "0.0000015": 2, "-0.0000025": -2, "-0.0000026": -3,
		"1e-4": 100, "1.25E1": 12_500_000, "3.3333333333333335": 3_333_333, "0e0": 0,
	} {
		if got, err := Nearest(text); err != nil || got != want {
			t.Errorf("Nearest(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "e", "1/3", "0x1p4", "1e9999999", "NaN", "12,5", "1e99"} {
		if got, err := Nearest(text); err == nil {
			t.Errorf("Nearest(%q) = %d, want an error", text, got)
		}
	}
}
