package shopify

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// quoted finds the names in a validator's message.
var quoted = regexp.MustCompile(`"([^"]*)"`)

// invalid words the validator's findings as Shopify does, with its codes.
func invalid(doc *ast.QueryDocument, errs gqlerror.List) []*refusal {
	var out []*refusal
	for _, e := range errs {
		r := &refusal{Message: e.Message, Extensions: map[string]any{}}
		for _, l := range e.Locations {
			r.Locations = append(r.Locations, location{l.Line, l.Column})
		}
		var names []string
		for _, m := range quoted.FindAllStringSubmatch(e.Message, -1) {
			names = append(names, m[1])
		}
		if len(e.Locations) > 0 {
			r.Path = pathTo(doc, e.Locations[0])
		}
		name := func(i int) string {
			if i < len(names) {
				return names[i]
			}
			return ""
		}
		switch e.Rule {
		case "FieldsOnCorrectType":
			r.Message = fmt.Sprintf("Field '%s' doesn't exist on type '%s'", name(0), name(1))
			r.Extensions = map[string]any{"code": "undefinedField", "typeName": name(1), "fieldName": name(0)}
		case "KnownArgumentNames":
			r.Message = fmt.Sprintf("Field '%s' doesn't accept argument '%s'", afterDot(name(1)), name(0))
			r.Extensions = map[string]any{"code": "argumentNotAccepted", "name": afterDot(name(1)), "typeName": "Field", "argumentName": name(0)}
		case "ProvidedRequiredArguments":
			r.Message = fmt.Sprintf("Field '%s' is missing required arguments: %s", name(0), name(1))
			r.Extensions = map[string]any{"code": "missingRequiredArguments", "className": "Field", "name": name(0), "arguments": name(1)}
		case "ValuesOfCorrectType":
			r.Extensions = map[string]any{"code": "argumentLiteralsIncompatible", "typeName": "Field"}
		case "ScalarLeafs":
			r.Extensions = map[string]any{"code": "selectionMismatch", "nodeName": name(0), "typeName": name(1)}
		case "NoUndefinedVariables":
			r.Extensions = map[string]any{"code": "variableNotDefined", "variableName": name(0)}
		case "NoUnusedVariables":
			r.Extensions = map[string]any{"code": "variableNotUsed", "variableName": name(0)}
		default:
			r.Extensions["code"] = "invalid"
		}
		out = append(out, r)
	}
	return out
}

func afterDot(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return s[i+1:]
		}
	}
	return s
}

// pathTo names the operation and the fields down to a place in the document.
func pathTo(doc *ast.QueryDocument, at gqlerror.Location) []any {
	var find func(set ast.SelectionSet, path []any) []any
	find = func(set ast.SelectionSet, path []any) []any {
		for _, s := range set {
			here := path
			var sub ast.SelectionSet
			switch s := s.(type) {
			case *ast.Field:
				here = append(path[:len(path):len(path)], s.Alias)
				sub = s.SelectionSet
			case *ast.InlineFragment:
				here = append(path[:len(path):len(path)], "... on "+s.TypeCondition)
				sub = s.SelectionSet
			case *ast.FragmentSpread:
				here = append(path[:len(path):len(path)], "..."+s.Name)
			}
			if p := s.GetPosition(); p != nil && p.Line == at.Line && p.Column == at.Column {
				return here
			}
			if found := find(sub, here); found != nil {
				return found
			}
		}
		return nil
	}
	for _, op := range doc.Operations {
		head := string(op.Operation)
		if op.Name != "" {
			head += " " + op.Name
		}
		if found := find(op.SelectionSet, []any{head}); found != nil {
			return found
		}
	}
	return nil
}

// invalidVariable names the variable whose value does not fit.
func invalidVariable(op *ast.OperationDefinition, vars map[string]any, err error) *refusal {
	var g *gqlerror.Error
	_ = errors.As(err, &g) // g stays nil where it is none
	name := ""
	if g != nil && len(g.Path) > 1 {
		name = fmt.Sprint(g.Path[1])
	}
	r := &refusal{Extensions: map[string]any{"code": "INVALID_VARIABLE"}}
	for _, d := range op.VariableDefinitions {
		if d.Variable != name {
			continue
		}
		r.Message = fmt.Sprintf("Variable $%s of type %s was provided invalid value", name, d.Type)
		r.Locations = []location{{d.Position.Line, d.Position.Column}}
		r.Extensions["value"] = vars[name]
		explanation := "Expected value to not be null"
		if g != nil && vars[name] != nil {
			explanation = g.Message
		}
		r.Extensions["problems"] = []map[string]any{{"path": []any{}, "explanation": explanation}}
		return r
	}
	r.Message = err.Error()
	return r
}
