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
currency and time zone, and says which are pulled from, and why others cannot.`,
		Example: "  fourfold accounts\n  fourfold accounts take 5550001111 act_7001\n  fourfold accounts leave 5550002222",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opened, err := a.accounts(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.json(opened)
			}
			t := newTable("LOGIN", "ACCOUNT", "NAME", "CURRENCY", "TIME ZONE", "STATE")
			for _, o := range opened {
				t.AppendRow(table.Row{o.Login, o.ID, o.Name, o.Currency, o.Zone, o.State})
			}
			a.printTable(t)
			return nil
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
				i := slices.IndexFunc(opened, func(o openedAccount) bool { return o.ID == id })
				if i < 0 {
					return usage(fmt.Errorf("no linked login opens an account %q: fourfold accounts lists them", id))
				}
				o := opened[i]
				if o.info.Barred != "" {
					return usage(fmt.Errorf("%s cannot be pulled from: %s", id, o.info.Barred))
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
	State    string `json:"state"` // linked, not linked, or why it cannot be

	info      connectors.AccountInfo
	connector connectors.Connector
	grant     store.Grant
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
	var opened []openedAccount
	for _, g := range grants {
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
			opened = append(opened, openedAccount{Login: login, ID: "?", State: err.Error(), connector: c, grant: g})
			continue
		}
		for _, info := range infos {
			o := openedAccount{Login: login, ID: info.ID, Name: info.Name, Currency: info.Currency, Zone: info.Zone, State: "not linked", info: info, connector: c, grant: g}
			if info.Barred != "" {
				o.State = info.Barred
			}
			if _, linked := link.Connection(c, info, conns); linked {
				o.State = "linked"
			}
			opened = append(opened, o)
		}
	}
	return opened, nil
}

// pick says which of the accounts that a login opens are pulled from: those that are wanted, those that are already, or else the person is asked.
func (a *app) pick(ctx context.Context, c connectors.Connector, g store.Grant, infos []connectors.AccountInfo, wanted string) ([]connectors.AccountInfo, error) {
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
		return byID(infos, strings.Split(wanted, ","))
	}
	conns, err := a.db.Connections(ctx, g.MerchantID)
	if err != nil {
		return nil, err
	}
	if taken, settled := link.Settled(c, infos, conns); settled {
		return taken, nil
	}
	return a.askWhich(ctx, infos)
}

// byID finds accounts by their IDs.
func byID(infos []connectors.AccountInfo, ids []string) ([]connectors.AccountInfo, error) {
	var picked []connectors.AccountInfo
	for _, id := range ids {
		id = strings.TrimSpace(id)
		i := slices.IndexFunc(infos, func(info connectors.AccountInfo) bool { return info.ID == id })
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
		picked = append(picked, infos[i])
	}
	return picked, nil
}

// askWhich lists the accounts and lets the person pick by number; where nobody can be asked, it says how to pick later.
func (a *app) askWhich(ctx context.Context, infos []connectors.AccountInfo) ([]connectors.AccountInfo, error) {
	fmt.Fprintf(a.stdout, "The login opens %d accounts:\n", len(infos))
	for i, info := range infos {
		note := strings.Join(slices.DeleteFunc([]string{info.Currency, info.Zone}, func(s string) bool { return s == "" }), ", ")
		if info.Barred != "" {
			note = info.Barred
		}
		fold(a.stdout, fmt.Sprintf("  %2d  ", i+1), fmt.Sprintf("%s  %s (%s)", info.ID, info.Name, note))
	}
	if !a.terminal(a.stdout) {
		fmt.Fprintln(a.stdout, "\nNothing is pulled from them yet. Pick with: fourfold accounts take ACCOUNT…")
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
