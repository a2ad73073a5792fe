package connectortest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
)

// toyHooks signs a body that is a shop's name and a customer's number. Its flaws are switched on to see that the suite finds them.
func (y *toy) toyHooks() (connectors.Connector, HooksCase) {
	c := y.connector()
	sign := func(app connectors.App, body []byte) string {
		mac := hmac.New(sha256.New, []byte(app.ClientSecret.Reveal()))
		mac.Write(body)
		return fmt.Sprintf("%x", mac.Sum(nil))
	}
	events := 0
	c.Hooks = &connectors.Hooks{
		Verify: func(app connectors.App, fields map[string]string, header http.Header, body []byte) (connectors.Hook, error) {
			if y.flaw != "believes anything" && header.Get("Sign") != sign(app, body) || app.ClientSecret.Empty() {
				return connectors.Hook{}, fmt.Errorf("%w: not signed", connectors.ErrHook)
			}
			shop, id, _ := strings.Cut(string(body), " ")
			if shop != fields["shop"] && y.flaw != "another's" {
				if y.flaw == "tells" {
					return connectors.Hook{}, fmt.Errorf("%w: %s", connectors.ErrHook, body)
				}
				return connectors.Hook{}, fmt.Errorf("%w: another's", connectors.ErrHook)
			}
			h := connectors.Hook{Event: header.Get("Event"), Topic: "customer", Objects: []connectors.Object{{Stream: "customers", ID: id}}}
			if y.flaw == "another event each time" {
				events++
				h.Event = fmt.Sprint(events)
			}
			if y.flaw == "hints at nothing there is" {
				h.Objects[0].Stream = "orders"
			}
			return h, nil
		},
		Subscribe: func(context.Context, connectors.Account, string) error { return nil },
	}
	c.Streams[0].Fetch = func(ctx context.Context, _ connectors.Account, ids []string, _ func(string) bool) (connectors.Fetched, error) {
		if err := ctx.Err(); err != nil && y.flaw != "goes on" {
			return connectors.Fetched{}, err
		}
		f := connectors.Fetched{ReadAt: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
		if y.flaw == "at no time" {
			f.ReadAt = time.Time{}
		}
		for _, id := range ids {
			var n int
			_, _ = fmt.Sscan(id, &n)
			switch {
			case y.flaw == "leaves one out" && n == 7:
			case y.flaw == "silent about what is gone" && n > toyCustomers:
			case n > toyCustomers:
				f.Records = append(f.Records, fact.Gone{Kind: fact.KindCustomer, ID: id})
			default:
				f.Records = append(f.Records, fact.Customer{ID: id})
			}
		}
		return f, nil
	}
	h := HooksCase{App: connectors.App{ClientID: "toy"}, Fields: map[string]string{"shop": "a"}, Whole: map[string][]string{}, Gone: map[string][]string{"customers": {"99"}}}
	if err := h.App.ClientSecret.UnmarshalText([]byte("hush")); err != nil {
		panic(err)
	}
	body := []byte("a 4711")
	h.Deliveries = []Delivery{{Header: http.Header{"Event": {"e1"}, "Sign": {sign(h.App, body)}}, Body: body}}
	for id := range toyCustomers {
		h.Whole["customers"] = append(h.Whole["customers"], fmt.Sprint(id+1))
	}
	return c, h
}

func TestExerciseHooks(t *testing.T) {
	y := &toy{}
	c, h := y.toyHooks()
	ExerciseHooks(t, Case{Connector: c, Account: y.account}, h)
}

func TestFlawsOfHooksAreFound(t *testing.T) {
	for flaw, want := range map[string]string{
		"believes anything":         "want ErrHook",
		"another's":                 "another login gave",
		"tells":                     "tells of the delivery",
		"another event each time":   "and then",
		"hints at nothing there is": "nothing can be fetched",
		"leaves one out":            "was left out",
		"silent about what is gone": "nothing was said of it",
		"at no time":                "at no time",
		"goes on":                   "context had ended",
	} {
		t.Run(flaw, func(t *testing.T) {
			y := &toy{flaw: flaw}
			c, h := y.toyHooks()
			r := y.rig()
			r.stream = c.Streams[0]
			whole, faults := r.checkWhole(t.Context())
			faults = append(faults, checkDelivery(c, h, h.Deliveries[0])...)
			faults = append(faults, checkFetch(t.Context(), r, whole, h.Whole["customers"], h.Gone["customers"])...)
			for _, err := range faults {
				if strings.Contains(err.Error(), want) {
					return
				}
			}
			t.Errorf("it was not found; the suite said %v", faults)
		})
	}
	y := &toy{}
	c, _ := y.toyHooks()
	c.Hooks.Subscribe, c.Streams[0].Fetch = nil, nil
	if faults := checkHooksDeclared(c); len(faults) != 2 {
		t.Errorf("found %v", faults)
	}
	c, _ = y.toyHooks()
	c.Hooks = nil
	if faults := checkHooksDeclared(c); len(faults) != 1 {
		t.Errorf("found %v", faults)
	}
}
