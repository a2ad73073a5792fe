package metaads

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

// graphError is how Meta says no. What a code means is in fault.
type graphError struct {
	Message   string `json:"message"`
	Type      string `json:"type"`
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode"`
	Transient bool   `json:"is_transient"`
}

type refusal struct {
	Error *graphError `json:"error"`
}

// said is Meta's word, which may echo a token and is cleaned of it.
func (e graphError) said() error {
	return fmt.Errorf("code %d/%d: %s", e.Code, e.Subcode, connectors.Clean(e.Message))
}

// Codes and subcodes by what is to be done. Those of throttling are more, see throttles.
const (
	codeUnknown    = 1
	codeParameter  = 100
	codeSession    = 102
	codeToken      = 190
	codeDeprecated = 2635 // the version has died

	subcodeNoObject = 33 // of codeParameter: not there, or not for this login

	// Insights: the question took too long, or is of more data than one may be.
	subcodeTimeout      = 1504018
	subcodeTimeoutLater = 1504038
	subcodeTooMuch      = 1487534
)

// proofNamed is what Meta names where an app insists on a proof that did not come, or is not of its secret.
const proofNamed = "appsecret_proof"

// reduce is what Meta says with codeUnknown where the answer would be too large.
const reduce = "reduce the amount of data"

// answeredBy is the header that names the version that answered. Since 2026-07-29 Meta answers for a version that has died with a later one.
const answeredBy = "Facebook-Api-Version"

// ended are the reasons of codeToken that Meta tells.
var ended = map[int]string{
	458: "the app was removed from the login's settings", 459: "Facebook wants the person to log in there first", 460: "the password was changed",
	463: "the token has expired", 464: "the person's login is not confirmed", 467: "the token was taken back",
}

func throttles(code int) bool {
	switch code {
	case 4, 17, 32, 613:
		return true
	}
	return code >= 80_000 && code <= 80_014
}

// judge says what an answer means.
func judge(c *transport.Call) error {
	e, failed := errorOf(c)
	switch by := c.Header.Get(answeredBy); {
	case failed:
		return e.fault(c)
	case c.Status < 200 || c.Status > 299:
		return rest.ByStatus(c)
	case by != "" && by != apiVersion:
		return died(fmt.Errorf("%s answered for %s", connectors.Clean(by), apiVersion))
	}
	return nil
}

// judgeToken says what an answer about tokens means: Denied where a token is dead, Forbidden where Meta does not want to.
func judgeToken(c *transport.Call) error {
	e, failed := errorOf(c)
	switch {
	case failed && c.Status < 500 && c.Status != http.StatusTooManyRequests && !e.Transient && !throttles(e.Code) && e.Code != codeToken && e.Code != codeSession:
		return &connectors.Error{Fault: connectors.Forbidden, Err: e.said()}
	case failed:
		return e.fault(c)
	}
	return rest.ByStatus(c)
}

func errorOf(c *transport.Call) (graphError, bool) {
	var body refusal
	if json.Unmarshal(c.Body, &body) != nil || body.Error == nil {
		return graphError{}, false
	}
	return *body.Error, true
}

func (e graphError) fault(c *transport.Call) *connectors.Error {
	f := e.meaning()
	f.Err = e.said()
	if f.Fault == connectors.Unavailable && c.Status == http.StatusTooManyRequests {
		f.Fault = connectors.Throttled
	}
	if f.Fault == connectors.Throttled {
		f.RetryAfter = usageOf(c.Header).regains()
		f.Hint = fmt.Sprintf("the account, or the app, has asked as much as Meta allows; it goes on by itself in %s", f.RetryAfter.Round(time.Minute))
	}
	return f
}

// meaning is the fault that an error is, and what to do about it.
func (e graphError) meaning() *connectors.Error {
	switch {
	case e.Subcode == subcodeTimeout, e.Subcode == subcodeTimeoutLater, e.Subcode == subcodeTooMuch, e.Code == codeUnknown && strings.Contains(strings.ToLower(e.Message), reduce):
		return &connectors.Error{Fault: connectors.TooLarge, Hint: "less is asked for at once"}
	case throttles(e.Code):
		return &connectors.Error{Fault: connectors.Throttled}
	case e.Code == codeToken, e.Code == codeSession:
		hint := "link again"
		if why := ended[e.Subcode]; why != "" {
			hint = why + "; link again"
		}
		return &connectors.Error{Fault: connectors.Denied, Hint: hint}
	case e.Code == codeParameter && strings.Contains(e.Message, proofNamed):
		return &connectors.Error{Fault: connectors.Denied,
			Hint: "the app insists on its secret: give its ID and secret as App settings show them, or switch off Require app secret there, and link again"}
	case e.Code == codeDeprecated:
		return died(nil)
	case e.Code == 3, e.Code == 10, e.Code >= 200 && e.Code <= 299, e.Code == codeParameter && e.Subcode == subcodeNoObject:
		return &connectors.Error{Fault: connectors.Forbidden, Scope: canRead,
			Hint: "in Meta's Business settings, assign the ad account to this person or system user with at least “View performance”, see that the account is active, and that the login has " + canRead}
	case e.Code <= codeUnknown, e.Code == 2, e.Transient: // below zero are faults of Meta's own
		return &connectors.Error{Fault: connectors.Unavailable}
	}
	return &connectors.Error{Fault: connectors.Malformed, Hint: "Meta does not accept the question; upgrade fourfold"}
}

func died(why error) *connectors.Error {
	return &connectors.Error{Fault: connectors.Malformed, Err: why, Hint: "Meta has ended version " + apiVersion + " of its Marketing API: upgrade fourfold"}
}

func tooLarge(err error) bool {
	var fault *connectors.Error
	return errors.As(err, &fault) && fault.Fault == connectors.TooLarge
}
