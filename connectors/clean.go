package connectors

import (
	"strings"
	"unicode"
)

// Clean is what may be shown of a provider's words: one line without what cannot be seen, without addresses of pages and people, without words so long
// that they may be tokens, and not for ever.
func Clean(s string) string {
	words := strings.Fields(strings.ToValidUTF8(s, ""))
	for i, w := range words {
		switch {
		case strings.Contains(w, "://"), strings.Contains(w, "@"):
			words[i] = "[address]"
		case len(w) > 40 && strings.ContainsAny(w, "0123456789"): // an error's own name may be as long, and has no digits
			words[i] = "…"
		}
	}
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.Join(words, " "))
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
