package locale

import (
	"fmt"
	"regexp"
	"strings"

	"fourfold/kpi"
)

var (
	plainDigits = regexp.MustCompile(`^[0-9]*([.,][0-9]+)?$`)
	inGroups    = regexp.MustCompile(`^[1-9][0-9]{0,2}([ .,'][0-9]{3})+$`)
)

// Parse reads a number as somebody of the language types it, or as the configuration has it: 1.234,5 and 1234.5 are the same in German, 6 % and
// 6% and 0,06 too. Where both readings are possible the language's own counts: 1.234 is more than a thousand in German. currency may stand
// beside it, as a code or a symbol; "" is for what is no amount.
func (l Locale) Parse(text, currency string) (float64, error) {
	s := strings.NewReplacer(nbsp, " ", narrow, " ", "\u2009", " ", "−", "-", "’", "'", "％", "%").Replace(text)
	s = strings.TrimSpace(s)
	if currency != "" {
		for _, mark := range []string{currency, Symbol(currency)} {
			s = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, mark), mark))
		}
	}
	digits, percent := strings.CutSuffix(s, "%")
	digits, sign := strings.TrimSpace(digits), ""
	if digits != "" && strings.ContainsRune("+-", rune(digits[0])) {
		sign, digits = digits[:1], strings.TrimSpace(digits[1:])
	}
	plain, ok := l.plain(digits)
	if !ok {
		return 0, l.notANumber(text)
	}
	if percent {
		plain += "%"
	}
	n, err := kpi.ParseNumber(sign + plain)
	if err != nil {
		return 0, l.notANumber(text)
	}
	return n, nil
}

// plain is a number without a sign as the configuration has it.
func (l Locale) plain(s string) (string, bool) {
	group := l.group
	if group == narrow || group == nbsp {
		group = " "
	}
	whole, fraction, has := strings.Cut(s, l.decimal)
	switch {
	case has && !strings.ContainsAny(fraction, " .,'") && fraction != "" && (plainDigits.MatchString(whole) && !strings.ContainsAny(whole, ".,") || l.grouped3(whole, group)):
		return strings.NewReplacer(group, "", " ", "", "'", "").Replace(whole) + "." + fraction, true
	case l.grouped3(s, group):
		return strings.NewReplacer(group, "", " ", "", "'", "").Replace(s), true
	case plainDigits.MatchString(s) && s != "" && !strings.Contains(s, ","):
		return s, true
	}
	return "", false
}

// grouped3 says whether thousands are set apart as the language does it, or by spaces or apostrophes, all in one way.
func (l Locale) grouped3(s, group string) bool {
	if !inGroups.MatchString(s) {
		return false
	}
	for _, sep := range []string{group, " ", "'"} {
		if strings.Trim(s, "0123456789"+sep) == "" {
			return true
		}
	}
	return false
}

func (l Locale) notANumber(text string) error {
	return fmt.Errorf("%q is not a number: write %s, %s or %s", text, l.Typed(50_000, false), l.Typed(0.06, false), l.Typed(0.06, true))
}

// Typed writes a number so that Parse reads it back, with all the digits it has; as a percentage where percent says so.
func (l Locale) Typed(v float64, percent bool) string {
	if percent {
		v *= 100
	}
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.8f", v), "0"), ".")
	if s == "-0" {
		s = "0"
	}
	s = l.grouped(s)
	if percent {
		s += l.percent
	}
	return s
}
