package googleads

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/connectors/transport"
	sim "fourfold/internal/sim/googleads"
)

func (r *rig) read(t *testing.T, id int) error {
	t.Helper()
	_, err := r.spend(t, r.account(shops()[id], ""), 20)
	return err
}

func TestEachFaultSaysWhatToDo(t *testing.T) {
	id := shops()[0].ID
	for name, c := range map[string]struct {
		faults sim.Faults
		want   connectors.Fault
		says   string
		after  time.Duration
	}{
		"the day's quota is gone":      {sim.Faults{Quota: 5*time.Hour + 812*time.Second}, connectors.Throttled, "ask again in 5h13m32s", 5*time.Hour + 812*time.Second},
		"suspended":                    {sim.Faults{Accounts: map[string]string{id: "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT"}}, connectors.Forbidden, "suspended", 0},
		"cancelled":                    {sim.Faults{Accounts: map[string]string{id: "CUSTOMER_NOT_ENABLED"}}, connectors.Forbidden, "look at it in Google Ads", 0},
		"no access":                    {sim.Faults{Accounts: map[string]string{id: "USER_PERMISSION_DENIED"}}, connectors.Forbidden, "have its owner give access", 0},
		"a code that nobody knew":      {sim.Faults{Accounts: map[string]string{id: "NEW_IN_V26"}}, connectors.Forbidden, "NEW_IN_V26", 0},
		"the API is off":               {sim.Faults{Project: "PROJECT_DISABLED"}, connectors.Forbidden, "switch the Google Ads API on", 0},
		"a project for tests only":     {sim.Faults{Project: "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION"}, connectors.Forbidden, "Explorer or Basic", 0},
		"the version has died":         {sim.Faults{Dead: true}, connectors.Malformed, "upgrade fourfold", 0},
		"the version says that it has": {sim.Faults{Ended: true}, connectors.Malformed, "upgrade fourfold", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := rigged(t, sim.Options{Accounts: shops()})
			r.SetFaults(c.faults)
			e := r.Refused(t, r.read(t, 0), c.want)
			if !strings.Contains(e.Error(), c.says) || e.RetryAfter != c.after || !strings.Contains(e.Error(), "read ad spend") {
				t.Errorf("says %q after %s", e, e.RetryAfter)
			}
			if n := r.Requests()["campaign"]; n != 1 {
				t.Errorf("asked %d times", n)
			}
			if len(c.faults.Accounts) > 0 {
				if err := r.read(t, 1); err != nil {
					t.Errorf("the other account does not go on: %v", err)
				}
			}
			r.SetFaults(sim.Faults{})
			if err := r.read(t, 0); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// What passes is waited for, some seconds at most, and the rows come.
func TestWhatPassesIsTriedAgain(t *testing.T) {
	for name, f := range map[string]sim.Faults{"broken": {Down: 1}, "internal": {Internal: 1}, "busy": {Busy: 1}} {
		r := rigged(t, sim.Options{Accounts: shops()})
		r.SetFaults(f)
		if err := r.read(t, 0); err != nil || r.Requests()["campaign"] != 2 {
			t.Errorf("%s: asked %d times: %v", name, r.Requests()["campaign"], err)
		}
	}
}

func TestAStreamThatEndsInARefusalIsNotWhole(t *testing.T) {
	r := rigged(t, sim.Options{Accounts: shops(), Batch: 10})
	r.SetFaults(sim.Faults{Cut: 1})
	if e := r.Refused(t, r.read(t, 0), connectors.Unavailable); !strings.Contains(e.Error(), "INTERNAL_ERROR") {
		t.Errorf("says %q", e)
	}
	if err := r.read(t, 0); err != nil {
		t.Error(err)
	}
}

func TestAManagerHasNoFigures(t *testing.T) {
	r := rigged(t, sim.Options{Managers: []sim.Manager{{ID: "9990001111", Name: "Agency"}}})
	a := *shops()[0]
	a.ID = "9990001111"
	_, err := r.spend(t, r.account(&a, ""), 5)
	e := r.Refused(t, err, connectors.Forbidden)
	if !strings.Contains(e.Hint, "link the accounts below it") {
		t.Errorf("says %q", e)
	}
}

func TestAManagerThatIsNoneAnyMore(t *testing.T) {
	all := shops()
	r := rigged(t, sim.Options{Managers: []sim.Manager{{ID: "9990001111", Name: "Agency"}}})
	_, err := r.spend(t, r.account(all[0], "9990001111"), 5)
	e := r.Refused(t, err, connectors.Forbidden)
	if !strings.Contains(e.Hint, "no longer manages it") {
		t.Errorf("says %q", e)
	}
}

func TestARefusedTokenIsDenied(t *testing.T) {
	r := rigged(t, sim.Options{Accounts: shops()})
	r.Desk().Revoke()
	r.Refused(t, r.read(t, 0), connectors.Denied)

	access, _ := r.Desk().Issue([]string{"https://www.googleapis.com/auth/analytics.readonly"})
	r.Use(access)
	if e := r.Refused(t, r.read(t, 0), connectors.Forbidden); e.Scope == "" || !strings.Contains(e.Hint, "leave the box ticked") {
		t.Errorf("says %q of the scope %q", e, e.Scope)
	}
}

func callOf(status int, body string) *transport.Call {
	return &transport.Call{Op: "read", Status: status, Body: []byte(body), Header: http.Header{}}
}

const told = `[{"error":{"code":400,"message":"See details.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",
	"errors":[{"errorCode":{CODE},"message":"It is so."}],"requestId":"x"}]}}]`

// The codes that the simulation does not meet, as Google writes them.
func TestCodesAreToldApart(t *testing.T) {
	for code, want := range map[string]connectors.Fault{
		`"authenticationError":"OAUTH_TOKEN_EXPIRED"`:                                      connectors.Denied,
		`"authenticationError":"OAUTH_TOKEN_REVOKED"`:                                      connectors.Denied,
		`"authenticationError":"NOT_ADS_USER"`:                                             connectors.Denied,
		`"authenticationError":"TWO_STEP_VERIFICATION_NOT_ENROLLED"`:                       connectors.Denied,
		`"authenticationError":"CUSTOMER_NOT_FOUND"`:                                       connectors.Forbidden,
		`"authorizationError":"METRIC_ACCESS_DENIED"`:                                      connectors.Forbidden,
		`"quotaError":"EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION"`:                    connectors.Throttled,
		`"quotaError":"ACCESS_PROHIBITED"`:                                                 connectors.Forbidden,
		`"queryError":"UNRECOGNIZED_FIELD"`:                                                connectors.Malformed,
		`"queryError":"DATE_RANGE_TOO_WIDE"`:                                               connectors.TooLarge,
		`"internalError":"DEADLINE_EXCEEDED"`:                                              connectors.Unavailable,
		`"headerError":"INVALID_LOGIN_CUSTOMER_ID"`:                                        connectors.Malformed,
		`"authorizationError":"INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION"`: connectors.Forbidden,
	} {
		if e := adstest.Fault(t, judge(callOf(400, strings.Replace(told, "CODE", code, 1))), want); !strings.Contains(e.Error(), "It is so.") {
			t.Errorf("%s says %q", code, e)
		}
	}
	if e := adstest.Fault(t, judge(callOf(429, strings.Replace(told, "CODE", `"quotaError":"EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION"`, 1))), connectors.Throttled); e.RetryAfter != 6*time.Hour || strings.Contains(e.Hint, "access level") {
		t.Errorf("says %q after %s", e, e.RetryAfter)
	}
	adstest.Fault(t, judge(callOf(400, `{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}`)), connectors.Malformed)
	adstest.Fault(t, judge(callOf(403, `{"error":{"code":403,"message":"Google Ads API has not been used in project 1 before or it is disabled. See https://console.example/","status":"PERMISSION_DENIED",
		"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED"}]}}`)), connectors.Forbidden)
}

func TestRowsThatWereNotAskedForAreRefused(t *testing.T) {
	good := `{"customer":{"id":"5550001111","currencyCode":"EUR","timeZone":"Europe/Berlin"},"campaign":{"id":"1"},"segments":{"date":"2026-11-10"},"metrics":{"costMicros":"5"}}`
	for name, c := range map[string][2]string{
		"good":             {good, ""},
		"another account":  {strings.Replace(good, "5550001111", "5550002222", 1), "555-000-2222"},
		"another currency": {strings.Replace(good, "EUR", "USD", 1), "USD"},
		"another zone":     {strings.Replace(good, "Berlin", "Paris", 1), "Paris"},
		"another day":      {strings.Replace(good, "2026-11-10", "2024-11-10", 1), "not asked for"},
		"no day":           {strings.Replace(good, "2026-11-10", "soon", 1), "not asked for"},
		"no campaign":      {strings.Replace(good, `"campaign":{"id":"1"},`, "", 1), "no campaign"},
		"no number":        {strings.Replace(good, `"5"`, `"five"`, 1), "cannot be read"},
		"no conversions":   {strings.Replace(good, `"5"`, `"5","conversions":"NaN"`, 1), ""},
	} {
		r := rigged(t, sim.Options{})
		acc := r.account(shops()[0], "")
		acc.Client = adstest.Says(http.StatusOK, `[{"results":[`+c[0]+`]}]`)
		h, err := r.spend(t, acc, 10)
		if name == "good" {
			if err != nil || h.HeldDays() != 1 {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if e := r.Refused(t, err, connectors.Malformed); !strings.Contains(e.Error(), c[1]) {
			t.Errorf("%s says %q", name, e)
		}
	}
}
