//go:build unix

package csv

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"fourfold/connectors"
)

// Reading a pipe that nobody writes to would never end.
func TestWhatIsNoFileIsRefused(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{t.TempDir(), pipe} {
		for _, err := range kindOf("spend").pull(t.Context(), account("spend", at, nil), connectors.Request{}) {
			if f, _ := connectors.FaultOf(err); f != connectors.Malformed || !strings.Contains(err.Error(), "no file") {
				t.Errorf("%s: got %v", at, err)
			}
		}
	}
}
