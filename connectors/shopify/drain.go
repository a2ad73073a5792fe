package shopify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fourfold/connectors"
)

// asker asks a shop by documents, for what is granted.
type asker struct {
	c   *client
	has func(capability string) bool
	// last is what the latest answer said beside its data.
	last reply
}

// ask sends a document. The document's name is what is being done, as far as a person is told.
func (q *asker) ask(ctx context.Context, name string, vars map[string]any, out any) error {
	text, err := document(name, q.has)
	if err != nil {
		return err
	}
	q.last, err = q.c.do(ctx, opOf(name), text, vars, out)
	return err
}

// drain hands every node of a connection to take: those of the page at hand, and those of the pages behind it, which rest gets.
func drain[T any](p *page[T], take func(*T) error, rest func(after string) (*page[T], error)) error {
	for p != nil {
		for i := range p.Nodes {
			if err := take(&p.Nodes[i]); err != nil {
				return err
			}
		}
		for i := range p.Edges {
			n := &p.Edges[i].Node
			if c, ok := any(n).(interface{ at(cursor string) }); ok {
				c.at(p.Edges[i].Cursor)
			}
			if err := take(n); err != nil {
				return err
			}
		}
		after, err := p.PageInfo.next()
		if err != nil {
			return &connectors.Error{Fault: connectors.Malformed, Op: "read the rest of a list", Err: err}
		}
		if after == "" {
			return nil
		}
		if p, err = rest(after); err != nil {
			return err
		}
	}
	return nil
}

// gone is err, or that what was just read is there no longer: the page is read again.
func gone(err error, what string) error {
	if err != nil {
		return err
	}
	return connectors.Errorf(connectors.Unavailable, "read the rest of a list", "the %s was deleted meanwhile", what)
}

// moved says that what was just read has changed under the reader: the page is read again.
func moved(what string) error {
	return connectors.Errorf(connectors.Unavailable, "read the rest of a list", "the %s changed meanwhile", what)
}

// strangeKind is a line in a bulk result that nobody asked for.
func strangeKind(kind string) error {
	return fmt.Errorf("a line of kind %q was not asked for", clean(kind))
}

// opOf says what a document does, for a person.
func opOf(name string) string {
	kind, what, _ := strings.Cut(name, "_")
	switch kind {
	case "page", "detail", "fetch":
		return "read " + what
	case "drain":
		return "read the rest of " + what
	case "count":
		return "count " + what
	}
	return strings.ReplaceAll(name, "_", " ")
}

// ctxErr says that the pull was cut off from our side.
func ctxErr(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
