package worker_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
)

// What keeps an account from being probed stands with its streams, where people look, and not with those of others.
func TestAnAccountThatCannotBeProbedSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, 1, scripted("orders", nil), scripted("weekly", nil))
		c := &b.w.Connectors[0].Streams[1]
		c.Every = 7 * 24 * time.Hour
		if err := b.w.Pull(t.Context(), b.merchant); err != nil {
			t.Fatal(err)
		}
		b.probes = []error{fault(connectors.Malformed, 0).err}
		if err := b.w.Pull(t.Context(), b.merchant); err == nil {
			t.Fatal("the pull has not failed")
		}
		if s := b.state("orders"); s.LastFault != connectors.Malformed || !strings.Contains(s.LastError, "what one allows") {
			t.Errorf("the stream of every night stands at %+v", s)
		}
		if s := b.state("weekly"); s.LastError != "" {
			t.Errorf("the one that is not due stands at %+v", s)
		}
		needs, err := b.w.Needs(t.Context(), b.merchant)
		if err != nil || len(needs) != 1 || needs[0].Kind() != "malformed" {
			t.Errorf("needs are %+v, %v", needs, err)
		}
		if err := b.w.Pull(t.Context(), b.merchant); err != nil || b.state("orders").LastError != "" {
			t.Errorf("after it was mended: %v, %+v", err, b.state("orders"))
		}
	})
}
