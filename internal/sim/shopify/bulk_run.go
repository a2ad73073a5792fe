package shopify

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

func sprintf(format, name string) string {
	if name == "" {
		return format
	}
	return fmt.Sprintf(format, name)
}

// bulkRun carries out one operation.
type bulkRun struct {
	book    *bulkBook
	op      *bulkOperation
	root    *field
	tok     *token
	grouped bool
}

// errAccess ends a run whose selection the token may not read.
var errAccess = errors.New("access denied")

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
	name := r.name()
	path := filepath.Join(r.book.dir, name)
	fault := r.fault()
	var err error
	if !(fault == "" && r.book.keep && r.reuse(path)) {
		err = r.write(ctx, path)
	}
	switch {
	case errors.Is(err, errAccess):
		r.end("FAILED", "ACCESS_DENIED", "")
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
	fmt.Fprintln(h, s.shop.Domain, len(s.shop.Orders), last.ID, last.UpdatedAt, s.revision, r.grouped, r.tok.scopes, s.opts.Protected)
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

// chunk is how many root objects are read under one hold of the lock, and scrambled together.
const chunk = 256

// line is one row of the result, waiting to be written.
type line struct{ from, to int }

// bulkWriter walks the objects and writes their lines.
type bulkWriter struct {
	x       *exec
	grouped bool
	out     *bufio.Writer
	objects int64
	size    int64
	levels  [3][]line // rows of the present chunk by depth, places in x.buf
	held    []byte    // rows without children that wait for the next chunk
	holding []line
	seq     uint64
}

func (r *bulkRun) write(ctx context.Context, path string) (err error) {
	s := r.book.srv
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	x := &exec{srv: s, tok: r.tok, now: s.now(), wall: s.wallFor(r.tok), esc: asBulk}
	x.bulk = func(*field, []any) {}
	s.mu.RLock()
	v := x.resolve(r.root, nil)
	s.mu.RUnlock()
	if _, bad := v.(*refusal); bad || len(x.errs) > 0 {
		return errAccess
	}
	rows := v.(conn).items
	w := &bulkWriter{x: x, grouped: r.grouped, out: bufio.NewWriterSize(f, 1<<20)}
	begun := time.Now()
	for start := 0; start < len(rows) && ctx.Err() == nil; start += chunk {
		end := min(start+chunk, len(rows))
		part := rows[start:end]
		if !r.grouped {
			part = w.shuffled(part)
		}
		s.mu.RLock()
		x.buf = x.buf[:0]
		w.seq = uint64(start)
		for _, row := range part {
			w.node(r.root.nodeFields(), row, nil, 0)
		}
		s.mu.RUnlock()
		if len(x.errs) > 0 {
			return errAccess
		}
		if err := w.flush(end == len(rows)); err != nil {
			return err
		}
		r.set(func(op *bulkOperation) { op.objects, op.roots, op.size = w.objects, int64(end), w.size })
		if rate := s.opts.BulkRate; rate > 0 {
			due := time.Duration(float64(w.objects) / float64(rate) * float64(time.Second))
			wait(ctx, due-time.Since(begun))
		}
	}
	return w.out.Flush()
}

// node writes the line of one object and then those of its children.
func (w *bulkWriter) node(f *field, v any, parent []byte, depth int) {
	type kids struct {
		f     *field
		items []any
	}
	var below []kids
	x := w.x
	x.bulk = func(f *field, items []any) { below = append(below, kids{f.nodeFields(), items}) }
	from := len(x.buf)
	typ, v := concrete(v, f.typ)
	if _, ok := x.object(f.subs[typ], typ, v); !ok {
		x.buf = x.buf[:from]
		return
	}
	if parent != nil {
		x.buf = x.buf[:len(x.buf)-1]
		if x.buf[len(x.buf)-1] != '{' {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(append(append(x.buf, `"__parentId":`...), parent...), '}')
	}
	x.buf = append(x.buf, '\n')
	w.objects++
	w.levels[depth] = append(w.levels[depth], line{from, len(x.buf)})
	if len(below) == 0 {
		return
	}
	id := appendID(nil, f.subs[typ], x, v)
	for _, k := range below {
		for _, item := range k.items {
			w.node(k.f, item, id, depth+1)
		}
	}
}

// appendID writes the id that the children carry.
func appendID(b []byte, fields []*field, x *exec, v any) []byte {
	for _, f := range fields {
		if f.name == "id" {
			keep := x.buf
			x.buf = b
			x.leaf(x.resolve(f, v))
			b, x.buf = x.buf, keep
			return b
		}
	}
	return append(b, "null"...)
}

// flush writes a chunk. Grouped, the lines stand as they were made. Otherwise every parent comes before its children, but nothing
// stays together: each depth is scrambled, and a part of the childless lines waits for a later chunk.
func (w *bulkWriter) flush(last bool) error {
	buf := w.x.buf
	if w.grouped {
		w.size += int64(len(buf))
		_, err := w.out.Write(buf)
		for d := range w.levels {
			w.levels[d] = w.levels[d][:0]
		}
		return err
	}
	deepest := 0
	for d := range w.levels {
		if len(w.levels[d]) > 0 {
			deepest = d
		}
	}
	waiting, waitingLines := w.held, w.holding
	w.held, w.holding = nil, nil
	for d, lines := range w.levels {
		w.scramble(lines)
		if d == deepest && d > 0 && !last {
			n := len(lines) / 8
			for _, l := range lines[:n] {
				from := len(w.held)
				w.held = append(w.held, buf[l.from:l.to]...)
				w.holding = append(w.holding, line{from, len(w.held)})
			}
			lines = lines[n:]
		}
		if err := w.write(buf, lines); err != nil {
			return err
		}
		w.levels[d] = w.levels[d][:0]
		if d == 0 {
			if err := w.write(waiting, waitingLines); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *bulkWriter) write(buf []byte, lines []line) error {
	for _, l := range lines {
		w.size += int64(l.to - l.from)
		if _, err := w.out.Write(buf[l.from:l.to]); err != nil {
			return err
		}
	}
	return nil
}

// scramble orders lines by a hash of their place: the same in every run.
func (w *bulkWriter) scramble(lines []line) {
	slices.SortFunc(lines, func(a, b line) int {
		ha, hb := mix(uint64(a.from)+w.seq<<32), mix(uint64(b.from)+w.seq<<32)
		switch {
		case ha < hb:
			return -1
		case ha > hb:
			return 1
		}
		return a.from - b.from
	})
}

func (w *bulkWriter) shuffled(rows []any) []any {
	out := slices.Clone(rows)
	for i := len(out) - 1; i > 0; i-- {
		k := int(mix(uint64(i)*31+uint64(len(out))) % uint64(i+1))
		out[i], out[k] = out[k], out[i]
	}
	return out
}

// mix is a finaliser of splitmix64.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
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
