package web

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
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
	case strings.EqualFold(p, name):
		return "Use something other than the name."
	case strings.Count(p, p[:1]) == len(p):
		return "One character over and over is guessed first."
	}
	return ""
}

// hashing lets few passwords be hashed at once: each takes 64 MiB.
var hashing = make(chan struct{}, 4)

func argon(password string, salt []byte, time, memory uint32, threads uint8) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, time, memory, threads, argonKey)
}

// hashPassword makes what is kept of a password.
func hashPassword(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt)
	sum := argon(password, salt, argonTime, argonMemory, argonThreads)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

var errHash = errors.New("a stored password is not readable")

// samePassword says whether a password is the one that a hash was made of.
func samePassword(hash, password string) (bool, error) {
	parts := strings.Split(hash, "$")
	var memory, time uint32
	var threads uint8
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || n != 3 {
		return false, errHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) != argonKey {
		return false, errHash
	}
	return subtle.ConstantTimeCompare(argon(password, salt, time, memory, threads), want) == 1, nil
}

// nobodysHash is compared with where there is no such person, so that an answer takes as long.
var nobodysHash = "$argon2id$v=19$m=65536,t=3,p=2$" + base64.RawStdEncoding.EncodeToString(make([]byte, argonSalt)) + "$" + base64.RawStdEncoding.EncodeToString(make([]byte, argonKey))
