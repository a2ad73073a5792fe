package snapchatads

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/connectors/transport"
)

// Hints.
const (
	hintAccess  = "in Snapchat's Business Manager, see that the ad account is active and give whoever linked a role in it that may read reports, or link again"
	hintVersion = "this version of Snapchat's API may have ended; upgrade fourfold"
)

// tooLong is in the words for a run of days that is too long. Snapchat documents no code of it.
const tooLong = "time intervals of more than"

// problem is the envelope of every answer. Refusals fill in the rest of it.
type problem struct {
	Status  string `json:"request_status"`
	Code    string `json:"error_code"`
	Message string `json:"debug_message"`
}

// succeeded reads both request_status and sub_request_status, which Snapchat writes in capitals and in small letters.
func succeeded(status string) bool { return strings.EqualFold(status, "success") }

func judge(c *transport.Call) error {
	var said problem
	known := json.Unmarshal(c.Body, &said) == nil && said.Status != ""
	err := rest.ByStatus(c)
	if err == nil && known && !succeeded(said.Status) {
		err = &connectors.Error{Fault: connectors.Malformed}
	}
	var e *connectors.Error
	if !errors.As(err, &e) {
		return err
	}
	if known {
		// Who asked is named at the end of what is said of roles.
		message, _, _ := strings.Cut(said.Message, "Current user")
		e.Err = fmt.Errorf("HTTP %d, %s: %s", c.Status, connectors.Clean(cmp.Or(said.Code, said.Status)), connectors.Clean(message))
	}
	switch {
	case e.Fault == connectors.Denied:
		e.Hint = "link again; the consent has ended or was taken back"
	case e.Fault == connectors.Forbidden, c.Status == http.StatusNotFound && known: // an account that is not ours to see is not found
		e.Fault, e.Scope, e.Hint = connectors.Forbidden, scope, hintAccess
	case c.Status == http.StatusNotFound || c.Status == http.StatusGone:
		e.Hint = hintVersion
	case e.Fault == connectors.Throttled:
		e.RetryAfter = cmp.Or(e.RetryAfter, time.Minute) // the limits are of requests a second, and nothing says for how long they are shut
	case c.Status == http.StatusBadRequest && strings.Contains(said.Message, tooLong):
		e.Fault = connectors.TooLarge
	}
	return e
}
