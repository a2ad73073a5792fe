package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/secret"
	"fourfold/internal/store"
)

func linkCommand(a *app) *cobra.Command {
	var (
		shop, mode, leaveOut, tokenFile, listen string
		noBrowser                               bool
	)
	cmd := &cobra.Command{
		Use:   "link CONNECTOR",
		Short: "Link a store once: by browser, client credentials or token",
		Long: `Links a login. Three modes exist for Shopify:

  --mode code    agree in the browser (the default). The callback is
                 shopify.callback of the configuration: on this machine, or a
                 public address that leads to --listen.
  --mode client  client credentials: your app and the store are in one
                 organisation. No browser, no callback.
  --mode token   a token that you paste (stores with an app made in the admin
                 before 2026), from --token-file or standard input.

Linking again renews a link and keeps everything that was pulled.`,
		Example: `  fourfold link shopify --shop example
  fourfold link shopify --shop example --mode client
  fourfold link shopify --shop example --mode token --token-file token.txt`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := cobra.ExactArgs(1)(cmd, args); err != nil {
				return usage(fmt.Errorf("name what to link, such as: fourfold link shopify --shop NAME"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			c, err := a.connector(args[0])
			if err != nil {
				return err
			}
			given := map[string]string{"shop": shop, "leave_out": leaveOut}
			if _, err := link.Check(c, given); err != nil {
				return usage(err)
			}
			m, known, err := a.merchant(ctx)
			if err != nil {
				return err
			}
			how := connectors.AuthKind(mode)
			var app connectors.App
			var token secret.Text
			switch how {
			case connectors.AuthCode, connectors.AuthClient:
				app, err = a.providerApp(ctx, m, c)
			case connectors.AuthToken:
				token, err = a.readToken(ctx, tokenFile)
			default:
				err = usage(fmt.Errorf("--mode is %q: use code, client or token", mode))
			}
			if err != nil {
				return err
			}
			l, err := a.linker(ctx)
			if err != nil {
				return err
			}
			if !known {
				if m, err = a.firstMerchant(ctx); err != nil {
					return err
				}
			}
			var g store.Grant
			switch how {
			case connectors.AuthClient:
				g, err = l.LinkClient(ctx, m.ID, c, app, given)
			case connectors.AuthToken:
				g, err = l.LinkToken(ctx, m.ID, c, token, given)
			default:
				g, err = a.linkByCode(ctx, l, m, c, app, given, listen, noBrowser)
			}
			if err != nil {
				return err
			}
			return a.afterLink(ctx, m, c, g)
		},
	}
	f := cmd.Flags()
	a.merchantFlag(cmd)
	f.StringVar(&shop, "shop", "", "the shop: NAME, NAME.myshopify.com, or its address in the admin")
	f.StringVar(&mode, "mode", string(connectors.AuthCode), "code, client or token")
	f.StringVar(&leaveOut, "leave-out", "", "optional scopes not to ask for, such as read_all_orders while Shopify has not approved it")
	f.StringVar(&tokenFile, "token-file", "", "where the pasted token stands; standard input if left out")
	f.StringVar(&listen, "listen", "", "where to listen for a public callback, such as 127.0.0.1:8377")
	f.BoolVar(&noBrowser, "no-browser", false, "only print the address to open")
	return cmd
}

// firstMerchant makes the merchant of an installation that has none yet.
func (a *app) firstMerchant(ctx context.Context) (store.Merchant, error) {
	c, err := a.config()
	if err != nil {
		return store.Merchant{}, err
	}
	return a.db.CreateMerchant(ctx, newMerchant(c.Merchant.Name, c))
}

// newMerchant is a merchant as the top level of the configuration has new ones begin.
func newMerchant(name string, c config.Config) store.Merchant {
	return store.Merchant{Name: name, Currency: c.Merchant.Currency, Zone: c.Merchant.Zone, Calendar: c.Merchant.Calendar, CostsHistory: c.Costs.History}
}

// providerApp is the merchant's own app at the provider, from the configuration.
func (a *app) providerApp(ctx context.Context, m store.Merchant, c connectors.Connector) (connectors.App, error) {
	cfg, err := a.settings(ctx, m)
	if err != nil {
		return connectors.App{}, err
	}
	if cfg.Shopify.ClientID == "" || cfg.Shopify.ClientSecret.Empty() {
		return connectors.App{}, usage(fmt.Errorf("%s needs your app's client ID and client secret: set shopify.client_id and shopify.client_secret_file, or FOURFOLD_SHOPIFY_CLIENT_ID and FOURFOLD_SHOPIFY_CLIENT_SECRET", c.Title))
	}
	return connectors.App{ClientID: cfg.Shopify.ClientID, ClientSecret: cfg.Shopify.ClientSecret}, nil
}

func (a *app) readToken(ctx context.Context, path string) (secret.Text, error) {
	if path != "" {
		b, err := os.ReadFile(path)
		if err != nil {
			return secret.Text{}, fmt.Errorf("token file: %w", err)
		}
		return secret.New(strings.TrimSpace(string(b))), nil
	}
	if f, ok := a.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(a.stderr, "Paste the token (it is not shown): ")
		defer fmt.Fprintln(a.stderr)
	}
	token, err := a.hidden(ctx)
	if errors.Is(err, io.EOF) {
		return secret.Text{}, usage(errors.New("there is no token on standard input: paste it, or name a file with --token-file"))
	}
	return secret.New(token), err
}

func (a *app) linkByCode(ctx context.Context, l *link.Linker, m store.Merchant, c connectors.Connector, app connectors.App, given map[string]string, listen string, noBrowser bool) (store.Grant, error) {
	cfg, err := a.config()
	if err != nil {
		return store.Grant{}, err
	}
	wait, err := listenForCallback(ctx, cfg.Shopify.Callback, listen, a.logger())
	if err != nil {
		return store.Grant{}, err
	}
	defer wait.close()
	p, err := l.Begin(m.ID, c, app, given, wait.address)
	if err != nil {
		return store.Grant{}, err
	}
	if a.browse != nil {
		fmt.Fprintf(a.stdout, "This address is opened and agreed to:\n\n  %s\n\n", p.URL)
		go a.browse(ctx, p.URL)
	} else {
		fmt.Fprintf(a.stdout, "Open this address and agree:\n\n  %s\n\nWaiting up to 10 minutes…\n", p.URL)
		if !noBrowser && a.terminal(a.stdout) {
			openBrowser(ctx, p.URL)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	g, err := wait.complete(ctx, l, p)
	if errors.Is(err, context.DeadlineExceeded) {
		return g, errors.New("nobody came back from the provider within 10 minutes: run the command again")
	}
	return g, err
}

// afterLink finds the accounts that the login opens, keeps a connection for each, and says what can be seen and what cannot.
func (a *app) afterLink(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant) error {
	w, err := a.worker(ctx)
	if err != nil {
		return err
	}
	conns, err := w.Accounts(ctx, m, c, g)
	if err != nil {
		return err
	}
	if err := a.takeOne(ctx); err != nil {
		return err
	}
	for _, conn := range conns {
		shop, err := a.address(ctx, conn)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "Linked %s (%s, %s, %s).\n", conn.Name, shop, conn.Currency, conn.Zone)
		caps, err := w.Probe(ctx, m, conn)
		if err != nil {
			return err
		}
		a.printMissing(caps)
		if err := w.Subscribe(ctx, conn); err != nil {
			fold(a.stdout, "  webhooks: ", fmt.Sprintf("not all are subscribed to, and tried again each night: %v", err))
		}
	}
	fmt.Fprintf(a.stdout, "\nNext: %s\n", a.next(ctx, m, "pull"))
	return nil
}

// printMissing names what was not granted, what that costs the scorecard and what to do about it.
func (a *app) printMissing(caps []connectors.Capability) {
	for _, c := range caps {
		if c.Granted {
			continue
		}
		fold(a.stdout, "  not granted: ", c.ID)
		for _, line := range []string{c.Costs, c.Remedy} {
			if line != "" {
				fold(a.stdout, "    ", line)
			}
		}
	}
}
