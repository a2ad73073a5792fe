package locale

import (
	"testing"

	"fourfold/internal/export"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

// What CLDR has for these languages, with spaces that do not break as they are there.
func TestNumbersAreWrittenAsTheReaderHasThem(t *testing.T) {
	million := money.Amount{Micros: 1_234_567_890_000, Currency: "EUR"}
	for _, c := range []struct {
		tag                                        string
		number, euro, yen, dinar, percent, day, at string
	}{
		{"en", "1,234.50", "€1,234,567.89", "¥1,500", "KWD\u00a01.250", "12.5%", "3 Nov 2026", "November 2026"},
		{"de", "1.234,50", "1.234.567,89\u00a0€", "1.500\u00a0¥", "1,250\u00a0KWD", "12,5\u00a0%", "3. Nov. 2026", "November 2026"},
		{"fr", "1\u202f234,50", "1\u202f234\u202f567,89\u00a0€", "1\u202f500\u00a0¥", "1,250\u00a0KWD", "12,5\u202f%", "3 nov. 2026", "novembre 2026"},
		{"es", "1234,50", "1.234.567,89\u00a0€", "1500\u00a0¥", "1,250\u00a0KWD", "12,5\u00a0%", "3 nov 2026", "noviembre de 2026"},
		{"ja", "1,234.50", "€1,234,567.89", "¥1,500", "KWD\u00a01.250", "12.5%", "2026年11月3日", "2026年11月"},
	} {
		l := Of(c.tag)
		november := period.Of(period.Monthly, period.Date(2026, 11, 3), period.Calendar{})
		for _, got := range [][2]string{
			{l.Number(1234.5, 2), c.number}, {l.Money(million), c.euro}, {l.Money(money.Amount{Micros: 1_500_000_000, Currency: "JPY"}), c.yen},
			{l.Money(money.Amount{Micros: 1_250_000, Currency: "KWD"}), c.dinar}, {l.Percent(0.125, 1), c.percent},
			{l.Day(period.Date(2026, 11, 3)), c.day}, {l.Period(november), c.at},
		} {
			if got[0] != got[1] {
				t.Errorf("%s: %q, want %q", c.tag, got[0], got[1])
			}
		}
	}
}

func TestSignsAndNothing(t *testing.T) {
	en, de := Of("en"), Of("de")
	for got, want := range map[string]string{
		en.Money(money.Amount{Micros: -1_500_000, Currency: "USD"}): "−$1.50",
		de.Money(money.Amount{Micros: -1_500_000, Currency: "USD"}): "−1,50\u00a0$",
		en.Number(-0.001, 1): "0.0",
		en.Change(export.Change{By: 0.031, In: export.Relative}):                 "+3.1%",
		en.Change(export.Change{By: -0.0211, In: export.Percentage}):             "−2.1\u00a0pp",
		en.Change(export.Change{By: 0.0001, In: export.Relative}):                "0.0%",
		en.Cell(export.Absent{}, nil, false):                                     "–",
		de.Cell(export.Money{Micros: 1_234_560_000, Currency: "EUR"}, nil, true): "1.235\u00a0€",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheBrowserAsks(t *testing.T) {
	for header, want := range map[string]string{"de-CH,de;q=0.9,en;q=0.8": "de", "ja": "ja", "": "en", "it": "en", "fr-CA": "fr", "x;;": "en"} {
		if got := Asked(header).Tag; got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
