package google

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
	"fourfold/connectors/transport"
	"fourfold/internal/secret"
)

func TestConsentAsksForARefreshToken(t *testing.T) {
	a := Consent("Link", connectors.Scopes{Required: []string{"scope"}}, oauth.Bearer(nil, "api.example"))
	at, err := a.Begin(connectors.App{ClientID: "app", ClientSecret: secret.New("hush")}, connectors.Consent{Redirect: "https://me.example/", State: "n0nce", Verifier: "v"})
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(at)
	q := u.Query()
	if u.Host != AuthorizeHost || q.Get("access_type") != "offline" || q.Get("prompt") != "consent" || q.Get("scope") != "scope" || q.Get("code_challenge_method") != "S256" {
		t.Errorf("asks %s with %v", u.Host, q)
	}
}

func TestRefusalsMeanTheSameEverywhere(t *testing.T) {
	for body, want := range map[string]struct {
		fault connectors.Fault
		hint  string
		after time.Duration
	}{
		`{"error":{"code":401,"message":"Bad token.","status":"UNAUTHENTICATED"}}`:                                                                                                     {connectors.Denied, "link again", 0},
		`[{"error":{"code":403,"message":"No.","status":"PERMISSION_DENIED"}}]`:                                                                                                        {connectors.Forbidden, "give it access", 0},
		`{"error":{"code":403,"message":"Off.","status":"PERMISSION_DENIED","details":[{"@type":"x/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED","domain":"googleapis.com"}]}}`:    {connectors.Forbidden, "switch the API on", 0},
		`{"error":{"code":403,"message":"Scope.","status":"PERMISSION_DENIED","details":[{"@type":"x/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}`:             {connectors.Forbidden, "box ticked", 0},
		`{"error":{"code":429,"message":"Slow.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x/google.rpc.RetryInfo","retryDelay":"30.5s"},{"@type":"y","retryDelay":"soon"}]}}`: {connectors.Throttled, "", 30*time.Second + 500*time.Millisecond},
		`{"error":{"code":500,"message":"Oh.","status":"INTERNAL"}}`:                                                                                                                   {connectors.Unavailable, "", 0},
		`{"error":{"code":503,"message":"Oh.","status":"UNAVAILABLE"}}`:                                                                                                                {connectors.Unavailable, "", 0},
		`{"error":{"code":400,"message":"What?","status":"INVALID_ARGUMENT"}}`:                                                                                                         {connectors.Malformed, "", 0},
	} {
		s, ok := Refusal([]byte(body))
		if !ok {
			t.Fatalf("%s is no refusal", body)
		}
		var e *connectors.Error
		if err := Judge(&transport.Call{Status: s.Code, Body: []byte(body), Header: http.Header{}}, "v1", nil); !errors.As(err, &e) || e.Fault != want.fault || !strings.Contains(e.Hint, want.hint) || e.RetryAfter != want.after || !strings.Contains(e.Error(), s.Status) {
			t.Errorf("%s: %v after %v, want %+v", body, e, e.RetryAfter, want)
		}
	}
}

func TestWhatIsNoRefusalIsJudgedByItsStatus(t *testing.T) {
	for status, want := range map[int]connectors.Fault{200: "", 401: connectors.Denied, 429: connectors.Throttled, 502: connectors.Unavailable, 404: connectors.Malformed} {
		for _, body := range []string{"", "<html>", "[]", `[{"results":[]}]`, `"x"`} {
			err := Judge(&transport.Call{Status: status, Body: []byte(body), Header: http.Header{}}, "v1", nil)
			if f, _ := connectors.FaultOf(err); f != want {
				t.Errorf("%d %q is %v, want %q", status, body, err, want)
			}
		}
	}
}

func TestAProductReadsItsOwnRefusals(t *testing.T) {
	body := []byte(`{"error":{"code":403,"message":"No.","status":"PERMISSION_DENIED","details":[{"@type":"own","field":7}]}}`)
	err := Judge(&transport.Call{Status: 403, Body: body, Header: http.Header{}}, "v1", func(s Status) *connectors.Error {
		if string(s.Details[0].Raw) != `{"@type":"own","field":7}` {
			t.Errorf("the detail is %s", s.Details[0].Raw)
		}
		return connectors.Errorf(connectors.Malformed, "", "own")
	})
	if f, _ := connectors.FaultOf(err); f != connectors.Malformed {
		t.Errorf("got %v", err)
	}
}
