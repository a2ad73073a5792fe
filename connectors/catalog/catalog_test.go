package catalog

import (
	"strings"
	"testing"
)

func TestEveryConnectorIsFoundByAnIDOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range All() {
		if seen[c.ID] {
			t.Errorf("there are two connectors %q", c.ID)
		}
		seen[c.ID] = true
		if found, err := Find(c.ID); err != nil || found.Title != c.Title {
			t.Errorf("%s is not found: %v", c.ID, err)
		}
	}
}

func TestAnUnknownConnectorIsAnsweredByThoseThatThereAre(t *testing.T) {
	if _, err := Find("spotify"); err == nil || !strings.Contains(err.Error(), "shopify") {
		t.Errorf("got %v", err)
	}
}

// The pages walk a merchant through what to click: nobody is left before an empty form, and no step leads to a page that is not the provider's.
func TestEveryConnectorSaysWhatToDoBeforeLinking(t *testing.T) {
	for _, c := range All() {
		if len(c.Steps) == 0 {
			t.Errorf("%s has no steps", c.ID)
		}
		for _, s := range c.Steps {
			if len(s.Text) < 20 || len(s.Text) > 400 || !strings.HasSuffix(s.Text, ".") || s.At != "" && !strings.HasPrefix(s.At, "https://") {
				t.Errorf("%s: a step that does not read like one: %q at %q", c.ID, s.Text, s.At)
			}
		}
	}
}
