package csv

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"fourfold/connectors"
	"fourfold/connectors/rest"
	"fourfold/connectors/transport"
)

// hops is how often an address may send us on: spreadsheets that are published are served by another host than the one that publishes them.
const hops = 5

// fetch reads a file from the address that serves it to whoever has it. Nothing goes along: there is nothing to prove.
func fetch(ctx context.Context, acc connectors.Account, op, at string) ([]byte, error) {
	client := rest.New(connectors.Grant{Client: acc.Bare}, acc.Now, served)
	for range hops {
		call, err := client.Do(ctx, rest.Ask{Op: op, URL: at, Header: map[string]string{"Accept": "text/csv, */*"}}, nil)
		if err != nil {
			return nil, err
		}
		if !elsewhere(call.Status) {
			return call.Body, nil
		}
		from, err := url.Parse(at)
		if err != nil {
			return nil, connectors.Errorf(connectors.Malformed, op, "its address is none")
		}
		to, err := from.Parse(call.Header.Get("Location"))
		if err != nil || to.Scheme != "https" {
			return nil, connectors.Errorf(connectors.Malformed, op, "its address leads to one without https")
		}
		at = to.String()
	}
	return nil, connectors.Errorf(connectors.Malformed, op, "its address leads from one to the next, %d times", hops)
}

func elsewhere(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// served judges an answer. That a file is not given out is for a person to mend.
func served(c *transport.Call) error {
	if elsewhere(c.Status) {
		return nil
	}
	fault := connectors.Malformed
	switch c.Status {
	case http.StatusUnauthorized:
		fault = connectors.Denied
	case http.StatusForbidden, http.StatusNotFound, http.StatusGone:
	default:
		return rest.ByStatus(c)
	}
	return &connectors.Error{Fault: fault, Err: fmt.Errorf("HTTP %d", c.Status),
		Hint: "the address does not serve the file to whoever has it: share the file so, or link another address"}
}
