package shopify

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fourfold/connectors"
)

const costs = `"extensions":{"cost":{"requestedQueryCost":101,"actualQueryCost":46,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":1954,"restoreRate":100}}}`

var errReset = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}

func TestClientAnswer(t *testing.T) {
	f := &fakeShop{steps: []step{says(200, `{"data":{"shop":{"name":"A"}},`+costs+`}`)}}
	var out struct{ Shop struct{ Name string } }
	rep, err := f.client(t).do(t.Context(), "read", "query($first:Int){shop{name}}", map[string]any{"first": 5}, &out)
	if err != nil {
		t.Fatal(err)
	}
	if out.Shop.Name != "A" || rep.Version != apiVersion || rep.Cost.Requested != 101 || *rep.Cost.Actual != 46 || rep.Cost.Throttle.Available != 1954 {
		t.Errorf("got %+v, %+v", out, rep)
	}
	if rep.At.Format(time.RFC3339) != "2026-11-21T08:00:00Z" {
		t.Errorf("the provider's time is %s", rep.At)
	}
	s := f.seen[0]
	if s.Method != "POST" || s.Host != "some-shop.myshopify.com" || s.Path != "/admin/api/2026-10/graphql.json" || s.variables(t)["first"] != 5.0 {
		t.Errorf("asked %+v", s)
	}
}

