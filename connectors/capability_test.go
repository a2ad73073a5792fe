package connectors

import (
	"errors"
	"fmt"
	"testing"
)

func TestWhatIsTriedIsGrantedOrSaysWhy(t *testing.T) {
	down := Errorf(Unavailable, "read", "HTTP 503")
	for name, c := range map[string]struct {
		came error
		want Capability
		err  error
	}{
		"all is well": {nil, Capability{Granted: true, Remedy: "ask for access"}, nil},
		"refused, with advice": {fmt.Errorf("probe: %w", &Error{Fault: Forbidden, Op: "read it", Err: errors.New("no"), Hint: "switch it on"}),
			Capability{Detail: "read it: no", Remedy: "switch it on"}, nil},
		"refused":      {Errorf(Forbidden, "read it", "no"), Capability{Detail: "read it: no", Remedy: "ask for access"}, nil},
		"not answered": {down, Capability{Remedy: "ask for access"}, down},
	} {
		got := Capability{Remedy: "ask for access"}
		if err := got.Tried(c.came); !errors.Is(err, c.err) || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

func TestABarredAccountSaysWhyAndWhatToDo(t *testing.T) {
	for barred, want := range map[string]Capability{
		"": {Granted: true, Remedy: "ask"}, "it is closed": {Detail: "it is closed", Remedy: "ask"},
		"it is suspended: appeal: in writing": {Detail: "it is suspended", Remedy: "appeal: in writing"},
	} {
		got := Capability{Granted: true, Remedy: "ask"}
		if got.Bar(barred); got != want {
			t.Errorf("%q: %+v, want %+v", barred, got, want)
		}
	}
}
