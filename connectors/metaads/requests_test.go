package metaads

import (
	"maps"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	sim "fourfold/internal/sim/metaads"
)

// The figures are those of README.md: what a night and a first pull of 13 months ask for, of an account with five campaigns.
func TestHowMuchIsAskedFor(t *testing.T) {
	r := simulate(t, nil)
	acc := r.account(r.opts.Accounts[0])
	b := adstest.NewHeld()
	since := period.On(firstRun.AddDate(0, -13, 0), time.UTC)
	if acc.Since.After(firstRun.AddDate(0, -13, 0)) {
		acc.Since = firstRun.AddDate(0, -13, 0)
	}
	pull := func(want map[string]int) {
		t.Helper()
		r.Forget()
		if _, err := probe(t.Context(), acc); err != nil {
			t.Fatal(err)
		}
		for _, s := range Connector().Streams {
			if err := once(t, b, acc, s, since); err != nil {
				t.Fatal(err)
			}
		}
		if got := r.Requests(); !maps.Equal(got, want) {
			t.Errorf("asked for %v, want %v", got, want)
		}
	}
	// 397 days by 90, and all months at once.
	pull(map[string]int{"account": 1, "insights": 5 + 1})
	for range 3 {
		r.Clock.Pass(24 * time.Hour)
		pull(map[string]int{"account": 1, "insights": 1 + 1})
	}
}

// A heavy account's nights are reports, and soon as few as they can be.
func TestAHeavyAccountIsReadByReports(t *testing.T) {
	r := simulate(t, func(o *sim.Options) { o.Prepares = 8 * time.Minute })
	r.SetFaults(sim.Faults{MostCells: 1})
	b := adstest.NewHeld()
	acc := r.account(r.opts.Accounts[2])
	since := period.On(firstRun, time.UTC) - 30
	r.through(t, b, acc, Connector().Streams[0], since)
	r.Forget()
	r.Clock.Pass(24 * time.Hour)
	ordered := r.Clock.Now()
	r.through(t, b, acc, Connector().Streams[0], since)
	if !b.ReadAt.Equal(ordered) || !r.Clock.Now().After(ordered) {
		t.Errorf("the figures are of %s, and the report was ordered at %s", b.ReadAt, ordered)
	}
	got := r.Requests()
	if got["order"] != 1 || got["insights"] != 0 || got["report"] != 1 || got["poll"] > 20 {
		t.Errorf("the second night asked for %v", got)
	}
	compareTold(t, b, r.opts.Accounts[2], since, r.Clock.Now())
}

// A day that is too large whatever is done is read in parts: by campaigns, and then by their metrics.
func TestADayIsReadInParts(t *testing.T) {
	for name, faults := range map[string]sim.Faults{
		"by campaigns": {MostCells: 2 * 23, MostReport: 1},
		"by metrics":   {MostCells: 12, MostReport: 1, Reduce: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := simulate(t, nil)
			r.SetFaults(faults)
			b := adstest.NewHeld()
			since := period.On(firstRun, time.UTC) - 5
			r.through(t, b, r.account(r.opts.Accounts[0]), Connector().Streams[0], since)
			compareTold(t, b, r.opts.Accounts[0], since, r.Clock.Now())
			t.Log(r.Requests())
		})
	}
}

func TestWhatIsTooLargeInEveryPartSaysSo(t *testing.T) {
	r := simulate(t, nil)
	r.SetFaults(sim.Faults{MostCells: 2})
	err := once(t, adstest.NewHeld(), r.account(r.opts.Accounts[0]), Connector().Streams[0], period.On(firstRun, time.UTC)-1)
	r.Refused(t, err, connectors.TooLarge, "metric by metric", "next night")
}

// compareTold holds what is held against what the platform says now.
func compareTold(t *testing.T, b *adstest.Held, a *ads.Account, since period.Day, now time.Time) {
	t.Helper()
	rows := a.Report(period.Days{From: since, To: period.On(now, a.Location())}, now)
	if len(rows) == 0 || len(rows) != len(b.Days) {
		t.Errorf("%d campaign-days are held, and there are %d", len(b.Days), len(rows))
	}
	for _, want := range rows {
		got := b.Days[adstest.Key{Day: want.Day, Name: want.Campaign.ID}]
		if got.Spend != want.Spend || got.Impressions != want.Impressions || got.Clicks != want.Clicks || got.Value != want.Value || got.Conversions != want.Conversions*1_000_000 {
			t.Errorf("%s %s: held %+v, told %+v", want.Campaign.Name, want.Day, got, want)
		}
	}
}
