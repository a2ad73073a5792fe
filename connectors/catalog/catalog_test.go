package catalog

import "testing"

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
