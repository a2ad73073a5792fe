package web

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// records reads CSV as programs do, and gives its columns by name.
func records(t testing.TB, text string) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatalf("no CSV (%v): %.200s", err, text)
	}
	var rows []map[string]string
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestAFeedServesSheetsToASpreadsheet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShelf(t, dsn)
		s.member("ann", s.m, store.Viewer)
		token := s.lend(s.as("ann"), "take/feeds", "Monday meeting")
		sheet := s.program("")
		at := func(rest string) string { return "/feed/" + token + "/" + rest }

		a := sheet.get(at("kpis.csv?period=2026-10"))
		if a.status != http.StatusOK || a.header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Fatalf("%d %s: %s", a.status, a.header.Get("Content-Type"), a.body)
		}
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff",
			"X-Robots-Tag": "noindex", "Set-Cookie": "", "Access-Control-Allow-Origin": "", "Last-Modified": rigNow.Format(http.TimeFormat)} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		value := ""
		for _, row := range records(t, a.body) {
			if row["kpi"] == "net_sales" {
				value = row["value"]
			}
		}
		if value != "44000.00" {
			t.Errorf("net sales of October are %q", value)
		}

		// Nothing has changed: 304 and no more. Then something does.
		tag := a.header.Get("ETag")
		for _, has := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			sheet.header.Set("If-None-Match", has)
			if again := sheet.get(at("kpis.csv?period=2026-10")); tag == "" || again.status != http.StatusNotModified || again.body != "" || again.header.Get("ETag") != tag {
				t.Errorf("If-None-Match %s: %d %q", has, again.status, again.body)
			}
			s.pass(feedEvery)
		}
		sheet.header.Set("If-None-Match", tag)
		s.take("month", period.Date(2026, 10, 1), 43_999, 2)
		if changed := sheet.get(at("kpis.csv?period=2026-10")); changed.status != http.StatusOK || changed.header.Get("ETag") == tag || !strings.Contains(changed.body, "43999.00") {
			t.Errorf("after a restatement: %d %s", changed.status, changed.header.Get("ETag"))
		}
		sheet.header.Del("If-None-Match")
		s.pass(time.Minute)

		// A grain is the last period of that length, and the history by it; a KPI is that one alone.
		for _, row := range records(t, sheet.get(at("snapshots.csv?grain=week&kpi=net_sales")).body) {
			if row["grain"] != "week" || row["kpi"] != "net_sales" || row["value"] != "9999.99" {
				t.Errorf("of the week's net sales: %v", row)
			}
		}
		if rows := records(t, sheet.get(at("snapshots.csv?period=2026-10")).body); len(rows) < 30 {
			t.Errorf("the whole history has %d rows", len(rows))
		}
		if head := sheet.do(http.MethodHead, at("targets.csv?period=2026-10"), nil); head.status != http.StatusOK || head.body != "" || head.header.Get("Content-Type") != kindCSV {
			t.Errorf("HEAD: %d %q", head.status, head.body)
		}
		s.pass(time.Minute)
		for rest, want := range map[string]int{
			"scopes.csv?period=2026-10": 200, "orders.csv": 404, "scorecard": 404, "%2e%2e%2fme": 404, "kpis.csv?period=2031-01": 404, "kpis.csv?period=Monday": 404,
			"kpis.csv?grain=fortnight": 400, "kpis.csv?kpi=nonsense": 400, "kpis.csv?perod=2026-10": 400, "kpis.csv?grain=week&period=2026-10": 400, "kpis.csv?grain=week&grain=month": 400,
		} {
			if got := sheet.get(at(rest)); got.status != want || want != 200 && (!strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") || strings.Contains(got.body, "<")) {
				t.Errorf("%s: %d, want %d: %s", rest, got.status, want, got.body)
			}
			s.pass(feedEvery)
		}
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
			if got := sheet.do(method, at("kpis.csv"), nil); got.status != http.StatusMethodNotAllowed && got.status != http.StatusNotFound {
				t.Errorf("%s: %d", method, got.status)
			}
		}
	})
}

func TestAFeedEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShelf(t, dsn)
		other := s.merchant("Other")
		ann, ben := s.member("ann", s.m, store.Viewer), s.member("ben", s.m, store.Operator)
		s.must(s.Store.PutMember(t.Context(), other.ID, ann.ID, store.Operator))
		asAnn, asBen := s.as("ann"), s.as("ben")
		sheet := s.program("")
		gets := func(token string, want int) {
			t.Helper()
			s.pass(time.Minute)
			if a := sheet.get("/feed/" + token + "/kpis.csv?period=2026-10"); a.status != want {
				t.Errorf("%d, want %d: %.100s", a.status, want, a.body)
			}
		}
		end := func(b *browser, token string) answer {
			return b.post(s.at("take/feeds/end"), "ticket", digest(token))
		}

		mine, yours := s.lend(asAnn, "take/feeds", "mine"), s.lend(asBen, "take/feeds", "yours")
		gets(mine, http.StatusOK)
		end(asAnn, yours).sees(t, http.StatusNotFound) // not hers, and she is no operator
		gets(yours, http.StatusOK)
		end(asAnn, mine).leads(t, s.at("take/feeds"))
		gets(mine, http.StatusGone)
		end(asAnn, mine).leads(t, s.at("take/feeds")) // twice is once

		// An operator sees and ends everybody's.
		hers := s.lend(asAnn, "take/feeds", "hers")
		asBen.get(s.at("take/feeds")).sees(t, http.StatusOK, "Feeds of others", "hers", "ann")
		if a := asAnn.get(s.at("take/feeds")); strings.Contains(a.text(), "yours") {
			t.Errorf("a viewer sees what others made: %s", a.text())
		}
		end(asBen, hers).leads(t, s.at("take/feeds"))
		gets(hers, http.StatusGone)

		// It ends with the part in the merchant, and does not come back with it.
		last := s.lend(asAnn, "take/feeds", "last")
		gets(last, http.StatusOK)
		s.must(s.Store.ChangeRole(t.Context(), s.m.ID, ann.ID, store.NoRole, ann))
		gets(last, http.StatusGone)
		s.must(s.Store.PutMember(t.Context(), s.m.ID, ann.ID, store.Viewer))
		gets(last, http.StatusGone)

		// One that expires, one whose maker has no part any more though the ticket is good, and what never was one.
		for want, k := range map[int]store.Ticket{http.StatusOK: {PersonID: ben.ID, ExpiresAt: s.clock().Add(24 * time.Hour)}, http.StatusGone: {PersonID: ben.ID, ExpiresAt: s.clock()}} {
			token, hash := mint(s.m.ID)
			k.MerchantID, k.Token, k.Kind, k.Title = s.m.ID, hash, store.Feed, "dated"
			s.must(s.Store.AddTicket(t.Context(), k))
			gets(token, want)
		}
		stranger := s.person("cy")
		token, hash := mint(s.m.ID)
		s.must(s.Store.AddTicket(t.Context(), store.Ticket{MerchantID: s.m.ID, Token: hash, Kind: store.Feed, Title: "x", PersonID: stranger.ID}))
		gets(token, http.StatusGone)
		key := s.lend(asBen, "take/keys", "a key")
		unknown, _ := mint(s.m.ID)
		_, random, _ := strings.Cut(yours, ".")
		for _, token := range []string{key, unknown, "x", "1", "-1." + random, merchantAt(other.ID, "")[3:] + "." + random, yours + "x", yours[:len(yours)-1]} {
			gets(token, http.StatusNotFound)
		}
		gets(yours, http.StatusOK)

		// What was made and ended is on record, and no token is anywhere: not on a page, nor in the log.
		log := asBen.get(s.at("audit")).sees(t, http.StatusOK, store.AuditFeed, store.AuditFeedEnded, store.AuditKey, "mine")
		for _, token := range []string{mine, yours, hers, last, key} {
			if strings.Contains(log.body, token) || strings.Contains(s.logged.String(), token) {
				t.Error("a token was written down")
			}
		}
	})
}

