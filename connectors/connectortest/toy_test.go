package connectortest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// toy is the smallest connector that keeps the contract: customers in pages of ten. Its flaws are switched on to see that the
// suite finds them.
type toy struct {
	flaw string
	mu   sync.Mutex
	turn int
}

const toyCustomers = 47

func (*toy) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	var after int
	if _, err := fmt.Sscanf(r.URL.Query().Get("after"), "%d", &after); err != nil {
		return nil, err
	}
	type answer struct{ IDs []int }
	a := answer{IDs: []int{}}
	for id := after + 1; id <= min(after+10, toyCustomers); id++ {
		a.IDs = append(a.IDs, id)
	}
	b, err := json.Marshal(a)
	return &http.Response{StatusCode: 200, Header: http.Header{"Date": {"Sat, 21 Nov 2026 08:00:00 GMT"}}, Body: io.NopCloser(strings.NewReader(string(b)))}, err
}

func toyJudge(_ context.Context, c *transport.Call) (transport.Budget, error) {
	e := &connectors.Error{Op: c.Op, Err: fmt.Errorf("HTTP %d", c.Status), RetryAfter: transport.RetryAfter(c.Header, time.Now())}
	switch {
	case c.Status == 200:
		return transport.Budget{}, nil
	case c.Status == 401:
		e.Fault = connectors.Denied
	case c.Status == 429:
		e.Fault = connectors.Throttled
	default:
		e.Fault = connectors.Unavailable
	}
	return transport.Budget{}, e
}

type toyCursor struct {
	After int
	Job   bool `json:",omitempty"`
}

func (y *toy) ask(ctx context.Context, acc connectors.Account, after int) ([]int, time.Time, error) {
	call := &transport.Call{Op: "read customers"}
	r, err := http.NewRequestWithContext(call.Context(ctx), http.MethodGet, fmt.Sprintf("https://toy.example/?after=%d", after), nil)
	if err != nil {
		return nil, time.Time{}, err
	}
	resp, err := (&http.Client{Transport: &transport.Transport{Base: acc.Client.Transport, Judge: toyJudge, Pacer: acc.Pacer}}).Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, time.Time{}, ctx.Err()
		}
		return nil, time.Time{}, transport.Cause(err)
	}
	defer resp.Body.Close()
	var a struct{ IDs *[]int }
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || a.IDs == nil {
		return nil, time.Time{}, connectors.Errorf(connectors.Malformed, call.Op, "no customers in the answer")
	}
	return *a.IDs, call.At, nil
}

func (y *toy) pull(ctx context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		fail := func(err error) { yield(connectors.Page{}, err) }
		var c toyCursor
		if y.flaw == "takes any cursor" {
			_ = json.Unmarshal(req.Cursor, &c)
		} else if err := req.Cursor.Decode(&c); err != nil {
			fail(err)
			return
		}
		if y.flaw == "leaves one out when resumed" && c.After > 0 {
			c.After++
		}
		for {
			ids, at, err := y.ask(ctx, acc, c.After)
			switch {
			case err != nil && y.flaw == "errors of its own":
				fail(errors.New("it did not work"))
				return
			case err != nil && y.flaw == "tells the address":
				fail(fmt.Errorf("https://toy.example/?token=1: %w", err))
				return
			case err != nil && y.flaw == "hides a stop":
				fail(connectors.Errorf(connectors.Unavailable, "read", "later"))
				return
			case err != nil:
				fail(err)
				return
			}
			y.mu.Lock()
			y.turn++
			turn := y.turn
			y.mu.Unlock()
			if y.flaw == "is told to wait" && turn%3 == 0 {
				fail(&connectors.Error{Fault: connectors.Throttled, RetryAfter: time.Millisecond})
				return
			}
			p := connectors.Page{ReadAt: at}
			for _, id := range ids {
				cust := fact.Customer{ID: fmt.Sprint(id), CreatedAt: at}
				switch {
				case y.flaw == "no key" && id == 3:
					cust.ID = ""
				case y.flaw == "another each time" && id == 3:
					cust.Orders = int64(turn)
				}
				p.Records = append(p.Records, cust)
				if y.flaw == "one record twice" && id == 3 {
					cust.Orders = 9
					p.Records = append(p.Records, cust)
				}
				c.After = id
			}
			if y.flaw == "no time of reading" {
				p.ReadAt = time.Time{}
			}
			last := len(ids) < 10
			if last {
				p.Proof = &connectors.Proof{Slice: "all", Started: at, Method: "pages", Version: "1", CompleteTo: at}
				switch y.flaw {
				case "no proof":
					p.Proof = nil
				case "proof of too little":
					p.Proof.Promised, p.Proof.Read = connectors.Count{Roots: 48}, connectors.Count{Roots: 47}
				case "proof of another version":
					p.Proof.Version = "2"
				case "never complete":
					p.Proof.CompleteTo = time.Time{}
				}
			}
			p.Next, _ = connectors.Encode(c)
			if y.flaw == "no cursor" {
				p.Next = nil
			}
			if !yield(p, nil) || last {
				return
			}
		}
	}
}

// authorise keeps the token from other hosts; authoriseAnybody does not. What the token is made of is no matter here.
func authorise[T any](r *http.Request, app connectors.App, fields map[string]string, token T) error {
	if r.URL.Host != "toy.example" {
		return errors.New("another host")
	}
	return authoriseAnybody(r, app, fields, token)
}

func authoriseAnybody[T any](r *http.Request, _ connectors.App, _ map[string]string, _ T) error {
	r.Header.Set("Token", "token")
	return nil
}

func (y *toy) connector() connectors.Connector {
	c := connectors.Connector{
		ID: "toy", Title: "Toy", Version: "1", Sunset: period.Date(2027, 1, 1),
		Auth:   []connectors.Auth{{Kind: connectors.AuthToken, Title: "token"}},
		Fields: []connectors.Field{{ID: "shop", Title: "Shop", Help: "its name", Check: func(v string) (string, error) { return v, nil }}},
		Accounts: func(context.Context, connectors.Grant) ([]connectors.AccountInfo, error) {
			return []connectors.AccountInfo{{ID: "1", Name: "Toy", Currency: "EUR", Zone: "Europe/Berlin"}}, nil
		},
		Probe: func(ctx context.Context, _ connectors.Account) ([]connectors.Capability, error) {
			return []connectors.Capability{{ID: "customers", Granted: true, Costs: "customers", Remedy: "ask"}}, ctx.Err()
		},
		Streams: []connectors.Stream{{ID: "customers", Title: "customers", Needs: []string{"customers"}, Pull: y.pull}},
	}
	c.Auth[0].Authorise = authorise
	return c
}

func (y *toy) account(*testing.T) connectors.Account {
	return connectors.Account{Grant: connectors.Grant{Fields: map[string]string{"shop": "a"}, Client: &http.Client{Transport: y}}, Now: time.Now}
}

func (y *toy) rig() *rig {
	return &rig{stream: y.connector().Streams[0], version: "1", has: func(string) bool { return true },
		open: func() connectors.Account { return y.account(nil) }}
}
