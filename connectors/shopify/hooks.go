package shopify

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fourfold/connectors"
)

// hooks of a shop. The compliance topics cannot be subscribed to here: they are set in the app's own configuration.
var hooks = &connectors.Hooks{Verify: verifyHook, Subscribe: subscribe}

// subscription is one as Shopify holds it.
type subscription struct {
	ID     string   `json:"id"`
	Topic  string   `json:"topic"`
	Format string   `json:"format"`
	Fields []string `json:"includeFields"`
}

// subscribe sees to it that every topic that the grant allows is sent to the address. One that Shopify refuses keeps none of the others
// back.
func subscribe(ctx context.Context, acc connectors.Account, address string) error {
	c, err := newClient(acc, nil)
	if err != nil {
		return err
	}
	q := &asker{c: c, has: func(string) bool { return true }}
	there, err := subscriptions(ctx, q, address)
	if err != nil {
		return err
	}
	var refused []error
	for i := range topics {
		t := &topics[i]
		if !t.allowed(acc.Scopes) {
			continue
		}
		vars := map[string]any{"hook": map[string]any{"uri": address, "format": "JSON", "includeFields": t.fields}}
		document := "hooks_create"
		if old, ok := there[t.enum()]; ok {
			if old.as(t) {
				continue
			}
			document, vars["id"] = "hooks_update", old.ID
		} else {
			vars["topic"] = t.enum()
		}
		err := change(ctx, q, document, t.name, vars)
		if fault, ok := connectors.FaultOf(err); err != nil && (!ok || fault != connectors.Malformed && fault != connectors.Forbidden) {
			return err
		}
		refused = append(refused, err)
	}
	return errors.Join(refused...)
}

// subscriptions lists what is sent to the address, by topic.
func subscriptions(ctx context.Context, q *asker, address string) (map[string]subscription, error) {
	there := map[string]subscription{}
	vars := map[string]any{"uri": address}
	var out struct {
		Hooks *page[subscription] `json:"webhookSubscriptions"`
	}
	if err := q.ask(ctx, "hooks_list", vars, &out); err != nil {
		return nil, err
	}
	err := drain(out.Hooks, func(s *subscription) error {
		there[s.Topic] = *s
		return nil
	}, func(after string) (*page[subscription], error) {
		vars["after"], out.Hooks = after, nil
		err := q.ask(ctx, "hooks_list", vars, &out)
		return out.Hooks, err
	})
	return there, err
}

// as says whether the subscription is as the topic is declared.
func (s *subscription) as(t *topic) bool {
	sorted := func(list []string) []string { return slices.Sorted(slices.Values(list)) }
	return s.Format == "JSON" && slices.Equal(sorted(s.Fields), sorted(t.fields))
}

func change(ctx context.Context, q *asker, document, what string, vars map[string]any) error {
	var out struct {
		Done *struct {
			UserErrors []struct {
				Message string `json:"message"`
			} `json:"userErrors"`
		} `json:"done"`
	}
	if err := q.ask(ctx, document, vars, &out); err != nil {
		return err
	}
	op := "subscribe to " + what
	if out.Done == nil {
		return connectors.Errorf(connectors.Malformed, op, "the answer says nothing")
	}
	var said []string
	for _, e := range out.Done.UserErrors {
		said = append(said, clean(e.Message))
	}
	if len(said) > 0 {
		return connectors.Errorf(connectors.Malformed, op, "Shopify refused: %s", strings.Join(said, "; "))
	}
	return nil
}
