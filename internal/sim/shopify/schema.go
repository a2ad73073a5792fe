package shopify

import (
	_ "embed"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

//go:embed schema.graphql
var schemaText string

// schema is the simulated part of the Admin API, parsed once.
var schema = sync.OnceValue(func() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaText})
})

// Version is the API version that the schema was cut from.
const Version = "2026-10"

// oldVersions are still answered under their own name in 2026-10, with today's schema: the simulation keeps one.
var oldVersions = []string{"2026-01", "2026-04", "2026-07"}
