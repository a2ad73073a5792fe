package shopify

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// hookSubscription is one webhook subscription of the app.
type hookSubscription struct {
	id               int64
	topic, uri, name string // the topic as ORDERS_CREATE
	format           string
	fields           []string
	created, updated Instant
	failures         int // deliveries in a row that were given up
}

// hookScopes are those one of which a topic needs, by the part of it before the slash.
var hookScopes = map[string][]string{
	"orders": {"read_orders"}, "refunds": {"read_orders"}, "fulfillments": {"read_fulfillments"}, "customers": {"read_customers"},
	"products": {"read_products"}, "inventory_items": {"read_inventory", "read_products"}, "app": nil,
	"customers/merge": {"read_customer_merge"},
}

// topicName is a topic as deliveries name it.
func topicName(enum string) string {
	for _, two := range []string{"INVENTORY_ITEMS"} {
		if rest, ok := strings.CutPrefix(enum, two+"_"); ok {
			return strings.ToLower(two) + "/" + strings.ToLower(rest)
		}
	}
	kind, what, _ := strings.Cut(strings.ToLower(enum), "_")
	return kind + "/" + what
}

// hookPayload is what the mutations answer.
type hookPayload struct {
	sub     *hookSubscription
	deleted any
	errs    []userError
}

func hookFault(field, message string) hookPayload {
	return hookPayload{errs: []userError{{[]string{"webhookSubscription", field}, message, ""}}}
}

// takeHook checks an input and puts it into the subscription.
func (x *exec) takeHook(sub *hookSubscription, input map[string]any) *hookPayload {
	in := args(input)
	if in.has("uri") {
		u, err := url.Parse(in.str("uri"))
		if err != nil || u.Scheme != "https" || u.Host == "" {
			p := hookFault("uri", "Address protocol "+strings.SplitN(in.str("uri"), ":", 2)[0]+":// is not supported")
			return &p
		}
		sub.uri = in.str("uri")
	}
	if sub.uri == "" {
		p := hookFault("uri", "Address can't be blank")
		return &p
	}
	if in.has("format") {
		sub.format = in.str("format")
	}
	if in.has("includeFields") {
		sub.fields = in.list("includeFields")
	}
	if in.has("name") {
		sub.name = in.str("name")
	}
	sub.updated = x.now
	for _, other := range x.srv.hooks.subs {
		if other.id != sub.id && other.topic == sub.topic && other.uri == sub.uri {
			p := hookFault("uri", "Address for this topic has already been taken")
			return &p
		}
	}
	return nil
}

func (x *exec) createHook(a args) any {
	sub := &hookSubscription{topic: a.str("topic"), format: "JSON", created: x.now}
	name := topicName(sub.topic)
	kind, _, _ := strings.Cut(name, "/")
	scopes := hookScopes[kind]
	if own, ok := hookScopes[name]; ok {
		scopes = own
	}
	if len(scopes) > 0 && !x.tok.allowsAny(scopes) {
		return hookPayload{errs: []userError{{[]string{"topic"}, "You do not have permission to create or update webhooks with " + name + " topic.", ""}}}
	}
	b := x.srv.hooks
	b.mu.Lock()
	defer b.mu.Unlock()
	input, _ := a["webhookSubscription"].(map[string]any)
	if p := x.takeHook(sub, input); p != nil {
		return *p
	}
	b.last = max(b.last+1, 8_000_000_001)
	sub.id = b.last
	b.subs = append(b.subs, sub)
	return hookPayload{sub: sub.copy()}
}

func (x *exec) updateHook(a args) any {
	b := x.srv.hooks
	b.mu.Lock()
	defer b.mu.Unlock()
	sub := b.find(a.str("id"))
	if sub == nil {
		return hookPayload{errs: []userError{{[]string{"id"}, "Webhook subscription does not exist", ""}}}
	}
	changed := sub.copy()
	input, _ := a["webhookSubscription"].(map[string]any)
	if p := x.takeHook(changed, input); p != nil {
		return *p
	}
	*sub = *changed
	return hookPayload{sub: changed}
}

func (x *exec) deleteHook(a args) any {
	b := x.srv.hooks
	b.mu.Lock()
	defer b.mu.Unlock()
	sub := b.find(a.str("id"))
	if sub == nil {
		return hookPayload{errs: []userError{{[]string{"id"}, "Webhook subscription does not exist", ""}}}
	}
	b.drop(sub)
	return hookPayload{deleted: gid{"WebhookSubscription", sub.id}}
}

func (x *exec) hookPage(a args) any {
	b := x.srv.hooks
	b.mu.Lock()
	var rows []*hookSubscription
	topics := a.list("topics")
	for _, s := range b.subs {
		if (!a.has("uri") || s.uri == a.str("uri")) && (len(topics) == 0 || slices.Contains(topics, s.topic)) {
			rows = append(rows, s.copy())
		}
	}
	b.mu.Unlock()
	slices.SortFunc(rows, func(p, q *hookSubscription) int { return cmp.Compare(p.id, q.id) })
	return x.pageOf(len(rows), func(i int) any { return rows[i] }, func(i int) int64 { return rows[i].id }, a)
}

func (s *hookSubscription) copy() *hookSubscription {
	c := *s
	return &c
}

func hookFields() map[string]map[string]resolver {
	errs := of(func(p hookPayload) any { return list{len(p.errs), func(i int) any { return p.errs[i] }} })
	payload := map[string]resolver{
		"userErrors": errs,
		"webhookSubscription": of(func(p hookPayload) any {
			if p.sub == nil {
				return nil
			}
			return p.sub
		}),
	}
	return map[string]map[string]resolver{
		"WebhookSubscriptionCreatePayload": payload,
		"WebhookSubscriptionUpdatePayload": payload,
		"WebhookSubscriptionDeletePayload": {
			"deletedWebhookSubscriptionId": of(func(p hookPayload) any { return p.deleted }),
			"userErrors":                   errs,
		},
		"WebhookSubscription": {
			"createdAt":        of(func(s *hookSubscription) any { return s.created }),
			"format":           of(func(s *hookSubscription) any { return s.format }),
			"id":               of(func(s *hookSubscription) any { return gid{"WebhookSubscription", s.id} }),
			"includeFields":    of(func(s *hookSubscription) any { return s.fields }),
			"legacyResourceId": of(func(s *hookSubscription) any { return unsigned(s.id) }),
			"name":             of(func(s *hookSubscription) any { return text(s.name) }),
			"topic":            of(func(s *hookSubscription) any { return s.topic }),
			"updatedAt":        of(func(s *hookSubscription) any { return s.updated }),
			"uri":              of(func(s *hookSubscription) any { return s.uri }),
		},
	}
}
