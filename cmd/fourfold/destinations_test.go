package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/secret"
	"fourfold/internal/sim/gsheets"
	"fourfold/internal/sim/host"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
)

// withSheets gives an operated store a Google account, which the program may be linked to.
func withSheets(t testing.TB, o *operated) *gsheets.Server {
	t.Helper()
	srv := gsheets.New(gsheets.Options{Now: o.clock.now, PerMinute: 10_000})
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	o.sheets = srv
	o.app.transport = host.Together(o.app.transport, srv.Host)
	o.app.browse = func(ctx context.Context, address string) { agree(ctx, o.app.transport, address) }
	o.app.cfg.SetApp("google_sheets", config.App{ClientID: "client-id", ClientSecret: secret.New("client-secret"), Callback: "http://127.0.0.1:0/callback"})
	o.app.cfg.Export.Period = "last-week"
	return srv
}

func (o *operated) destination() store.Destination {
	o.t.Helper()
	all, err := o.app.db.Destinations(o.t.Context(), o.merchant().ID)
	o.must(err)
	if len(all) != 1 {
		o.t.Fatalf("%d destinations", len(all))
	}
	return all[0]
}

// A Google account is linked in the browser; from then on each night brings one spreadsheet up to date, in which the merchant's own tab stays
// and reckons anew. Linking again, asking and pausing do what they say.
func TestTheSpreadsheetFollowsTheNights(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		o := newOperated(t, dsn)
		srv := withSheets(t, o)
		if err := o.command("export", "--to", "google-sheets"); err == nil || !strings.Contains(err.Error(), "fourfold link google-sheets") {
			t.Errorf("not linked yet: %v", err)
		}
		o.must(o.command("link", "google-sheets"))
		o.works()
		o.must(o.command("export", "--to", "google-sheets", "--period", "last-week"))
		d := o.destination()
		if d.Place == "" || d.ExportedAt.IsZero() || !strings.HasPrefix(d.Address, "https://docs.google.com/") || len(srv.Files()) != 1 {
			t.Fatalf("after the first export: %+v, files %q", d, srv.Files())
		}
		o.must(errors.Join(
			srv.AddTab(d.Place, "Mine", 0),
			srv.Type(d.Place, "Mine", "A1", "=ff_net_sales_value+0"), srv.Type(d.Place, "Mine", "A2", "=ff_period"),
		))
		for night := range 3 {
			for range []int{7, 7, 1}[night] {
				o.works()
			}
			if n, err := o.does(worker.DestinationsKind); n != 1 || err != nil {
				t.Fatalf("night %d: %d, %v", night, n, err)
			}
			week, err := o.app.books().Period(o.merchant(), "last-week")
			o.must(err)
			period, err := srv.See(d.Place, "Mine", "A2")
			o.must(err)
			sales, err := srv.See(d.Place, "Mine", "A1")
			o.must(err)
			shown := o.shown(week.Name)
			if period != week.Name || fmt.Sprint(sales) != shown {
				t.Errorf("night %d: the merchant's formulas give %v and %v, the period is %s and its net sales %s", night, period, sales, week.Name, shown)
			}
			if n, err := o.does(worker.DestinationsKind); n != 0 || err != nil {
				t.Errorf("night %d: exported again without one: %d, %v", night, n, err)
			}
		}
		m := o.merchant()
		o.must(o.app.db.AskExport(t.Context(), m.ID, d.GrantID))
		if n, err := o.does(worker.DestinationsKind); n != 1 || err != nil {
			t.Errorf("asked for: %d, %v", n, err)
		}
		o.must(o.app.db.SetDestinationState(t.Context(), m.ID, d.GrantID, store.StatePaused))
		o.works()
		if n, err := o.does(worker.DestinationsKind); n != 0 || err != nil {
			t.Errorf("paused: %d, %v", n, err)
		}
		o.must(o.command("link", "google-sheets"))
		if again := o.destination(); again.Place != d.Place || again.State != store.StateActive || len(srv.Files()) != 1 {
			t.Errorf("linked again: %+v, files %q", again, srv.Files())
		}
		o.must(o.command("accounts"))
		o.must(o.command("doctor"))
		o.must(o.command("unlink", "google-sheets"))
		if all, err := o.app.db.Destinations(t.Context(), m.ID); err != nil || len(all) != 0 || len(srv.Files()) != 1 {
			t.Errorf("unlinked: %v, %v, files %q", all, err, srv.Files())
		}
		if err := o.command("unlink", "google-sheets"); err == nil {
			t.Error("unlinked twice")
		}
	})
}

