package microsoftads

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/connectors/transport"
)

// meaning says what is to be done about an error of Microsoft's.
type meaning struct {
	fault connectors.Fault
	wait  time.Duration
	scope string
	hint  string
}

const (
	hintOther  = "link again, and sign in as the user that Microsoft asks for"
	hintUpdate = "Microsoft has changed this interface; upgrade fourfold"
)

var noAccess = meaning{fault: connectors.Forbidden, scope: "access to the account",
	hint: "have an administrator of the account give the user who linked it a role in it, or link as another user"}

// meanings are by the numbers in Microsoft's list of operation error codes.
var meanings = map[int]meaning{
	0: {fault: connectors.Unavailable},
	// A token that has ended is renewed before this is heard, and a consent that has ended does not renew: the login is not called dead.
	105: {fault: connectors.Forbidden, scope: "developer token",
		hint: "check that the developer token in the configuration is right, and that account and user are active; if they are, link again"},
	106:  noAccess,
	108:  {fault: connectors.Denied, hint: "Microsoft thinks that somebody else signed in: set a new password there, then link again"},
	109:  {fault: connectors.Denied, hint: "link again"},
	116:  {fault: connectors.Forbidden, scope: "developer token", hint: "put the developer token beside the app in the configuration"},
	117:  {fault: connectors.Throttled, wait: time.Minute},
	120:  {fault: connectors.Denied, hint: hintOther},
	122:  {fault: connectors.Denied, hint: hintOther},
	123:  {fault: connectors.Denied, hint: hintOther},
	124:  {fault: connectors.Denied, hint: hintOther},
	125:  {fault: connectors.Denied, hint: hintOther},
	126:  {fault: connectors.Denied, hint: hintOther},
	204:  {fault: connectors.Malformed, hint: hintUpdate},
	205:  {fault: connectors.Malformed, hint: hintUpdate},
	207:  {fault: connectors.Throttled, wait: time.Minute}, // too many reports under way
	2002: {fault: connectors.Malformed, hint: hintUpdate},
	2003: noAccess,
	2004: {fault: connectors.Unavailable, wait: time.Hour}, // the day is not complete yet
	2035: noAccess,
	2100: {fault: connectors.Unavailable}, // see errLost
	2101: {fault: connectors.Unavailable},
}

// errLost is the cause where Microsoft no longer keeps a report.
var errLost = errors.New("the report is no longer kept")

// judge makes a fault of an answer that refuses.
func judge(c *transport.Call) error {
	if c.Status >= 200 && c.Status < 300 {
		return nil
	}
	p, ok := problemOf(c.Body)
	if !ok {
		return byStatus(c)
	}
	said := fmt.Errorf("error %d %s", p.Code, connectors.Clean(p.ErrorCode+": "+p.Message))
	if p.ErrorCode == "" {
		said = fmt.Errorf("error %d: %s", p.Code, connectors.Clean(p.Message))
	}
	if p.Code == 2100 || p.Code == 2101 {
		said = fmt.Errorf("%w: %w", errLost, said)
	}
	m, known := meanings[p.Code]
	if !known {
		if c.Status == http.StatusTooManyRequests || c.Status == http.StatusUnauthorized || c.Status >= 500 {
			return byStatus(c)
		}
		m = meaning{fault: connectors.Malformed, hint: "nothing that was asked for is new: " + hintUpdate}
	}
	wait := transport.RetryAfter(c.Header, time.Now())
	return &connectors.Error{Fault: m.fault, Scope: m.scope, Hint: m.hint, Err: said, RetryAfter: max(wait, m.wait)}
}

// problemOf is the first problem that an answer names.
func problemOf(body []byte) (problem, bool) {
	var r refusal
	if json.Unmarshal(body, &r) != nil {
		return problem{}, false
	}
	for _, list := range [][]problem{r.Errors, r.OperationErrors, r.BatchErrors} {
		if len(list) > 0 {
			return list[0], true
		}
	}
	return problem{}, false
}

func byStatus(c *transport.Call) error {
	err := rest.ByStatus(c)
	e, ok := err.(*connectors.Error) //nolint:errorlint // it is one, unwrapped
	if !ok {
		return err
	}
	switch c.Status {
	case http.StatusNotFound, http.StatusGone:
		e.Err, e.Hint = fmt.Errorf("HTTP %d: there is no version %s of the interface any more", c.Status, apiVersion), hintUpdate
	case http.StatusForbidden:
		e.Scope, e.Hint = noAccess.scope, noAccess.hint
	case http.StatusTooManyRequests:
		e.RetryAfter = max(e.RetryAfter, time.Minute)
	}
	return e
}
