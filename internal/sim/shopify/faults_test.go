package shopify

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const pageOfOrders = `{ orders(first: 5) { nodes { id cancelReason customer { id } } } }`

// Each fault strikes as often as it was told to, and after it the same request is answered.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults Faults
		hurt   func(resp *http.Response, body []byte, err error) bool
	}{
		{"429", Faults{TooMany: Chance{Count: 2}}, func(r *http.Response, _ []byte, err error) bool {
			return err == nil && r.StatusCode == http.StatusTooManyRequests && r.Header.Get("Retry-After") != ""
		}},
		{"5xx with HTML", Faults{Broken: Chance{Count: 2}}, func(r *http.Response, b []byte, err error) bool {
			return err == nil && r.StatusCode >= http.StatusInternalServerError && strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") && strings.HasPrefix(string(b), "<!DOCTYPE html>")
		}},
		{"reset", Faults{Reset: Chance{Count: 2}}, func(_ *http.Response, _ []byte, err error) bool { return err != nil }},
		{"cut reply", Faults{CutReply: Chance{Count: 2}}, func(_ *http.Response, b []byte, err error) bool {
			return err != nil && !json.Valid(b)
		}},
		{"throttled", Faults{Throttled: Chance{Count: 2}}, func(r *http.Response, b []byte, err error) bool {
			return err == nil && r.StatusCode == http.StatusOK && strings.Contains(string(b), `"THROTTLED"`) && !strings.Contains(string(b), `"data"`)
		}},
		{"internal error", Faults{Internal: Chance{Count: 2}}, func(r *http.Response, b []byte, err error) bool {
			return err == nil && r.StatusCode == http.StatusOK && strings.Contains(string(b), `"INTERNAL_SERVER_ERROR"`) && !strings.Contains(string(b), `"data"`)
		}},
		{"partial data", Faults{Partial: Chance{Count: 2}}, func(r *http.Response, b []byte, err error) bool {
			return err == nil && strings.Contains(string(b), `"data":{"orders":{"nodes":[{`) && strings.Contains(string(b), `"errors":[{"message":"Internal error`)
		}},
		{"slow", Faults{Slow: Chance{Count: 2}, SlowBy: 60 * time.Millisecond}, func(r *http.Response, _ []byte, err error) bool {
			return err == nil && r.StatusCode == http.StatusOK && r.Header.Get("X-Took-Long") != ""
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := raise(t, rich(t, 10), Options{})
			s.srv.SetFaults(c.faults)
			for i, wantHurt := range []bool{true, true, false} {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://tea.myshopify.com/admin/api/2026-10/graphql.json",
					strings.NewReader(string(mustJSON(map[string]any{"query": pageOfOrders}))))
				if err != nil {
					t.Fatal(err)
				}
				// A body that cannot be sent again, so that the client does not hide a reset by trying once more.
				req.GetBody = nil
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("X-Shopify-Access-Token", s.token)
				begun := time.Now()
				resp, err := s.client.Do(req)
				var body []byte
				if err == nil {
					body, err = io.ReadAll(resp.Body)
					resp.Body.Close()
					if time.Since(begun) >= 60*time.Millisecond {
						resp.Header.Set("X-Took-Long", "1")
					}
				}
				if hurt := c.hurt(resp, body, err); hurt != wantHurt {
					t.Errorf("request %d: hurt %v, want %v: %.300s %v", i, hurt, wantHurt, body, err)
				}
				if !wantHurt && (err != nil || !strings.Contains(string(body), `"data":{"orders"`)) {
					t.Errorf("after the fault: %.300s %v", body, err)
				}
			}
		})
	}
}

// One seed gives one course of events.
func TestFaultsAreDeterministic(t *testing.T) {
	course := func(seed uint64) (out string) {
		s := raise(t, rich(t, 3), Options{RestoreRate: 1000})
		s.srv.SetFaults(Faults{Seed: seed, Internal: Chance{P: 0.3}, Throttled: Chance{P: 0.2}})
		for range 40 {
			out += s.ask(`{ shop { name } }`, nil).code() + " "
		}
		return out
	}
	one := course(1)
	if one != course(1) {
		t.Error("the same seed gave another course")
	}
	if one == course(2) || !strings.Contains(one, "THROTTLED") || !strings.Contains(one, "INTERNAL") {
		t.Errorf("seeds do not matter: %s", one)
	}
}
