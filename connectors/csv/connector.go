package csv

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

const version = "1"

// Fields of a link.
const (
	fieldKind = "kind"
	fieldFile = "file"
	fieldName = "name"
	fieldZone = "zone"
)

// Connector declares files.
func Connector() connectors.Connector {
	c := connectors.Connector{
		ID: "csv", Title: "CSV files", Version: version,
		Auth:  []connectors.Auth{{Kind: connectors.AuthOpen, Title: "Your own file", Authorise: open}},
		Steps: steps,
		Fields: []connectors.Field{
			{ID: fieldKind, Title: "What it holds", Check: checkKind, Choices: []string{"spend", "unit_costs", "tariffs", "orders"}, Help: "spend, unit_costs, tariffs or orders"},
			{ID: fieldName, Title: "Name", Check: checkName, Help: "what the file is called on the scorecard, such as Influencers; what it holds, if left out"},
			{ID: fieldFile, Title: "File", Option: true, Machine: true, Check: checkFile, Help: "its place on this machine, or an https address that serves it"},
			{ID: connectors.FieldCurrency, Title: "Currency", Option: true, Check: connectors.CheckCurrency, Help: "of amounts whose line names none; the scorecard's own if it is left out"},
			{ID: fieldZone, Title: "Time zone", Option: true, Check: checkZone, Help: "of times whose line names none; UTC if it is left out"},
		},
		Accounts: accounts, Probe: probe,
	}
	for _, k := range kinds {
		c.Streams = append(c.Streams, connectors.Stream{ID: k.stream, Title: strings.ToLower(k.title), Needs: []string{k.capability}, Pull: k.pull})
	}
	return c
}

// open lets the file's own address be asked, and puts nothing on the request.
func open(r *http.Request, _ connectors.App, fields map[string]string, _ secret.Text) error {
	u, err := url.Parse(fields[fieldFile])
	if err != nil || u.Scheme != "https" || r.URL.Scheme != "https" || r.URL.Host != u.Host {
		return errors.New("the request is to another host than the file's")
	}
	return nil
}

func checkKind(s string) (string, error) {
	s = strings.ReplaceAll(strings.TrimSpace(s), "-", "_")
	if kindOf(s) == nil {
		return "", errors.New("expected spend, unit_costs, tariffs or orders")
	}
	return s, nil
}

func checkName(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > 80 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
		return "", errors.New("expected a short name on one line")
	}
	return s, nil
}

// checkFile keeps an address as it is, and makes a place on this machine one that holds wherever the program runs.
func checkFile(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", errors.New("expected a file, or an https address that serves one")
	}
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			return "", errors.New("expected an https address without a user")
		}
		return s, nil
	}
	at, err := filepath.Abs(s)
	if err != nil {
		return "", fmt.Errorf("its place: %w", err)
	}
	return at, nil
}

func checkZone(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "UTC", nil
	}
	if _, err := location(s); err != nil {
		return "", err
	}
	return s, nil
}

func accounts(ctx context.Context, g connectors.Grant) ([]connectors.AccountInfo, error) {
	k := kindOf(g.Fields[fieldKind])
	if k == nil {
		return nil, connectors.Errorf(connectors.Malformed, "read the file", "it holds nothing that is known")
	}
	info := connectors.AccountInfo{ID: k.name, Name: k.title, Currency: g.Fields[connectors.FieldCurrency], Zone: g.Fields[fieldZone]}
	if name := g.Fields[fieldName]; name != "" {
		info.ID, info.Name = k.name+" "+name, name
	}
	// A file that cannot be read is told at once, while somebody is there to mend it.
	_, err := k.read(ctx, connectors.Account{Grant: g, AccountInfo: info})
	return []connectors.AccountInfo{info}, err
}

// probe speaks of what the file holds. What it does not hold is not missing: it is another file's.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	k := kindOf(acc.Fields[fieldKind])
	if k == nil {
		return nil, connectors.Errorf(connectors.Malformed, "read the file", "it holds nothing that is known")
	}
	return []connectors.Capability{{ID: k.capability, Granted: true, Costs: k.costs, Remedy: "Put the file back: fourfold link csv --set kind=" + k.name + " --set file=FILE"}}, ctx.Err()
}
