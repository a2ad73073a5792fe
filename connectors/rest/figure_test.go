package rest

import (
	"encoding/json"
	"testing"
)

func TestFigureKeepsTheText(t *testing.T) {
	var got []Figure
	if err := json.Unmarshal([]byte(`["75.20", 12.345678901234567890, 4.12E7, "-", "", null, -3]`), &got); err != nil {
		t.Fatal(err)
	}
	for i, want := range []Figure{"75.20", "12.345678901234567890", "4.12E7", "", "", "", "-3"} {
		if got[i] != want {
			t.Errorf("the figure %d is %q, want %q", i, got[i], want)
		}
	}
	var f Figure
	if err := f.UnmarshalJSON([]byte(`"broken`)); err == nil {
		t.Error("a text that does not end is a figure")
	}
}
