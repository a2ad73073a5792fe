// Package shapes is what programs read of Fourfold: the JSON of the commands' --json, and of the read-only API, which are the same.
//
// Each shape is a Go type with what makes it. The tag doc says what a field holds: the API's OpenAPI document is made of these types, and
// quotes it. A field is never renamed and never gets another meaning; new ones may come.
package shapes

import (
	"encoding/json"
	"io"
	"time"
)

// Write writes a shape as every command and every address does.
func Write(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// OrNil is null where there is no moment.
func OrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
