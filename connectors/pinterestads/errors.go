package pinterestads

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/connectors/transport"
)

// Hints.
const (
	hintAccess  = "in Pinterest's Business Manager, see that the ad account is active and give whoever linked the role of analyst in it, or link again"
	hintVersion = "this version of Pinterest's API may have ended; upgrade fourfold"
	hintQuota   = "the app's requests are used up for now; an app with trial access has few a day, and Pinterest gives more on request"
)

// problem is the body of every refusal.
type problem struct {
	Code    *int64 `json:"code"`
	Message string `json:"message"`
}

func judge(c *transport.Call) error {
	err := rest.ByStatus(c)
	var e *connectors.Error
	if !errors.As(err, &e) {
		return err
	}
	var no problem
	known := json.Unmarshal(c.Body, &no) == nil && no.Code != nil
	if known {
		e.Err = fmt.Errorf("HTTP %d, code %d: %s", c.Status, *no.Code, connectors.Clean(no.Message))
	}
	switch {
	case e.Fault == connectors.Denied:
		e.Hint = "link again; the consent has ended or was taken back"
	case e.Fault == connectors.Forbidden, c.Status == http.StatusNotFound && known: // an account that is not ours to see is not found
		e.Fault, e.Scope, e.Hint = connectors.Forbidden, scope, hintAccess
	case c.Status == http.StatusNotFound || c.Status == http.StatusGone:
		e.Hint = hintVersion
	case e.Fault == connectors.Throttled:
		if e.RetryAfter == 0 {
			e.RetryAfter = reset(c.Header)
		}
		if e.RetryAfter > time.Hour {
			e.Hint = hintQuota
		}
	}
	return e
}

// reset is when the limit that was met is lifted: a minute, or what the header says in seconds.
func reset(h http.Header) time.Duration {
	if s, err := strconv.ParseInt(h.Get(headerReset), 10, 64); err == nil && s > 0 && s <= 2*86_400 {
		return time.Duration(s) * time.Second
	}
	return time.Minute
}

const headerReset = "X-RateLimit-Reset"
