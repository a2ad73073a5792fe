package vault

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourfold/internal/secret"
)

func ring(t *testing.T, keys ...secret.Text) *Ring {
	t.Helper()
	var lines []string
	for _, k := range keys {
		lines = append(lines, k.Reveal())
	}
	r, err := Parse(secret.New("# keys\n\n" + strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOnlyTheOwnerOpens(t *testing.T) {
	r := ring(t, NewKey())
	sealed := r.Seal("merchant 1 grant 7", []byte("shpat_x"))
	if bytes.Contains(sealed, []byte("shpat")) {
		t.Fatal("the secret is readable in its sealed form")
	}
	plain, err := r.Open("merchant 1 grant 7", sealed)
	if err != nil || string(plain) != "shpat_x" {
		t.Fatalf("%q, %v", plain, err)
	}
	if _, err := r.Open("merchant 2 grant 7", sealed); !errors.Is(err, ErrDamaged) {
		t.Errorf("another owner gets %v, want ErrDamaged", err)
	}
	for i := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[i] ^= 1
		if _, err := r.Open("merchant 1 grant 7", damaged); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
	}
	if bytes.Equal(sealed, r.Seal("merchant 1 grant 7", []byte("shpat_x"))) {
		t.Error("two seals of one secret are equal: the nonce is not random")
	}
}

func TestKeysCanBeChanged(t *testing.T) {
	before, after := NewKey(), NewKey()
	sealed := ring(t, before).Seal("o", []byte("x"))
	both := ring(t, after, before)
	if _, err := both.Open("o", sealed); err != nil {
		t.Error(err)
	}
	if both.Current(sealed) || !both.Current(both.Seal("o", nil)) {
		t.Error("Current does not tell the keys apart")
	}
	if _, err := ring(t, after).Open("o", sealed); !errors.Is(err, ErrKey) {
		t.Errorf("got %v, want ErrKey", err)
	}
}

func TestBadKeys(t *testing.T) {
	for _, text := range []string{"", "# only a comment", "short", "AAAA", NewKey().Reveal() + "x"} {
		if _, err := Parse(secret.New(text)); err == nil {
			t.Errorf("%q was taken for a key", text)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(NewKey().Reveal()), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key file that others may read: %v", err)
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is a directory: name the file") || strings.Contains(err.Error(), "chmod") {
		t.Errorf("a directory for a key file: %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err != nil {
		t.Error(err)
	}
}

// What a former release sealed still opens: key, owner and form are those of the first one.
func TestTheFormLasts(t *testing.T) {
	r := ring(t, secret.New("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))
	if r.KeyID() != "630dcd29" {
		t.Errorf("the key's ID is %s", r.KeyID())
	}
	sealed, err := base64.StdEncoding.DecodeString("AWMNzSmTpQCjyud9mQluPdO/lsBzeAaR2LsGKc6POhocPusge3TbIdq54VsfGVU=")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := r.Open("merchant/1/shopify/shop=tea.myshopify.com", sealed); err != nil || string(plain) != `{"access":"x"}` {
		t.Errorf("%q, %v", plain, err)
	}
}
