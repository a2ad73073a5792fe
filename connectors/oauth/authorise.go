package oauth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

// Authorise puts a token on a request; see connectors.Auth.
type Authorise func(r *http.Request, app connectors.App, fields map[string]string, access secret.Text) error

// Bearer puts the token into the Authorization header (RFC 6750) of requests over HTTPS to these hosts, and then lets with add what the
// provider wants to know of the app; with may be nil.
func Bearer(with func(r *http.Request, app connectors.App), hosts ...string) Authorise {
	return func(r *http.Request, app connectors.App, _ map[string]string, access secret.Text) error {
		if err := Guard(r, access, hosts...); err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+access.Reveal())
		if with != nil {
			with(r, app)
		}
		return nil
	}
}

// Guard refuses to put a token on a request that does not go to one of the hosts over HTTPS, or where there is no token.
func Guard(r *http.Request, access secret.Text, hosts ...string) error {
	known := func(host string) bool {
		return slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, host) })
	}
	if r.URL.Scheme != "https" || !known(r.URL.Host) || r.Host != "" && !known(r.Host) {
		return fmt.Errorf("the token is not sent to %s://%s", r.URL.Scheme, r.URL.Host)
	}
	if access.Empty() {
		return &connectors.Error{Fault: connectors.Denied, Op: "authorise", Err: errors.New("there is no token"), Hint: "link again"}
	}
	return nil
}
