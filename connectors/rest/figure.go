package rest

import "encoding/json"

// Figure is a number as the provider wrote it, which may be in quotes; "" where there is none.
type Figure string

// UnmarshalJSON keeps the text. null and "-", by which some say that there is nothing to tell, are none.
func (f *Figure) UnmarshalJSON(b []byte) error {
	text := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	if text == "null" || text == "-" {
		text = ""
	}
	*f = Figure(text)
	return nil
}
