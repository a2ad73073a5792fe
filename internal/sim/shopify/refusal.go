package shopify

// refusal is one entry of a reply's errors. A resolver that returns one makes its field null.
type refusal struct {
	Message    string         `json:"message"`
	Locations  []location     `json:"locations,omitempty"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

type location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

func refuse(code, message string) *refusal {
	return &refusal{Message: message, Extensions: map[string]any{"code": code}}
}

func badRequest(message string) *refusal { return refuse("BAD_REQUEST", message) }

// at is the refusal with the path it happened at.
func (r *refusal) at(path []any) *refusal {
	e := *r
	e.Path = append([]any(nil), path...)
	return &e
}
