package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/secret"
	"fourfold/internal/store"
	"fourfold/internal/worker"
)

// linking is how a login is to be linked, as the flags say.
type linking struct {
	shop, mode, leaveOut, tokenFile, listen, accounts string
	set                                               []string
	noBrowser, paste                                  bool
}

func linkCommand(a *app) *cobra.Command {
	var how linking
	cmd := &cobra.Command{
		Use:   "link CONNECTOR",
		Short: "Link a login once: by browser, client credentials or token",
		Long: folded("Links a login: ", strings.Join(a.linkable(), ", ")+".") + `
Ways of linking, of which each provider has some:

  --mode code    agree in the browser. The callback is CONNECTOR.callback of
                 the configuration: on this machine, or a public address that
                 leads to --listen. With --paste nothing listens: you paste the
                 address that the browser landed on, though no page came.
  --mode client  client credentials: your app and the account are in one
                 organisation. No browser, no callback.
  --mode token   a token that you paste, from --token-file or standard input.
  --mode open    nothing is secret: public figures, or a file of your own.

Left out, it is the provider's first. What a provider wants to know beforehand
is said with --set FIELD=VALUE; --shop and --leave-out are those of Shopify.
Several logins of one ad platform are told apart by --set login=NAME.

A login to an ad platform may open many accounts: pick with --accounts, or
afterwards with fourfold accounts. Linking again renews a link and keeps
everything that was pulled.`,
		Example: `  fourfold link shopify --shop example
  fourfold link shopify --shop example --mode client
  fourfold link google-ads --accounts 5550001111,5550002222
  fourfold link meta --mode token --token-file token.txt --accounts all
  fourfold link google-sheets`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := cobra.ExactArgs(1)(cmd, args); err != nil {
				return usage(fmt.Errorf("name what to link, such as: fourfold link shopify --shop NAME"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := among(a.logins(), args[0])
			if err != nil {
				return err
			}
			return a.link(cmd.Context(), c, how)
		},
	}
	f := cmd.Flags()
	a.merchantFlag(cmd)
	f.StringVar(&how.shop, "shop", "", "the shop: NAME, NAME.myshopify.com, or its address in the admin")
	f.StringVar(&how.mode, "mode", "", "code, client, token or open")
	f.StringVar(&how.leaveOut, "leave-out", "", "optional scopes not to ask for, such as read_all_orders while Shopify has not approved it")
	f.StringArrayVar(&how.set, "set", nil, "what the provider wants to know, as FIELD=VALUE; may be repeated")
	f.StringVar(&how.accounts, "accounts", "", "which accounts to pull from: their IDs, separated by commas, or all")
	f.StringVar(&how.tokenFile, "token-file", "", "where the pasted token stands; standard input if left out")
	f.StringVar(&how.listen, "listen", "", "where to listen for a public callback, such as 127.0.0.1:8377")
	f.BoolVar(&how.noBrowser, "no-browser", false, "only print the address to open")
	f.BoolVar(&how.paste, "paste", false, "paste the address that the browser landed on, instead of listening for it")
	return cmd
}

// linkable lists the connectors as people write them.
func (a *app) linkable() []string {
	var names []string
	for _, c := range a.logins() {
		names = append(names, strings.ReplaceAll(c.ID, "_", "-"))
	}
	return names
}

// given reads what was said of the connector's fields. A currency that was not said is the scorecard's.
func (how linking) given(c connectors.Connector, m store.Merchant) (map[string]string, error) {
	has := func(name string) bool {
		return slices.ContainsFunc(c.Fields, func(f connectors.Field) bool { return f.ID == name })
	}
	given := link.Given(m, nil)
	for _, pair := range how.set {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || !has(name) {
			var names []string
			for _, f := range c.Fields {
				names = append(names, f.ID+" ("+f.Help+")")
			}
			if len(names) == 0 {
				return nil, usage(fmt.Errorf("--set %s: %s wants to know nothing beforehand", pair, c.Title))
			}
			return nil, usage(fmt.Errorf("--set %s: expected FIELD=VALUE with one of: %s", pair, strings.Join(names, "; ")))
		}
		given[name] = value
	}
	for _, f := range []struct{ flag, field, value string }{{"--shop", "shop", how.shop}, {"--leave-out", "leave_out", how.leaveOut}} {
		if f.value == "" {
			continue
		}
		if !has(f.field) {
			return nil, usage(fmt.Errorf("%s is not for %s", f.flag, c.Title))
		}
		given[f.field] = f.value
	}
	if _, err := link.Check(c, given); err != nil {
		return nil, usage(errors.Join(err, how.missing(c, given)))
	}
	return given, nil
}

// missing says how to give what was not given, or not well.
func (how linking) missing(c connectors.Connector, given map[string]string) error {
	var words []string
	for _, f := range c.Fields {
		if _, err := f.Check(strings.TrimSpace(given[f.ID])); err == nil {
			continue
		}
		if f.ID == "shop" {
			words = append(words, "--shop NAME")
			continue
		}
		words = append(words, "--set "+f.ID+"=… ("+f.Help+")")
	}
	return fmt.Errorf("say it with %s", strings.Join(words, ", "))
}

// way is the connector's way of linking that was asked for, or its first.
func (how linking) way(c connectors.Connector) (connectors.AuthKind, error) {
	var ways []string
	for _, auth := range c.Auth {
		ways = append(ways, string(auth.Kind))
	}
	switch {
	case how.mode == "":
		return c.Auth[0].Kind, nil
	case !slices.Contains(ways, how.mode):
		return "", usage(fmt.Errorf("--mode is %q: %s is linked by %s", how.mode, c.Title, strings.Join(ways, " or ")))
	}
	return connectors.AuthKind(how.mode), nil
}

func (a *app) link(ctx context.Context, c connectors.Connector, how linking) error {
	m, known, err := a.merchant(ctx)
	if err != nil {
		return err
	}
	if !known && a.isDestination(c.ID) {
		return usage(fmt.Errorf("there is nothing to write to %s yet: link a store first, such as: fourfold link shopify --shop NAME", c.Title))
	}
	if !known {
		cfg, err := a.config()
		if err != nil {
			return err
		}
		m = newMerchant(cfg.Merchant.Name, cfg)
	}
	if !worker.MayBeStore(c) && !worker.HasBasis(m) {
		return usage(worker.ErrNoBasis) // before anybody agrees to anything
	}
	given, err := how.given(c, m)
	if err != nil {
		return err
	}
	kind, err := how.way(c)
	if err != nil {
		return err
	}
	cfg, err := a.settings(ctx, m)
	if err != nil {
		return err
	}
	if c.ID == fixedRates && cfg.FixedRates != "" {
		return usage(fmt.Errorf("the rates stand in %s, which every pull reads: change them there, below rates.fixed", cfg.Path))
	}
	var app connectors.App
	var token secret.Text
	switch kind {
	case connectors.AuthCode, connectors.AuthClient:
		app, err = a.providerApp(ctx, m, c)
	case connectors.AuthToken:
		if token, err = a.readToken(ctx, how.tokenFile); err == nil {
			app, err = a.appIfAny(ctx, m, c)
		}
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
	switch kind {
	case connectors.AuthClient:
		g, err = l.LinkClient(ctx, m.ID, c, app, given)
	case connectors.AuthToken:
		g, err = l.LinkToken(ctx, m.ID, c, app, token, given)
	case connectors.AuthOpen:
		g, err = l.LinkOpen(ctx, m.ID, c, given)
	default:
		g, err = a.linkByCode(ctx, l, m, c, app, given, how)
	}
	if err != nil {
		return err
	}
	if a.isDestination(c.ID) {
		return a.addDestination(ctx, m, c, g)
	}
	return a.afterLink(ctx, m, c, g, how.accounts)
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
	app, err := a.appIfAny(ctx, m, c)
	if err != nil {
		return app, err
	}
	env := "FOURFOLD_" + strings.ToUpper(c.ID)
	if app.ClientID == "" || app.ClientSecret.Empty() {
		return app, usage(fmt.Errorf("%s needs your app's client ID and client secret: set %s.client_id and %s.client_secret_file, or %s_CLIENT_ID and %s_CLIENT_SECRET", c.Title, c.ID, c.ID, env, env))
	}
	if c.DeveloperToken && app.DeveloperToken.Empty() {
		return app, usage(fmt.Errorf("%s needs the developer token that it gave you: set %s.developer_token_file, or %s_DEVELOPER_TOKEN", c.Title, c.ID, env))
	}
	return app, nil
}

// appIfAny is the app as far as it is configured: beside a pasted token it may be needed or not.
func (a *app) appIfAny(ctx context.Context, m store.Merchant, c connectors.Connector) (connectors.App, error) {
	cfg, err := a.settings(ctx, m)
	return connectorApp(cfg.App(c.ID)), err
}

func connectorApp(set config.App) connectors.App {
	return connectors.App{ClientID: set.ClientID, ClientSecret: set.ClientSecret, DeveloperToken: set.DeveloperToken}
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

// afterLink finds the accounts that the login opens, keeps a connection for each that is wanted, and says what can be seen and what cannot.
func (a *app) afterLink(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant, wanted string) error {
	w, err := a.worker(ctx)
	if err != nil {
		return err
	}
	infos, err := w.Accounts(ctx, c, g)
	if err != nil {
		return err
	}
	picked, err := a.pick(ctx, m, c, g, infos, wanted)
	var use usageError
	if errors.As(err, &use) {
		return usage(fmt.Errorf("%w. The login is kept; pick with: %s", err, a.next(ctx, m, "accounts take ACCOUNT")))
	}
	if err != nil || len(picked) == 0 {
		return err
	}
	if err := a.takeAccounts(ctx, m, c, g, picked); err != nil {
		return err
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
		for _, line := range slices.Compact([]string{c.Costs, c.Remedy}) {
			if line != "" {
				fold(a.stdout, "    ", line)
			}
		}
	}
}
