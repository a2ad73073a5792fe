package google

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/connectors/transport"
)

// Status is a refusal (google.rpc.Status, google/rpc/status.proto) as JSON over HTTP carries it.
type Status struct {
	Code    int      `json:"code"` // the HTTP status
	Message string   `json:"message"`
	Status  string   `json:"status"` // google.rpc.Code: UNAUTHENTICATED, PERMISSION_DENIED, …
	Details []Detail `json:"details"`
}

// Detail is one of a refusal's details: google.rpc.ErrorInfo has a reason, google.rpc.RetryInfo a delay. Others are the product's own.
type Detail struct {
	Type       string          `json:"@type"`
	Reason     string          `json:"reason"`
	RetryDelay Delay           `json:"retryDelay"`
	Raw        json.RawMessage `json:"-"`
}

// UnmarshalJSON keeps the detail as it came besides.
func (d *Detail) UnmarshalJSON(b []byte) error {
	type plain Detail
	if err := json.Unmarshal(b, (*plain)(d)); err != nil {
		return err
	}
	d.Raw = bytes.Clone(b)
	return nil
}

// Delay is a google.protobuf.Duration: "812s". What is none is zero.
type Delay string

// Duration is the delay; zero where there is none.
func (d Delay) Duration() time.Duration {
	v, err := time.ParseDuration(string(d))
	if err != nil || v < 0 {
		return 0
	}
	return v
}

// Refusal reads the refusal in an answer; ok is false where there is none. Streams wrap it into an array.
func Refusal(body []byte) (s Status, ok bool) {
	type answer struct {
		Error *Status `json:"error"`
	}
	var one answer
	if json.Unmarshal(body, &one) == nil && one.Error != nil {
		return *one.Error, true
	}
	var many []answer
	if json.Unmarshal(body, &many) != nil {
		return s, false
	}
	for _, a := range many {
		if a.Error != nil {
			return *a.Error, true
		}
	}
	return s, false
}

// HintVersion is what to do about a version of a product's interface that is no more.
const HintVersion = "Google has switched this version of its API off: upgrade fourfold"

// Judge judges an answer of a version of a product's interface: by the product's own reading of the refusal first, which gives nil for what it does not
// know, and then as all of Google means it. A version that is gone has no addresses.
func Judge(c *transport.Call, version string, own func(Status) *connectors.Error) error {
	if c.Status >= 200 && c.Status < 300 {
		return nil
	}
	s, ok := Refusal(c.Body)
	switch {
	case !ok && c.Status == http.StatusNotFound:
		return &connectors.Error{Fault: connectors.Malformed, Err: fmt.Errorf("HTTP 404: version %s is not there", version), Hint: HintVersion}
	case !ok:
		return rest.ByStatus(c)
	}
	if own != nil {
		if e := own(s); e != nil {
			return e
		}
	}
	return s.Fault(c.Header)
}

// Error is the refusal as a person may read it.
func (s Status) Error() string { return fmt.Sprintf("%s: %s", s.Status, connectors.Clean(s.Message)) }

// Reason is that of its google.rpc.ErrorInfo, such as SERVICE_DISABLED; "" where there is none.
func (s Status) Reason() string {
	for _, d := range s.Details {
		if d.Reason != "" {
			return d.Reason
		}
	}
	return ""
}

// Fault is what a refusal means whichever product it comes from.
func (s Status) Fault(h http.Header) *connectors.Error {
	e := &connectors.Error{Fault: connectors.Malformed, Err: s, RetryAfter: transport.RetryAfter(h, time.Now())}
	for _, d := range s.Details {
		if after := d.RetryDelay.Duration(); after > 0 {
			e.RetryAfter = after
		}
	}
	switch s.Status {
	case "UNAUTHENTICATED":
		e.Fault, e.Hint = connectors.Denied, "Google no longer accepts the consent; link again"
	case "PERMISSION_DENIED":
		e.Fault, e.Hint = connectors.Forbidden, "the Google login that was linked may not see this: give it access at Google, or link with one that has it"
		switch s.Reason() {
		case "SERVICE_DISABLED", "ACCESS_NOT_CONFIGURED":
			e.Hint = "switch the API on in the Google Cloud project that the app belongs to, under APIs & Services, and wait some minutes"
		case "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
			e.Scope, e.Hint = "access to the product", "link again, and leave the box ticked that lets Fourfold see the product's data"
		}
	case "RESOURCE_EXHAUSTED":
		e.Fault = connectors.Throttled
	case "UNAVAILABLE", "INTERNAL", "ABORTED", "DEADLINE_EXCEEDED", "CANCELLED", "UNKNOWN":
		e.Fault = connectors.Unavailable
	}
	return e
}
