package googleads

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/google"
	"fourfold/connectors/transport"
)

// failure is google.ads.googleads.v25.errors.GoogleAdsFailure, which comes in a refusal's details.
type failure struct {
	Errors []struct {
		Code    map[string]string `json:"errorCode"` // one entry: the enumeration and the value
		Message string            `json:"message"`
		Details struct {
			Quota struct {
				Rate  string       `json:"rateName"`
				Delay google.Delay `json:"retryDelay"`
			} `json:"quotaErrorDetails"`
		} `json:"details"`
	} `json:"errors"`
}

const (
	hintSuspended = "Google has suspended it: its owner can see why in Google Ads and appeal there; its past days can be read again once it is enabled"
	hintManager   = "it only manages other accounts and has no ads of its own: link the accounts below it"
	hintProject   = "the Google Cloud project may see test accounts only: ask for Explorer or Basic access in its console, on the page Google Ads API Overview"
	hintRelink    = "link again with a Google login that sees the account in Google Ads"
)

// meaning is what a code says and what to do about it.
type meaning struct {
	fault connectors.Fault
	hint  string
}

// The codes of the published enumerations that have a meaning of their own, and under an enumeration's bare name that of all its others.
var meanings = map[string]meaning{
	"authenticationError":                                    {connectors.Denied, "Google no longer accepts the consent; link again"},
	"authenticationError.NOT_ADS_USER":                       {connectors.Denied, "the Google login opens no Google Ads account; link again with one that does"},
	"authenticationError.CUSTOMER_NOT_FOUND":                 {connectors.Forbidden, "there is no such account any more; link again and pick another"},
	"authenticationError.TWO_STEP_VERIFICATION_NOT_ENROLLED": {connectors.Denied, "the account wants 2-step verification: switch it on for the Google login, and link again"},

	"authorizationError":                                            {connectors.Forbidden, hintRelink},
	"authorizationError.USER_PERMISSION_DENIED":                     {connectors.Forbidden, "the Google login may not see the account: have its owner give access, or " + hintRelink},
	"authorizationError.CUSTOMER_NOT_ENABLED":                       {connectors.Forbidden, "the account is not set up yet, or was suspended, cancelled or closed: look at it in Google Ads"},
	"authorizationError.ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT": {connectors.Forbidden, hintSuspended},
	"authorizationError.INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION": {connectors.Forbidden,
		"the manager account through which it was linked no longer manages it; " + hintRelink},
	"authorizationError.CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": {connectors.Forbidden, hintProject},
	"authorizationError.ACTION_NOT_PERMITTED":                      {connectors.Forbidden, hintProject},
	"authorizationError.DEVELOPER_TOKEN_NOT_APPROVED":              {connectors.Forbidden, hintProject},
	"authorizationError.PROJECT_DISABLED":                          {connectors.Forbidden, "switch the Google Ads API on in the Google Cloud project that the app belongs to"},

	"quotaError":                               {connectors.Throttled, ""},
	"quotaError.ACCESS_PROHIBITED":             {connectors.Forbidden, "Google has shut the Google Cloud project out; its console says why"},
	"internalError":                            {connectors.Unavailable, ""},
	"queryError.REQUESTED_METRICS_FOR_MANAGER": {connectors.Forbidden, hintManager},
	"queryError.DATE_RANGE_TOO_WIDE":           {connectors.TooLarge, ""},
	"requestError.UNSUPPORTED_VERSION":         {connectors.Malformed, google.HintVersion},
	"requestError.CLOUD_PROJECT_NOT_FOUND":     {connectors.Forbidden, "Google does not find the Google Cloud project: check the app's client ID"},
}

// moreADay is what helps against a quota beside waiting.
var moreADay = map[string]string{"RESOURCE_EXHAUSTED": "; a higher access level of its Google Cloud project allows more a day"}

// waits are how long to wait where Google does not say: it counts what queries take over five minutes, and over a day.
var waits = map[string]time.Duration{
	"RESOURCE_EXHAUSTED":                              15 * time.Minute,
	"EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION": 5 * time.Minute,
	"EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION":  6 * time.Hour,
}

// judge says what an answer means.
func judge(c *transport.Call) error { return google.Judge(c, version, refused) }

// refused is what a refusal of Google Ads' own means; nil where it is none.
func refused(s google.Status) *connectors.Error {
	for _, d := range s.Details {
		var f failure
		if !strings.HasSuffix(d.Type, ".GoogleAdsFailure") || json.Unmarshal(d.Raw, &f) != nil || len(f.Errors) == 0 {
			continue
		}
		first := f.Errors[0]
		for kind, value := range first.Code {
			m, ok := meanings[kind+"."+value]
			if !ok {
				m = meanings[kind]
			}
			e := &connectors.Error{Fault: m.fault, Err: errors.New(connectors.Clean(value + ": " + first.Message)), Hint: m.hint, RetryAfter: first.Details.Quota.Delay.Duration()}
			if m.fault == "" {
				e.Fault = connectors.Malformed
			}
			if e.Fault == connectors.Throttled {
				if e.RetryAfter == 0 {
					e.RetryAfter = waits[value]
				}
				if e.RetryAfter > time.Minute {
					e.Hint = "Google lets the app ask again in " + e.RetryAfter.Round(time.Second).String() + moreADay[value]
				}
			}
			return e
		}
	}
	return nil
}
