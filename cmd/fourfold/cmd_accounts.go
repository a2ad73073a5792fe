package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/store"
)

func accountsCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "accounts",
		Short: "List the accounts that logins open, and pick from them",
		Long: `One login to an ad platform may open many accounts. Lists them with their
currency and time zone, and says which are pulled from, and why others cannot.
Where a login does not answer, the others are listed all the same.`,
		Example: "  fourfold accounts\n  fourfold accounts take 555-000-1111 act_7001\n  fourfold accounts leave 5550002222",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opened, err := a.accounts(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				if err := a.json(opened); err != nil {
					return err
				}
				return silence(opened)
			}
			t := newTable("LOGIN", "ACCOUNT", "NAME", "CURRENCY", "TIME ZONE", "STATE")
			for _, o := range opened {
				t.AppendRow(table.Row{o.Login, o.ID, o.Name, o.Currency, o.Zone, o.text()})
			}
			a.printTable(t)
			return silence(opened)
		},
	}
	a.merchantFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.AddCommand(accountsTakeCommand(a), accountsLeaveCommand(a))
	return cmd
}

func accountsTakeCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "take ACCOUNT…",
		Short:   "Pull from these accounts too",
		Example: "  fourfold accounts take 5550001111",
		Args:    takes(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			opened, err := a.accounts(ctx)
			if err != nil {
				return err
			}
			_, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			for _, id := range args {
				i := slices.IndexFunc(opened, func(o openedAccount) bool { return o.err == nil && isAccount(o.ID, id) })
				if i < 0 {
					text := fmt.Sprintf("no linked login opens an account %q: %s lists them", id, a.next(ctx, m, "accounts"))
					return usage(errors.New(text + silent(opened)))
				}
				o := opened[i]
				if o.info.Barred != "" {
					return usage(fmt.Errorf("%s cannot be pulled from: %s", o.ID, o.info.Barred))
				}
				if err := a.takeAccounts(ctx, m, o.connector, o.grant, []connectors.AccountInfo{o.info}); err != nil {
					return err
				}
			}
			return nil
		},
	}
	a.merchantFlag(cmd)
	return cmd
}

func accountsLeaveCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "leave ACCOUNT…",
		Short:   "Stop pulling from these; what was pulled stays",
		Example: "  fourfold accounts leave 5550001111",
		Args:    takes(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, id := range args {
				conn, err := a.connection(cmd.Context(), id)
				if err != nil {
					return err
				}
				conn.State = store.StateUnlinked
				if _, err := a.db.SaveConnection(cmd.Context(), conn); err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "Left %s. Its history stays; take it again with: fourfold accounts take %s\n", conn.Name, conn.AccountID)
			}
			return nil
		},
	}
	a.merchantFlag(cmd)
	return cmd
}

// openedAccount is an account that a linked login opens.
type openedAccount struct {
	Login    string `json:"login"`
	ID       string `json:"account"`
	Name     string `json:"name"`
	Currency string `json:"currency,omitempty"`
	Zone     string `json:"zone,omitempty"`
	State    string `json:"state"`         // linked, not linked, barred where it cannot be, gone where it is linked and not opened any more, unknown
	Why      string `json:"why,omitempty"` // and what to do

	info      connectors.AccountInfo
	connector connectors.Connector
	grant     store.Grant
	err       error // of a login that did not answer
}

// What an account is.
const (
	accountLinked  = "linked"
	accountFree    = "not linked"
	accountBarred  = "barred"
	accountGone    = "gone"
	accountUnknown = "unknown"
)

// text is the state for a person.
func (o openedAccount) text() string {
	switch {
	case o.Why == "":
		return o.State
	case o.State == accountLinked:
		return "linked, but " + o.Why // suspended since, or by another login
	}
	return o.Why
}

