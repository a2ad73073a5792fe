package web

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenBytes is how many random bytes a token has.
const tokenBytes = 32

// mint makes what opens something of a merchant's to whoever holds it, and the hash that is kept of it.
func mint(merchantID int64) (token, hash string) {
	b := make([]byte, tokenBytes)
	_, _ = rand.Read(b) // never fails
	token = number(merchantID) + "." + base64.RawURLEncoding.EncodeToString(b)
	return token, digest(token)
}

// tokenOf says whose a token is.
func tokenOf(token string) (merchantID int64, ok bool) {
	id, random, _ := strings.Cut(token, ".")
	merchantID, err := strconv.ParseInt(id, 10, 64)
	return merchantID, err == nil && merchantID > 0 && len(random) == base64.RawURLEncoding.EncodedLen(tokenBytes)
}

// noteMost is how many characters a few words have that somebody writes for others.
const noteMost = 80

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
