package shopify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"fourfold/internal/money"
)

// gid is the number at the end of a global ID: 123 of gid://shopify/Order/123. The empty gid is a null.
//
// The kind is dropped: Shopify calls a RefundAgreement SalesAgreement in bulk results, so that only the number is stable.
type gid string

// UnmarshalJSON reads a global ID or null.
func (g *gid) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*g = ""
		return nil
	}
	for _, prefix := range idPrefixes {
		if rest, ok := bytes.CutPrefix(b, prefix); ok {
			// A backfill reads millions of these: what lies between the last slash and the closing quote.
			number := rest[bytes.LastIndexByte(rest, '/')+1:]
			if len(number) < len(rest) && len(number) > 1 && bytes.IndexByte(number, '?') < 0 {
				*g = gid(number[:len(number)-1])
				return nil
			}
		}
	}
	_, number, err := splitID(strings.ReplaceAll(strings.Trim(string(b), `"`), `\/`, "/"))
	*g = gid(number)
	return err
}

// idPrefixes begin global IDs; bulk results escape slashes.
var idPrefixes = [][]byte{[]byte(`"gid:\/\/shopify\/`), []byte(`"gid://shopify/`)}

// splitID cuts gid://shopify/InventoryLevel/12?inventory_item_id=3 into its kind and its number.
func splitID(s string) (kind, number string, err error) {
	rest, ok := strings.CutPrefix(s, "gid://shopify/")
	if ok {
		kind, number, ok = strings.Cut(rest, "/")
	}
	number, _, _ = strings.Cut(number, "?")
	if !ok || kind == "" || number == "" {
		return "", "", fmt.Errorf("%q is not a global ID", clean(s))
	}
	return kind, number, nil
}

// full makes a global ID again.
func (g gid) full(kind string) string { return "gid://shopify/" + kind + "/" + string(g) }

// ref is an object of which only the ID is asked for; nil or empty where there is none.
type ref struct {
	ID gid `json:"id"`
}

func (r *ref) id() string {
	if r == nil {
		return ""
	}
	return string(r.ID)
}

// amount is a decimal as Shopify writes it, in a string.
type amount money.Micros

// UnmarshalJSON reads "12.5", 12.5 or null, without passing through a float.
func (a *amount) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*a = 0
		return nil
	}
	m, err := money.Parse(strings.Trim(string(b), `"`))
	*a = amount(m)
	return err
}

// bag is a MoneyBag, of which only the shop's side is asked for.
type bag struct {
	Shop struct {
		Amount amount `json:"amount"`
	} `json:"shopMoney"`
}

func (b *bag) micros() money.Micros {
	if b == nil {
		return 0
	}
	return money.Micros(b.Shop.Amount)
}

// coin is a MoneyV2.
type coin struct {
	Amount   amount `json:"amount"`
	Currency string `json:"currencyCode"`
}

// count is an UnsignedInt64, which arrives as a string.
type count int64

// UnmarshalJSON reads "12", 12 or null.
func (c *count) UnmarshalJSON(b []byte) error {
	b = bytes.Trim(b, `"`)
	if string(b) == "null" {
		*c = 0
		return nil
	}
	return json.Unmarshal(b, (*int64)(c))
}

// instant is a DateTime; null is the zero time.
type instant struct{ time.Time }

// UnmarshalJSON reads 2026-11-21T08:00:00Z or null.
func (i *instant) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		i.Time = time.Time{}
		return nil
	}
	t, err := time.Parse(time.RFC3339, strings.Trim(string(b), `"`))
	i.Time = t.UTC()
	return err
}

// page is a connection as pages serve it: by nodes, or by edges where a node's own cursor is wanted.
type page[T any] struct {
	PageInfo pageInfo  `json:"pageInfo"`
	Nodes    []T       `json:"nodes"`
	Edges    []edge[T] `json:"edges"`
}

type edge[T any] struct {
	Cursor string `json:"cursor"`
	Node   T      `json:"node"`
}

type pageInfo struct {
	HasNext bool   `json:"hasNextPage"`
	End     string `json:"endCursor"`
}

// next is the cursor to go on from; "" at the end. A page that has a successor but no cursor would be read again for ever.
func (p pageInfo) next() (string, error) {
	if !p.HasNext {
		return "", nil
	}
	if p.End == "" {
		return "", fmt.Errorf("the page says that there are more and gives no cursor")
	}
	return p.End, nil
}

// lower writes an enum's value as facts do. Values that are newer than we are pass unchanged.
func lower(s string) string { return strings.ToLower(s) }
