package web

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// newToken makes what opens something of a merchant's to whoever holds it. The store keeps its digest.
func newToken(merchantID int64) string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return strconv.FormatInt(merchantID, 10) + "." + base64.RawURLEncoding.EncodeToString(b)
}

// tokenOf says whose a token is.
func tokenOf(token string) (merchantID int64, ok bool) {
	id, rest, found := strings.Cut(token, ".")
	merchantID, err := strconv.ParseInt(id, 10, 64)
	return merchantID, found && err == nil && merchantID > 0 && len(rest) == 43
}

// checkNote says what is wrong with a few words that somebody wrote for others, in words for beside its field.
func checkNote(note string) string {
	if utf8.RuneCountInString(note) > noteMost {
		return "Use " + strconv.Itoa(noteMost) + " characters or fewer."
	}
	if !utf8.ValidString(note) || strings.ContainsFunc(note, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "Use letters, digits and signs that can be seen."
	}
	return ""
}
