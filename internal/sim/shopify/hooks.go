package shopify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Webhooks say how deliveries travel and what goes wrong with them. The zero value delivers each once, at once, and in order for the
// most part.
type Webhooks struct {
	Client *http.Client // http.DefaultClient where nil
	// Compliance is the address that the app's configuration names for the topics of the law; none are sent where it is empty.
	Compliance string
	// Tries is how often a delivery is tried, and Pause how long after the first failure it is tried again; each pause is twice the one
	// before. Shopify tries 8 times more over 4 hours: so 9, and a second, where zero.
	Tries int
	Pause time.Duration
	// Enough is how many deliveries given up in a row cost a subscription: 1 where zero.
	Enough int

	Seed  uint64
	Twice float64       // the chance that a delivery comes again though it was answered
	Forge float64       // the chance that somebody without the secret sends one like it
	Late  time.Duration // deliveries wait up to so long, each for itself: so they come out of order
}

// HookStats count what became of deliveries.
type HookStats struct {
	Sent        int // requests, forged ones apart
	Taken       int // answered 2xx
	Refused     int // answered otherwise, or not at all
	GivenUp     int // deliveries that were tried as often as is done
	Forged      int // forged requests
	Believed    int // of these, answered 2xx
	Dropped     int // subscriptions deleted
	Subscribed  int // subscriptions there are
	Outstanding int // deliveries not done with
}

// delivery is one webhook on its way.
type delivery struct {
	sub   int64 // zero for the topics of the law
	uri   string
	topic string
	body  []byte
	event string
	at    time.Time
}

// hookBook holds the subscriptions and sends what happens.
type hookBook struct {
	srv   *Server
	mu    sync.Mutex
	subs  []*hookSubscription
	last  int64
	stats HookStats
	rng   *rand.Rand
	ctx   context.Context
	wg    sync.WaitGroup
	room  chan struct{} // requests at one time
}

func newHookBook(s *Server) *hookBook {
	o := &s.opts.Webhooks
	if o.Client == nil {
		o.Client = http.DefaultClient
	}
	if o.Tries == 0 {
		o.Tries = 9
	}
	if o.Pause == 0 {
		o.Pause = time.Second
	}
	if o.Enough == 0 {
		o.Enough = 1
	}
	return &hookBook{srv: s, rng: rand.New(rand.NewPCG(o.Seed, 0x400c)), room: make(chan struct{}, 16)}
}

func (b *hookBook) open(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ctx = ctx
}

// wait waits for what is on its way, once the context has ended.
func (b *hookBook) wait() {
	b.mu.Lock()
	ctx := b.ctx
	b.mu.Unlock() // whoever saw the context alive has started by now
	if ctx != nil {
		<-ctx.Done()
	}
	b.wg.Wait()
}

func (b *hookBook) find(id string) *hookSubscription {
	n, _ := parseGID(id, "WebhookSubscription")
	for _, s := range b.subs {
		if s.id == n {
			return s
		}
	}
	return nil
}

func (b *hookBook) drop(sub *hookSubscription) {
	b.subs = slices.DeleteFunc(b.subs, func(s *hookSubscription) bool { return s == sub })
}

// tell sends what happened to whoever subscribed to it.
func (b *hookBook) tell(all []happening) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range all {
		b.send(h)
	}
}

func (b *hookBook) send(h happening) {
	event := secret("", 16)
	for _, sub := range b.subs {
		if topicName(sub.topic) == h.topic {
			body := mustJSON(only(h.payload(b.srv.shop), sub.fields))
			b.post(delivery{sub.id, sub.uri, h.topic, body, event, b.srv.opts.Now()})
		}
	}
}

// uninstalled tells of the end, and forgets the subscriptions.
func (b *hookBook) uninstalled() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.send(happening{topic: "app/uninstalled", id: b.srv.shop.ID, at: b.srv.now()})
	b.subs = nil
}

// post starts a delivery, with what goes wrong with it.
func (b *hookBook) post(d delivery) {
	o := &b.srv.opts.Webhooks
	if b.ctx == nil || b.ctx.Err() != nil {
		return
	}
	times := 1
	if b.rng.Float64() < o.Twice {
		times = 2
	}
	for range times {
		b.start(b.delay(o.Late), func(ctx context.Context) { b.deliver(ctx, d) })
	}
	if b.rng.Float64() < o.Forge {
		b.start(b.delay(o.Late), func(ctx context.Context) { b.forge(ctx, d) })
	}
}

func (b *hookBook) delay(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(b.rng.Int64N(int64(most)))
}

func (b *hookBook) start(after time.Duration, do func(ctx context.Context)) {
	b.stats.Outstanding++
	b.wg.Go(func() {
		wait(b.ctx, after)
		do(b.ctx)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.stats.Outstanding--
	})
}