// silent says which logins did not answer, if any.
func silent(opened []openedAccount) string {
	var names []string
	for _, o := range opened {
		if o.err != nil {
			names = append(names, o.Login)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; not all logins answer: " + strings.Join(names, ", ")
}

// silence is the outcome of a list in which a login did not answer: its fault, which was shown.
func silence(opened []openedAccount) error {
	for _, o := range opened {
		if o.err != nil {
			return silentError{o.err}
		}
	}
	return nil
}

// isAccount says whether a person who writes text means the account: people copy 555-000-1111 and act_7001 from the provider's pages.
func isAccount(id, text string) bool {
	if id == text {
		return true
	}
	plain := func(s string) string { return strings.ReplaceAll(strings.TrimPrefix(s, "act_"), "-", "") }
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(plain(text)) && plain(id) == plain(text)
}

// accounts asks each linked login what it opens. A login that does not answer is told, and keeps the others from nothing.
func (a *app) accounts(ctx context.Context) ([]openedAccount, error) {
	db, m, err := a.linked(ctx)
	if err != nil {
		return nil, err
	}
	w, err := a.worker(ctx)
	if err != nil {
		return nil, err
	}
	grants, err := db.Grants(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	conns, err := db.Connections(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	if len(grants) == 0 {
		return nil, a.notLinked(ctx, m)
	}
	var opened []openedAccount
	for _, g := range grants {
		if a.isDestination(g.Connector) {
			continue
		}
		c, err := a.connector(g.Connector)
		if err != nil {
			return nil, err
		}
		login := w.Linker.Name(g)
		infos, err := w.Accounts(ctx, c, g)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			opened = append(opened, openedAccount{Login: login, ID: "?", State: accountUnknown, Why: strings.ReplaceAll(err.Error(), "\n", "; "), connector: c, grant: g, err: err})
			continue
		}
		for _, info := range infos {
			opened = append(opened, a.openedOf(c, g, login, info, conns))
		}
		for _, k := range conns {
			if k.GrantID == g.ID && k.State == store.StateActive && !slices.ContainsFunc(infos, func(i connectors.AccountInfo) bool { return i.ID == k.AccountID }) {
				opened = append(opened, openedAccount{Login: login, ID: k.AccountID, Name: k.Name, Currency: k.Currency, Zone: k.Zone, State: accountGone,
					Why: "linked, but the login does not open it any more: have its owner give access, or fourfold accounts leave " + k.AccountID, connector: c, grant: g})
			}
		}
	}
	return opened, nil
}

// openedOf is an account with its state. One that two logins open is linked by one of them.
func (a *app) openedOf(c connectors.Connector, g store.Grant, login string, info connectors.AccountInfo, conns []store.Connection) openedAccount {
	o := openedAccount{Login: login, ID: info.ID, Name: info.Name, Currency: info.Currency, Zone: info.Zone, State: accountFree, Why: info.Barred, info: info, connector: c, grant: g}
	if info.Barred != "" {
		o.State = accountBarred
	}
	i := slices.IndexFunc(conns, func(k store.Connection) bool {
		return k.Connector == c.ID && k.AccountID == info.ID && k.State == store.StateActive
	})
	if i >= 0 {
		o.State = accountLinked
		if conns[i].GrantID != g.ID {
			o.Why = "by another login"
		}
	}
	return o
}

// pick says which of the accounts that a login opens are pulled from: those that are wanted, those that are already, or else the person is asked.
func (a *app) pick(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant, infos []connectors.AccountInfo, wanted string) ([]connectors.AccountInfo, error) {
	var open []connectors.AccountInfo
	for _, info := range infos {
		if info.Barred == "" {
			open = append(open, info)
		}
	}
	if len(open) == 0 {
		return nil, fmt.Errorf("nothing can be pulled from this login: %s: %s", infos[0].Name, infos[0].Barred)
	}
	switch {
	case wanted == "all" || !c.Choose && wanted == "":
		return open, nil
	case wanted != "":
		return byID(infos, strings.FieldsFunc(wanted, func(r rune) bool { return r == ',' || r == ' ' }))
	}
	conns, err := a.db.Connections(ctx, g.MerchantID)
	if err != nil {
		return nil, err
	}
	if taken, settled := link.Settled(c, infos, conns); settled {
		return taken, nil
	}
	return a.askWhich(ctx, m, infos)
}

// byID finds accounts by their IDs.
func byID(infos []connectors.AccountInfo, ids []string) ([]connectors.AccountInfo, error) {
	var picked []connectors.AccountInfo
	for _, id := range ids {
		i := slices.IndexFunc(infos, func(info connectors.AccountInfo) bool { return isAccount(info.ID, id) })
		if i < 0 {
			var known []string
			for _, info := range infos {
				known = append(known, info.ID)
			}
			return nil, usage(fmt.Errorf("the login opens no account %q; it opens: %s", id, strings.Join(known, ", ")))
		}
		if infos[i].Barred != "" {
			return nil, usage(fmt.Errorf("%s cannot be pulled from: %s", id, infos[i].Barred))
		}
		if !slices.ContainsFunc(picked, func(p connectors.AccountInfo) bool { return p.ID == infos[i].ID }) {
			picked = append(picked, infos[i])
		}
	}
	if len(picked) == 0 {
		return nil, usage(errors.New("--accounts names none"))
	}
	return picked, nil
}

// askWhich lists the accounts and lets the person pick by number; where nobody can be asked, it says how to pick later.
func (a *app) askWhich(ctx context.Context, m store.Merchant, infos []connectors.AccountInfo) ([]connectors.AccountInfo, error) {
	fmt.Fprintf(a.stdout, "The login opens %d accounts:\n", len(infos))
	for i, info := range infos {
		note := strings.Join(slices.DeleteFunc([]string{info.Currency, info.Zone}, func(s string) bool { return s == "" }), ", ")
		if info.Barred != "" {
			note = info.Barred
		}
		fold(a.stdout, fmt.Sprintf("  %2d  ", i+1), fmt.Sprintf("%s  %s (%s)", info.ID, info.Name, note))
	}
	if !a.terminal(a.stdout) {
		fmt.Fprintf(a.stdout, "\nNothing is pulled from them yet. Pick with: %s\n", a.next(ctx, m, "accounts take ACCOUNT…"))
		return nil, nil
	}
	fmt.Fprint(a.stdout, "Which ones? Numbers separated by commas, or all: ")
	text, err := a.line(ctx)
	if err != nil {
		return nil, err
	}
	var picked []connectors.AccountInfo
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word == "all" {
			return slices.DeleteFunc(slices.Clone(infos), func(i connectors.AccountInfo) bool { return i.Barred != "" }), nil
		}
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(infos) {
			return nil, usage(fmt.Errorf("%q is none of the numbers: pick with fourfold accounts take ACCOUNT…", word))
		}
		if infos[n-1].Barred != "" {
			return nil, usage(fmt.Errorf("%s cannot be pulled from: %s", infos[n-1].ID, infos[n-1].Barred))
		}
		picked = append(picked, infos[n-1])
	}
	return picked, nil
}

// takeAccounts keeps a connection for each account, and says what can be seen of it and what cannot.
func (a *app) takeAccounts(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant, infos []connectors.AccountInfo) error {
	w, err := a.worker(ctx)
	if err != nil {
		return err
	}
	conns, err := w.Take(ctx, m, c, g, infos)
	if err != nil {
		return err
	}
	if err := a.takeOne(ctx); err != nil {
		return err
	}
	var faults []error
	for _, conn := range conns {
		address, err := a.address(ctx, conn)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "Linked %s (%s, %s, %s).\n", conn.Name, address, conn.Currency, conn.Zone)
		caps, err := w.Probe(ctx, m, conn)
		if err != nil {
			// The other accounts are linked all the same.
			faults = append(faults, fmt.Errorf("%s: %w", conn.Name, err))
			continue
		}
		a.printMissing(caps)
		if err := w.Subscribe(ctx, conn); err != nil {
			fold(a.stdout, "  webhooks: ", fmt.Sprintf("not all are subscribed to, and tried again each night: %v", err))
		}
	}
	return errors.Join(faults...)
}
