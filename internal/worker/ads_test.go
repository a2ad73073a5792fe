package worker_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

func aug(d int) period.Day { return period.Date(2026, 8, d) }

// platform is an ad platform whose one account reads all of its days anew each night.
type platform struct {
	zone   string
	spent  map[period.Day]fact.AdDay
	denied bool
}

func (p *platform) connector() connectors.Connector {
	return connectors.Connector{ID: "ads", Title: "Ads", Auth: []connectors.Auth{{Kind: connectors.AuthOpen}}, Version: "1",
		Accounts: func(context.Context, connectors.Grant) ([]connectors.AccountInfo, error) {
			return []connectors.AccountInfo{{ID: "1", Name: "Ads", Currency: "EUR", Zone: p.zone, Since: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)}}, nil
		},
		Probe: func(context.Context, connectors.Account) ([]connectors.Capability, error) {
			return []connectors.Capability{{ID: kpi.SpendStream, Granted: true}}, nil
		},
		Streams: []connectors.Stream{{ID: kpi.SpendStream, Title: "ad spend", Needs: []string{kpi.SpendStream}, Pull: p.pull}},
	}
}

func (p *platform) pull(_ context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		if p.denied {
			yield(connectors.Page{}, connectors.Errorf(connectors.Unavailable, "read ad spend", "the platform is down"))
			return
		}
		zone, err := time.LoadLocation(p.zone)
		if err != nil {
			yield(connectors.Page{}, err)
			return
		}
		days := period.Days{From: period.Date(2026, 7, 1), To: period.On(acc.Now(), zone)}
		page := connectors.Page{ReadAt: acc.Now(), Replaces: &days, Backfill: len(req.Cursor) == 0, Next: connectors.Cursor(`{}`),
			Proof: &connectors.Proof{Slice: days.String(), From: days.From.Start(zone), CompleteTo: days.To.Start(zone), CompleteDay: days.To}}
		for day, v := range p.spent {
			if days.Has(day) {
				v.Day, v.Zone, v.Campaign, v.Channel, v.Currency, v.Final = day, p.zone, "c", fact.AdSearch, "EUR", day+91
				page.Records = append(page.Records, v)
			}
		}
		yield(page, nil)
	}
}

// advertise links the platform to the shop's merchant.
func (s *shop) advertise(p *platform) store.Connection {
	s.t.Helper()
	c := p.connector()
	s.w.Connectors = append(s.w.Connectors, c)
	s.w.Linker.Connectors = s.w.Connectors
	g, err := s.w.Linker.LinkOpen(s.t.Context(), s.merchant().ID, c, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	conns, err := takeAll(s.t.Context(), s.w, s.merchant(), c, g)
	if err != nil || len(conns) != 1 {
		s.t.Fatal(conns, err)
	}
	return conns[0]
}

// A month of spend is published when its platform's grace is over, not with the sales; what the platform says differently later stands beside
// it with the cause. An account that ends its day later than the merchant shortens what is told of the running month by a day, and of nothing
// else; one that cannot be read makes a gap.
func TestSpendIsPublishedAfterItsGrace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShop(t, dsn)
		s.order("", "100", at(8, 5, 10))
		s.order("", "200", at(9, 8, 10))
		p := &platform{zone: "America/Los_Angeles", spent: map[period.Day]fact.AdDay{aug(5): {Spend: 20_000_000}, aug(30): {Spend: 30_000_000}, aug(39): {Spend: 50_000_000}, aug(40): {Spend: 7_000_000}}}
		ads := s.advertise(p)
		s.night() // on the 10th of September, when it is the 9th in Los Angeles
		if got := s.last("ad_spend", "2026-08"); got.Value.V != 50 || got.Published || got.Final != aug(30)+91 || got.Currency != "EUR" {
			t.Errorf("August's spend is %+v", got)
		}
		if got := s.last("net_sales", "2026-08"); !got.Published {
			t.Error("August's sales wait for the spend")
		}
		if got := s.last("mer", "2026-09"); got.Value.V != 4 || !got.Running || got.Through != aug(40) {
			t.Errorf("September so far is %+v", got)
		}
		if got := s.last("net_sales", "2026-09"); got.Through != aug(41) {
			t.Errorf("the sales of September are told through %s", got.Through)
		}
		account := kpi.Scope{Connection: ads.ID, Account: true}
		own, err := s.w.Store.Snapshots(t.Context(), s.merchant().ID, store.SnapshotQuery{Scope: &account, Period: "2026-08", Latest: true})
		if err != nil {
			t.Fatal(err)
		}
		told := map[kpi.ID]kpi.Value{}
		for _, sn := range own {
			told[sn.KPI] = sn.Value
		}
		if len(told) != 3 || told["ad_spend"].V != 50 || told["cpa"].Has || told["roas_platform"].Has {
			t.Errorf("of the account is told %v", told)
		}
		s.until(time.October, 2, 4)
		if got := s.last("ad_spend", "2026-08"); got.Value.V != 50 || !got.Published || got.Cause != "" {
			t.Errorf("August's spend is published as %+v", got)
		}
		p.spent[aug(30)] = fact.AdDay{Spend: 35_000_000}
		delete(p.spent, aug(5))
		s.until(time.October, 3, 1)
		if got := s.last("ad_spend", "2026-08"); got.Value.V != 35 || got.Published || !strings.HasPrefix(got.Cause, string(kpi.CauseAdPlatform)+": ad spend of 2026-08-05 and another day") {
			t.Errorf("August's spend is restated as %+v", got)
		}
		if got := s.last("mer", "2026-08"); !strings.Contains(got.Cause, string(kpi.CauseAdPlatform)) {
			t.Errorf("August's MER is restated because of %q", got.Cause)
		}
		p.denied = true
		s.clock.Advance(3 * 24 * time.Hour)
		if _, err := s.w.Night(t.Context(), s.merchant()); err == nil {
			t.Error("a night without the platform went well")
		}
		if got := s.last("ad_spend", "2026-10"); got.Value.Has || got.Value.Gap != kpi.StaleSource {
			t.Errorf("October's spend without the platform is %+v", got)
		}
		if got := s.last("net_sales", "2026-10"); !got.Value.Has {
			t.Errorf("October's sales without the platform are %+v", got)
		}
	})
}
