package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
)

// verifyHook checks a delivery. Shopify signs the body alone: so the topic, which is a header, is believed only as far as the body has
// that topic's shape, and of what cannot be read again the body must name the shop.
func verifyHook(app connectors.App, fields map[string]string, header http.Header, body []byte) (connectors.Hook, error) {
	if !signed(app, header.Get("X-Shopify-Hmac-Sha256"), body) {
		return connectors.Hook{}, badHook("its signature is not valid")
	}
	if !strings.EqualFold(header.Get("X-Shopify-Shop-Domain"), fields[fieldShop]) {
		return connectors.Hook{}, badHook("it is for another shop")
	}
	h := connectors.Hook{Topic: header.Get("X-Shopify-Topic")}
	event := header.Get("X-Shopify-Event-Id")
	if event == "" {
		event = header.Get("X-Shopify-Webhook-Id")
	}
	if event == "" || len(event) > 100 || len(h.Topic) > 100 {
		return connectors.Hook{}, badHook("it names no event")
	}
	h.At, _ = time.Parse(time.RFC3339, header.Get("X-Shopify-Triggered-At"))
	h.At = h.At.UTC()
	var err error
	if h.Privacy, err = privacyOf(h.Topic, fields[fieldShop], body); err != nil {
		return connectors.Hook{}, err
	}
	if i := slices.IndexFunc(topics, func(t topic) bool { return t.name == h.Topic }); i >= 0 {
		if h.Objects, err = topics[i].read(body); err != nil {
			return connectors.Hook{}, badHook("its " + err.Error())
		}
		h.Account = h.Topic == topicUninstalled
	}
	// One event of the shop may be sent under several topics, and be about several objects of one.
	told := fmt.Sprint(event, " ", h.Topic, h.Objects)
	if h.Privacy != nil {
		told += " " + h.Privacy.Customer
	}
	// As a hash, since the name of an event is kept for days, and a customer's ID must not be.
	sum := sha256.Sum256([]byte(told))
	h.Event = base64.RawURLEncoding.EncodeToString(sum[:18])
	return h, nil
}

// signed says whether the signature is that of the body, without telling by its time how much of it is right.
func signed(app connectors.App, signature string, body []byte) bool {
	given, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || app.ClientSecret.Empty() {
		return false
	}
	mac := hmac.New(sha256.New, []byte(app.ClientSecret.Reveal()))
	mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}

func badHook(why string) error { return fmt.Errorf("%w: %s", connectors.ErrHook, why) }

// privacyOf reads a request of the law; nil for all other topics. Of the customer only the ID is read.
func privacyOf(topic, shop string, body []byte) (*connectors.Privacy, error) {
	kind, ok := map[string]connectors.PrivacyKind{
		"customers/data_request": connectors.PrivacyData, "customers/redact": connectors.PrivacyCustomer, "shop/redact": connectors.PrivacyAccount,
	}[topic]
	if !ok {
		return nil, nil
	}
	var told struct {
		Shop     string `json:"shop_domain"`
		Customer *struct {
			ID json.RawMessage `json:"id"`
		} `json:"customer"`
		Requested []json.RawMessage `json:"orders_requested"`
		Redacted  []json.RawMessage `json:"orders_to_redact"`
	}
	if json.Unmarshal(body, &told) != nil || !strings.EqualFold(told.Shop, shop) {
		return nil, badHook("it is not about this shop")
	}
	// A customer's request under the header of the shop's would erase the shop.
	if (kind == connectors.PrivacyAccount) != (told.Customer == nil) || (kind == connectors.PrivacyCustomer) != (told.Redacted != nil) {
		return nil, badHook("it has not the shape of its topic")
	}
	p := &connectors.Privacy{Kind: kind}
	if told.Customer == nil {
		return p, nil
	}
	var err error
	if p.Customer, err = numberOf(told.Customer.ID); err != nil {
		return nil, badHook("its customer's " + strings.TrimPrefix(err.Error(), "its "))
	}
	for _, raw := range append(told.Requested, told.Redacted...) {
		id, err := numberOf(raw)
		if err != nil {
			return nil, badHook("an order's " + strings.TrimPrefix(err.Error(), "its "))
		}
		p.Orders = append(p.Orders, id)
	}
	return p, nil
}
