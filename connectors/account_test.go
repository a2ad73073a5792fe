package connectors

import (
	"strings"
	"testing"
)

func TestUnknownSaysWhatIsNotKnownOfAnAccount(t *testing.T) {
	for _, c := range []struct{ currency, zone, says string }{
		{"EUR", "Europe/Berlin", ""},
		{"UNK", "Europe/Berlin", `its currency "UNK" is not known here`},
		{"", "Europe/Berlin", "its currency is not told"},
		{"EUR", "Atlantis/Deep", `its time zone "Atlantis/Deep" is not known here`},
		{"EUR", "", "its time zone is not told"},
	} {
		if got := (AccountInfo{Currency: c.currency, Zone: c.zone}).Unknown(); (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s in %s: %q, want %q", c.currency, c.zone, got, c.says)
		}
	}
}