// What Shopify says, by the shapes of its answers, and what is to be made of it.
func TestClientFaults(t *testing.T) {
	throttled := `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":600,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":1000,"currentlyAvailable":100,"restoreRate":100}}}}`
	internal := `{"errors":[{"message":"Internal error. Looks like something went wrong on our end. Request ID: 1","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`
	ok := says(200, `{"data":{"a":"1"},`+costs+`}`)
	const read, write = "query{a}", "# does it\nmutation Run{a}"
	cases := []struct {
		name     string
		document string
		steps    []step
		sent     int
		fault    connectors.Fault
		check    func(t *testing.T, err error, a *string)
	}{
		{"throttled, then not", read, []step{says(200, throttled), ok}, 2, "", nil},
		{"a mutation throttled, then not: nothing had been done", write, []step{says(200, throttled), ok}, 2, "", nil},
		{"429, then not", read, []step{says(429, "", "Retry-After", "2"), ok}, 2, "", nil},
		{"430, then not", read, []step{says(430, ""), ok}, 2, "", nil},
		{"502 with HTML, then not", read, []step{says(502, "<html><body>Bad gateway"), ok}, 2, "", nil},
		{"200 with HTML, then not", read, []step{says(200, "<html>"), ok}, 2, "", nil},
		{"reset, then not", read, []step{loses(errReset), ok}, 2, "", nil},
		{"internal error, then not", read, []step{says(200, internal), ok}, 2, "", nil},
		{"internal error for good", read, []step{says(200, internal)}, 5, connectors.Unavailable, nil},
		{"a mutation lost on a reset is not sent again", write, []step{loses(errReset), ok}, 1, connectors.Unavailable, nil},
		{"a mutation lost on a 502 is not sent again", write, []step{says(502, "<html>"), ok}, 1, connectors.Unavailable, nil},
		{"a mutation lost on an internal error is not sent again", write, []step{says(200, internal), ok}, 1, connectors.Unavailable, nil},
		{"query too dear", read, []step{says(200, `{"errors":[{"message":"Query cost is 2402, which exceeds the single query max cost limit (1000).","extensions":{"code":"MAX_COST_EXCEEDED","cost":2402,"maxCost":1000}}]}`)}, 1, connectors.TooLarge,
			func(t *testing.T, err error, _ *string) {
				var dear *costError
				if !errors.As(err, &dear) || dear.Cost != 2402 || dear.Max != 1000 {
					t.Errorf("the cause is %v", err)
				}
			}},
		{"a scope is missing, the rest is there", read, []step{says(200, `{"data":{"a":"1","users":null},"errors":[{"message":"Access denied for users field. Required access: `+"`read_users` access scope"+`.","path":["users"],"extensions":{"code":"ACCESS_DENIED","requiredAccess":"`+"`read_users` access scope"+`."}}],`+costs+`}`)}, 1, connectors.Forbidden,
			func(t *testing.T, err error, a *string) {
				var e *connectors.Error
				if !errors.As(err, &e) || e.Scope != "read_users" {
					t.Errorf("the scope is not named: %v", err)
				}
				if *a != "1" {
					t.Error("the rest of the data is lost")
				}
			}},
		{"protected data", read, []step{says(200, `{"data":{"a":null},"errors":[{"message":"This app is not approved to access the Order object. See https://shopify.dev/docs/apps/launch/protected-customer-data for more details.","path":["a"]}]}`)}, 1, connectors.Forbidden, nil},
		{"a field that is gone outweighs a scope", read, []step{says(200, `{"errors":[{"message":"Access denied","extensions":{"code":"ACCESS_DENIED"}},{"message":"Field 'b' doesn't exist on type 'QueryRoot'","extensions":{"code":"undefinedField"}}]}`)}, 1, connectors.Malformed, nil},
		{"inactive shop", read, []step{says(200, `{"errors":[{"message":"inactive","extensions":{"code":"SHOP_INACTIVE"}}]}`)}, 1, connectors.Unavailable, isFrozen},
		{"frozen shop", read, []step{says(402, `{"errors":"Unavailable Shop"}`)}, 1, connectors.Unavailable, isFrozen},
		{"locked shop", read, []step{says(423, `{"errors":"Locked"}`)}, 1, connectors.Unavailable, isFrozen},
		{"dead token", read, []step{says(401, `{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}`)}, 1, connectors.Denied, nil},
		{"forbidden", read, []step{says(403, ``)}, 1, connectors.Forbidden, nil},
		{"no such shop", read, []step{says(404, `{"errors":"Not Found"}`)}, 1, connectors.Malformed, nil},
		{"sent elsewhere", read, []step{says(302, ``, "Location", "https://evil.example/")}, 1, connectors.Malformed, nil},
		{"another version answered", read, []step{says(200, `{"data":{"a":"1"},`+costs+`}`, "X-Shopify-API-Version", "2027-01")}, 1, connectors.Malformed,
			func(t *testing.T, err error, a *string) {
				var v *versionError
				if !errors.As(err, &v) || v.Answered != "2027-01" || *a != "" {
					t.Errorf("got %v and %q", err, *a)
				}
			}},
		{"a filter that is not understood", read, []step{says(200, `{"data":{"a":"1"},"extensions":{"search":[{"path":["orders"],"query":"bogus:1","warnings":[{"field":"bogus","message":"Invalid search field for this query.","code":"invalid_field"}]}]}}`)}, 1, connectors.Malformed,
			func(t *testing.T, err error, _ *string) {
				var s *searchError
				if !errors.As(err, &s) || s.Warnings[0].Field != "bogus" {
					t.Errorf("got %v", err)
				}
			}},
		{"no data", read, []step{says(200, `{"data":null}`)}, 1, connectors.Malformed, nil},
		{"data of another shape", read, []step{says(200, `{"data":{"a":{}}}`)}, 1, connectors.Malformed, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeShop{steps: c.steps}
				var out struct{ A string }
				_, err := f.client(t).do(t.Context(), "ask", c.document, nil, &out)
				if fault, _ := connectors.FaultOf(err); fault != c.fault {
					t.Fatalf("got fault %q (%v), want %q", fault, err, c.fault)
				}
				if err == nil && out.A != "1" {
					t.Errorf("got %q", out.A)
				}
				if len(f.seen) != c.sent {
					t.Errorf("sent %d times, want %d", len(f.seen), c.sent)
				}
				if c.check != nil {
					c.check(t, err, &out.A)
				}
			})
		})
	}
}