// Nothing of an address is logged, whatever goes wrong.
func TestATokenIsNeverLogged(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	b := s.as("ann")
	token, key := s.lend(b, "take/feeds", "f"), s.lend(b, "take/keys", "k")
	s.must(s.Store.Close())
	if a := s.program("").get("/feed/" + token + "/kpis.csv"); a.status < 500 || strings.Contains(a.body, "sql") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := s.program(key).get("/api/v1/kpis"); a.status < 500 {
		t.Errorf("%d %s", a.status, a.body)
	}
	_, feed, _ := strings.Cut(token, ".")
	_, secret, _ := strings.Cut(key, ".")
	if text := s.logged.String(); !strings.Contains(text, "a program was not answered") || strings.Contains(text, feed) || strings.Contains(text, secret) {
		t.Errorf("the log: %s", text)
	}
}

func TestAFeedIsPaced(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	b := s.as("ann")
	one, two := s.lend(b, "take/feeds", "one"), s.lend(b, "take/feeds", "two")
	sheet := s.program("")
	get := func(token string) answer { return sheet.get("/feed/" + token + "/definitions.csv?period=2026-10") }
	for i := range feedBurst {
		if a := get(one); a.status != http.StatusOK {
			t.Fatalf("number %d: %d", i+1, a.status)
		}
	}
	a := get(one)
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "2" {
		t.Errorf("after the burst: %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
	}
	if a := get(two); a.status != http.StatusOK {
		t.Errorf("another feed waits too: %d", a.status)
	}
	s.pass(feedEvery)
	if a := get(one); a.status != http.StatusOK {
		t.Errorf("after %s: %d", feedEvery, a.status)
	}
	if a := get(one); a.status != http.StatusTooManyRequests {
		t.Errorf("at once again: %d", a.status)
	}
	answered := 0
	for range 60 { // half a minute, asking twice a second
		s.pass(time.Second / 2)
		if get(one).status == http.StatusOK {
			answered++
		}
	}
	if answered != 15 {
		t.Errorf("answered %d times in half a minute, want 15", answered)
	}
}

// A new feed is shown with every sheet there is: one of scopes only where there are several.
func TestANewFeedListsItsSheets(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	one := s.merchant("One store")
	s.linkedStore(one, "1", "Tea shop", map[string]string{"shop": "one.myshopify.com"})
	for _, m := range []store.Merchant{s.m, one} {
		s.member("ann of "+number(m.ID), m, store.Viewer)
		a := s.as("ann of "+number(m.ID)).post(merchantAt(m.ID, "take/feeds"), "title", "Monday").sees(t, http.StatusOK)
		for _, sh := range sheets {
			if got, want := strings.Contains(a.body, "/"+sh.Key+".csv?grain=month"), sh.Key != "scopes" || m.ID == s.m.ID; got != want {
				t.Errorf("merchant %d: %s is listed: %t, want %t", m.ID, sh.Key, got, want)
			}
		}
	}
}

func TestTitlesOfFeeds(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	b := s.as("ann")
	s.lend(b, "take/feeds", "Taken")
	for title, want := range map[string]string{"": "Say what it is for", " ": "Say what it is for", "taken": "of that name", strings.Repeat("x", 81): "80 characters", "two\nlines": "that can be seen", "\u202edeef": "that can be seen"} {
		a := b.post(s.at("take/feeds"), "title", title).sees(t, http.StatusUnprocessableEntity, want)
		if typed := strings.TrimSpace(title); typed != "" && !strings.Contains(title, "\n") && !strings.Contains(a.body, typed) {
			t.Errorf("what was typed is gone: %q", title)
		}
	}
	for i := len("one is there"); i < len("one is there")+lentMost-1; i++ {
		s.lend(b, "take/feeds", strings.Repeat("y", i))
	}
	b.post(s.at("take/feeds"), "title", "one too many").sees(t, http.StatusUnprocessableEntity, "20 already")
}
