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
	refuse := func(format string, args ...any) (connectors.Callback, error) {
		return connectors.Callback{}, fmt.Errorf(format, args...)
	}
	if callback.Method != http.MethodGet {
		return refuse("it is a %s, not a GET", callback.Method)
	}
	if app.ClientSecret.Empty() {
		return refuse("there is no client secret to check it with")
	}
	raw := callback.URL.RawQuery
	if len(raw) > 4096 {
		return refuse("it is too long")
	}
	q, err := url.ParseQuery(raw)
	if err != nil {
		return refuse("its parameters cannot be read")
	}
	if err := checkParameters(q); err != nil {
		return refuse("%w", err)
	}
	shop := q.Get("shop")
	if !shopHost.MatchString(shop) {
		return refuse("the shop is not a myshopify.com host")
	}
	if !hexDigest.MatchString(q.Get("hmac")) {
		return refuse("its signature is not valid")
	}
	lib := goshopify.App{ApiKey: app.ClientID, ApiSecret: app.ClientSecret.Reveal()}
	if ok, err := lib.VerifyAuthorizationURL(callback.URL); err != nil || !ok {
		return refuse("its signature is not valid")
	}
	seconds, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if err != nil || !digits.MatchString(q.Get("timestamp")) {
		return refuse("its timestamp is not a number")
	}
	if age := now.Sub(time.Unix(seconds, 0)).Abs(); age > callbackAge {
		return refuse("it is %s old: begin the link again, and check this machine's clock", age.Round(time.Second))
	}
	return connectors.Callback{
		Code: q.Get("code"), State: q.Get("state"),
		Fields: map[string]string{fieldShop: strings.ToLower(shop)},
	}, nil
}

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
