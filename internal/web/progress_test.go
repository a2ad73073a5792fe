package web

import (
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/locale"
	"fourfold/internal/store"
)

var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

func proven(from, to string, objects int64, stored time.Time) store.ProofRow {
	p := store.ProofRow{StoredAt: stored}
	p.From, _ = time.Parse(time.DateOnly, from)
	p.To, _ = time.Parse(time.DateOnly, to)
	p.Read.Objects = objects
	return p
}

// How far a first pull has come is told by what of the time it has to cover is proven, where nobody tells of it more closely.
func TestHowFarAFirstPullHasComeByItsProofs(t *testing.T) {
	p := streamPull{
		stream: connectors.Stream{ID: "orders", Title: "orders", Reaches: true}, now: noon, since: noon.AddDate(0, 0, -100),
		run:   store.Run{ID: 1, StartedAt: noon.Add(-10 * time.Minute)},
		state: store.StreamState{LastPage: noon.Add(-time.Second)},
		proofs: []store.ProofRow{ // in no order, and overlapping
			proven("2026-09-01", "2026-09-21", 400, noon.Add(-time.Minute)),
			proven("2026-08-14", "2026-09-11", 800, noon.Add(-2*time.Minute)),
			proven("2020-01-01", "2026-08-14", 7, noon.Add(-time.Hour)), // of an earlier run, and before what is to be read
		},
	}
	if got := p.percent(); got != 37 {
		t.Errorf("%d %%, want 37", got)
	}
	if got := p.records(); got != 1200 {
		t.Errorf("%d records in this run, want 1200", got)
	}
	if got := p.left(); got != "about 17 min left" {
		t.Errorf("%q", got)
	}
	v := &visit{site: &Site{Now: func() time.Time { return noon }}, locale: locale.Of("en")}
	line := v.streamLine(p, true, true)
	if line.State != "reading" || line.Rate != "2.0 a second" {
		t.Errorf("told as %+v", line)
	}
	// As this process counts it.
	p.step = Step{Records: 5000, Done: 1, Total: 4, Text: "orders 2025", began: noon.Add(-100 * time.Second), at: noon}
	if line := v.streamLine(p, true, true); line.Percent != 25 || line.Records != 5000 || line.Rate != "50 a second" || line.Left != "about 5 min left" {
		t.Errorf("told as %+v", line)
	}
}

// An error is told as soon as nothing more is heard of the stream, and no longer than until it is read again.
func TestAFailedStreamIsToldAsFailed(t *testing.T) {
	v := &visit{site: &Site{Now: func() time.Time { return noon }}, locale: locale.Of("en")}
	p := streamPull{
		stream: connectors.Stream{ID: "orders"}, now: noon, run: store.Run{ID: 1, StartedAt: noon.Add(-time.Hour)},
		state: store.StreamState{LastPage: noon.Add(-5 * time.Minute), LastError: "HTTP 500", RetryAt: noon.Add(time.Minute)},
	}
	if line := v.streamLine(p, true, true); line.State != "failed" || !strings.Contains(line.Text, "HTTP 500; tried again from 22 Nov 2026 12:01") {
		t.Errorf("told as %+v", line)
	}
	p.state.LastPage = noon.Add(-5 * time.Second)
	if line := v.streamLine(p, true, true); line.State != "reading" {
		t.Errorf("told as %+v", line)
	}
	p.run.EndedAt = noon
	if line := v.streamLine(p, true, true); line.State != "failed" {
		t.Errorf("after the run: %+v", line)
	}
	if line := v.streamLine(p, false, true); line.State != "left out" {
		t.Errorf("not granted: %+v", line)
	}
}

// Watchers hear of their own merchant only, and of nobody once they have left; a slow one holds nobody up.
func TestWhoWatchesIsWoken(t *testing.T) {
	var p Progress
	one, leave := p.watch(1)
	two, leaveTwo := p.watch(2)
	defer leaveTwo()
	for range 3 {
		p.Tell(Step{Merchant: 1, Connection: 7, Job: "orders", Records: 5}, noon)
	}
	if len(one) != 1 || len(two) != 0 {
		t.Errorf("%d and %d were woken, want 1 and 0", len(one), len(two))
	}
	leave()
	if len(p.changed) != 1 {
		t.Error("who left is told still")
	}
	p.Tell(Step{Merchant: 1, Connection: 7, Job: "orders", Records: 9}, noon.Add(time.Minute))
	if s := p.of(1); len(s) != 1 || s[0].Records != 9 || !s[0].began.Equal(noon) {
		t.Errorf("kept as %+v", s)
	}
	p.Tell(Step{Merchant: 1, Connection: 7, Job: "orders", Records: 1}, noon.Add(2*time.Minute)) // begun anew
	if s := p.of(1); !s[0].began.Equal(noon.Add(2 * time.Minute)) {
		t.Errorf("the second pull is said to have begun %s", s[0].began)
	}
	p.Tell(Step{Merchant: 2, Job: "snapshots"}, noon.Add(2*time.Hour))
	if s := p.of(1); len(s) > 0 {
		t.Errorf("kept for good: %+v", s)
	}
}

// No text can end an event before its time, or begin another.
func TestAnEventHoldsItsLines(t *testing.T) {
	got := event("progress", "<p>one</p>\r\n\r\nevent: over\rdata: x\n")
	if want := "event: progress\ndata: <p>one</p>\ndata: \ndata: event: over\ndata: data: x\n\n"; got != want {
		t.Errorf("got %q", got)
	}
}
