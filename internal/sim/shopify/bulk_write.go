package shopify

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"
)

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
	// Two runs of one query may prepare one file: each writes its own and the last one's name stays.
	f, err := os.CreateTemp(filepath.Dir(path), "run-*")
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err == nil {
			err = os.Rename(f.Name(), path)
		} else {
			_ = os.Remove(f.Name())
		}
	}()
	x := &exec{srv: s, tok: r.tok, now: s.now(), wall: s.wallFor(r.tok), esc: asBulk}
	x.bulk = func(*field, []any) {}
	s.ripen()
	s.mu.RLock()
	v := x.resolve(r.root, nil)
	s.mu.RUnlock()
	if r, bad := v.(*refusal); bad {
		return r.ended()
	}
	if len(x.errs) > 0 {
		return x.errs[0].ended()
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
			return x.errs[0].ended()
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
