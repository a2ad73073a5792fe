package shopify

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"

	"fourfold/connectors"
	"fourfold/connectors/transport"
)

// graphError is one entry of errors[] in an answer.
type graphError struct {
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code           string  `json:"code"`
		RequiredAccess string  `json:"requiredAccess"`
		Cost           float64 `json:"cost"`
		MaxCost        float64 `json:"maxCost"`
	} `json:"extensions"`
}

func (e *graphError) Error() string {
	s := clean(e.Message)
	if e.Extensions.Code != "" {
		s = e.Extensions.Code + ": " + s
	}
	if len(e.Path) > 0 {
		s += fmt.Sprintf(" at %v", e.Path)
	}
	return s
}

// costError is the cause of TooLarge where a query asks for more points than one query may.
type costError struct{ Cost, Max float64 }

func (e *costError) Error() string {
	return fmt.Sprintf("the query asks for %.0f points and one query may ask for %.0f", e.Cost, e.Max)
}

// versionError is the cause of Malformed where another API version answered than the one pinned: Shopify falls forward without
// an error once a version is no longer supported.
type versionError struct{ Asked, Answered string }

func (e *versionError) Error() string {
	if e.Answered == "" {
		return fmt.Sprintf("asked for API version %s and the answer names none", e.Asked)
	}
	return fmt.Sprintf("asked for API version %s and %s answered", e.Asked, e.Answered)
}

// searchWarning is one of extensions.search[].warnings.
type searchWarning struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Code    string `json:"code"`
}

// searchError is the cause of Malformed where Shopify did not understand a filter: it ignores it then, and returns everything.
type searchError struct{ Warnings []searchWarning }

func (e *searchError) Error() string {
	w := e.Warnings[0]
	return fmt.Sprintf("the filter was not understood: %s %s: %s", w.Code, w.Field, clean(w.Message))
}

// userError is what a mutation's payload says where it did not do as asked.
type userError struct {
	Field   []string `json:"field"`
	Message string   `json:"message"`
	Code    string   `json:"code"`
}

func (e *userError) Error() string {
	if e.Code == "" {
		return clean(e.Message)
	}
	return e.Code + ": " + clean(e.Message)
}

// refusal makes a fault of a mutation's userErrors; nil if there are none. A full house is Throttled, everything else ours to mend.
func refusal(op string, errs []userError) error {
	if len(errs) == 0 {
		return nil
	}
	e := &connectors.Error{Fault: connectors.Malformed, Op: op, Err: &errs[0]}
	if c := errs[0].Code; c == "OPERATION_IN_PROGRESS" || c == "LIMIT_REACHED" {
		e.Fault, e.RetryAfter = connectors.Throttled, time.Minute
	}
	return e
}

// judgeErrors makes one fault of errors[]: the one that decides what is to be done next.
func judgeErrors(op string, errs []graphError) *connectors.Error {
	var worst *connectors.Error
	rank := -1
	for i := range errs {
		e, r := judgeError(op, &errs[i])
		if r > rank {
			worst, rank = e, r
		}
	}
	return worst
}

// judgeError sorts one error, with a rank: the higher decides.
func judgeError(op string, e *graphError) (*connectors.Error, int) {
	fault := &connectors.Error{Fault: connectors.Malformed, Op: op, Err: e}
	if isProtected(e) {
		fault.Fault, fault.Scope = connectors.Forbidden, "protected customer data"
		fault.Hint = "ask for protected customer data access in the app's settings; Fourfold needs level 1, and level 2 for reports only"
		return fault, 1
	}
	switch e.Extensions.Code {
	case "THROTTLED":
		fault.Fault = connectors.Throttled
		return fault, 6
	case "SHOP_INACTIVE":
		return frozen(op, e), 5
	case "MAX_COST_EXCEEDED":
		fault.Fault = connectors.TooLarge
		fault.Err = &costError{Cost: e.Extensions.Cost, Max: e.Extensions.MaxCost}
		fault.Hint = "ask for a smaller page"
		return fault, 4
	case "RESPONSE_TOO_LARGE":
		fault.Fault = connectors.TooLarge
		return fault, 4
	case "INTERNAL_SERVER_ERROR", "TIMEOUT":
		fault.Fault = connectors.Unavailable
		return fault, 3
	case "ACCESS_DENIED":
		fault.Fault, fault.Scope = connectors.Forbidden, scopeOf(e)
		if fault.Scope != "" {
			fault.Hint = "add the scope to the app and link the store again"
		}
		return fault, 1
	}
	if strings.HasPrefix(e.Message, "Internal error") {
		fault.Fault = connectors.Unavailable
		return fault, 3
	}
	// A question Shopify does not understand: a field that is gone, a filter of the wrong shape.
	return fault, 2
}

// isProtected says that Shopify has not approved the app for customer data of this kind.
func isProtected(e *graphError) bool {
	return strings.HasPrefix(e.Message, "This app is not approved to")
}

var namedScope = regexp.MustCompile("`([a-z_]+)` access scope")

// scopeOf finds the missing scope in the error's extensions, or in its message.
func scopeOf(e *graphError) string {
	for _, s := range []string{e.Extensions.RequiredAccess, e.Message} {
		if m := namedScope.FindStringSubmatch(s); m != nil {
			return m[1]
		}
	}
	return ""
}

// frozen is a store that is switched off for the time being. The grant is good; asking again soon is of no use.
func frozen(op string, err error) *connectors.Error {
	return &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: err, RetryAfter: 6 * time.Hour,
		Hint: "the store is paused or frozen at Shopify; open it again in its admin page, and the next run goes on"}
}

// judgeStatus makes a fault of an HTTP status; nil for 200.
func judgeStatus(op string, status int, h http.Header, now time.Time) error {
	e := &connectors.Error{Op: op, Err: fmt.Errorf("HTTP %d %s", status, http.StatusText(status)), RetryAfter: transport.RetryAfter(h, now)}
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusUnauthorized:
		e.Fault = connectors.Denied
		e.Hint = "Shopify no longer accepts the token; link the store again"
	case status == http.StatusPaymentRequired || status == http.StatusLocked:
		return frozen(op, e.Err)
	case status == http.StatusForbidden:
		e.Fault = connectors.Forbidden
		e.Hint = "check that the app is still installed in the store and may see this data"
	case status == http.StatusNotFound:
		e.Fault = connectors.Malformed
		e.Hint = "there is no such store; check its myshopify.com name"
	case status == http.StatusTooManyRequests || status == 430:
		e.Fault = connectors.Throttled
		if e.RetryAfter == 0 {
			e.RetryAfter = 2 * time.Second
		}
	case status >= 500:
		e.Fault = connectors.Unavailable
	default:
		e.Fault = connectors.Malformed
	}
	return e
}

// clean makes one short line of what the provider wrote.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return strings.TrimSpace(s)
}

// isTooLarge says that a smaller page would do.
func isTooLarge(err error) bool {
	f, ok := connectors.FaultOf(err)
	return ok && f == connectors.TooLarge
}

// isForbidden says that some of the data asked for is not ours to see.
func isForbidden(err error) bool {
	f, ok := connectors.FaultOf(err)
	return ok && f == connectors.Forbidden
}

// errLinkExpired is the cause where a result's signed link, good for seven days, is no longer good: ask for the operation again.
var errLinkExpired = errors.New("the link to the result is no longer good")
