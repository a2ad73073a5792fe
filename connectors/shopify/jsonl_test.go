package shopify

import (
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
)

const threeLines = `{"id":"gid:\/\/shopify\/Order\/1","createdAt":"2026-11-19T08:00:00Z"}
{"id":"gid:\/\/shopify\/LineItem\/7","sku":"__parentId","quantity":2,"__parentId":"gid:\/\/shopify\/Order\/1"}
{"quantity":1,"id":"gid://shopify/SalesAgreement/9","__parentId":"gid://shopify/Order/1"}
`

func TestLinesAreCounted(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"at once":              strings.NewReader(threeLines),
		"byte by byte":         iotest.OneByteReader(strings.NewReader(threeLines)),
		"without last newline": strings.NewReader(strings.TrimSuffix(threeLines, "\n")),
	} {
		l := newLines(r, connectors.Count{})
		var kinds []string
		for {
			kind, _, err := l.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(name, err)
			}
			kinds = append(kinds, kind)
		}
		if got := strings.Join(kinds, " "); got != "Order LineItem SalesAgreement" {
			t.Errorf("%s: kinds %s", name, got)
		}
		want := connectors.Count{Objects: 3, Roots: 1, Bytes: int64(len(threeLines))}
		if name == "without last newline" {
			want.Bytes--
		}
		if l.taken != want {
			t.Errorf("%s: %+v, want %+v", name, l.taken, want)
		}
	}
}

func TestLinesGoOnAtAnOffset(t *testing.T) {
	l := newLines(strings.NewReader(threeLines), connectors.Count{})
	if _, _, err := l.next(); err != nil {
		t.Fatal(err)
	}
	again := newLines(strings.NewReader(threeLines[l.taken.Bytes:]), l.taken)
	for {
		if _, _, err := again.next(); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			break
		}
	}
	if want := (connectors.Count{Objects: 3, Roots: 1, Bytes: int64(len(threeLines))}); again.taken != want {
		t.Errorf("%+v, want %+v", again.taken, want)
	}
}

func TestLinesThatBreakOff(t *testing.T) {
	for cut := 1; cut < len(threeLines); cut++ {
		l := newLines(strings.NewReader(threeLines[:cut]), connectors.Count{})
		var err error
		for err == nil {
			_, _, err = l.next()
		}
		whole := threeLines[cut] == '\n' || threeLines[cut-1] == '\n'
		if errors.Is(err, io.EOF) != whole {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func TestLongLine(t *testing.T) {
	long := `{"id":"gid://shopify/Order/1","name":"` + strings.Repeat("x", 700<<10) + `"}` + "\n"
	l := newLines(strings.NewReader(long+threeLines), connectors.Count{})
	for want := range 4 {
		if _, _, err := l.next(); err != nil {
			t.Fatal(want, err)
		}
	}
	l = newLines(io.MultiReader(strings.NewReader(`{"id":"`), strings.NewReader(strings.Repeat("x", maxLine+1))), connectors.Count{})
	if _, _, err := l.next(); err == nil {
		t.Error("a line without end was read into memory")
	}
}

func TestWireTypes(t *testing.T) {
	var v struct {
		ID     gid     `json:"id"`
		Amount *bag    `json:"amount"`
		Count  count   `json:"count"`
		At     instant `json:"at"`
	}
	line := `{"id":"gid:\/\/shopify\/InventoryLevel\/12?inventory_item_id=3","amount":{"shopMoney":{"amount":"-0.1"}},"count":"18446744","at":"2026-11-19T08:00:00+01:00"}`
	if err := decodeLine([]byte(line), &v); err != nil {
		t.Fatal(err)
	}
	if v.ID != "12" || v.Amount.micros() != -100_000 || v.Count != 18446744 || v.At.Format("15:04 MST") != "07:00 UTC" {
		t.Errorf("%+v %d", v, v.Amount.micros())
	}
	for _, bad := range []string{
		`{"id":"12"}`, `{"id":"gid://shopify/Order"}`, `{"amount":{"shopMoney":{"amount":"1,5"}}}`, `{"amount":{"shopMoney":{"amount":"0.1234567"}}}`,
		`{"count":"many"}`, `{"at":"yesterday"}`,
	} {
		v.ID = ""
		if err := decodeLine([]byte(bad), &v); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// The fast decoder must refuse what the standard one refuses, and read the same.
func TestFastDecoderIsNoLaxer(t *testing.T) {
	good := []string{
		`{"id":"gid:\/\/shopify\/LineItem\/7","sku":"A-1 \"x\"","quantity":2,"isGiftCard":false,"originalUnitPriceSet":{"shopMoney":{"amount":"12.50"}},"discountAllocations":[{"allocatedAmountSet":{"shopMoney":{"amount":"0.5"}}}],"__parentId":"gid:\/\/shopify\/Order\/1"}`,
		`{"id":"gid:\/\/shopify\/LineItem\/8","sku":null,"quantity":-1,"product":null,"variant":{"id":"gid:\/\/shopify\/ProductVariant\/3"},"__parentId":"gid:\/\/shopify\/Order\/1"}`,
	}
	dice := rand.New(rand.NewPCG(5, 5))
	refused := 0
	for range 20_000 {
		line := []byte(good[dice.IntN(len(good))])
		for range dice.IntN(3) {
			switch i := dice.IntN(len(line)); dice.IntN(3) {
			case 0:
				line[i] = byte(dice.IntN(256))
			case 1:
				line = append(line[:i:i], line[i+1:]...)
			case 2:
				line = line[:i+1]
			}
		}
		var fast, slow orderLine
		fastErr, slowErr := decodeLine(append([]byte(nil), line...), &fast), json.Unmarshal(line, &slow)
		if slowErr != nil {
			refused++
		}
		if fastErr == nil && slowErr != nil {
			t.Errorf("taken, though it is refused with %v: %q", slowErr, line)
		}
		if fastErr == nil && slowErr == nil && utf8.Valid(line) {
			if d := cmp.Diff(slow, fast); d != "" {
				t.Fatalf("%q: %s", line, d)
			}
		}
	}
	if refused < 1000 {
		t.Errorf("only %d lines were bad", refused)
	}
}
