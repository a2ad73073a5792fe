package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// Whatever stands in an address, the answer is a page: there is such a thing, or there is none.
func TestOddAddresses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShelf(t, dsn)
		s.member("ann", s.m, store.Editor)
		ann := s.as("ann")
		feed := s.program("")
		token := s.lend(ann, "take/feeds", "odd")
		key := s.program(s.lend(ann, "take/keys", "odd"))
		ann.get(s.at("2026-10")).sees(t, http.StatusOK)
		key.get("/api/v1/merchants/1/scorecard/2026-10").sees(t, http.StatusOK)
		for _, odd := range []string{"0000", "0000-01", "0001-01-01", "0001-W01", "0001", "9999", "9999-12-31", "9999-W52", "9999-Q4", "2026-W53", "2026-W54", "2026-W00", "2026-13", "2026-02-30", "-001-01", "+2026", "last-year",
			"292277026596", "2026-11\x00", "2026\xff", "２０２６-11", "..", "%", " 2026-11", "2026-11 ", strings.Repeat("9", 5000)} {
			in := url.PathEscape(odd)
			q := url.QueryEscape(odd)
			for _, address := range []string{in, in + "?all=1&against=year", in + "?scope=" + q, in + "/net_sales", in + "/" + in, in + "/net_sales/values.csv", "2026-10/net_sales?scope=store:" + q, "2026-10/net_sales/values.csv?scope=store:99",
				"take?period=" + q, "take/scorecard.csv?period=" + q, "restatements?period=" + q, "targets?grain=" + q, "targets/" + in, "truth/" + in, "accounts/" + in, "links/" + in, "targets?suggest=net_sales:" + q} {
				if a := ann.get(s.at(address)); a.status >= http.StatusInternalServerError {
					t.Errorf("%.80s: %d %s", address, a.status, a.text())
				}
			}
			if a := feed.get("/feed/" + token + "/scorecard.csv?period=" + q); a.status >= http.StatusInternalServerError {
				t.Errorf("feed of %.80s: %d %s", odd, a.status, a.body)
			}
			s.pass(time.Minute)
			for _, path := range []string{"/scorecard/" + in, "/channels/" + in, "/restatements?period=" + q, "/restatements?scope=channel:1/" + q, "/proofs?limit=" + q} {
				if a := key.get("/api/v1/merchants/1" + path); a.status >= http.StatusInternalServerError {
					t.Errorf("API of %.80s: %d %s", path, a.status, a.body)
				}
				s.pass(time.Minute)
			}
		}
		if log := s.logged.String(); strings.Contains(log, "panic") || strings.Contains(log, "could not be made") {
			t.Errorf("%.2000s", log)
		}
	})
}
