package tiktokads

import (
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

// refusal is what TikTok said, in an answer of HTTP 200 as a rule.
type refusal struct {
	code    int64
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("TikTok says %d: %s", r.code, r.message) }

// Hints.
const (
	hintAccess  = "in TikTok's Business Center, see that the ad account is active and that whoever linked may read its reports, or link again"
	hintVersion = "this version of TikTok's API may have ended; upgrade fourfold"
	hintLink    = "link again; the consent was taken back, or the app's secret was changed"
)

// The codes that are known. They are not all published, and some lists differ; what is not here is looked at by its first digit.
const (
	codeNoPermission = 40001
	codeParameter    = 40002
	codeTooLarge     = 40067
	codeRate         = 40100
	codeQuota        = 40101
	codeNoToken      = 40104
	codeBadToken     = 40105
	codeNoToken2     = 40131
	codeQuota2       = 40132
	codeRate2        = 51021
)

func judge(c *transport.Call) error {
	if c.Status == http.StatusNotFound || c.Status == http.StatusGone {
		return &connectors.Error{Fault: connectors.Malformed, Err: fmt.Errorf("HTTP %d", c.Status), Hint: hintVersion}
	}
	if err := rest.ByStatus(c); err != nil {
		return err
	}
	var said answer[json.RawMessage]
	if err := json.Unmarshal(c.Body, &said); err != nil || said.Code == nil {
		return &connectors.Error{Fault: connectors.Malformed, Err: errors.New("the answer is not TikTok's"), Hint: hintVersion}
	}
	if *said.Code == 0 {
		return nil
	}
	no := &refusal{*said.Code, connectors.Clean(said.Message)}
	e := &connectors.Error{Fault: connectors.Malformed, Err: no}
	about := strings.ToLower(no.message)
	switch no.code {
	case codeBadToken, codeNoToken, codeNoToken2:
		e.Fault, e.Hint = connectors.Denied, hintLink
	case codeNoPermission:
		e.Fault, e.Scope, e.Hint = connectors.Forbidden, canSpend, hintAccess
	case codeParameter:
		if strings.Contains(about, "permission") || strings.Contains(about, "access") {
			e.Fault, e.Scope, e.Hint = connectors.Forbidden, canSpend, hintAccess
		} else if strings.Contains(about, "version") || strings.Contains(about, "deprecated") {
			e.Hint = hintVersion
		}
	case codeTooLarge:
		e.Fault = connectors.TooLarge
	case codeRate, codeRate2:
		e.Fault = connectors.Throttled
		if !strings.Contains(about, "qps") {
			e.RetryAfter = 5 * time.Minute // the limit of a minute; that of a second is over at once
		}
	case codeQuota, codeQuota2:
		e.Fault, e.RetryAfter = connectors.Throttled, untilMidnight(c.At)
		e.Hint = "the app's requests of this day are used up; TikTok counts anew from midnight UTC"
	default:
		if no.code >= 50000 && no.code < 70000 { // servers, time-outs, maintenance
			e.Fault = connectors.Unavailable
		}
	}
	return e
}

func untilMidnight(at time.Time) time.Duration {
	if at.IsZero() {
		at = time.Now()
	}
	at = at.UTC()
	return at.Truncate(24 * time.Hour).Add(24*time.Hour + time.Minute).Sub(at)
}
