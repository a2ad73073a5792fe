package link

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

// pendingOwner is what a pending link is sealed for: neither a grant nor anything else opens as one.
const pendingOwner = "pending link"

// keptPending is a pending link at rest. Its merchant and its session's state are inside the seal.
type keptPending struct {
	URL            string            `json:"url"`
	Merchant       int64             `json:"merchant"`
	Connector      string            `json:"connector"`
	ClientID       string            `json:"client_id"`
	ClientSecret   string            `json:"client_secret"`
	DeveloperToken string            `json:"developer_token,omitempty"`
	Fields         map[string]string `json:"fields"`
	Redirect       string            `json:"redirect"`
	State          string            `json:"state"`
	Verifier       string            `json:"verifier"`
	Began          time.Time         `json:"began"`
}

// Keep seals a link that has begun, so that whichever process takes the callback can go on with it. It holds the app's secret and the
// verifier, and opens with the installation's key only. Whoever keeps it deletes it when the callback has come: it is good once.
func (l *Linker) Keep(p *Pending) []byte {
	b, err := json.Marshal(keptPending{
		URL: p.URL, Merchant: p.merchantID, Connector: p.connector.ID,
		ClientID: p.app.ClientID, ClientSecret: p.app.ClientSecret.Reveal(), DeveloperToken: p.app.DeveloperToken.Reveal(),
		Fields: p.consent.Fields, Redirect: p.consent.Redirect, State: p.consent.State, Verifier: p.consent.Verifier, Began: p.began,
	})
	if err != nil {
		panic(err) // strings and a time
	}
	return l.Vault.Seal(pendingOwner, b)
}

// Resume opens what Keep sealed. One that took too long is opened as well, and refused by Complete.
func (l *Linker) Resume(sealed []byte) (*Pending, error) {
	b, err := l.Vault.Open(pendingOwner, sealed)
	if err != nil {
		return nil, fmt.Errorf("a link that has begun: %w", err)
	}
	var k keptPending
	if err := json.Unmarshal(b, &k); err != nil {
		return nil, errors.New("a link that has begun is not readable: begin again")
	}
	for _, c := range l.Connectors {
		if c.ID != k.Connector {
			continue
		}
		auth, err := authOf(c, connectors.AuthCode)
		return &Pending{
			URL: k.URL, merchantID: k.Merchant, connector: c, auth: auth, began: k.Began,
			app:     connectors.App{ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret), DeveloperToken: secret.New(k.DeveloperToken)},
			consent: connectors.Consent{Fields: k.Fields, Redirect: k.Redirect, State: k.State, Verifier: k.Verifier},
		}, err
	}
	return nil, fmt.Errorf("this fourfold has no connector %q any more: begin again", k.Connector)
}

// MerchantID is whose link it is.
func (p *Pending) MerchantID() int64 { return p.merchantID }

// Connector is what is being linked.
func (p *Pending) Connector() connectors.Connector { return p.connector }

// ClientID is that of the app under which it is linked.
func (p *Pending) ClientID() string { return p.app.ClientID }

// State tells this consent from every other: it comes back with the callback.
func (p *Pending) State() string { return p.consent.State }

// Redirect is where the merchant's browser comes back to.
func (p *Pending) Redirect() string { return p.consent.Redirect }

// Fields are the connector's, as they were given.
func (p *Pending) Fields() map[string]string { return p.consent.Fields }

// Ends is when the link can no more be completed.
func (p *Pending) Ends() time.Time { return p.began.Add(patience) }

// Pasted reads the address that the merchant's browser landed on as the callback that it is, where nothing answers at it, or somebody
// else does. An error says what is to be pasted.
func (p *Pending) Pasted(text string) (*http.Request, error) {
	landed, err := url.Parse(strings.TrimSpace(text))
	want, _ := url.Parse(p.consent.Redirect)
	if err != nil || want == nil || !strings.EqualFold(landed.Scheme, want.Scheme) || !strings.EqualFold(landed.Host, want.Host) || landed.Path != want.Path || landed.RawQuery == "" {
		return nil, fmt.Errorf("that is not the address: it begins with %s? — paste it whole", p.consent.Redirect)
	}
	return &http.Request{Method: http.MethodGet, URL: landed, Host: landed.Host, Header: http.Header{}}, nil
}
