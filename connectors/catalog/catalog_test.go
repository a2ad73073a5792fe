package catalog

import (
	"strings"
	"testing"
)

func TestEveryConnectorHasAnIDAndATitleOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for _, c := range All() {
		for _, name := range []string{c.ID, c.Title} {
			if other := seen[name]; name == "" || other != "" {
				t.Errorf("%s and %s are both called %q", other, c.ID, name)
			}
			seen[name] = c.ID
		}
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

// What a form offers is taken, and nothing else is.
func TestWhatIsOfferedIsTaken(t *testing.T) {
	for _, c := range All() {
		for _, f := range c.Fields {
			for _, choice := range f.Choices {
				if got, err := f.Check(choice); err != nil || got != choice {
					t.Errorf("%s.%s offers %q: %q, %v", c.ID, f.ID, choice, got, err)
				}
			}
			if _, err := f.Check("none of these"); len(f.Choices) > 0 && err == nil {
				t.Errorf("%s.%s takes what it does not offer", c.ID, f.ID)
			}
		}
	}
}
