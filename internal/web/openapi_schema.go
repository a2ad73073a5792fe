package web

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// schema is a JSON schema, or another object of the OpenAPI document.
type schema map[string]any

// schemas makes the schema of Go types as encoding/json writes them. Structs get a name of their own.
type schemas struct{ named schema }

func newSchemas() *schemas { return &schemas{schema{}} }

// closed are the types with a closed set of values.
var closed = map[reflect.Type][]any{
	reflect.TypeFor[period.Grain]():    values(period.Grains),
	reflect.TypeFor[kpi.Perspective](): values(kpi.Perspectives),
	reflect.TypeFor[kpi.Status]():      {kpi.Green, kpi.Amber, kpi.Red, kpi.Grey},
	reflect.TypeFor[kpi.Role]():        {kpi.Leading, kpi.Lagging, kpi.Base},
	reflect.TypeFor[kpi.Direction]():   {kpi.Up, kpi.Down, kpi.InRange},
	reflect.TypeFor[kpi.Gap]():         values(kpi.Gaps),
}

func values[T any](all []T) []any {
	list := make([]any, len(all))
	for i, v := range all {
		list[i] = v
	}
	return list
}

func (s *schemas) of(t reflect.Type) schema {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return schema{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[period.Day]():
		return schema{"type": "string", "format": "date"}
	case closed[t] != nil:
		return schema{"type": "string", "enum": closed[t]}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return schema{"type": "string"}
	}
	switch t.Kind() {
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return schema{"type": "integer"}
	case reflect.Float64:
		return schema{"type": "number"}
	case reflect.Slice:
		return schema{"type": []string{"array", "null"}, "items": s.of(t.Elem())} // a nil slice is null
	case reflect.Map:
		return schema{"type": []string{"object", "null"}, "additionalProperties": s.of(t.Elem())}
	case reflect.Pointer:
		return orNull(s.of(t.Elem()))
	case reflect.Struct:
		return s.object(t)
	default:
		panic(fmt.Sprintf("the API has no schema for %s", t))
	}
}

func orNull(x schema) schema {
	if kind, ok := x["type"].(string); ok && x["enum"] == nil {
		x["type"] = []string{kind, "null"}
		return x
	}
	return schema{"anyOf": []schema{x, {"type": "null"}}}
}

// object keeps a struct's schema under its name, and refers to it.
func (s *schemas) object(t reflect.Type) schema {
	name := capitalised(t.Name())
	ref := schema{"$ref": "#/components/schemas/" + name}
	if s.named[name] != nil {
		return ref
	}
	s.named[name] = schema{} // for one that holds itself
	properties, required := schema{}, []string{}
	s.fields(t, properties, &required)
	s.named[name] = schema{"type": "object", "properties": properties, "required": required}
	return ref
}

func (s *schemas) fields(t reflect.Type, properties schema, required *[]string) {
	for f := range t.Fields() {
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-" || !f.IsExported():
			continue
		case f.Anonymous && tag == "":
			s.fields(f.Type, properties, required)
			continue
		}
		x := s.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			x["description"] = doc
		}
		properties[name] = x
		if !strings.Contains(options, "omitempty") {
			*required = append(*required, name)
		}
	}
}

func capitalised(name string) string {
	r := []rune(strings.TrimPrefix(name, "api"))
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}
