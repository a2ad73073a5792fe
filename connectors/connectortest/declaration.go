package connectortest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"fourfold/connectors"
)

var idForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// checkDeclaration holds a connector to what can be seen without a provider.
func checkDeclaration(c connectors.Connector) (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !idForm.MatchString(c.ID) {
		fault("the connector's ID %q is not lower_snake", c.ID)
	}
	if c.Title == "" || c.Version == "" {
		fault("title and version must be declared: %q, %q", c.Title, c.Version)
	}
	if c.Accounts == nil || c.Probe == nil {
		fault("accounts and probe must be declared")
	}
	if len(c.Auth) == 0 {
		fault("there is no way to link")
	}
	for _, a := range c.Auth {
		faults = append(faults, checkAuth(a)...)
	}
	fields := map[string]bool{}
	for _, f := range c.Fields {
		if !idForm.MatchString(f.ID) || f.Title == "" || f.Help == "" || f.Check == nil || fields[f.ID] {
			fault("field %q must have an ID of its own, a title, a help and a check", f.ID)
		}
		fields[f.ID] = true
	}
	if len(c.Streams) == 0 {
		fault("there are no streams")
	}
	streams := map[string]bool{}
	for _, s := range c.Streams {
		if !idForm.MatchString(s.ID) || s.Title == "" || s.Pull == nil || streams[s.ID] {
			fault("stream %q must have an ID of its own, a title and a pull", s.ID)
		}
		if s.Every < 0 {
			fault("stream %s is due every %s", s.ID, s.Every)
		}
		streams[s.ID] = true
	}
	for _, s := range c.Streams {
		if s.After != "" && (!streams[s.After] || s.After == s.ID) {
			fault("stream %s comes after %q, which is no other stream", s.ID, s.After)
		}
	}
	for _, a := range c.Auth {
		if a.Scopes.LeaveOut != "" && !fields[a.Scopes.LeaveOut] {
			fault("scopes are left out by the field %q, which is not declared", a.Scopes.LeaveOut)
		}
	}
	return faults
}

func checkAuth(a connectors.Auth) (faults []error) {
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("auth %s: %w", a.Kind, fmt.Errorf(format, args...)))
	}
	code := a.Begin != nil && a.Verify != nil && a.Exchange != nil
	none := a.Begin == nil && a.Verify == nil && a.Exchange == nil
	switch a.Kind {
	case connectors.AuthCode:
		if !code {
			fault("needs begin, verify and exchange")
		}
	case connectors.AuthClient:
		if !none || a.Renew == nil {
			fault("needs renew, and no begin, verify or exchange")
		}
	case connectors.AuthToken, connectors.AuthOpen:
		if !none || a.Renew != nil {
			fault("needs nothing but authorise")
		}
	default:
		fault("is not of the closed set")
	}
	if a.Title == "" {
		fault("has no title")
	}
	if a.Authorise == nil {
		fault("has no authorise")
	}
	for _, s := range a.Scopes.Optional {
		if slices.Contains(a.Scopes.Required, s) {
			fault("scope %s is both required and optional", s)
		}
	}
	return faults
}

// checkAccounts holds what a grant opens to its form, and the ways of linking to keep the token from other hosts.
func checkAccounts(ctx context.Context, c connectors.Connector, acc connectors.Account) (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	infos, err := c.Accounts(ctx, acc.Grant)
	if err != nil || len(infos) == 0 {
		fault("the grant opens %d accounts: %v", len(infos), err)
	}
	ids := map[string]bool{}
	for _, i := range infos {
		if i.ID == "" || i.Name == "" || ids[i.ID] {
			fault("account %q must have an ID of its own and a name", i.ID)
		}
		ids[i.ID] = true
		if i.Barred != "" {
			continue // a manager or a suspended account may tell no more of itself
		}
		if len(i.Currency) != 3 {
			fault("account %s: %q is not a currency", i.ID, i.Currency)
		}
		if _, err := time.LoadLocation(i.Zone); err != nil || i.Zone == "" {
			fault("account %s: %q is not a time zone", i.ID, i.Zone)
		}
	}
	for _, f := range c.Fields {
		v, err := f.Check(acc.Fields[f.ID])
		if err != nil || v != acc.Fields[f.ID] {
			fault("field %s: the canonical form of %q is %q, %v", f.ID, acc.Fields[f.ID], v, err)
		}
	}
	var tokens connectors.Tokens
	if err := tokens.Access.UnmarshalText([]byte("token")); err != nil {
		return append(faults, err)
	}
	for _, a := range c.Auth {
		if a.Authorise == nil {
			continue
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://elsewhere.example/", nil)
		if err != nil {
			return append(faults, err)
		}
		if err := a.Authorise(r, connectors.App{ClientID: "client", ClientSecret: tokens.Access, DeveloperToken: tokens.Access}, acc.Fields, tokens.Access); err == nil || len(r.Header) > 0 || r.URL.RawQuery != "" {
			fault("auth %s puts the token on a request to another host", a.Kind)
		}
	}
	return faults
}

// checkProbe holds capabilities to say what they cost, and streams to need such as there are.
func checkProbe(ctx context.Context, c connectors.Connector, acc connectors.Account) (caps []connectors.Capability, faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	caps, err := c.Probe(ctx, acc)
	if err != nil {
		return nil, []error{fmt.Errorf("probe: %w", err)}
	}
	known := map[string]bool{}
	for _, p := range caps {
		if !idForm.MatchString(p.ID) || known[p.ID] || p.Costs == "" || p.Remedy == "" {
			fault("capability %q must have an ID of its own, what it costs to go without, and a remedy", p.ID)
		}
		if !p.Granted && p.Detail == "" {
			fault("capability %s is not granted and does not say why", p.ID)
		}
		known[p.ID] = true
	}
	for _, s := range c.Streams {
		for _, need := range s.Needs {
			if !known[need] {
				fault("stream %s needs %q, which the probe never speaks of", s.ID, need)
			}
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.Probe(gone, acc); !errors.Is(err, context.Canceled) {
		fault("a probe whose context had ended gave %v", err)
	}
	return caps, faults
}
