package export

import (
	"bytes"
	"os"
	"testing"
)

// TestWriteSample writes the sample book where $FOURFOLD_SAMPLE says, to be looked at in a spreadsheet program.
func TestWriteSample(t *testing.T) {
	var b bytes.Buffer
	if err := XLSX(&b, sample(t)); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("FOURFOLD_SAMPLE"); path != "" {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
