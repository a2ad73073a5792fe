package export

import (
	"bytes"
	"path/filepath"
	"testing"

	"fourfold/kpi"
)

// TestWorkbookPage holds docs/workbook.md to the code.
func TestWorkbookPage(t *testing.T) {
	var page bytes.Buffer
	if err := WriteNames(&page, kpi.Catalogue()); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("..", "..", "docs", "workbook.md"), page.Bytes())
}
