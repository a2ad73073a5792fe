//go:build bench

package main

import (
	"bytes"
	"os"
	"testing"
)

// TestBenchDemo runs `fourfold demo` as `make demo` does; $FOURFOLD_BENCH_ORDERS_FILE names orders to serve instead. With -cpuprofile it
// says where a first pull spends its time.
func TestBenchDemo(t *testing.T) {
	begin(t)
	args := []string{"demo", "--dir", t.TempDir()}
	if file := os.Getenv("FOURFOLD_BENCH_ORDERS_FILE"); file != "" {
		args = append(args, "--orders", file)
	}
	var out bytes.Buffer
	if code := run(t.Context(), args, os.Getenv, nil, &out, &out); code != 0 {
		t.Fatalf("exit %d:\n%s", code, out.String())
	}
	t.Log(out.String())
}
