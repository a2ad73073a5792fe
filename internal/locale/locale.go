// Package locale writes numbers, amounts, dates and periods as a reader's language has them.
//
// Only what is counted is written so: words stay English. Digits follow ISO 4217 as package money has it, and not CLDR, which is wrong for
// a dozen currencies; what stands between and around the digits follows CLDR 46.
package locale

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"fourfold/internal/money"
	"fourfold/internal/period"
)

// Locale is how one language writes.
type Locale struct {
	Tag  string // BCP 47
	Name string // in the language itself

	group, decimal string
	least          int // digits of the whole part from which thousands are set apart
	percent        string
	codeFirst      bool // the currency stands before the amount
	months, short  []string
	days           []string
	day            string // as fmt has it: %[1]d day, %[2]s month's short name, %[3]d year
	monthYear      string // %[1]s month's name, %[2]d year
	week           string // %[1]d week, %[2]d year
	quarter        string
}

const (
	nbsp   = "\u00a0"
	narrow = "\u202f"
)

var all = []Locale{
	{Tag: "en", Name: "English", group: ",", decimal: ".", least: 4, percent: "%", codeFirst: true,
		months: strings.Fields("January February March April May June July August September October November December"),
		short:  strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"), days: strings.Fields("Sun Mon Tue Wed Thu Fri Sat"),
		day: "%[1]d %[2]s %[3]d", monthYear: "%[1]s %[2]d", week: "Week %[1]d, %[2]d", quarter: "Q%[1]d %[2]d"},
	{Tag: "de", Name: "Deutsch", group: ".", decimal: ",", least: 4, percent: nbsp + "%",
		months: strings.Fields("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		short:  strings.Fields("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."), days: strings.Fields("So Mo Di Mi Do Fr Sa"),
		day: "%[1]d. %[2]s %[3]d", monthYear: "%[1]s %[2]d", week: "Woche %[1]d, %[2]d", quarter: "Q%[1]d %[2]d"},
	{Tag: "fr", Name: "Français", group: narrow, decimal: ",", least: 4, percent: narrow + "%",
		months: strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
		short:  strings.Fields("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."), days: strings.Fields("dim. lun. mar. mer. jeu. ven. sam."),
		day: "%[1]d %[2]s %[3]d", monthYear: "%[1]s %[2]d", week: "semaine %[1]d, %[2]d", quarter: "T%[1]d %[2]d"},
	{Tag: "es", Name: "Español", group: ".", decimal: ",", least: 5, percent: nbsp + "%",
		months: strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
		short:  strings.Fields("ene feb mar abr may jun jul ago sept oct nov dic"), days: strings.Fields("dom lun mar mié jue vie sáb"),
		day: "%[1]d %[2]s %[3]d", monthYear: "%[1]s de %[2]d", week: "semana %[1]d, %[2]d", quarter: "T%[1]d %[2]d"},
	{Tag: "ja", Name: "日本語", group: ",", decimal: ".", least: 4, percent: "%", codeFirst: true,
		months: strings.Fields("1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月"),
		short:  strings.Fields("1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月"), days: strings.Fields("日 月 火 水 木 金 土"),
		day: "%[3]d年%[2]s%[1]d日", monthYear: "%[2]d年%[1]s", week: "%[2]d年第%[1]d週", quarter: "%[2]d年第%[1]d四半期"},
}

// All lists the languages there are, English first.
func All() []Locale { return slices.Clone(all) }

// Of is the locale of a tag; English where there is no such one.
func Of(tag string) Locale {
	for _, l := range all {
		if l.Tag == tag {
			return l
		}
	}
	return all[0]
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.German, language.French, language.Spanish, language.Japanese})

// Asked is the locale that suits an Accept-Language header best.
func Asked(header string) Locale {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return all[0]
	}
	_, i, _ := matcher.Match(tags...)
	return all[i]
}

// Number writes a number with so many decimals, its thousands apart. Nothing is written as minus zero; what is no number is a dash.
func (l Locale) Number(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return l.grouped(strconv.FormatFloat(v, 'f', decimals, 64))
}

// grouped writes 1234.5 as the language has it. The minus sign is the typographic one, which is as wide as a plus.
func (l Locale) grouped(s string) string {
	s, negative := strings.CutPrefix(s, "-")
	whole, fraction, has := strings.Cut(s, ".")
	var b strings.Builder
	if negative && strings.Trim(s, "0.") != "" {
		b.WriteString("−")
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && len(whole) >= l.least {
			b.WriteString(l.group)
		}
		b.WriteRune(r)
	}
	if has {
		b.WriteString(l.decimal)
		b.WriteString(fraction)
	}
	return b.String()
}

// Percent writes a share: 0.25 is 25 %.
func (l Locale) Percent(v float64, decimals int) string { return l.Number(v*100, decimals) + l.percent }

// symbols are those that no two currencies of our readers share; all others are written by their code.
var symbols = map[string]string{"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}

// Symbol is what stands for a currency beside an amount.
func Symbol(currency string) string {
	if s, ok := symbols[currency]; ok {
		return s
	}
	return currency
}

// Money writes an amount with its currency and the digits that the currency has.
func (l Locale) Money(a money.Amount) string { return l.beside(l.grouped(a.Decimal()), a.Currency) }

// Round writes an amount in whole units of its currency, for where there is no room for more.
func (l Locale) Round(a money.Amount) string {
	return l.beside(l.Number(math.RoundToEven(a.Micros.Float()), 0), a.Currency)
}

func (l Locale) beside(digits, currency string) string {
	symbol := Symbol(currency)
	if !l.codeFirst {
		return digits + nbsp + symbol
	}
	digits, negative := strings.CutPrefix(digits, "−")
	sign := ""
	if negative {
		sign = "−"
	}
	if len(symbol) == 3 && symbol == currency {
		symbol += nbsp
	}
	return sign + symbol + digits
}

// Day writes a civil day.
func (l Locale) Day(d period.Day) string {
	t := d.UTC()
	return fmt.Sprintf(l.day, t.Day(), l.short[t.Month()-1], t.Year())
}

// Instant writes a moment in a zone to the minute.
func (l Locale) Instant(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return fmt.Sprintf(l.day, t.Day(), l.short[t.Month()-1], t.Year()) + " " + t.Format("15:04")
}

// Period names a period.
func (l Locale) Period(p period.Period) string {
	t := p.From.UTC()
	number := func(sep string) (n, year int) {
		y, x, _ := strings.Cut(p.Name, sep)
		n, _ = strconv.Atoi(x)
		year, _ = strconv.Atoi(y)
		return n, year
	}
	switch p.Grain {
	case period.Monthly:
		return fmt.Sprintf(l.monthYear, l.months[t.Month()-1], t.Year())
	case period.Weekly:
		n, year := number("-W")
		return fmt.Sprintf(l.week, n, year)
	case period.Quarterly:
		n, year := number("-Q")
		return fmt.Sprintf(l.quarter, n, year)
	case period.Daily:
		return l.days[t.Weekday()] + " " + l.Day(p.From)
	case period.Yearly:
	}
	return p.Name
}

// Short names a period where there is little room, such as below an axis.
func (l Locale) Short(p period.Period) string {
	t := p.From.UTC()
	switch p.Grain {
	case period.Monthly:
		return l.short[t.Month()-1]
	case period.Daily:
		return strconv.Itoa(t.Day())
	case period.Weekly, period.Quarterly:
		_, n, _ := strings.Cut(p.Name, "-")
		return n
	case period.Yearly:
	}
	return p.Name
}
