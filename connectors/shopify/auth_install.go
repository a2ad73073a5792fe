package shopify

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"fourfold/connectors"
)

// installName is what the name of a parameter looks like. Which ones Shopify sends beside the shop differs by where the app was opened:
// host, embedded, locale, session, id_token.
var installName = regexp.MustCompile(`^[a-z_]{1,32}$`)

// install checks the query with which Shopify opens the app's address, and tells whose shop it is about.
func install(app connectors.App, r *http.Request, now time.Time) (map[string]string, error) {
	q, err := signedQuery(app, r, now, checkInstall)
	if err != nil {
		return nil, err
	}
	return map[string]string{fieldShop: strings.ToLower(q.Get("shop"))}, nil
}

func checkInstall(q url.Values) error {
	for name, values := range q {
		switch {
		case !installName.MatchString(name):
			return errors.New("it has a parameter that Shopify does not send")
		case len(values) != 1:
			return fmt.Errorf("it has %s twice", name)
		case !plainValue.MatchString(values[0]):
			return fmt.Errorf("its %s has letters that do not belong there", name)
		}
	}
	for _, name := range []string{"hmac", "shop", "timestamp"} {
		if !q.Has(name) {
			return fmt.Errorf("it has no %s", name)
		}
	}
	if q.Has("code") || q.Has("state") {
		return errors.New("it is the answer to a consent")
	}
	return nil
}
