package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// document is the OpenAPI document as far as answers are held to it.
type document struct {
	Paths map[string]struct {
		Get struct {
			Responses map[string]struct {
				Content map[string]struct{ Schema map[string]any }
			}
		}
	}
	Components struct{ Schemas map[string]map[string]any }
}

func openDocument(t testing.TB, s *served) document {
	t.Helper()
	var d document
	status, body := s.get("/api/openapi.json")
	if err := json.Unmarshal([]byte(body), &d); err != nil || status != http.StatusOK || len(d.Paths) < 8 {
		t.Fatalf("the document: %d %v", status, err)
	}
	return d
}

var words = regexp.MustCompile(`\\\{\w+\\\}`)

// holds asks that an answer is what the document says of its address, and returns that address as the document has it.
func (d document) holds(t testing.TB, address, body string) string {
	t.Helper()
	address, _, _ = strings.Cut(address, "?")
	for path, p := range d.Paths {
		if !regexp.MustCompile("^" + words.ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`) + "$").MatchString(address) {
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		for _, fault := range d.faults(p.Get.Responses["200"].Content["application/json"].Schema, v, "answer") {
			t.Errorf("%s: %s", address, fault)
		}
		return path
	}
	t.Errorf("%s is not in the document", address)
	return ""
}

// faults holds a value to a schema: types, enums, formats, fields that must be there, and fields that nobody told of.
func (d document) faults(schema map[string]any, v any, at string) (found []string) {
	fault := func(format string, args ...any) { found = append(found, at+": "+fmt.Sprintf(format, args...)) }
	for key := range schema {
		if !slices.Contains([]string{"$ref", "type", "properties", "required", "items", "additionalProperties", "enum", "format", "anyOf", "description"}, key) {
			fault("this test does not know %q", key)
		}
	}
	if ref, ok := schema["$ref"].(string); ok {
		of := d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
		if of == nil {
			return append(found, at+": there is no "+ref)
		}
		return append(found, d.faults(of, v, at)...)
	}
	if either, ok := schema["anyOf"].([]any); ok {
		for _, x := range either {
			if len(d.faults(x.(map[string]any), v, at)) == 0 {
				return found
			}
		}
		fault("it is none of what it may be")
		return found
	}
	if kind := kindOf(v); !allows(schema["type"], kind) && !(kind == "integer" && allows(schema["type"], "number")) {
		fault("it is %s, and the document says %v", kind, schema["type"])
		return found
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, v) {
		fault("%v is none of %v", v, enum)
	}
	switch v := v.(type) {
	case string:
		layout := map[any]string{"date-time": time.RFC3339Nano, "date": time.DateOnly}[schema["format"]]
		if _, err := time.Parse(layout, v); layout != "" && err != nil {
			fault("%v", err)
		}
	case []any:
		for i, x := range v {
			found = append(found, d.faults(schema["items"].(map[string]any), x, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case map[string]any:
		found = append(found, d.objectFaults(schema, v, at)...)
	}
	return found
}

func (d document) objectFaults(schema map[string]any, v map[string]any, at string) (found []string) {
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			found = append(found, fmt.Sprintf("%s: %s is missing", at, name))
		}
	}
	for name, x := range v {
		of, ok := properties[name].(map[string]any)
		if more, is := schema["additionalProperties"].(map[string]any); !ok && is {
			of, ok = more, true
		}
		if !ok {
			found = append(found, fmt.Sprintf("%s: the document does not tell of %s", at, name))
			continue
		}
		found = append(found, d.faults(of, x, at+"."+name)...)
	}
	return found
}

func allows(kinds any, kind string) bool {
	if list, ok := kinds.([]any); ok {
		return slices.Contains(list, any(kind))
	}
	return kinds == kind
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// The check itself finds what is wrong.
func TestAnswersAreHeldToTheDocument(t *testing.T) {
	d := document{}
	d.Components.Schemas = map[string]map[string]any{"A": {"type": "object", "required": []any{"n"}, "properties": map[string]any{
		"n": map[string]any{"type": []any{"integer", "null"}}, "s": map[string]any{"type": "string", "enum": []any{"x"}}, "at": map[string]any{"type": "string", "format": "date"},
		"more": map[string]any{"type": []any{"array", "null"}, "items": map[string]any{"$ref": "#/components/schemas/A"}}}}}
	for text, want := range map[string]int{
		`{"n":1}`: 0, `{"n":null,"s":"x","at":"2026-11-22","more":null}`: 0, `{"n":1,"more":[{"n":2}]}`: 0,
		`{}`: 1, `{"n":1.5}`: 1, `{"n":"1"}`: 1, `{"n":1,"s":"y"}`: 1, `{"n":1,"at":"22 Nov"}`: 1, `{"n":1,"z":1}`: 1, `{"n":1,"more":[{}]}`: 1, `[]`: 1, `{"n":1,"more":{}}`: 1,
	} {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if got := d.faults(map[string]any{"$ref": "#/components/schemas/A"}, v, "it"); len(got) != want {
			t.Errorf("%s: %v, want %d", text, got, want)
		}
	}
}
