package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/period"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// What is downloaded is what is exported, byte for byte, and the workbook says what the API says.
func TestFilesEqualTheExport(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	b := s.as("ann")
	whole, err := s.Books.Of(t.Context(), s.m, book.Request{Period: "2026-10", All: true, History: true})
	s.must(err)
	var want bytes.Buffer
	s.must(export.XLSX(&want, whole))
	a := b.get(s.at("take/scorecard.xlsx?period=2026-10"))
	if a.status != http.StatusOK || a.body != want.String() || a.header.Get("Content-Length") != strconv.Itoa(want.Len()) {
		t.Errorf("scorecard.xlsx: %d, %d bytes of %d", a.status, len(a.body), want.Len())
	}
	for name, want := range map[string]string{"Content-Disposition": `attachment; filename="scorecard.xlsx"`, "Content-Type": kindXLSX, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	var keys []string
	for _, sheet := range export.Lay(whole) {
		keys = append(keys, sheet.Key)
		for query, bom := range map[string]bool{"": false, "&bom=1": true} {
			want.Reset()
			s.must(export.CSV(&want, sheet, bom))
			if a := b.get(s.at("take/" + sheet.Key + ".csv?period=2026-10" + query)); a.status != http.StatusOK || a.body != want.String() || a.header.Get("Content-Disposition") != `attachment; filename="`+sheet.Key+`.csv"` {
				t.Errorf("%s.csv%s: %d", sheet.Key, query, a.status)
			}
		}
	}
	var told []string
	for _, s := range sheets {
		told = append(told, s.Key)
	}
	if !slices.Equal(keys, told) {
		t.Errorf("the page tells of the sheets %v; there are %v", told, keys)
	}

	file, err := excelize.OpenReader(strings.NewReader(a.body))
	s.must(err)
	rows, err := file.GetRows("KPIs", excelize.Options{RawCellValue: true})
	s.must(err)
	var card shapes.Scorecard
	key := s.lend(b, "take/keys", "k")
	s.must(json.Unmarshal([]byte(s.program(key).get("/api/v1/merchants"+strings.TrimPrefix(s.at(""), "/m")+"/scorecard/2026-10?all=true").body), &card))
	compared := 0
	for _, k := range card.KPIs {
		for _, row := range rows {
			if len(row) < 14 || row[0] != string(k.ID) {
				continue
			}
			in, err := strconv.ParseFloat(row[6], 64)
			if k.Value == nil && row[6] != "–" || k.Value != nil && (err != nil || in != *k.Value) || row[13] != string(k.Status) {
				t.Errorf("%s: %s %s in the workbook, %v %s in the API", k.ID, row[6], row[13], k.Value, k.Status)
			}
			compared++
		}
	}
	if compared != len(card.KPIs) || compared < 50 {
		t.Errorf("%d of %d KPIs compared", compared, len(card.KPIs))
	}
}

// The history of one KPI has that alone, of the scope that is asked for.
func TestValuesOfOneKPI(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	b := s.as("ann")
	a := b.get(s.at("2026-10/net_sales/values.csv"))
	if a.header.Get("Content-Disposition") != `attachment; filename="net_sales-month.csv"` {
		t.Errorf("it is called %s", a.header.Get("Content-Disposition"))
	}
	got := map[string]string{}
	for _, row := range records(t, a.body) {
		if row["kpi"] != "net_sales" || row["grain"] != "month" || row["scope_id"] != "" {
			t.Errorf("of another: %v", row)
		}
		got[row["period"]+"/"+row["revision"]] = row["value"]
	}
	if len(got) != 5 || got["2026-09/1"] != "43000.00" || got["2026-09/2"] != "42500.00" {
		t.Errorf("the history is %v", got)
	}
	for _, row := range records(t, b.get(s.at("2026-W46/net_sales/values.csv?scope=store:1")).body) {
		if row["grain"] != "week" || row["scope_id"] != "store:1" {
			t.Errorf("of another: %v", row)
		}
	}
	for _, address := range []string{"2026-10/nonsense/values.csv", "Monday/net_sales/values.csv", "2026-10/net_sales/values.csv?scope=x", "2026-10/net_sales/values.csv?scope=store:99"} {
		b.get(s.at(address)).sees(t, http.StatusNotFound)
	}
}

// No cell of a file or feed is a formula, whatever merchants, stores and providers call things.
func TestNothingIsAFormula(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Operator)
	b := s.as("ann")
	token := s.lend(b, "take/feeds", "a sheet")
	sheet := s.program("")
	addresses := map[string]string{"values": s.at("2026-09/net_sales/values.csv")}
	for _, sh := range sheets {
		addresses["file "+sh.Key] = s.at("take/" + sh.Key + ".csv?period=2026-10")
		addresses["feed "+sh.Key] = "/feed/" + token + "/" + sh.Key + ".csv?period=2026-10"
	}
	all := ""
	for name, address := range addresses {
		from := b
		if strings.HasPrefix(address, "/feed/") {
			from = sheet
			s.pass(feedEvery)
		}
		a := from.get(address)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d", name, a.status)
		}
		all += a.body
		lines, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		s.must(err)
		for _, line := range lines {
			for _, cell := range line {
				if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
					t.Errorf("%s: a formula: %q", name, cell)
				}
			}
		}
	}
	for _, evil := range []string{evilStore, evilAccount, evilCause, evilReason} {
		if !strings.Contains(all, "'"+evil) && !strings.Contains(all, "'"+strings.ReplaceAll(evil, `"`, `""`)) {
			t.Errorf("%q is nowhere: this test tests nothing", evil)
		}
	}

	file, err := excelize.OpenReader(strings.NewReader(b.get(s.at("take/scorecard.xlsx?period=2026-10")).body))
	s.must(err)
	found := map[string]bool{}
	for _, name := range file.GetSheetList() {
		rows, err := file.GetRows(name)
		s.must(err)
		for r, row := range rows {
			for c, text := range row {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				s.must(err)
				if f, err := file.GetCellFormula(name, at); err != nil || f != "" {
					t.Errorf("%s!%s is a formula (%v): %s", name, at, err, f)
				}
				found[text] = true
			}
		}
	}
	for _, evil := range []string{evilMerchant, evilStore, evilAccount, evilCause, evilReason} {
		if !found[evil] {
			t.Errorf("%q is nowhere in the workbook", evil)
		}
	}
}

