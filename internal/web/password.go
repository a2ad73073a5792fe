package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"fourfold/internal/store"
)

// argon2id as RFC 9106 has it for where memory is scarce: 64 MiB, three passes.
const (
	argonTime    = 3
	argonMemory  = 64 << 10
	argonThreads = 2
	argonKey     = 32
	argonSalt    = 16
)

const (
	shortest = 10
	longest  = 200 // bytes; hashing is work
)

// checkPassword says what is wrong with a new password, in words for beside its field.
func checkPassword(p, name string) string {
	switch {
	case utf8.RuneCountInString(p) < shortest:
		return fmt.Sprintf("Use %d characters or more; a few words in a row are easy to keep in mind.", shortest)
	case len(p) > longest:
		return fmt.Sprintf("Use %d characters or fewer.", longest)
	case store.SignInName(p) == store.SignInName(name):
		return "Use something other than the name."
	case strings.Count(p, firstOf(p)) == utf8.RuneCountInString(p):
		return "One character over and over is guessed first."
	}
	return ""
}

// firstOf is the first character of a text that is not empty.
func firstOf(p string) string {
	_, n := utf8.DecodeRuneInString(p)
	return p[:n]
}

// checkName says what is wrong with a name to sign in with, in words for beside its field. It is shown to others, on pages, in the audit and
// in terminals: it has no characters that are not seen.
func checkName(name string) string {
	name = store.SignInName(name)
	if n := utf8.RuneCountInString(name); n < 2 || n > 60 {
		return "Use 2 to 60 characters: what you will sign in with, such as your first name."
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "Use letters, digits and signs that can be seen."
	}
	return ""
}

// hashing lets few passwords be hashed at once: each takes 64 MiB. Who comes when many wait already is asked to come again.
var hashing = make(chan struct{}, 4)

const hashWait = 5 * time.Second

var errBusy = problem{http.StatusServiceUnavailable, "Just a moment", "Very many sign in at once. Try again in a minute.", "/sign-in"}

func argon(ctx context.Context, password string, salt []byte, passes, memory uint32, threads uint8) ([]byte, error) {
	patience := time.NewTimer(hashWait)
	defer patience.Stop()
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-patience.C:
		return nil, errBusy
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memory, threads, argonKey), nil
}

// hashPassword makes what is kept of a password.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt)
	sum, err := argon(ctx, password, salt, argonTime, argonMemory, argonThreads)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(sum)), err
}

var errHash = errors.New("a stored password is not readable")

// samePassword says whether a password is the one that a hash was made of.
func samePassword(ctx context.Context, hash, password string) (bool, error) {
	parts := strings.Split(hash, "$")
	var memory, passes uint32
	var threads uint8
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil || n != 3 {
		return false, errHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) != argonKey {
		return false, errHash
	}
	sum, err := argon(ctx, password, salt, passes, memory, threads)
	return err == nil && subtle.ConstantTimeCompare(sum, want) == 1, err
}

// nobodysHash is compared with where there is no such person, so that an answer takes as long.
var nobodysHash = "$argon2id$v=19$m=65536,t=3,p=2$" + base64.RawStdEncoding.EncodeToString(make([]byte, argonSalt)) + "$" + base64.RawStdEncoding.EncodeToString(make([]byte, argonKey))
