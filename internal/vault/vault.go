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
	"sync"
	"time"

	"fourfold/internal/secret"
)

const (
	keyBytes = 32
	idBytes  = 4
	version  = 1
)

// Secrets that do not open. Only a person can mend either.
var (
	// ErrKey says that no key of the ring opens a secret: the wrong key file, or a key taken out too early.
	ErrKey = errors.New("no key of the key file opens it; put back the key that sealed it (its ID is named), or link again")
	// ErrDamaged says that a secret has its key and does not open: it was copied to another owner, or is not what was sealed.
	ErrDamaged = errors.New("for another owner, or damaged: link again")
)

// Ring seals with its first key and opens with any of them. One that was loaded from a file follows it: a process that has run for long
// knows a key that was put into it today.
type Ring struct {
	path string // "" for one that was parsed

	mu    sync.Mutex
	stamp time.Time // of the file as it was read
	keys  *keys
}

// keys are a ring's, as they stood in one text.
type keys struct {
	primary id
	all     map[id]cipher.AEAD
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
	k, err := parse(text)
	if err != nil {
		return nil, err
	}
	return &Ring{keys: k}, nil
}

func parse(text secret.Text) (*keys, error) {
	r := &keys{all: map[id]cipher.AEAD{}}
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
		if len(r.all) == 0 {
			r.primary = k
		}
		r.all[k] = aead
	}
	if len(r.all) == 0 {
		return nil, errors.New("there is no key: run `fourfold init`, or set FOURFOLD_KEY")
	}
	return r, nil
}

// Load reads a ring from a file. A file that others may read is refused.
func Load(path string) (*Ring, error) {
	r := &Ring{path: path}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w; run `fourfold init`, or set FOURFOLD_KEY", err)
	}
	if err := r.load(info); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Ring) load(info os.FileInfo) error {
	if info.IsDir() { // Docker makes one where the file that is to be mounted is missing
		return fmt.Errorf("key file %s is a directory: name the file in it; if a container was to be given a file there and there was none, remove the directory, put the key file in its place and start the container anew", r.path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("key file %s can be read by others: run chmod 600 %s", r.path, r.path)
	}
	b, err := os.ReadFile(r.path)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	k, err := parse(secret.New(string(b)))
	if err != nil {
		return fmt.Errorf("key file %s: %w", r.path, err)
	}
	r.keys, r.stamp = k, info.ModTime()
	return nil
}

// now is the keys as the file has them. A file that cannot be read leaves those that are known: what they sealed still opens.
func (r *Ring) now() *keys {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.path != "" {
		if info, err := os.Stat(r.path); err == nil && !info.ModTime().Equal(r.stamp) {
			_ = r.load(info)
		}
	}
	return r.keys
}

// Seal encrypts plain for owner with the newest key.
func (r *Ring) Seal(owner string, plain []byte) []byte {
	k := r.now()
	sealed := append([]byte{version}, k.primary[:]...)
	return k.all[k.primary].Seal(sealed, nil, plain, bound(owner, k.primary))
}

// Open decrypts what Seal made for the same owner.
func (r *Ring) Open(owner string, sealed []byte) ([]byte, error) {
	if len(sealed) < 1+idBytes || sealed[0] != version {
		return nil, errors.New("this is not a sealed secret, or a newer Fourfold sealed it")
	}
	var k id
	copy(k[:], sealed[1:])
	aead, ok := r.now().all[k]
	if !ok {
		return nil, fmt.Errorf("sealed with key %s: %w", hex.EncodeToString(k[:]), ErrKey)
	}
	plain, err := aead.Open(nil, nil, sealed[1+idBytes:], bound(owner, k))
	if err != nil {
		return nil, fmt.Errorf("sealed with key %s %w", hex.EncodeToString(k[:]), ErrDamaged)
	}
	return plain, nil
}

// Current says whether sealed was made with the newest key.
func (r *Ring) Current(sealed []byte) bool {
	k := r.now()
	return len(sealed) > idBytes && sealed[0] == version && bytes.Equal(sealed[1:1+idBytes], k.primary[:])
}

// KeyID is the ID of the newest key, for people.
func (r *Ring) KeyID() string { return hex.EncodeToString(r.now().primary[:]) }

func bound(owner string, k id) []byte {
	return append(append([]byte("fourfold\x00"), k[:]...), owner...)
}
