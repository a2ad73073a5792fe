package connectors

import (
	"strings"
	"testing"
)

func TestCleanLeavesWhatAPersonMayRead(t *testing.T) {
	for text, want := range map[string]string{
		"Token\n has\t expired.":                                           "Token has expired.",
		"see https://x.example/?token=hush for more":                       "see [address] for more",
		"user jane.doe@mail.example has no access":                         "user [address] has no access",
		"the token EAABabcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH ended": "the token … ended",
		"INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION: no":    "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION: no",
		"\x1b[31mred\u202e \x7fok\xff":                                     "[31mred ok",
		strings.Repeat("ä", 400):                                           strings.Repeat("ä", 300) + "…",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