func isFrozen(t *testing.T, err error, _ *string) {
	if connectors.RetryAfter(err) < time.Hour {
		t.Errorf("a frozen store is asked again after %s", connectors.RetryAfter(err))
	}
}

func TestClientWaitsForWhatThrottleStatusSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeShop{steps: []step{
			says(200, `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":600,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":1000,"currentlyAvailable":100,"restoreRate":100}}}}`),
			says(200, `{"data":{"a":"1"},"extensions":{"cost":{"requestedQueryCost":600,"actualQueryCost":500,"throttleStatus":{"maximumAvailable":1000,"currentlyAvailable":101,"restoreRate":100}}}}`),
		}}
		c := f.client(t)
		begin := time.Now()
		for _, want := range []time.Duration{5 * time.Second, 10 * time.Second, 15 * time.Second} {
			if _, err := c.do(t.Context(), "ask", "query{a}", nil, nil); err != nil {
				t.Fatal(err)
			}
			if d := time.Since(begin).Round(50 * time.Millisecond); d < want || d > want+50*time.Millisecond {
				t.Errorf("answered after %s, want %s", d, want)
			}
		}
		if len(f.seen) != 4 {
			t.Errorf("sent %d requests, want 4: only the first was to be throttled", len(f.seen))
		}
	})
}

// Reports have a budget of their own, of a minute's windows: the points suffice, and yet the answer is THROTTLED.
func TestClientWaitsForTheBudgetOfReports(t *testing.T) {
	spent := func(resets string) step {
		return says(200, `{"errors":[{"message":"ShopifyQL rate limit exceeded.","extensions":{"code":"THROTTLED"}}],"extensions":{
			"cost":{"requestedQueryCost":3,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":1990,"restoreRate":100}},
			"shopifyqlCost":{"requestedQueryCost":10,"currentlyAvailable":0,"maximumAvailable":1000,"windowResetAt":`+resets+`}}}`)
	}
	for resets, want := range map[string]time.Duration{`"2026-11-21T08:00:12Z"`: 12 * time.Second, `1763712012`: time.Second, `null`: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeShop{steps: []step{spent(resets), says(200, `{"data":{"a":"1"},`+costs+`}`)}}
			begin := time.Now()
			if _, err := f.client(t).do(t.Context(), "ask", "query{a}", nil, nil); err != nil || time.Since(begin) != want {
				t.Errorf("resets at %s: answered after %s, want %s: %v", resets, time.Since(begin), want, err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		f := &fakeShop{steps: []step{spent(`"2026-11-21T08:00:50Z"`)}}
		_, err := f.client(t).do(t.Context(), "ask", "query{a}", nil, nil)
		if fault, _ := connectors.FaultOf(err); fault != connectors.Throttled || connectors.RetryAfter(err) != 50*time.Second || len(f.seen) != 1 {
			t.Errorf("a window that lasts longer than is waited here gave %v", err)
		}
	})
}

func TestClientStopsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f := &fakeShop{steps: []step{says(503, "", "Retry-After", "20")}}
		begin := time.Now()
		_, err := f.client(t).do(ctx, "ask", "query{a}", nil, nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("got %v after %s", err, time.Since(begin))
		}
	})
}

const link = "https://storage.googleapis.com/bulk/1?X-Goog-Signature=s3cret"

func TestDownload(t *testing.T) {
	const content = "one\ntwo\nthree\n"
	for offset := range int64(len(content) + 1) {
		f := &fakeShop{steps: []step{file(content, 0)}}
		body, size, err := f.client(t).download(t.Context(), link, offset)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(body)
		if err != nil || string(b) != content[offset:] || size != int64(len(content)) {
			t.Errorf("from %d: got %q of %d, %v", offset, b, size, err)
		}
		_ = body.Close()
		if f.seen[0].Header.Get(tokenHeader) != "" || f.seen[0].Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("sent %v", f.seen[0].Header)
		}
	}
}