// deliver sends a delivery until it is taken or given up. The payload stays as it was.
func (b *hookBook) deliver(ctx context.Context, d delivery) {
	o := &b.srv.opts.Webhooks
	pause := o.Pause
	for try := range o.Tries {
		if try > 0 {
			wait(ctx, pause)
			pause *= 2
		}
		if ctx.Err() != nil {
			return
		}
		taken := b.request(ctx, d, SignHook(d.body, b.srv.opts.ClientSecret))
		b.mu.Lock()
		b.stats.Sent++
		if taken {
			b.stats.Taken++
		} else {
			b.stats.Refused++
		}
		if taken || try == o.Tries-1 {
			b.settle(d, taken)
			b.mu.Unlock()
			return
		}
		b.mu.Unlock()
	}
}

// settle notes how a delivery ended; a subscription that fails too often is deleted.
func (b *hookBook) settle(d delivery, taken bool) {
	if !taken {
		b.stats.GivenUp++
	}
	for _, s := range b.subs {
		if s.id != d.sub {
			continue
		}
		if s.failures++; taken {
			s.failures = 0
		}
		if s.failures >= b.srv.opts.Webhooks.Enough {
			b.drop(s)
			b.stats.Dropped++
		}
		return
	}
}

// forge sends what somebody would who knows all but the secret.
func (b *hookBook) forge(ctx context.Context, d delivery) {
	d.event = secret("", 16)
	believed := b.request(ctx, d, SignHook(d.body, "guessed"))
	d.body = bytes.Replace(d.body, []byte(`:`), []byte(`: `), 1)
	believed = b.request(ctx, d, SignHook(append(d.body, '!'), b.srv.opts.ClientSecret)) || believed
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stats.Forged += 2
	if believed {
		b.stats.Believed++
	}
}

func (b *hookBook) request(ctx context.Context, d delivery, signature string) bool {
	select {
	case b.room <- struct{}{}:
		defer func() { <-b.room }()
	case <-ctx.Done():
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second) // as long as Shopify waits for an answer
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.uri, bytes.NewReader(d.body))
	if err != nil {
		return false
	}
	r.Header = HookHeader(b.srv.shop.Domain, d.topic, d.event, d.at, signature)
	resp, err := b.srv.opts.Webhooks.Client.Do(r)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	return resp.StatusCode/100 == 2
}

// SignHook is the signature of a webhook's body.
func SignHook(body []byte, secret string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// HookHeader are the headers of a delivery.
func HookHeader(shop, topic, event string, at time.Time, signature string) http.Header {
	return http.Header{
		"Content-Type": {"application/json"}, "X-Shopify-Topic": {topic}, "X-Shopify-Shop-Domain": {shop}, "X-Shopify-Api-Version": {Version},
		"X-Shopify-Webhook-Id": {secret("", 16)}, "X-Shopify-Event-Id": {event}, "X-Shopify-Triggered-At": {at.UTC().Format(time.RFC3339Nano)},
		"X-Shopify-Hmac-Sha256": {signature},
	}
}

// Comply sends a request of the law: customers/data_request, customers/redact or shop/redact.
func (s *Server) Comply(topic string, customer int64, orders ...int64) {
	body := map[string]any{"shop_id": s.shop.ID, "shop_domain": s.shop.Domain}
	if orders == nil {
		orders = []int64{}
	}
	if strings.HasPrefix(topic, "customers/") {
		body["customer"] = map[string]any{"id": customer, "email": PersonalMark + "@example.com", "phone": PersonalMark}
	}
	switch topic {
	case "customers/data_request":
		body["orders_requested"], body["data_request"] = orders, map[string]any{"id": 1}
	case "customers/redact":
		body["orders_to_redact"] = orders
	}
	b := s.hooks
	b.mu.Lock()
	defer b.mu.Unlock()
	if uri := s.opts.Webhooks.Compliance; uri != "" {
		b.post(delivery{0, uri, topic, mustJSON(body), secret("", 16), s.opts.Now()})
	}
}

// SetCompliance names the address of the topics of the law, as the app's configuration does.
func (s *Server) SetCompliance(uri string) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.opts.Webhooks.Compliance = uri
}

// Hooks counts what became of deliveries so far.
func (s *Server) Hooks() HookStats {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	stats := s.hooks.stats
	stats.Subscribed = len(s.hooks.subs)
	return stats
}

// Delivered waits until every delivery is done with, or ctx ends.
func (s *Server) Delivered(ctx context.Context) error {
	for s.Hooks().Outstanding > 0 {
		wait(ctx, 5*time.Millisecond)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
