package shopify

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	goshopify "github.com/bold-commerce/go-shopify/v4"

	"fourfold/connectors"
)

// callbackAge is how far a callback's timestamp may be from now, either way.
const callbackAge = 90 * time.Second

// callbackParameters is all that Shopify sends back; true where it must be there.
var callbackParameters = map[string]bool{"code": true, "hmac": true, "shop": true, "state": true, "timestamp": true, "host": false}

var (
	hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)
	// A value holds no & and no %, in which the signed message would be ambiguous: state=1%26timestamp=2 reads like two parameters.
	plainValue = regexp.MustCompile(`^[A-Za-z0-9._~:/+=-]+$`)
	digits     = regexp.MustCompile(`^[0-9]{1,12}$`)
)

// verify checks a callback: known parameters once each, the shop's form, Shopify's signature, and its age. It says nothing of
// what was wrong with a signature. Comparing the state with the browser's own is left to the caller.
func verify(app connectors.App, callback *http.Request, now time.Time) (connectors.Callback, error) {
	q, err := signedQuery(app, callback, now, checkParameters)
	if err != nil {
		return connectors.Callback{}, err
	}
	return connectors.Callback{
		Code: q.Get("code"), State: q.Get("state"),
		Fields: map[string]string{fieldShop: strings.ToLower(q.Get("shop"))},
	}, nil
}

// signedQuery is the query of a request that Shopify sent a browser with, once it is known that it did.
func signedQuery(app connectors.App, r *http.Request, now time.Time, check func(url.Values) error) (url.Values, error) {
	if r.Method != http.MethodGet {
		return nil, fmt.Errorf("it is a %s, not a GET", r.Method)
	}
	if app.ClientSecret.Empty() {
		return nil, errors.New("there is no client secret to check it with")
	}
	if len(r.URL.RawQuery) > 4096 {
		return nil, errors.New("it is too long")
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, errors.New("its parameters cannot be read")
	}
	if err := check(q); err != nil {
		return nil, err
	}
	if !shopHost.MatchString(q.Get("shop")) {
		return nil, errors.New("the shop is not a myshopify.com host")
	}
	if !hexDigest.MatchString(q.Get("hmac")) {
		return nil, errSignature
	}
	lib := goshopify.App{ApiKey: app.ClientID, ApiSecret: app.ClientSecret.Reveal()}
	if ok, err := lib.VerifyAuthorizationURL(r.URL); err != nil || !ok {
		return nil, errSignature
	}
	seconds, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if err != nil || !digits.MatchString(q.Get("timestamp")) {
		return nil, errors.New("its timestamp is not a number")
	}
	if age := now.Sub(time.Unix(seconds, 0)).Abs(); age > callbackAge {
		return nil, fmt.Errorf("it is %s old: begin the link again, and check this machine's clock", age.Round(time.Second))
	}
	return q, nil
}

var errSignature = errors.New("its signature is not valid")

func checkParameters(q url.Values) error {
	for name, values := range q {
		if _, known := callbackParameters[name]; !known {
			return errors.New("it has a parameter that Shopify does not send")
		}
		if len(values) != 1 {
			return fmt.Errorf("it has %s twice", name)
		}
		if !plainValue.MatchString(values[0]) {
			return fmt.Errorf("its %s has letters that do not belong there", name)
		}
	}
	for name, required := range callbackParameters {
		if required && !q.Has(name) {
			return fmt.Errorf("it has no %s", name)
		}
	}
	return nil
}
