package shopify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

const (
	maxCost   = 1000
	limitsDoc = "https://shopify.dev/api/usage/rate-limits"
)

// graphqlRequest is the body of a request.
type graphqlRequest struct {
	Query         string         `json:"query"`
	Variables     map[string]any `json:"variables"`
	OperationName string         `json:"operationName"`
}

// costReport is extensions.cost.
type costReport struct {
	Requested int            `json:"requestedQueryCost"`
	Actual    *int           `json:"actualQueryCost"`
	Throttle  throttleStatus `json:"throttleStatus"`
}

func (s *Server) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	tok := s.auth.token(r.Header.Get("X-Shopify-Access-Token"))
	if tok == nil {
		writeError(w, http.StatusUnauthorized, "[API] Invalid API key or access token (unrecognized login or wrong password)")
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return
	}
	var req graphqlRequest
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&req); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"errors": "Bad Request"})
		return
	}
	reply := s.execute(tok, req)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if s.faults.strikes(func(f *Faults) *Chance { return &f.CutReply }) {
		cut(w, "application/json", reply)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(reply)))
	_, _ = w.Write(reply)
}

// refused is a reply without data.
func refused(ext map[string]any, errs ...*refusal) []byte {
	m := map[string]any{"errors": errs}
	if ext != nil {
		m["extensions"] = ext
	}
	return mustJSON(m)
}

// execute runs one request for one token and returns the reply's body.
func (s *Server) execute(tok *token, req graphqlRequest) []byte {
	s.count(func(t *Stats) { t.Requests++ })
	if s.faults.now().Inactive {
		return refused(nil, refuse("SHOP_INACTIVE", "The shop is not active."))
	}
	op, vars, errs := s.prepare(req)
	if errs != nil {
		return refused(nil, errs...)
	}
	p := &planner{schema(), vars}
	fields := p.operation(op)
	mutation := op.Operation == ast.Mutation
	requested := requestedCost(fields, mutation)
	if requested > maxCost {
		r := refuse("MAX_COST_EXCEEDED", fmt.Sprintf("Query cost is %d, which exceeds the single query max cost limit (%d).\n\nSee %s for more information on how the\ncost of a query is calculated.\n\nTo query larger amounts of data with fewer limits, bulk operations should be used instead.\nSee https://shopify.dev/api/usage/bulk-operations/queries for usage details.\n", requested, maxCost, limitsDoc))
		r.Extensions["cost"], r.Extensions["maxCost"], r.Extensions["documentation"] = requested, maxCost, limitsDoc
		return refused(nil, r)
	}
	if s.faults.strikes(func(f *Faults) *Chance { return &f.Internal }) {
		return refused(nil, refuse("INTERNAL_SERVER_ERROR", "Internal error. Looks like something went wrong on our end.\nRequest ID: "+requestID(s.faults)+" (include this in support requests)."))
	}
	status, ok := s.bucket.take(requested)
	if ok && s.faults.strikes(func(f *Faults) *Chance { return &f.Throttled }) {
		status, ok = s.bucket.giveBack(requested), false
	}
	if !ok {
		s.count(func(t *Stats) { t.Throttled++ })
		r := refuse("THROTTLED", "Throttled")
		r.Extensions["documentation"] = limitsDoc
		return refused(map[string]any{"cost": costReport{requested, nil, status}}, r)
	}
	x := &exec{srv: s, tok: tok, now: s.now(), extra: map[string]any{}}
	x.wall = s.wallFor(tok)
	actual, data := x.run(fields, op, mutation, requested)
	status = s.bucket.giveBack(requested - actual)
	s.count(func(t *Stats) { t.PointsUsed += actual })
	x.extra["cost"] = costReport{requested, &actual, status}
	if len(x.reports) > 0 {
		if warned := warnings(x.reports); len(warned) > 0 {
			x.extra["search"] = warned
		}
	}
	var out bytes.Buffer
	out.WriteString(`{"data":`)
	out.Write(data)
	if len(x.errs) > 0 {
		out.WriteString(`,"errors":`)
		out.Write(mustJSON(x.errs))
	}
	out.WriteString(`,"extensions":`)
	out.Write(mustJSON(x.extra))
	out.WriteByte('}')
	return out.Bytes()
}

func warnings(all []searchReport) (out []searchReport) {
	for _, r := range all {
		if len(r.Warnings) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// run executes under the read lock and says what it cost.
func (x *exec) run(fields []*field, op *ast.OperationDefinition, mutation bool, requested int) (int, []byte) {
	root := "QueryRoot"
	if mutation {
		root = "Mutation"
	}
	if x.srv.faults.strikes(func(f *Faults) *Chance { return &f.Partial }) {
		x.spoil(fields)
	}
	x.srv.ripen()
	cost, ok := x.locked(fields, root)
	if !ok {
		x.buf = append(x.buf[:0], "null"...)
	}
	if mutation || x.empty {
		cost = requested
	}
	return min(cost, requested), x.buf
}

// locked runs under the read lock, and gives it back whatever happens.
func (x *exec) locked(fields []*field, root string) (int, bool) {
	x.srv.mu.RLock()
	defer x.srv.mu.RUnlock()
	return x.object(fields, root, nil)
}

// wallFor is the moment before which orders are hidden from a token without read_all_orders.
func (s *Server) wallFor(t *token) Instant {
	if t.allowsAny([]string{"read_all_orders"}) {
		return 0
	}
	return At(s.opts.Now().AddDate(0, 0, -60))
}

// prepare parses, validates and picks the operation with its variables.
func (s *Server) prepare(req graphqlRequest) (*ast.OperationDefinition, map[string]any, []*refusal) {
	doc, err := parser.ParseQuery(&ast.Source{Input: req.Query})
	if err != nil {
		return nil, nil, []*refusal{syntaxError(err)}
	}
	if errs := validator.ValidateWithRules(schema(), doc, nil); len(errs) > 0 {
		return nil, nil, invalid(doc, errs)
	}
	op := doc.Operations.ForName(req.OperationName)
	if op == nil {
		return nil, nil, []*refusal{badRequest("An operation name is required")}
	}
	for _, s := range op.SelectionSet {
		if f, ok := s.(*ast.Field); ok && strings.HasPrefix(f.Name, "__") && f.Name != "__typename" {
			return nil, nil, []*refusal{badRequest("Introspection is not simulated.")}
		}
	}
	vars, err := validator.VariableValues(schema(), op, req.Variables)
	if err != nil {
		return nil, nil, []*refusal{invalidVariable(op, req.Variables, err)}
	}
	return op, vars, nil
}

func syntaxError(err error) *refusal {
	r := &refusal{Message: err.Error()}
	var g *gqlerror.Error
	if errors.As(err, &g) {
		r.Message = "syntax error, " + g.Message
		for _, l := range g.Locations {
			r.Locations = append(r.Locations, location{l.Line, l.Column})
		}
	}
	return r
}
