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
