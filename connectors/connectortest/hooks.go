package connectortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
)

// Delivery is a webhook as the provider would send it.
type Delivery struct {
	Header http.Header
	Body   []byte
}

// HooksCase is what the test of a connector with webhooks hands in beside its Case.
type HooksCase struct {
	// App is the one whose secret signed the deliveries, and Fields the login that they are about.
	App    connectors.App
	Fields map[string]string
	// Deliveries are genuine ones, of as many topics as the test can make.
	Deliveries []Delivery
	// Whole lists, for streams whose objects a Fetch brings whole, the IDs of all that the account has.
	Whole map[string][]string
	// Gone lists IDs of objects that were never there, by stream.
	Gone map[string][]string
}

// checkHooksDeclared holds the parts of a connector's webhooks to come together.
func checkHooksDeclared(c connectors.Connector) (faults []error) {
	fetches := 0
	for _, s := range c.Streams {
		if s.Fetch != nil {
			fetches++
		}
	}
	switch {
	case c.Hooks == nil && fetches > 0:
		return []error{errors.New("streams can be fetched from, and no webhook hints at them")}
	case c.Hooks == nil:
		return nil
	}
	if c.Hooks.Verify == nil || c.Hooks.Subscribe == nil {
		faults = append(faults, errors.New("webhooks need verify and subscribe"))
	}
	if fetches == 0 {
		faults = append(faults, errors.New("there are webhooks, and no stream to fetch from after one"))
	}
	return faults
}

// checkDelivery holds the reading of one delivery to what the endpoint relies on: whatever is not the provider's word is refused, and the
// refusal tells nothing of it.
func checkDelivery(c connectors.Connector, h HooksCase, d Delivery) (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	hook, err := c.Hooks.Verify(h.App, h.Fields, d.Header, d.Body)
	if err != nil {
		return []error{fmt.Errorf("a genuine delivery was refused: %w", err)}
	}
	if hook.Event == "" || hook.Topic == "" {
		fault("a delivery must name its event and topic: %+v", hook)
	}
	if again, err := c.Hooks.Verify(h.App, h.Fields, d.Header, d.Body); err != nil || again.Event != hook.Event {
		fault("%s: the same delivery is event %q and then %q, %v", hook.Topic, hook.Event, again.Event, err)
	}
	for _, o := range hook.Objects {
		found := false
		for _, s := range c.Streams {
			found = found || s.ID == o.Stream && s.Fetch != nil
		}
		if !found || o.ID == "" {
			fault("%s hints at %q of stream %q, from which nothing can be fetched", hook.Topic, o.ID, o.Stream)
		}
	}
	refused := func(what string, app connectors.App, fields map[string]string, header http.Header, body []byte) {
		_, err := c.Hooks.Verify(app, fields, header, body)
		if !errors.Is(err, connectors.ErrHook) {
			fault("%s: %s gave %v, want ErrHook", hook.Topic, what, err)
			return
		}
		for _, o := range hook.Objects {
			if strings.Contains(err.Error(), o.ID) {
				fault("%s: %s: the refusal tells of the delivery: %v", hook.Topic, what, err)
			}
		}
	}
	for i := 0; i < len(d.Body); i += max(1, len(d.Body)/16) {
		body := bytes.Clone(d.Body)
		body[i] ^= 1
		refused(fmt.Sprintf("byte %d changed", i), h.App, h.Fields, d.Header, body)
	}
	refused("a body with something behind it", h.App, h.Fields, d.Header, append(bytes.Clone(d.Body), ' '))
	refused("no body", h.App, h.Fields, d.Header, nil)
	refused("no headers", h.App, h.Fields, http.Header{}, d.Body)
	refused("an app without a secret", connectors.App{}, h.Fields, d.Header, d.Body)
	other := connectors.App{ClientID: h.App.ClientID}
	if err := other.ClientSecret.UnmarshalText([]byte("another")); err != nil {
		return append(faults, err)
	}
	refused("another app's secret", other, h.Fields, d.Header, d.Body)
	elsewhere := maps.Clone(h.Fields)
	for name := range elsewhere {
		elsewhere[name] = "another"
	}
	refused("another login", h.App, elsewhere, d.Header, d.Body)
	return faults
}

// checkFetch reads objects by their IDs, and holds what comes to what a pull brought: whole is nil where that cannot be compared.
func checkFetch(ctx context.Context, r *rig, whole *outcome, ids, gone []string) (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	f, err := r.fetch(ctx, nil)
	if err != nil || len(f.Records) > 0 {
		fault("nothing was asked for: %d records, %v", len(f.Records), err)
	}
	if f, err = r.fetch(ctx, ids); err != nil {
		return append(faults, err)
	}
	if f.ReadAt.IsZero() {
		fault("the objects were read at no time")
	}
	held := newHoldings()
	faults = append(faults, held.add(connectors.Page{Records: f.Records, ReadAt: f.ReadAt})...)
	if whole != nil {
		for key := range whole.holdings.records {
			if _, found := held.records[key]; !found {
				fault("%s was left out", key)
			}
		}
	}
	for _, rec := range f.Records {
		if g, ok := rec.(fact.Gone); ok {
			fault("%s %s is said to be gone, and is there", g.Kind, g.ID)
		}
	}
	if f, err = r.fetch(ctx, gone); err != nil {
		return append(faults, fmt.Errorf("objects that are not there: %w", err))
	}
	said := map[string]bool{}
	for _, rec := range f.Records {
		g, ok := rec.(fact.Gone)
		if !ok {
			fault("what is not there came as %T", rec)
		}
		said[g.ID] = true
	}
	for _, id := range gone {
		if !said[id] {
			fault("%s is not there, and nothing was said of it", id)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if some := append(ids, gone...); len(some) == 0 {
		return faults
	} else if _, err := r.fetch(ended, some); !errors.Is(err, context.Canceled) {
		fault("a fetch whose context had ended gave %v", err)
	}
	return faults
}

// fetch waits where it is told to.
func (r *rig) fetch(ctx context.Context, ids []string) (connectors.Fetched, error) {
	for range maxRests {
		f, err := r.stream.Fetch(ctx, r.open(), ids, r.has)
		if fault, ok := connectors.FaultOf(err); !ok || fault != connectors.Throttled {
			return f, err
		}
		r.relax(ctx, max(connectors.RetryAfter(err), time.Millisecond))
	}
	return connectors.Fetched{}, errors.New("told to come back later without end")
}
