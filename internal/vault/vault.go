// Package vault seals the secrets that Fourfold must keep: tokens and client secrets.
//
// A sealed secret is bound to its owner (a grant of a merchant), so that a row copied to another owner does not open, and
// carries the ID of its key in front, so that keys can be changed while old secrets still open. The cipher is AES-256-GCM with
// a random nonce from the standard library.
package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"fourfold/internal/secret"
)

const (
	keyBytes = 32
	idBytes  = 4
	version  = 1
)

// ErrKey says that no key of the ring opens a secret: the wrong key file, or a key taken out too early.
var ErrKey = errors.New("no key of the key file opens it; put back the key that sealed it (its ID is named), or link again")

// Ring seals with its first key and opens with any of them.
type Ring struct {
	primary id
	keys    map[id]cipher.AEAD
}

type id [idBytes]byte

// NewKey makes a fresh key in the form that key files and FOURFOLD_KEY hold.
func NewKey() secret.Text {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	return secret.New(base64.StdEncoding.EncodeToString(key))
}

// Parse reads a ring: one key a line, the newest first. Blank lines and lines that begin with # are skipped.
func Parse(text secret.Text) (*Ring, error) {
	r := &Ring{keys: map[id]cipher.AEAD{}}
	for n, line := range strings.Split(text.Reveal(), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(key) != keyBytes {
			return nil, fmt.Errorf("key in line %d: expected %d bytes in base64, as `fourfold init` writes it", n+1, keyBytes)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("key in line %d: %w", n+1, err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("key in line %d: %w", n+1, err)
		}
		sum := sha256.Sum256(key)
		var k id
		copy(k[:], sum[:])
		if len(r.keys) == 0 {
			r.primary = k
		}
		r.keys[k] = aead
	}
	if len(r.keys) == 0 {
		return nil, errors.New("there is no key: run `fourfold init`, or set FOURFOLD_KEY")
	}
	return r, nil
}

// Load reads a ring from a file. A file that others may read is refused.
func Load(path string) (*Ring, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w; run `fourfold init`, or set FOURFOLD_KEY", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s can be read by others: run chmod 600 %s", path, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	r, err := Parse(secret.New(string(b)))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return r, nil
}

// Seal encrypts plain for owner with the newest key.
func (r *Ring) Seal(owner string, plain []byte) []byte {
	sealed := append([]byte{version}, r.primary[:]...)
	return r.keys[r.primary].Seal(sealed, nil, plain, r.bound(owner, r.primary))
}

// Open decrypts what Seal made for the same owner.
func (r *Ring) Open(owner string, sealed []byte) ([]byte, error) {
	if len(sealed) < 1+idBytes || sealed[0] != version {
		return nil, errors.New("this is not a sealed secret, or a newer Fourfold sealed it")
	}
	var k id
	copy(k[:], sealed[1:])
	aead, ok := r.keys[k]
	if !ok {
		return nil, fmt.Errorf("sealed with key %s: %w", hex.EncodeToString(k[:]), ErrKey)
	}
	plain, err := aead.Open(nil, nil, sealed[1+idBytes:], r.bound(owner, k))
	if err != nil {
		return nil, fmt.Errorf("sealed with key %s for another owner, or damaged: link again", hex.EncodeToString(k[:]))
	}
	return plain, nil
}

// Current says whether sealed was made with the newest key.
func (r *Ring) Current(sealed []byte) bool {
	return len(sealed) > idBytes && sealed[0] == version && bytes.Equal(sealed[1:1+idBytes], r.primary[:])
}

// KeyID is the ID of the newest key, for people.
func (r *Ring) KeyID() string { return hex.EncodeToString(r.primary[:]) }

func (r *Ring) bound(owner string, k id) []byte {
	return append(append([]byte("fourfold\x00"), k[:]...), owner...)
}
