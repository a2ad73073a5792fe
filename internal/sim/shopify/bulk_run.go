package shopify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// bulkRun carries out one operation.
type bulkRun struct {
	book    *bulkBook
	op      *bulkOperation
	root    *field
	tok     *token
	grouped bool
}

// Why a run ended by itself: the token may not read what was selected, or the query could not be answered.
var (
	errAccess   = errors.New("access denied")
	errInternal = errors.New("internal error")
)

// ended is how a refusal ends a bulk run.
func (r *refusal) ended() error {
	if r.Extensions["code"] == "ACCESS_DENIED" {
		return errAccess
	}
	return errInternal
}

// prepared is what is kept beside a result that may be served again.
type prepared struct {
	Objects int64 `json:"objects"`
	Roots   int64 `json:"roots"`
	Size    int64 `json:"size"`
}

func (r *bulkRun) do(ctx context.Context) {
	s := r.book.srv
	defer r.op.cancel()
	if s.opts.BulkDelay > 0 {
		wait(ctx, s.opts.BulkDelay)
	}
	r.set(func(op *bulkOperation) {
		if op.status == "CREATED" {
			op.status = "RUNNING"
		}
	})
	if ctx.Err() != nil {
		r.end("CANCELED", "", "")
		return
	}
	fault := r.fault()
	name := r.name()
	if fault != "" {
		name = "spoilt-" + secret("", 12) + ".jsonl"
	}
	path := filepath.Join(r.book.dir, name)
	var err error
	if !(fault == "" && r.book.keep && r.reuse(path)) {
		err = r.write(ctx, path)
	}
	switch {
	case errors.Is(err, errAccess):
		r.end("FAILED", "ACCESS_DENIED", "")
	case errors.Is(err, errInternal):
		r.end("FAILED", "INTERNAL_SERVER_ERROR", "")
	case ctx.Err() != nil:
		r.end("CANCELED", "", "")
	case err != nil || fault == "timeout":
		r.end("FAILED", "TIMEOUT", "")
	case fault == "failed":
		r.halve(path)
		r.end("FAILED", "INTERNAL_SERVER_ERROR", name)
	case fault == "canceled":
		r.halve(path)
		r.end("CANCELED", "", name)
	default:
		if fault == "short" {
			r.shorten(path)
		} else if r.book.keep {
			r.remember(path)
		}
		r.end("COMPLETED", "", name)
	}
}

// fault draws how the run is to go wrong.
func (r *bulkRun) fault() string {
	b := r.book.srv.faults
	switch {
	case b.strikes(func(f *Faults) *Chance { return &f.BulkFailed }):
		return "failed"
	case b.strikes(func(f *Faults) *Chance { return &f.BulkCanceled }):
		return "canceled"
	case b.strikes(func(f *Faults) *Chance { return &f.BulkTimeout }):
		return "timeout"
	case b.strikes(func(f *Faults) *Chance { return &f.ShortFile }):
		return "short"
	}
	return ""
}

func (r *bulkRun) set(f func(*bulkOperation)) {
	r.book.mu.Lock()
	defer r.book.mu.Unlock()
	f(r.op)
}

// end closes the operation; file is its result or, where it failed, what there is of it.
func (r *bulkRun) end(status, code, file string) {
	r.book.mu.Lock()
	defer r.book.mu.Unlock()
	op := r.op
	op.status, op.errorCode, op.completed = status, code, r.book.srv.now()
	if op.size == 0 || file == "" {
		return // no rows: no URL
	}
	if status == "COMPLETED" {
		op.url = r.book.sign(file, op.created)
	} else {
		op.partial = r.book.sign(file, op.created)
	}
}

// name is the file's: for a result that is kept, by what it depends on.
func (r *bulkRun) name() string {
	if !r.book.keep {
		return secret("", 12) + ".jsonl"
	}
	s := r.book.srv
	s.mu.RLock()
	defer s.mu.RUnlock()
	h := sha256.New()
	last := Order{}
	if rows := s.orders.by["UPDATED_AT"].rows; len(rows) > 0 {
		last = *rows[len(rows)-1]
	}
	_, _ = fmt.Fprintln(h, s.shop.Domain, len(s.shop.Orders), last.ID, last.UpdatedAt, s.revision, r.grouped, r.tok.scopes, s.opts.Protected, s.wallFor(r.tok))
	h.Write([]byte(r.op.query))
	return hex.EncodeToString(h.Sum(nil)[:16]) + ".jsonl"
}

// reuse takes a result that was prepared before.
func (r *bulkRun) reuse(path string) bool {
	raw, err := os.ReadFile(path + ".json")
	var p prepared
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return false
	}
	if i, err := os.Stat(path); p.Size > 0 && (err != nil || i.Size() != p.Size) {
		return false
	}
	r.set(func(op *bulkOperation) { op.objects, op.roots, op.size = p.Objects, p.Roots, p.Size })
	return true
}

func (r *bulkRun) remember(path string) {
	var p prepared
	r.set(func(op *bulkOperation) { p = prepared{op.objects, op.roots, op.size} })
	_ = os.WriteFile(path+".json", mustJSON(p), 0o600)
}

// halve leaves the first half of a result, cut at a line's end, as an operation that died leaves it.
func (r *bulkRun) halve(path string) { r.cut(path, 2, true) }

// shorten drops the last lines of a result but not their counts.
func (r *bulkRun) shorten(path string) { r.cut(path, 10, false) }

func (r *bulkRun) cut(path string, share int, counts bool) {
	raw, err := os.ReadFile(path)
	if err != nil || len(raw) == 0 {
		return
	}
	end := len(raw) - len(raw)/share
	for end > 0 && raw[end-1] != '\n' {
		end--
	}
	if err := os.Truncate(path, int64(end)); err != nil {
		return
	}
	lines := int64(0)
	for _, c := range raw[:end] {
		if c == '\n' {
			lines++
		}
	}
	if counts {
		r.set(func(op *bulkOperation) { op.objects, op.size = lines, int64(end) })
	}
}