func TestTheTakePage(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	b := s.as("ann")
	b.get(s.at("take")).sees(t, http.StatusOK, "scorecard.xlsx of October 2026", "/take/snapshots.csv?period=2026-10")
	b.get(s.at("take?period=last-week")).sees(t, http.StatusOK, "scorecard.xlsx of Week 46, 2026", "?period=2026-W46")
	a := b.get(s.at("take?period=Mond%22ay")).sees(t, http.StatusUnprocessableEntity, "aria-invalid", "Mond&#34;ay")
	if !strings.Contains(a.text(), "scorecard.xlsx of October 2026") {
		t.Errorf("there is nothing to take: %s", a.text())
	}
	for address, want := range map[string]string{"take/scorecard.xlsx?period=2031-01": "There is nothing of that period", "take/kpis.csv?period=Monday": "There is nothing of that period",
		"take/orders.csv": "There is no such page", "take/kpis.xlsx": "There is no such page", "take/kpis": "There is no such page"} {
		if a := b.get(s.at(address)).sees(t, http.StatusNotFound, want); a.header.Get("Content-Disposition") != "" {
			t.Errorf("%s: a page is sent as a file", address)
		}
	}
}

// Of a period of which there is nothing the page says why, as the scorecard does, and every file that it does offer is there.
func TestTheTakePageOffersWhatThereIs(t *testing.T) {
	r := newRig(t, nil)
	m := r.merchant("Tea")
	r.member("ann", m, store.Viewer)
	b, at := r.as("ann"), merchantAt(m.ID, "take")
	nothing := func(query, why string) {
		t.Helper()
		if a := b.get(at+query).sees(t, http.StatusOK, why, "Live feeds"); strings.Contains(a.body, " download>") {
			t.Errorf("%s: a file is offered that is not there", query)
		}
	}
	nothing("", "Link your store")
	conn := r.linkedStore(m, "1", "Tea shop", map[string]string{"shop": "tea.myshopify.com"})
	nothing("", "The first pull is under way")
	r.sold(conn, time.Date(2026, 9, 22, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
	nothing("?period=2023", "2023 is before the first day with data, 2026-09-22.")
	nothing("?period=2027", "2027 has not begun yet")
	nothing("", "There are no snapshots of 2026-10 yet.")

	s := &shelf{rig: r, m: m, conns: []store.Connection{conn, conn}}
	s.take("month", period.Date(2026, 10, 1), 41_000, 1)
	offered := regexp.MustCompile(`href="([^"]+)" download>`)
	follow := func(want int) {
		t.Helper()
		all := offered.FindAllStringSubmatch(b.get(at+"?period=2026-10").body, -1)
		for _, link := range all {
			b.get(html.UnescapeString(link[1])).sees(t, http.StatusOK)
		}
		if len(all) != want {
			t.Errorf("%d files are offered, want %d", len(all), want)
		}
	}
	follow(1 + 2*(len(sheets)-1))
	s.conns[1] = r.linkedStore(m, "2", "Coffee shop", map[string]string{"shop": "coffee.myshopify.com"})
	s.take("month", period.Date(2026, 10, 1), 42_000, 2)
	follow(1 + 2*len(sheets))
	nothing("?period=2027", "2027 has not begun yet")
}

// Of who asks for the headers alone nothing is made: they are there at once, with the status that the file has.
func TestNoBookIsMadeForItsHeaders(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	b := s.as("ann")
	feed := "/feed/" + s.lend(b, "take/feeds", "Monday")
	one := s.merchant("One store")
	s.member("eve", one, store.Viewer)
	alone := &shelf{rig: s.rig, m: one}
	alone.conns = []store.Connection{s.linkedStore(one, "1", "Tea shop", map[string]string{"shop": "one.myshopify.com"})}
	alone.conns = append(alone.conns, alone.conns[0])
	alone.take("month", period.Date(2026, 10, 1), 41_000, 1)
	eve := s.as("eve")
	s.pass(time.Minute)
	for range booksAtOnce { // whoever has a book made now waits
		s.making <- struct{}{}
	}
	for _, c := range []struct {
		b       *browser
		address string
		status  int
		kind    string
		name    string
	}{
		{b, s.at("take/scorecard.xlsx?period=2026-10"), 200, kindXLSX, `attachment; filename="scorecard.xlsx"`},
		{b, s.at("take/scopes.csv?period=2026-10"), 200, kindCSV, `attachment; filename="scopes.csv"`},
		{b, feed + "/kpis.csv?period=2026-10", 200, kindCSV, `inline; filename="kpis.csv"`},
		{b, feed + "/snapshots.csv?grain=month", 200, kindCSV, `inline; filename="snapshots.csv"`},
		{b, s.at("take/scorecard.xlsx?period=2031-01"), 404, "", ""},
		{b, s.at("take/kpis.csv?period=Monday"), 404, "", ""},
		{b, feed + "/kpis.csv?period=2031-01", 404, "", ""},
		{eve, alone.at("take/kpis.csv?period=2026-10"), 200, kindCSV, `attachment; filename="kpis.csv"`},
		{eve, alone.at("take/scopes.csv?period=2026-10"), 404, "", ""},
	} {
		c.b.client.Timeout = 10 * time.Second
		a := c.b.do(http.MethodHead, c.address, nil)
		if a.status != c.status || a.header.Get("Content-Disposition") != c.name || c.kind != "" && a.header.Get("Content-Type") != c.kind || a.status == 200 && a.header.Get("Content-Length") != "" {
			t.Errorf("%s: %d %v", c.address, a.status, a.header)
		}
	}
}

// Two whole books are made at once: a third waits until one of them is done.
func TestBooksAreMadeFewAtOnce(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	b := s.as("ann")
	for range booksAtOnce {
		s.making <- struct{}{}
	}
	b.client.Timeout = 300 * time.Millisecond
	if resp, err := b.client.Get(b.server.URL + s.at("take/kpis.csv?period=2026-10")); err == nil {
		resp.Body.Close()
		t.Errorf("a third book is made: %d", resp.StatusCode)
	}
	b.client.Timeout = time.Minute
	<-s.making
	b.get(s.at("take/kpis.csv?period=2026-10")).sees(t, http.StatusOK)
	b.get(s.at("take/kpis.csv?period=2031-01")).sees(t, http.StatusNotFound)
	if len(s.making) != booksAtOnce-1 {
		t.Errorf("%d books are being made still", len(s.making))
	}
}
