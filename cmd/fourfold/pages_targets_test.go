package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/period"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// Somebody chooses the first password, sets a target on the page, and at once the running month and what was backfilled have a status; what
// the configuration holds is left to it.
func TestATargetSetOnThePageJudgesAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		at := func(month time.Month, day, hour int) time.Time {
			return time.Date(2026, month, day, hour, 0, 0, 0, zone)
		}
		shop := &sim.Shop{ID: 7, Domain: "situation.myshopify.com", Name: "Situation", Currency: "EUR", Zone: zone.String(), CreatedAt: sim.At(opened)}
		r := newRig(t, dsn, shop, rigOptions{Now: at(time.May, 15, 9), Configure: func(c *config.Config) {
			c.Path = filepath.Join("etc", "fourfold.yml")
			c.Targets = []kpi.Target{{KPI: "aov", Grain: period.Monthly, Anchors: kpi.Anchors{Green: 50, Red: 45}, Reason: "configuration"}}
		}})
		r.link()
		for _, day := range []time.Time{at(time.March, 10, 12), at(time.April, 10, 12), at(time.May, 10, 12)} {
			r.change(func(shop *sim.Shop) error {
				_, err := shop.Place(sim.Purchase{At: sim.At(day), Items: []sim.Item{{Title: "Course", Quantity: 1, Price: amount("100.00"), Digital: true}}})
				return err
			})
		}
		r.night(at(time.May, 16, 4))
		r.clock.set(at(time.May, 16, 9))
		status := func(name string) kpi.Status {
			t.Helper()
			all := r.snapshots(store.SnapshotQuery{KPI: "net_sales", Period: name, Scope: &kpi.Whole, Latest: true})
			if len(all) != 1 {
				t.Fatalf("%d snapshots of %s", len(all), name)
			}
			return all[0].Status
		}
		for _, name := range []string{"2026-03", "2026-05"} {
			if s := status(name); s != kpi.Grey {
				t.Fatalf("%s is %s before", name, s)
			}
		}

		c, err := r.app.config()
		r.must(err)
		site := r.app.site(t.Context(), r.worker(), c, nil)
		srv := httptest.NewServer(site.Handler())
		t.Cleanup(srv.Close)
		jar, err := cookiejar.New(nil)
		r.must(err)
		browser := &http.Client{Jar: jar}
		post := func(path string, pairs ...string) string {
			t.Helper()
			form := url.Values{}
			for i := 0; i < len(pairs); i += 2 {
				form.Set(pairs[i], pairs[i+1])
			}
			resp, err := browser.PostForm(srv.URL+path, form)
			r.must(err)
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			r.must(err)
			return string(b)
		}
		first, err := site.Begin()
		r.must(err)
		post(strings.TrimPrefix(first, site.Base), "name", "Anna", "password", "a few words in a row", "again", "a few words in a row")
		typed := []string{"from", "2026-05-16", "net_sales.green", "90", "net_sales.red", "80", "reason", "plan"}
		page := post("/m/1/targets", append(typed, "do", "preview")...)
		seen := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`).FindStringSubmatch(page)
		if seen == nil {
			t.Fatalf("no preview: %s", page)
		}
		if s := status("2026-05"); s != kpi.Grey {
			t.Errorf("the preview alone made it %s", s)
		}
		page = post("/m/1/targets", append(typed, "do", "save", "seen", seen[1])...)
		if !strings.Contains(page, "The target is saved. What is open is judged by it now") {
			t.Errorf("saved: %s", page)
		}
		for name, want := range map[string]kpi.Status{"2026-03": kpi.Green, "2026-05": kpi.Green} {
			if s := status(name); s != want {
				t.Errorf("%s is %s, want %s", name, s, want)
			}
		}
		if page := post("/m/1/targets", "from", "2026-05-16", "aov.green", "70", "do", "preview"); !strings.Contains(page, "aov has its target in fourfold.yml") || strings.Contains(page, "etc") {
			t.Errorf("the file's target: %s", page)
		}
	})
}
