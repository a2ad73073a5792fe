package connectors

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Cursor is where a stream goes on from: the connector's own small struct, as JSON, opaque to everybody else.
type Cursor []byte

// Encode makes a cursor of a connector's struct.
func Encode(v any) (Cursor, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode cursor: %w", err)
	}
	return b, nil
}

// Decode reads the cursor into the connector's struct; an empty cursor leaves it at its zero value. A field that the struct
// does not know is an error, since it was written by a newer version.
func (c Cursor) Decode(v any) error {
	if len(c) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(c))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return &Error{Fault: Malformed, Op: "read cursor", Err: err,
			Hint: "the cursor was written by another version; run the newer one, or clear the stream and backfill again"}
	}
	return nil
}
