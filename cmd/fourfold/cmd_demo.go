package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/internal/sim/host"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/vault"
	"fourfold/kpi"
)

func demoCommand(a *app) *cobra.Command {
	var d demo
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work: a simulated store is linked, pulled and judged",
		Long: `Starts a simulated Shopify store on this machine, links it through the real
OAuth code grant over HTTPS, backfills two years by bulk operations, derives the
KPIs, takes snapshots against sample targets, prints a scorecard and writes the
workbook. Nothing leaves this machine. With --orders it serves the orders of a
file instead: the CDNOW master file, or a CSV with a header naming date,
customer, units and value.

With --serve it stays, and serves the pages of the merchant that the demo has
made, which it makes first where there is none. The simulated providers play on
meanwhile, so that nights find what they left.`,
		Example: "  fourfold demo\n  fourfold demo --serve\n  fourfold demo --orders CDNOW_master.txt --dir /tmp/cdnow",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := d.check(a.now()); err != nil {
				return usage(err)
			}
			if !d.serve {
				return d.run(cmd.Context(), a)
			}
			ctx := cmd.Context()
			return untilAsked(ctx, d.stay(ctx, a, func(flag string) bool { return cmd.Flags().Changed(flag) }))
		},
	}
	f := cmd.Flags()
	f.BoolVar(&d.serve, "serve", false, "serve the pages of the demo's merchant")
	f.StringVar(&d.listen, "listen", config.DefaultListen, "where --serve serves them")
	f.StringVar(&d.dir, "dir", "demo", "where the database and the workbook go; an earlier demo there is replaced")
	f.StringVar(&d.orders, "orders", "", "a file of orders to serve instead of a made-up store")
	f.IntVar(&d.size, "size", 12_000, "orders of the made-up store")
	f.StringVar(&d.period, "period", "", "which period to print; the last complete month if left out")
	f.Uint64Var(&d.seed, "seed", 7, "of the made-up store")
	return cmd
}

type demo struct {
	dir, orders, period, listen string
	size                        int
	seed                        uint64
	serve                       bool
	until                       time.Time // when the made-up store's story ends, and those of what is beside it
}

// minSize is how many orders a made-up store needs for there to be a scorecard.
const minSize = 100

// check finds what is wrong with the flags before a minute is spent on them.
func (d demo) check(now time.Time) error {
	if d.size < minSize {
		return fmt.Errorf("--size is %d: use %d or more", d.size, minSize)
	}
	if d.period == "" {
		return nil
	}
	_, err := period.Parse(d.period, period.On(now, time.UTC), config.Default().Merchant.Calendar)
	return err
}

// cdnowShift brings the orders of 1997 and 1998 to 2025 and 2026: whole weeks, and months of the same length.
const cdnowShift = 10_227

func (d demo) run(ctx context.Context, a *app) error {
	began := time.Now()
	d.until = a.now().UTC().Truncate(time.Minute)
	if err := d.settle(a); err != nil {
		return err
	}
	steps, err := d.play(ctx, a)
	if err != nil {
		return err
	}
	if err := d.steps(ctx, a, append(steps, []string{"pull"})); err != nil {
		return err
	}
	if err := d.keep(a); err != nil {
		return err
	}
	return d.show(ctx, a, began)
}

// play starts what is simulated, until ctx ends, and says how to link it.
func (d demo) play(ctx context.Context, a *app) (link [][]string, err error) {
	shop, err := d.shop()
	if err != nil {
		return nil, err
	}
	srv := sim.New(shop, sim.Options{ClientID: demoApp, ClientSecret: demoSecret, RestoreRate: 1000, Protected: 2})
	if err := srv.Start(ctx); err != nil {
		return nil, fmt.Errorf("start the simulated store: %w", err)
	}
	fmt.Fprintf(a.stdout, "A simulated Shopify store, %s, with %d orders, is at https://%s on this machine.\n\n", shop.Domain, len(shop.Orders), srv.Addr())
	link = [][]string{{"link", "shopify", "--shop", shop.Domain}}
	beside := d.beside(a)
	hosts, err := start(ctx, a.cfg, beside)
	if err != nil {
		return nil, err
	}
	for _, s := range beside {
		link = append(link, append([]string{"link", s.id}, s.link...))
	}
	if len(beside) > 0 {
		card := filepath.Join(d.dir, "rate-card.csv")
		if err := os.WriteFile(card, []byte(rateCard), 0o600); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		link = append(link, []string{"link", "csv", "--set", "kind=tariffs", "--set", "file=" + card})
	}
	a.transport = host.Together(srv.Transport(), hosts...)
	a.browse = func(ctx context.Context, address string) { agree(ctx, a.transport, address) }
	return link, nil
}

