package shopify

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// gid is a global ID, written gid://shopify/Order/123.
type gid struct {
	kind string
	id   int64
}

func (g gid) String() string { return string(g.append(nil)) }

func (g gid) append(b []byte) []byte {
	b = append(b, "gid://shopify/"...)
	b = append(b, g.kind...)
	b = append(b, '/')
	return strconv.AppendInt(b, g.id, 10)
}

type (
	decimal  int64  // micros, written as the API trims decimals: "400.0", "12.5"
	price    int64  // micros, written as the Money scalar: "400.00"
	unsigned int64  // UnsignedInt64 travels as a string
	rawJSON  []byte // the JSON scalar
)

func (d decimal) append(b []byte) []byte { return appendMicros(b, int64(d), 1) }
func (p price) append(b []byte) []byte   { return appendMicros(b, int64(p), 2) }

// appendMicros writes an amount with at least min decimals and no more than it needs.
func appendMicros(b []byte, v int64, min int) []byte {
	u := uint64(v)
	if v < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendUint(b, u/1e6, 10)
	frac, digits := u%1e6, 6
	for digits > min && frac%10 == 0 {
		frac, digits = frac/10, digits-1
	}
	b = append(b, '.')
	for p := pow10(digits - 1); p > 0; p /= 10 {
		b = append(b, byte('0'+frac/p%10))
	}
	return b
}

func pow10(n int) uint64 {
	p := uint64(1)
	for ; n > 0; n-- {
		p *= 10
	}
	return p
}

// escaping says how JSON strings are written: API replies leave slashes and letters alone, bulk files escape both.
type escaping bool

const (
	asReply escaping = false
	asBulk  escaping = true
)

const hexDigits = "0123456789abcdef"

// appendString writes s as a JSON string. Invalid UTF-8 becomes the replacement character.
func appendString(b []byte, s string, e escaping) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == '"' || c == '\\':
				b = append(b, '\\', c)
			case c == '/' && e == asBulk:
				b = append(b, '\\', '/')
			case c == '\n':
				b = append(b, '\\', 'n')
			case c == '\r':
				b = append(b, '\\', 'r')
			case c == '\t':
				b = append(b, '\\', 't')
			case c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&':
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			default:
				b = append(b, c)
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case e == asReply && r != 0x2028 && r != 0x2029:
			b = utf8.AppendRune(b, r)
		case r >= 0x10000:
			r -= 0x10000
			b = appendEscape(appendEscape(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
		default:
			b = appendEscape(b, r)
		}
	}
	return append(b, '"')
}

func appendEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// appendInstant writes a DateTime, always UTC.
func appendInstant(b []byte, i Instant) []byte {
	b = append(b, '"')
	b = i.Time().AppendFormat(b, time.RFC3339)
	return append(b, '"')
}
