package shopify

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// What Shopify says of a bulk query that it will not run.
const (
	bulkEdges    = "All connection fields in a bulk query must select their contents using 'edges' > 'node'. Invalid connection fields: '%s'."
	bulkNone     = "Bulk queries must contain at least one connection."
	bulkDeep     = "Bulk queries cannot contain connections with a nesting depth greater than 2."
	bulkMany     = "Bulk queries cannot contain more than 5 connections."
	bulkParentID = "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': %s."
	bulkInList   = "Queries that contain a connection field within a list field are not currently supported."
	bulkTop      = "Bulk queries cannot contain more than one top-level field."
	bulkNode     = "Bulk queries cannot use the top-level 'node' or 'nodes' fields."
	bulkLong     = "Bulk query is too long: the maximum is 65535 bytes."
	bulkNotNode  = "Bulk queries can only contain connections whose nodes implement the Node interface. Invalid connection fields: '%s'."
)

// bulkPlan checks an inner query against the bulk rules and gives its one root field, or what is wrong.
func bulkPlan(query string) (*field, string) {
	if len(query) > maxBulkQuery {
		return nil, bulkLong
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return nil, "Invalid bulk query: " + err.Error()
	}
	if errs := validator.ValidateWithRules(schema(), doc, nil); len(errs) > 0 {
		return nil, "Invalid bulk query: " + invalid(doc, errs)[0].Message
	}
	if len(doc.Operations) != 1 || doc.Operations[0].Operation != ast.Query {
		return nil, "Invalid bulk query: exactly one query operation is needed"
	}
	op := doc.Operations[0]
	if len(op.VariableDefinitions) > 0 {
		return nil, "Invalid bulk query: variable $" + op.VariableDefinitions[0].Variable + " cannot be given"
	}
	fields := (&planner{schema(), nil}).operation(op)
	r := &bulkRules{}
	for _, f := range fields {
		if f.name == "node" || f.name == "nodes" {
			return nil, bulkNode
		}
		r.walk(f, nil, 0, false)
	}
	switch {
	case r.fault != "":
		return nil, r.fault
	case len(fields) > 1:
		return nil, bulkTop
	case r.connections == 0:
		return nil, bulkNone
	case r.connections > 5:
		return nil, bulkMany
	case !fields[0].conn:
		return nil, "Bulk queries must have a connection as their top-level field."
	}
	return fields[0], ""
}

type bulkRules struct {
	connections int
	fault       string // the first found
}

func (r *bulkRules) say(format, name string) {
	if r.fault == "" {
		r.fault = strings.Replace(format, "%s", name, 1)
	}
}

// walk goes down from a field; within are the selections of the node around it, depth the connections above it.
func (r *bulkRules) walk(f *field, within []*field, depth int, inList bool) {
	if f.leaf {
		return
	}
	if !f.conn {
		if f.list {
			inList = true
		}
		r.into(f, within, depth, inList)
		return
	}
	r.connections++
	switch {
	case inList:
		r.say(bulkInList, "")
		return
	case depth > 2:
		r.say(bulkDeep, "")
		return
	case depth > 0 && !selectsID(within):
		r.say(bulkParentID, f.name)
		return
	}
	for _, s := range f.subs[f.typ] {
		if s.name == "nodes" {
			r.say(bulkEdges, f.name)
			return
		}
	}
	edges := f.sub("edges")
	if edges == nil || edges.sub("node") == nil {
		r.say(bulkEdges, f.name)
		return
	}
	if !isNode(f.node) {
		r.say(bulkNotNode, f.name)
		return
	}
	r.into(edges.sub("node"), nil, depth+1, false)
}

// into walks the selections of an object. Of an interface the concrete types share their connections: the deepest counts once.
func (r *bulkRules) into(f *field, within []*field, depth int, inList bool) {
	start, most := r.connections, r.connections
	for _, fields := range f.subs {
		r.connections = start
		around := fields
		if within != nil && !f.conn && !isNode(f.typ) {
			around = within
		}
		for _, s := range fields {
			r.walk(s, around, depth, inList)
		}
		most = max(most, r.connections)
	}
	r.connections = most
}

func selectsID(fields []*field) bool {
	for _, f := range fields {
		if f.name == "id" && f.key == "id" {
			return true
		}
	}
	return false
}

// isNode says whether the objects of a type can stand on a line of their own: they have an id. (That Sale, SalesAgreement and
// ShippingLine do, though they do not implement Node, is known from live bulk files.)
func isNode(typ string) bool {
	d := schema().Types[typ]
	return d != nil && d.Fields.ForName("id") != nil
}
