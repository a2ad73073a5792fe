package shopify

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// field is one selected field, made ready to be resolved many times: arguments evaluated, fragments flattened per concrete type.
type field struct {
	name    string
	key     string // its alias, or its name
	keyJSON []byte // "key":
	on      string // the type it is selected on
	typ     string // the named type of its value
	list    bool
	nonNull bool // of the value
	itemNN  bool // of the list's items
	leaf    bool
	conn    bool   // the value is a connection
	node    string // of a connection: the type of its nodes
	args    args
	resolve resolver
	access  *access
	checked bool // whether denied says what access comes to
	denied  *refusal
	at      location
	subs    map[string][]*field // selections by concrete type
}

// resolver gives a field's value for one parent. Resolvers are called under the server's read lock.
type resolver func(x *exec, parent any, a args) any

// args are a field's arguments with defaults applied.
type args map[string]any

func (a args) str(name string) string { s, _ := a[name].(string); return s }

func (a args) flag(name string) bool { b, _ := a[name].(bool); return b }

func (a args) has(name string) bool { return a[name] != nil }

func (a args) num(name string) int {
	switch n := a[name].(type) {
	case int64:
		return int(n)
	case int:
		return n
	case float64:
		return int(n)
	}
	return 0
}

func (a args) list(name string) []string {
	var out []string
	switch l := a[name].(type) {
	case []any:
		for _, v := range l {
			if s, ok := v.(string); ok {
				out = append(out, s)
			}
		}
	case string: // a single value stands for a list of one
		out = append(out, l)
	}
	return out
}

// planner turns a validated operation into fields.
type planner struct {
	schema *ast.Schema
	vars   map[string]any
}

func (p *planner) operation(op *ast.OperationDefinition) []*field {
	root := p.schema.Query
	if op.Operation == ast.Mutation {
		root = p.schema.Mutation
	}
	return p.fields(root, []ast.SelectionSet{op.SelectionSet})
}

// fields collects the selections that apply to one concrete type, those of the same response key merged.
func (p *planner) fields(on *ast.Definition, sets []ast.SelectionSet) []*field {
	var keys []string
	same := map[string][]*ast.Field{}
	var collect func(set ast.SelectionSet)
	collect = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				if !p.included(s.Directives) {
					continue
				}
				if same[s.Alias] == nil {
					keys = append(keys, s.Alias)
				}
				same[s.Alias] = append(same[s.Alias], s)
			case *ast.InlineFragment:
				if p.included(s.Directives) && p.applies(s.TypeCondition, on) {
					collect(s.SelectionSet)
				}
			case *ast.FragmentSpread:
				if p.included(s.Directives) && p.applies(s.Definition.TypeCondition, on) {
					collect(s.Definition.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		collect(set)
	}
	out := make([]*field, 0, len(keys))
	for _, k := range keys {
		out = append(out, p.field(on, same[k]))
	}
	return out
}

func (p *planner) applies(condition string, on *ast.Definition) bool {
	if condition == "" || condition == on.Name {
		return true
	}
	for _, d := range p.schema.GetPossibleTypes(p.schema.Types[condition]) {
		if d.Name == on.Name {
			return true
		}
	}
	return false
}

func (p *planner) included(ds ast.DirectiveList) bool {
	if d := ds.ForName("skip"); d != nil {
		if v, _ := d.ArgumentMap(p.vars)["if"].(bool); v {
			return false
		}
	}
	if d := ds.ForName("include"); d != nil {
		if v, _ := d.ArgumentMap(p.vars)["if"].(bool); !v {
			return false
		}
	}
	return true
}

func (p *planner) field(on *ast.Definition, same []*ast.Field) *field {
	f := same[0]
	out := &field{
		name: f.Name, key: f.Alias, keyJSON: append(appendString(nil, f.Alias, asReply), ':'), on: on.Name,
		at: location{f.Position.Line, f.Position.Column},
	}
	if f.Name == "__typename" {
		out.leaf, out.nonNull = true, true
		return out
	}
	def := on.Fields.ForName(f.Name)
	if def == nil { // selected through an interface under a type that narrows it: cannot happen in a valid document
		def = f.Definition
	}
	out.args = args(f.ArgumentMap(p.vars))
	out.typ = def.Type.Name()
	out.nonNull = def.Type.NonNull
	if def.Type.Elem != nil {
		out.list, out.itemNN = true, def.Type.Elem.NonNull
	}
	if t := resolvers[on.Name]; t != nil {
		out.resolve = t[f.Name]
	}
	value := p.schema.Types[out.typ]
	if strings.HasSuffix(out.typ, "Connection") {
		out.conn = true
		out.node = value.Fields.ForName("nodes").Type.Name()
	}
	out.access = accessTo(on.Name, f.Name, out.typ, out.node)
	if value.IsLeafType() {
		out.leaf = true
		return out
	}
	var sets []ast.SelectionSet
	for _, s := range same {
		sets = append(sets, s.SelectionSet)
	}
	out.subs = map[string][]*field{}
	if value.IsAbstractType() {
		for _, d := range p.schema.GetPossibleTypes(value) {
			out.subs[d.Name] = p.fields(d, sets)
		}
	} else {
		out.subs[value.Name] = p.fields(value, sets)
	}
	return out
}

// sub finds a direct selection of a connection, edge or page info by name.
func (f *field) sub(name string) *field {
	for _, s := range f.subs[f.typ] {
		if s.name == name {
			return s
		}
	}
	return nil
}

// nodeFields are what a connection selects of its nodes, by way of edges or of nodes.
func (f *field) nodeFields() *field {
	if e := f.sub("edges"); e != nil {
		if n := e.sub("node"); n != nil {
			return n
		}
	}
	return f.sub("nodes")
}
