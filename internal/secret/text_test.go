package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNothingPrintsIt(t *testing.T) {
	type holder struct{ Token Text }
	s := New("hunter2")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", s, "held", holder{s})
	js, err := json.Marshal(map[string]any{"a": s, "b": holder{s}, "c": &s})
	if err != nil {
		t.Fatal(err)
	}
	out := []string{log.String(), string(js)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T %[1]v"} {
		out = append(out, fmt.Sprintf(verb, s), fmt.Sprintf(verb, holder{s}), fmt.Sprintf(verb, &holder{s}), fmt.Sprintf(verb, []Text{s}))
	}
	for _, o := range out {
		if strings.Contains(o, "hunter2") || strings.Contains(o, "68756e74657232") {
			t.Errorf("the secret is in %q", o)
		}
	}
	if s.Reveal() != "hunter2" {
		t.Error("Reveal lost the secret")
	}
}
