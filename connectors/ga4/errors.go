package ga4

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/google"
	"fourfold/connectors/transport"
	"fourfold/internal/period"
)

// quotaZone is where the day ends at whose end a property's tokens for a day come back.
const quotaZone = "America/Los_Angeles"

// judge says what an answer means.
func judge(c *transport.Call) error {
	err := google.Judge(c, version, func(s google.Status) *connectors.Error { return refused(s, c) })
	var fault *connectors.Error
	if errors.As(err, &fault) && fault.Fault == connectors.Unavailable && fault.RetryAfter == 0 {
		// Ten errors in an hour shut a property for the rest of it, so that they are not brought on here: the job comes back later.
		fault.RetryAfter = time.Minute
	}
	return err
}

// refused is what a refusal means here beside what it means everywhere; nil where that is all.
func refused(s google.Status, c *transport.Call) *connectors.Error {
	switch s.Status {
	case "RESOURCE_EXHAUSTED":
		after, what := exhausted(s.Message, c.At)
		return &connectors.Error{Fault: connectors.Throttled, Err: errors.New(connectors.Clean(s.Message)), RetryAfter: after,
			Hint: fmt.Sprintf("the property's %s is used up, by all apps that read it together; it comes back within %s", what, after.Round(time.Second))}
	case "NOT_FOUND":
		return &connectors.Error{Fault: connectors.Forbidden, Err: s, Hint: "there is no such property any more: link again and pick another"}
	}
	if s.Status == "PERMISSION_DENIED" && s.Reason() == "" {
		return &connectors.Error{Fault: connectors.Forbidden, Err: s,
			Hint: "make the Google login that was linked a Viewer of the property in Google Analytics, or link with one that is; " +
				"if Google says that an API is not in use, switch it on in the Google Cloud project"}
	}
	return nil
}

// exhausted says which budget is gone, by Google's words, and for how long at most.
func exhausted(message string, at time.Time) (time.Duration, string) {
	m := strings.ToLower(message)
	switch {
	case strings.Contains(m, "per day"):
		if loc, err := time.LoadLocation(quotaZone); err == nil && !at.IsZero() {
			return (period.On(at, loc) + 1).Start(loc).Sub(at), "budget for the day"
		}
		return 24 * time.Hour, "budget for the day"
	case strings.Contains(m, "concurrent"):
		return 10 * time.Second, "number of requests at once"
	case strings.Contains(m, "server errors"):
		return time.Hour, "number of errors in an hour"
	}
	return time.Hour, "budget for the hour"
}
