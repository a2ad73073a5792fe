package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"fourfold/internal/worker"
)

// progress shows how far jobs have come: a bar for each on a terminal, a line now and then elsewhere.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	bars  *mpb.Progress // nil if not on a terminal
	jobs  map[string]*job
	now   func() time.Time
	quiet bool
	first int64 // the connection that was told of first; others are told by their names
}

type job struct {
	bar    *mpb.Bar
	latest atomic.Pointer[worker.Progress] // read while the bar is drawn, without p's lock
	shown  time.Time
}

// A line is a name, a bar, a number of records and a text: 80 cells, so that no bar is squeezed by a long text.
const (
	nameWidth = 14
	barWidth  = 16
	textWidth = 80 - nameWidth - 1 - barWidth - 1 - 10 - 1
)

// between lines about one job where there is no terminal.
const between = 10 * time.Second

func newProgress(out io.Writer, terminal, quiet bool, now func() time.Time) *progress {
	p := &progress{out: out, jobs: map[string]*job{}, now: now, quiet: quiet}
	if terminal && !quiet {
		p.bars = mpb.New(mpb.WithOutput(out), mpb.WithWidth(barWidth), mpb.WithRefreshRate(120*time.Millisecond))
	}
	return p
}

func (p *progress) tell(u worker.Progress) {
	if p.quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == 0 {
		p.first = u.Connection.ID
	}
	if u.Connection.ID != p.first && u.Connection.Name != "" && u.Text != "" {
		u.Text = u.Connection.Name + ": " + u.Text
	}
	key := fmt.Sprint(u.Connection.ID, u.Job)
	j := p.jobs[key]
	if j == nil {
		j = &job{shown: p.now()}
		j.latest.Store(&u)
		if p.bars != nil {
			j.bar = p.newBar(j, u)
		}
		p.jobs[key] = j
	}
	j.latest.Store(&u)
	if j.bar != nil {
		total := u.Total
		if total <= 0 {
			total = max(u.Records, 1) * 2 // unknown: a bar that keeps half-way
		}
		done := u.Done
		if u.Total <= 0 {
			done = u.Records
		}
		if u.Finished {
			total, done = max(done, 1), max(done, 1)
		}
		j.bar.SetTotal(total, u.Finished)
		j.bar.SetCurrent(done)
		return
	}
	if u.Finished || p.now().Sub(j.shown) >= between {
		j.shown = p.now()
		state := ""
		if u.Finished {
			state = ", done"
		}
		fmt.Fprintf(p.out, "%-14s %8d  %s%s\n", u.Job, u.Records, u.Text, state)
	}
}

func (p *progress) newBar(j *job, u worker.Progress) *mpb.Bar {
	state := decor.Any(func(decor.Statistics) string {
		u := j.latest.Load()
		return text.Pad(fmt.Sprintf("%8d  %s", u.Records, text.Snip(u.Text, textWidth, "…")), 10+textWidth, ' ')
	})
	return p.bars.AddBar(1,
		mpb.PrependDecorators(decor.Name(u.Job, decor.WC{W: nameWidth, C: decor.DindentRight})),
		mpb.AppendDecorators(state),
	)
}

// close leaves the bars as they stand.
func (p *progress) close() {
	if p.bars == nil {
		return
	}
	p.mu.Lock()
	for _, j := range p.jobs {
		if !j.bar.Completed() {
			j.bar.Abort(false)
		}
	}
	p.mu.Unlock()
	p.bars.Wait()
}