func TestDownloadFromAServerThatKnowsNoRanges(t *testing.T) {
	f := &fakeShop{steps: []step{func(r *http.Request, b []byte) (*http.Response, error) {
		r.Header.Del("Range")
		return file("one\ntwo\n", 0)(r, b)
	}}}
	body, size, err := f.client(t).download(t.Context(), link, 4)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); err != nil || string(b) != "two\n" || size != 8 {
		t.Errorf("got %q of %d, %v", b, size, err)
	}
}

func TestDownloadFaults(t *testing.T) {
	cases := []struct {
		name  string
		link  string
		from  int64
		steps []step
		sent  int
		fault connectors.Fault
		cause error
	}{
		{"5xx and a reset, then the file", link, 0, []step{says(503, ""), loses(errReset), file("one\n", 0)}, 3, "", nil},
		{"5xx for good", link, 0, []step{says(503, "")}, 5, connectors.Unavailable, nil},
		{"a link that is no longer good", link, 0, []step{says(403, "<Error>Request has expired")}, 1, connectors.Unavailable, errLinkExpired},
		{"a file that has shrunk", link, 9, []step{file("one\n", 0)}, 1, connectors.Malformed, nil},
		{"the wrong part of the file", link, 9, []step{says(206, "x", "Content-Range", "bytes 0-3/4")}, 1, connectors.Malformed, nil},
		{"cleartext", "http://storage.googleapis.com/x", 0, []step{file("one\n", 0)}, 0, connectors.Malformed, nil},
		{"no link", "", 0, []step{file("one\n", 0)}, 0, connectors.Malformed, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeShop{steps: c.steps}
				body, _, err := f.client(t).download(t.Context(), c.link, c.from)
				if fault, _ := connectors.FaultOf(err); fault != c.fault || len(f.seen) != c.sent {
					t.Fatalf("got %v after %d requests, want %q after %d", err, len(f.seen), c.fault, c.sent)
				}
				if c.cause != nil && !errors.Is(err, c.cause) {
					t.Errorf("the cause of %v is not %v", err, c.cause)
				}
				if err != nil && strings.Contains(err.Error(), "s3cret") {
					t.Errorf("the error tells the link: %v", err)
				}
				if err == nil {
					_ = body.Close()
				}
			})
		})
	}
}

func TestDownloadThatBreaksOffIsNoEndOfFile(t *testing.T) {
	f := &fakeShop{steps: []step{file("one\ntwo\nthree\n", 6), file("one\ntwo\nthree\n", 0)}}
	c := f.client(t)
	body, _, err := c.download(t.Context(), link, 0)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(body)
	if fault, _ := connectors.FaultOf(err); fault != connectors.Unavailable || string(b) != "one\ntw" {
		t.Fatalf("read %q, then %v", b, err)
	}
	_ = body.Close()
	if body, _, err = c.download(t.Context(), link, int64(len(b))); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(body); err != nil || string(rest) != "o\nthree\n" {
		t.Errorf("went on with %q, %v", rest, err)
	}
}

// silent is a body that brings nothing until its request is given up.
type silent struct{ r *http.Request }

func (s silent) Read([]byte) (int, error) { <-s.r.Context().Done(); return 0, s.r.Context().Err() }
func (silent) Close() error               { return nil }

func TestDownloadThatStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeShop{steps: []step{func(r *http.Request, _ []byte) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: silent{r}, ContentLength: -1}, nil
		}}}
		body, _, err := f.client(t).download(t.Context(), link, 0)
		if err != nil {
			t.Fatal(err)
		}
		// Whoever reads may take his time; only a read that waits too long is given up.
		time.Sleep(time.Hour)
		begin := time.Now()
		_, err = body.Read(make([]byte, 1))
		if fault, _ := connectors.FaultOf(err); fault != connectors.Unavailable || time.Since(begin) != stalled {
			t.Errorf("got %v after %s", err, time.Since(begin))
		}
	})
}
