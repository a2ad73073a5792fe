package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	lookEvery   = 2 * time.Second  // at the database, where nothing is told of in this process
	lookAtMost  = time.Second      // however much is told
	aliveEvery  = 15 * time.Second // a sign, so that proxies keep the connection
	streamFor   = 2 * time.Minute  // then the browser comes again, and is admitted again
	eventWithin = 10 * time.Second // that a browser has to take an event
)

// progressEvents sends the progress page's moving part whenever it changes, as server-sent events, until all is done, the visitor has gone or the
// server is asked to stop.
func progressEvents(v *visit) error {
	rc := http.NewResponseController(v.w)
	_ = rc.SetReadDeadline(time.Time{}) // else the server takes the visitor for gone when the time to read a request is over
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	send := func(text string) error {
		if err := rc.SetWriteDeadline(time.Now().Add(eventWithin)); err != nil {
			return err
		}
		if _, err := v.w.Write([]byte(text)); err != nil {
			return err
		}
		return rc.Flush()
	}
	changed, done := v.site.Progress.watch(v.merchant.ID)
	defer done()
	ctx := v.r.Context()
	end := time.NewTimer(streamFor)
	defer end.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	if err := send("retry: 1000\n\n"); err != nil {
		return nil //nolint:nilerr // the visitor has gone
	}
	last, sent := "", time.Now()
	for {
		body, err := v.progressPage()
		if err != nil {
			if ctx.Err() == nil {
				v.site.Log.Error("progress is not known", "error", err)
			}
			return nil // the answer has begun; the browser comes again
		}
		text, err := v.fragment("progress", "live", body)
		if err != nil {
			return nil //nolint:nilerr // as above: a test makes every fragment
		}
		if text != last {
			if send(event("progress", text)) != nil {
				return nil
			}
			last, sent = text, time.Now()
		} else if time.Since(sent) >= aliveEvery {
			if send(": still here\n\n") != nil {
				return nil
			}
			sent = time.Now()
		}
		if body.Over() {
			_ = send(event("over", body.State))
			return nil
		}
		if !v.pauseEvents(changed, look.C, end.C) {
			return nil
		}
	}
}

// pauseEvents waits until there may be something new, a second at least; no if the stream is to end.
func (v *visit) pauseEvents(changed <-chan struct{}, look, end <-chan time.Time) bool {
	rest := time.NewTimer(lookAtMost)
	defer rest.Stop()
	ready := (<-chan struct{})(nil)
	for {
		select {
		case <-v.r.Context().Done():
			return false
		case <-v.site.Stopping:
			return false
		case <-end:
			return false
		case <-look:
			return true
		case <-rest.C:
			ready = changed
		case <-ready:
			return true
		}
	}
}

// event writes one server-sent event: each line of its data has the field's name in front.
func event(name, data string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "event: %s\n", name)
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(data), "\r\n", "\n"), "\r", "\n"), "\n") {
		fmt.Fprintf(&b, "data: %s\n", line)
	}
	return b.String() + "\n"
}
