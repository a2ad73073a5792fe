package amazonads

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/connectors/transport"
)

// statusTooEarly is how Amazon says that the same report is being prepared already.
const statusTooEarly = http.StatusTooEarly

const hintUpdate = "Amazon has changed this interface; upgrade fourfold"

// judge makes a fault of an answer that refuses. Amazon's codes are mostly the status over again, so that the status decides.
func judge(c *transport.Call) error {
	err := rest.ByStatus(c)
	e, ok := err.(*connectors.Error) //nolint:errorlint // it is one, unwrapped
	if !ok {
		return err
	}
	var r refusal
	if json.Unmarshal(c.Body, &r) == nil {
		if said := connectors.Clean(r.Code + " " + r.Detail + r.Details); strings.TrimSpace(said) != "" {
			e.Err = fmt.Errorf("HTTP %d: %s", c.Status, said)
		}
	}
	switch c.Status {
	case http.StatusUnauthorized:
		if notThisProfile.Match(c.Body) {
			// The token is good, and other profiles go on.
			return noAccess(e)
		}
		e.Hint = "link again; if that does not help, check that Amazon has approved your app for its advertising interface"
	case http.StatusForbidden:
		return noAccess(e)
	case http.StatusNotFound, http.StatusGone, http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		e.Hint = hintUpdate
	case http.StatusTooManyRequests:
		// Limits follow Amazon's load, and stay for a while.
		e.RetryAfter = max(e.RetryAfter, time.Minute)
	case statusTooEarly:
		e.Fault, e.RetryAfter = connectors.Throttled, 5*time.Minute
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		e.Hint = "check that the account is linked in the region where it advertises; else: " + hintUpdate
	}
	return e
}

// notThisProfile is what Amazon says with a status that otherwise means a dead token.
var notThisProfile = regexp.MustCompile(`(?i)not authorized to (access scope|manage this profile)`)

func noAccess(e *connectors.Error) error {
	e.Fault, e.Scope = connectors.Forbidden, "access to the profile"
	e.Hint = "have an administrator of the advertising account let the user who linked it view its reports, or link as another user"
	return e
}

// noProduct is what Amazon says to an order of a product that the account cannot have, such as Sponsored Brands of an author: nothing was spent
// on it.
var noProduct = regexp.MustCompile(`(?i)not have access to sponsored (brands|display)`)
