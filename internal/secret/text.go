// Package secret holds text that must never be printed: tokens, client secrets, keys.
//
// A Text prints as [secret] with every verb, in JSON, in YAML and in structured logs, so that no careless format string,
// error or debug dump can leak it. Only Reveal gives the text itself, which makes its uses easy to find.
package secret

import (
	"fmt"
	"log/slog"
)

// Text is a secret. Its zero value is the empty secret.
type Text struct{ s string }

const mask = "[secret]"

// New wraps s.
func New(s string) Text { return Text{s} }

// Reveal gives the secret itself. Call it where the secret is sent or sealed, nowhere else.
func (t Text) Reveal() string { return t.s }

// Empty says whether there is no secret.
func (t Text) Empty() bool { return t.s == "" }

func (t Text) String() string   { return mask }
func (t Text) GoString() string { return mask }

// Format masks every verb, including those that would reach the field.
func (t Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// MarshalText masks the secret in JSON, YAML and whatever else asks for text.
func (t Text) MarshalText() ([]byte, error) { return []byte(mask), nil }

// UnmarshalText reads a secret from configuration.
func (t *Text) UnmarshalText(b []byte) error { t.s = string(b); return nil }

// LogValue masks the secret in structured logs.
func (t Text) LogValue() slog.Value { return slog.StringValue(mask) }
