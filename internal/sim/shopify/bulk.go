package shopify

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxBulk is how many query operations an app may have under way on one shop.
const maxBulk = 5

// maxBulkQuery is the longest inner query in bytes.
const maxBulkQuery = 65_535

// bulkOperation is one, with its counters as of now. The book's lock guards all but id, query and created.
type bulkOperation struct {
	id        int64
	query     string
	created   Instant
	completed Instant
	status    string
	errorCode string
	objects   int64
	roots     int64
	size      int64
	url       string
	partial   string
	cancel    context.CancelFunc
	asked     bool // to be cancelled
}

// bulkBook holds the operations of the shop and their files.
type bulkBook struct {
	srv  *Server
	mu   sync.Mutex
	ops  []*bulkOperation
	last int64
	dir  string
	keep bool // the directory outlives the server: results are prepared once
	ctx  context.Context
	wg   sync.WaitGroup
	keys map[string]string // signature by file
}

func (b *bulkBook) open(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ctx, b.keys = ctx, map[string]string{}
}

func (b *bulkBook) wait() { b.wg.Wait() }

// copyOf is an operation as it stands, safe to read later.
func (b *bulkBook) copyOf(op *bulkOperation) *bulkOperation {
	c := *op
	return &c
}

func (b *bulkBook) byID(id int64) *bulkOperation {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, op := range b.ops {
		if op.id == id {
			return b.copyOf(op)
		}
	}
	return nil
}

func (b *bulkBook) all() []*bulkOperation {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]*bulkOperation, len(b.ops))
	for i, op := range b.ops {
		out[i] = b.copyOf(op)
	}
	return out
}

func (b *bulkBook) current() any {
	all := b.all()
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

func (op *bulkOperation) live() bool {
	return op.status == "CREATED" || op.status == "RUNNING" || op.status == "CANCELING"
}

func (x *exec) bulkPage(a args) any {
	by := func(p, q *bulkOperation) int { return cmp.Compare(p.created, q.created) }
	if a.str("sortKey") == "COMPLETED_AT" {
		by = func(p, q *bulkOperation) int { return cmp.Compare(p.completed, q.completed) }
	}
	return shortPage(x, "BulkOperation", x.srv.bulks.all(), func(o *bulkOperation) int64 { return o.id }, by, a)
}

// bulkPayload is what both bulk mutations answer.
type bulkPayload struct {
	op   *bulkOperation
	errs []userError
}

func (x *exec) runBulk(a args) any {
	query := a.str("query")
	fail := func(field []string, code, message string) any {
		return bulkPayload{errs: []userError{{field, message, code}}}
	}
	root, message := bulkPlan(query)
	if message != "" {
		return fail([]string{"query"}, "INVALID", message)
	}
	b := x.srv.bulks
	b.mu.Lock()
	defer b.mu.Unlock()
	live := 0
	for _, op := range b.ops {
		if op.live() {
			if live++; live == maxBulk {
				return fail(nil, "OPERATION_IN_PROGRESS", "A bulk query operation for this app and shop is already in progress: "+gid{"BulkOperation", op.id}.String())
			}
		}
	}
	b.last = max(b.last+1, 7_000_000_001)
	ctx, cancel := context.WithCancel(b.ctx)
	op := &bulkOperation{id: b.last, query: query, created: x.now, status: "CREATED", cancel: cancel}
	b.ops = append(b.ops, op)
	x.srv.count(func(s *Stats) { s.BulkRuns++ })
	run := &bulkRun{book: b, op: op, root: root, tok: x.tok, grouped: a.flag("groupObjects")}
	b.wg.Go(func() { run.do(ctx) })
	return bulkPayload{op: b.copyOf(op)}
}

func (x *exec) cancelBulk(a args) any {
	id, ok := parseGID(a.str("id"), "BulkOperation")
	if !ok {
		return invalidID(a.str("id"))
	}
	b := x.srv.bulks
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, op := range b.ops {
		if op.id != id {
			continue
		}
		if !op.live() {
			return bulkPayload{op: b.copyOf(op), errs: []userError{{nil, "A bulk operation cannot be canceled when it is " + strings.ToLower(op.status), ""}}}
		}
		op.asked, op.status = true, "CANCELING"
		op.cancel()
		return bulkPayload{op: b.copyOf(op)}
	}
	return bulkPayload{errs: []userError{{[]string{"id"}, "Bulk operation does not exist", ""}}}
}

func bulkFields() map[string]map[string]resolver {
	payload := map[string]resolver{
		"bulkOperation": of(func(p bulkPayload) any {
			if p.op == nil {
				return nil
			}
			return p.op
		}),
		"userErrors": of(func(p bulkPayload) any {
			return list{len(p.errs), func(i int) any { return p.errs[i] }}
		}),
	}
	big := func(get func(*bulkOperation) int64) resolver {
		return of(func(op *bulkOperation) any { return unsigned(get(op)) })
	}
	return map[string]map[string]resolver{
		"BulkOperationRunQueryPayload": payload,
		"BulkOperationCancelPayload":   payload,
		"BulkOperationUserError": {
			"code":    of(func(e userError) any { return text(e.code) }),
			"field":   of(func(e userError) any { return e.where() }),
			"message": of(func(e userError) any { return e.message }),
		},
		"BulkOperation": {
			"completedAt": of(func(op *bulkOperation) any { return op.completed }),
			"createdAt":   of(func(op *bulkOperation) any { return op.created }),
			"errorCode":   of(func(op *bulkOperation) any { return text(op.errorCode) }),
			"fileSize": of(func(op *bulkOperation) any {
				if op.size == 0 {
					return nil
				}
				return unsigned(op.size)
			}),
			"id":              of(func(op *bulkOperation) any { return gid{"BulkOperation", op.id} }),
			"objectCount":     big(func(op *bulkOperation) int64 { return op.objects }),
			"partialDataUrl":  of(func(op *bulkOperation) any { return text(op.partial) }),
			"query":           of(func(op *bulkOperation) any { return op.query }),
			"rootObjectCount": big(func(op *bulkOperation) int64 { return op.roots }),
			"status":          of(func(op *bulkOperation) any { return op.status }),
			"type":            of(func(*bulkOperation) any { return "QUERY" }),
			"url":             of(func(op *bulkOperation) any { return text(op.url) }),
		},
	}
}

// sign makes the link to a file: seven days, for whoever holds it.
func (b *bulkBook) sign(file string, created Instant) string {
	if b.keys[file] == "" {
		b.keys[file] = secret("", 20)
	}
	v := url.Values{
		"GoogleAccessId": {"assets-us-prod@shopify-tiers.iam.gserviceaccount.com"},
		"Expires":        {strconv.FormatInt(int64(created.Add(7*24*time.Hour)), 10)},
		"Signature":      {b.keys[file]},
	}
	return fmt.Sprintf("https://%s/shopify-tiers-assets-prod-us-east1/bulk-operation-outputs/%s?%s", storageHost, file, v.Encode())
}

// Bulks tells the state of all bulk operations, oldest first, for tests.
func (s *Server) Bulks() []string {
	var out []string
	for _, op := range s.bulks.all() {
		out = append(out, op.status)
	}
	return slices.Clip(out)
}
