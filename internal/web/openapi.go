package web

import (
	"bytes"
	"encoding/json"
	"reflect"

	"fourfold/internal/shapes"
)

// openAPI is the OpenAPI 3.1 document of the API: made of its routes and of the Go types that they answer with, so that it cannot say
// anything else than what is done.
func openAPI(base string, routes []apiRoute) ([]byte, error) {
	types := newSchemas()
	problems := types.of(reflect.TypeFor[apiProblem]())
	paths := schema{}
	for _, rt := range routes {
		var params []schema
		for _, name := range rt.pathWords() {
			p := pathTexts[name]
			params = append(params, schema{"name": name, "in": "path", "required": true, "description": p.text, "schema": p.schema})
		}
		for _, p := range rt.params {
			params = append(params, schema{"name": p.name, "in": "query", "description": p.text, "schema": p.schema})
		}
		tag := schema{"description": "of the answer as it is: send it as If-None-Match, and 304 says that nothing has changed", "schema": schema{"type": "string"}}
		answers := schema{
			"200": schema{"description": "as asked for", "headers": schema{"ETag": tag}, "content": schema{"application/json": schema{"schema": types.of(rt.shape)}}},
			"304": schema{"description": "unchanged since the answer with that ETag"},
		}
		for status, text := range map[string]string{"400": "a parameter is none, or not as it should be", "401": "no key, or one that is not good",
			"404": "there is nothing of that kind, or the key is not for it", "429": "too often; Retry-After says when", "503": "the database does not answer; Retry-After says when"} {
			answers[status] = schema{"description": text, "content": schema{"application/problem+json": schema{"schema": problems}}}
		}
		get := schema{"operationId": rt.id, "summary": rt.summary, "responses": answers}
		if len(params) > 0 {
			get["parameters"] = params
		}
		paths[rt.path] = schema{"get": get}
	}
	var b bytes.Buffer
	err := shapes.Write(&b, schema{
		"openapi": "3.1.0",
		"info": schema{"title": "Fourfold", "version": "1", "description": "A merchant's balanced scorecard, read-only: the same JSON as the commands' --json. " +
			"Fields may be added; none is renamed or gets another meaning."},
		"servers":    []schema{{"url": base}},
		"security":   []schema{{"key": []string{}}},
		"paths":      paths,
		"components": schema{"schemas": types.named, "securitySchemes": schema{"key": schema{"type": "http", "scheme": "bearer", "description": "a key made under Take along"}}},
	})
	if err != nil || !json.Valid(b.Bytes()) {
		return nil, err
	}
	return b.Bytes(), nil
}