// shown is the net sales of a period as `fourfold show` has them, without the currency.
func (o *operated) shown(period string) string {
	o.t.Helper()
	b, err := o.app.books().Of(o.t.Context(), o.merchant(), bookOfPeriod(period))
	o.must(err)
	for _, e := range b.Cards[0].Scorecard.Entries {
		if e.KPI.ID == "net_sales" {
			return fmt.Sprint(e.Value.V)
		}
	}
	return ""
}

// What a person must mend is told once, on either engine's terms, and ends when it is mended: a consent that was taken back, a file in the bin.
func TestTheSpreadsheetThatNeedsAPerson(t *testing.T) {
	t.Parallel()
	o := newOperated(t, storetest.SQLite(t))
	srv := withSheets(t, o)
	o.must(o.command("link", "google-sheets"))
	o.works()
	if _, err := o.does(worker.DestinationsKind); err != nil {
		t.Fatal(err)
	}
	d := o.destination()
	srv.Bin(d.Place, true)
	o.works()
	if _, err := o.does(worker.DestinationsKind); err == nil {
		t.Fatal("a file in the bin was written to")
	}
	o.must(o.worker().Alert(t.Context()))
	if code, kinds := o.status(); code != exitPerson || !slices.Equal(kinds, []string{worker.NeedDestination}) {
		t.Errorf("status exits with %d and tells %v", code, kinds)
	}
	if mails, _ := o.told("take it out of the bin"); mails != 1 {
		t.Errorf("told %d times", mails)
	}
	if got := o.destination(); got.Place != d.Place || !strings.Contains(got.Error, "bin") {
		t.Errorf("it is %+v", got)
	}
	o.must(o.app.db.LeavePlace(t.Context(), d.MerchantID, d.GrantID))
	if _, err := o.does(worker.DestinationsKind); err != nil || len(srv.Files()) != 1 || o.destination().Place == d.Place {
		t.Errorf("a new one was asked for: %v, %q", err, srv.Files())
	}
	if code, kinds := o.status(); code != exitOK {
		t.Errorf("after that: exit %d, %v", code, kinds)
	}
	srv.Desk().Revoke()
	o.works()
	if _, err := o.does(worker.DestinationsKind); exitCode(err) != exitPerson {
		t.Errorf("a consent that was taken back: %v", err)
	}
	grants, err := o.app.db.Grants(t.Context(), d.MerchantID)
	o.must(err)
	if i := slices.IndexFunc(grants, func(g store.Grant) bool { return g.ID == d.GrantID }); grants[i].State != store.StateRelink {
		t.Errorf("the grant is %s", grants[i].State)
	}
	o.must(o.command("link", "google-sheets"))
	if _, err := o.does(worker.DestinationsKind); err != nil {
		t.Errorf("linked again: %v", err)
	}
	if code, kinds := o.status(); code != exitOK {
		t.Errorf("linked again: exit %d, %v", code, kinds)
	}
}

// The engines do it by themselves: asked for on the pages, it is done within a minute or so.
func TestTheEnginesExportWhatIsAskedFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		o := newOperated(t, dsn)
		srv := withSheets(t, o)
		o.must(o.command("link", "google-sheets"))
		o.works()
		o.must(o.app.db.AskExport(t.Context(), o.merchant().ID, o.destination().GrantID))
		log := &output{}
		o.app.stderr = log
		ctx, cancel := context.WithCancel(t.Context())
		root := rootCommand(o.app)
		root.SetArgs([]string{"run"})
		ended := make(chan error, 1)
		go func() { ended <- root.ExecuteContext(ctx) }()
		for deadline := time.Now().Add(runPatience); len(srv.Files()) == 0 || o.destination().ExportedAt.IsZero(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("nothing was written:\n%s", log)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if len(srv.Files()) != 1 {
			t.Errorf("the files are %q", srv.Files())
		}
	})
}