// steps runs commands of the program, and says which.
func (d demo) steps(ctx context.Context, a *app, steps [][]string) error {
	for _, step := range steps {
		fmt.Fprintf(a.stdout, "$ fourfold %s\n", strings.Join(step, " "))
		root := rootCommand(a)
		root.SetArgs(step)
		root.SetOut(a.stdout)
		root.SetErr(a.stderr)
		if err := root.ExecuteContext(ctx); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

// shop is the store to simulate.
func (d demo) shop() (*sim.Shop, error) {
	if d.orders == "" {
		return sim.Generate(sim.Config{
			Seed: d.seed, Orders: d.size, Since: d.until.AddDate(-2, 0, 0), Until: d.until,
			Domain: "example-store.myshopify.com", Zone: "Europe/Berlin", Currency: "EUR", Presentments: []string{"USD", "GBP", "CHF"}, TaxesIncluded: true,
		})
	}
	f, err := os.Open(d.orders)
	if err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	defer func() { _ = f.Close() }()
	return sim.FromCSV(f, sim.CSVOptions{Domain: "example-store.myshopify.com", ShiftDays: d.shift()})
}

// beside are the providers beside the store; none where the orders are a file's, of which nobody knows what it cost to win them.
func (d demo) beside(a *app) []simulated {
	if d.orders != "" {
		return nil
	}
	return advertising(a.now, d.until, money.Micros(d.size)*money.Unit/60)
}

// shift brings orders of the past century near today.
func (d demo) shift() int {
	b, err := os.ReadFile(d.orders)
	if err != nil {
		return 0
	}
	for _, field := range strings.Fields(string(b[:min(len(b), 200)])) {
		if len(field) == len("19970101") && strings.HasPrefix(field, "19") {
			return cdnowShift
		}
	}
	return 0
}

// settle clears an earlier demo away, and makes a configuration of its own with a fresh key.
func (d demo) settle(a *app) error {
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	for _, name := range []string{"demo.db", "demo.db-wal", "demo.db-shm", demoKept} {
		if err := os.Remove(filepath.Join(d.dir, name)); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("demo: replace the earlier one: %w", err)
		}
	}
	d.configure(a, vault.NewKey())
	return nil
}

// configure gives the demo a configuration of its own.
func (d demo) configure(a *app, key secret.Text) {
	c := config.Default()
	c.Database = "sqlite:" + filepath.Join(d.dir, "demo.db")
	c.Key = key
	c.Listen = d.listen
	c.Merchant.Name = "Example Store"
	c.Costs.History = "current"
	c.SetApp("shopify", config.App{ClientID: demoApp, ClientSecret: secret.New(demoSecret), Callback: "http://127.0.0.1:0/callback"})
	c.Export.Dir = d.dir
	c.Targets = sampleTargets(d.size)
	a.cfg = &c
}

// agree is the merchant's browser: it opens the address, agrees, and follows the way back.
func agree(ctx context.Context, toStore http.RoundTripper, address string) {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, c := range []*http.Client{{Transport: toStore, CheckRedirect: stay}, {CheckRedirect: stay}} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return
		}
		resp, err := c.Do(r)
		if err != nil {
			return
		}
		_ = resp.Body.Close()
		address = resp.Header.Get("Location")
	}
}

func (d demo) show(ctx context.Context, a *app, began time.Time) error {
	db, m, err := a.linked(ctx)
	if err != nil {
		return err
	}
	at, err := d.which(ctx, db, m, a.now())
	if err != nil {
		return err
	}
	printed, err := period.Parse(at, period.On(a.now(), time.UTC), m.Calendar)
	if err != nil {
		return usage(err)
	}
	root := rootCommand(a)
	root.SetArgs([]string{"show", at})
	root.SetOut(a.stdout)
	if err := root.ExecuteContext(ctx); err != nil {
		return err
	}
	root = rootCommand(a)
	root.SetArgs([]string{"export", "--period", at})
	root.SetOut(a.stdout)
	if err := root.ExecuteContext(ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, `
Done in %[1]s. Open %[2]s in Excel, LibreOffice or Google Sheets.

Its pages, at http://%[8]s:

  %[7]s

Look around in it here:

  FOURFOLD_DATABASE=sqlite:%[3]s %[4]s show --all %[5]s
  FOURFOLD_DATABASE=sqlite:%[3]s %[4]s show %[6]s

For a store of your own:

  %[4]s init                        a configuration file and a key
  %[4]s link shopify --shop NAME    agree once in the browser
  %[4]s pull                        the first pull reads all there is
  %[4]s show                        the scorecard of last month
  %[4]s run                         stays, and pulls every night
`, time.Since(began).Round(time.Second), filepath.Join(d.dir, "scorecard.xlsx"), filepath.Join(d.dir, "demo.db"), os.Args[0], at, period.Of(period.Quarterly, printed.From, m.Calendar).Name, d.serving(), d.listen)
	return nil
}

// which is the period to print: the last month that has passed and has orders.
func (d demo) which(ctx context.Context, db *store.Store, m store.Merchant, now time.Time) (string, error) {
	if d.period != "" {
		return d.period, nil
	}
	counter, err := db.Counter(ctx, m.ID, kpi.Whole)
	if err != nil {
		return "", err
	}
	loc, err := m.Location()
	if err != nil {
		return "", err
	}
	p := period.Of(period.Monthly, period.On(now, loc), m.Calendar).Prev(m.Calendar)
	orders := kpi.Term{Measure: kpi.Orders, Window: kpi.InPeriod}
	for p.From >= counter.First() && counter.Measures([]kpi.Term{orders}, p)[orders].Int == 0 {
		p = p.Prev(m.Calendar)
	}
	return p.Name, nil
}
