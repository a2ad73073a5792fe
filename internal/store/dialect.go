package store

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
)

// dialect is which of the two databases a store is on.
type dialect int

const (
	sqlite dialect = iota
	postgres
)

func (d dialect) String() string {
	if d == postgres {
		return "postgres"
	}
	return "sqlite"
}

var rewritten sync.Map // query with ? → the same with $1, $2, …

// rewrite numbers the placeholders for Postgres. No query of ours holds a question mark in a literal.
func (d dialect) rewrite(query string) string {
	if d == sqlite || !strings.Contains(query, "?") {
		return query
	}
	if q, ok := rewritten.Load(query); ok {
		return q.(string)
	}
	q := number(query)
	if len(query) < 4096 {
		rewritten.Store(query, q)
	}
	return q
}

func number(query string) string {
	var b strings.Builder
	b.Grow(len(query) + 16)
	n := 0
	for i := 0; i < len(query); i++ {
		if query[i] == '?' {
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(query[i])
	}
	return b.String()
}

// oneOf is a condition that a text column holds one of the values, with its single argument, however many they are:
//
//	where, arg := t.oneOf("id", ids)
//	t.each(ctx, scan, "SELECT … WHERE merchant_id = ? AND "+where, merchant, arg)
func (d dialect) oneOf(column string, values []string) (where string, arg any) {
	if d == postgres {
		if values == nil {
			values = []string{}
		}
		return column + " = ANY(?)", values
	}
	b, err := json.Marshal(values)
	if err != nil || values == nil {
		b = []byte("[]")
	}
	return column + " IN (SELECT value FROM json_each(?))", string(b)
}
