package web

import (
	"context"
	"fmt"
	"html"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

const nasty = `<script>alert("x")</script>'"&`

// office is a merchant with two stores and two years behind it, and people of every role before its pages.
type office struct {
	*rig
	m      store.Merchant
	judged []kpi.Target
	file   []kpi.Target
}

func newOffice(t *testing.T, dsn string) *office {
	t.Helper()
	o := &office{}
	o.rig = newRigOn(t, dsn, func(s *Site) {
		s.Judge = func(_ context.Context, _ store.Merchant, put []kpi.Target) error {
			o.judged = append(o.judged, put...)
			return nil
		}
		s.FileTargets = func(context.Context, store.Merchant) ([]kpi.Target, string, error) {
			return o.file, "fourfold.yml", nil
		}
	})
	o.m = o.merchant("Tea")
	g, err := o.Store.SaveGrant(t.Context(), store.Grant{MerchantID: o.m.ID, Connector: "shopify", Auth: connectors.AuthCode, Fields: map[string]string{"shop": "tea"}, Sealed: []byte{1}})
	o.must(err)
	for _, name := range []string{"Berlin", nasty} {
		_, err := o.Store.SaveConnection(t.Context(), store.Connection{MerchantID: o.m.ID, GrantID: g.ID, Connector: "shopify", AccountID: name, Currency: "EUR", Name: name, Zone: "Europe/Berlin"})
		o.must(err)
	}
	o.member("anna", o.m, store.Editor)
	o.member("vera", o.m, store.Viewer)
	o.member("otto", o.m, store.Operator)
	o.person("strange")
	o.keep()
	return o
}

// keep stores what 26 months came to: net sales that grow from 20,000 by 1,000 a month, a return rate that falls, and days of inventory.
func (o *office) keep() {
	var all []kpi.Snapshot
	cal := o.m.Calendar
	p := period.Of(period.Monthly, period.Date(2024, 10, 1), cal)
	for i := range 26 {
		running := p.To > period.Date(2026, 11, 22)
		for id, v := range map[kpi.ID]float64{"net_sales": 20_000 + 1000*float64(i), "product_return_rate_units": 0.09 - 0.001*float64(i), "days_of_inventory": 40 + float64(i%5)} {
			sn := kpi.Snapshot{KPI: id, Definition: 1, Period: p, TakenAt: rigNow, CompleteTo: rigNow, Through: min(p.To, period.Date(2026, 11, 22)), Status: kpi.Grey, Running: running,
				Published: !running, Backfilled: !running, Value: kpi.Value{Num: kpi.Number{Float: v}, Den: 1, Coverage: 1, Has: true, V: v}}
			if id == "net_sales" {
				sn.Currency, sn.Value.Num = "EUR", kpi.Number{Int: int64(math.Round(v * 1e6)), Exact: true}
			}
			all = append(all, sn)
		}
		p = p.Next(cal)
	}
	_, err := o.Store.SaveSnapshots(o.t.Context(), o.m.ID, all)
	o.must(err)
}

// reader is somebody's browser, which follows redirects.
type reader struct {
	*browser
	o *office
}

func (o *office) as(name string) *reader {
	o.t.Helper()
	b := o.browser()
	if name != "" {
		b = o.rig.as(name)
	}
	b.client.CheckRedirect = nil
	return &reader{b, o}
}

func (r *reader) post(address string, f url.Values) answer {
	r.t.Helper()
	return r.do(http.MethodPost, address, f)
}

func (o *office) at(rest string) string { return fmt.Sprintf("/m/%d/targets%s", o.m.ID, rest) }

// form is what is sent where nothing but the pairs was typed.
func form(pairs ...string) url.Values {
	f := url.Values{"from": {"2026-11-22"}, "do": {"preview"}}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]{64})"`)

// save previews a form and saves what was shown.
func (r *reader) save(f url.Values) answer {
	r.t.Helper()
	page := r.post(r.o.at(""), f)
	seen := seenField.FindStringSubmatch(page.body)
	if page.status != http.StatusOK || seen == nil {
		r.t.Fatalf("no preview: %d %s", page.status, faultsOf(page.body))
	}
	f.Set("seen", seen[1])
	f.Set("do", "save")
	return r.post(r.o.at(""), f)
}

var faultText = regexp.MustCompile(`(?s)class="fault[^"]*"[^>]*>(.*?)</(?:span|p|div)>`)

func faultsOf(page string) (all []string) {
	for _, m := range faultText.FindAllStringSubmatch(page, -1) {
		all = append(all, strings.TrimSpace(strings.NewReplacer("<p>", "", "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(m[1])))
	}
	return all
}

func (o *office) targets() []kpi.Target {
	o.t.Helper()
	all, err := o.Store.Targets(o.t.Context(), o.m.ID)
	o.must(err)
	return all
}

func (a answer) has(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	if strings.Contains(a.body, "<script>alert") {
		t.Error("somebody's text is a script")
	}
}

// Somebody sets two targets at once: sees what they would change, saves, and finds who set them, since when and why.
func TestTargetsAreSet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		o := newOffice(t, dsn)
		anna := o.as("anna")
		page := anna.get(o.at("?all=1"))
		page.has(t, "€44,000", "€32,000", "€38,500", "Net sales", "best quarter", "&#43;45.3%", "&lt;script")

		typed := form("net_sales.green", "42,000", "net_sales.red", "", "days_of_inventory.redlow", "20", "days_of_inventory.greenlow", "30",
			"days_of_inventory.greenhigh", "43", "days_of_inventory.redhigh", "90", "reason", "budget 2027")
		page = anna.post(o.at(""), typed)
		if page.status != http.StatusOK || len(o.targets()) != 0 {
			t.Fatalf("preview: %d, %d targets, %v", page.status, len(o.targets()), faultsOf(page.body))
		}
		page.has(t, "green ≥ €42,000, red ≤ €37,800", "green 30\u00a0d – 43\u00a0d, red &lt; 20\u00a0d, &gt; 90\u00a0d", `value="42,000"`, `value="budget 2027"`,
			"from 22 Nov 2026 on", "backfilled months that had no target")
		strips := regexp.MustCompile(`<dt>By this</dt><dd>(.*?)</dd>`).FindStringSubmatch(page.body)
		var marks []string
		for _, m := range regexp.MustCompile(`class="mark (\w+)"`).FindAllStringSubmatch(strips[1], -1) {
			marks = append(marks, m[1])
		}
		// Net sales of November 2025 to October 2026 are 33,000 to 44,000: red to 37,800, amber to 42,000.
		if want := strings.Fields("red red red red red amber amber amber amber green green green"); !slices.Equal(marks, want) {
			t.Errorf("by this target %v, want %v", marks, want)
		}
		page = anna.save(typed)
		page.has(t, "2 targets are saved. What is open is judged by it now")
		all := o.targets()
		if len(all) != 2 || all[1].Anchors != (kpi.Anchors{Green: 42_000, Red: 37_800}) || all[1].By != "anna" || all[1].Reason != "budget 2027" || !all[0].Anchors.Range ||
			all[1].From != period.Date(2026, 11, 22) || all[1].Scope != kpi.Whole || len(o.judged) != 2 {
			t.Errorf("%+v, %d judged", all, len(o.judged))
		}
		log, err := o.Store.AuditEntries(t.Context(), o.m.ID, 10)
		if err != nil || len(log) != 2 || log[0].Actor != "anna" || log[0].Action != store.AuditTarget {
			t.Errorf("audit %+v, %v", log, err)
		}
		page = anna.get(o.at(""))
		page.has(t, `value="42,000"`, `value="37,800"`, "anna")

		// The same again is no change; another one is a version beside the first.
		typed.Del("seen")
		typed.Set("do", "preview")
		if page := anna.post(o.at(""), typed); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "Nothing was changed") {
			t.Errorf("the same again: %d %v", page.status, faultsOf(page.body))
		}
		anna.save(form("net_sales.green", "45000", "net_sales.red", "40000", "from", "2026-12-01", "reason", nasty))
		page = anna.get(o.at("/net_sales"))
		page.has(t, "≥ €45,000", "≥ €42,000", "in force", "to come", "budget 2027", "anna", "30 Nov 2026", "&lt;script&gt;")
		anna.get(o.at("")).has(t, "from 1 Dec 2026: ≥ €45,000, red ≤ €40,000")
	})
}

// With one fault among many nothing is saved, everything is kept as it was typed, and the fault stands beside its field.
func TestTargetsWithFaults(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		o := newOffice(t, dsn)
		anna := o.as("anna")
		for _, c := range []struct {
			typed []string
			fault string
		}{
			{[]string{"product_return_rate_units.green", "lots"}, `"lots" is not a number: write 50,000, 0.06 or 6%.`},
			{[]string{"product_return_rate_units.green", "5k"}, `"5k" is not a number`},
			{[]string{"product_return_rate_units.green", "1,5%"}, `"1,5%" is not a number`},
			{[]string{"product_return_rate_units.green", nasty}, `is not a number`},
			{[]string{"product_return_rate_units.green", "9%", "product_return_rate_units.red", "6%"}, "It is better the lower, so green (0.09) must lie below red (0.06)."},
			{[]string{"product_return_rate_units.red", "9%"}, "state where green starts"},
			{[]string{"product_return_rate_units.green", "-1%", "product_return_rate_units.red", "6%"}, "It is never below zero"},
			{[]string{"product_return_rate_units.green", "6%", "product_return_rate_units.red", "6%"}, "leave a step between them"},
			{[]string{"product_return_rate_units.green", "1000000000000000"}, "is no usable threshold"},
			{[]string{"gross_margin_pct.green", "40%"}, "State the red threshold too: it has no natural zero to take a tenth from."},
			{[]string{"days_of_inventory.greenlow", "30"}, "A range needs all four numbers."},
			{[]string{"days_of_inventory.redlow", "1", "days_of_inventory.greenlow", "3", "days_of_inventory.greenhigh", "2", "days_of_inventory.redhigh", "4"}, "The anchors of a range must rise"},
			{[]string{"net_sale.green", "5"}, `"net_sale" is not a KPI: did you mean net_sales?`},
			{[]string{"aov.redlow", "5"}, `There is no field "aov.redlow" here.`},
			{[]string{"repeat_purchase_rate.green", "20%", "grain", "day"}, "it is not kept for a day"},
			{[]string{"mer.green", "5", "scope", "store:1"}, "it is told of the whole merchant only"},
			{[]string{"from", "soon"}, "Write a day such as 2026-11-22."},
			{[]string{"from", "2026-02-30"}, "Write a day such as"},
			{[]string{"period", "2026-W47"}, "2026-W47 is a week, and these are targets of a month."},
			{[]string{"period", "whenever"}, `"whenever" is not a period`},
			{[]string{"reason", strings.Repeat("x", 301)}, "Use 300 characters or fewer."},
			{[]string{"reason", "two\nlines"}, "The reason must be one line of plain text."},
			{[]string{"aov.end", "1"}, "there is no target of aov for a month that could end then"},
		} {
			f := form("net_sales.green", "42,000.50", "reason", "kept as typed")
			f.Set("do", "save")
			for i := 0; i < len(c.typed); i += 2 {
				f.Set(c.typed[i], c.typed[i+1])
			}
			page := anna.post(o.at(""), f)
			faults := faultsOf(page.body)
			if page.status != http.StatusUnprocessableEntity || !slices.ContainsFunc(faults, func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(c.fault)) }) {
				t.Errorf("%v: %d %q, want %q", c.typed, page.status, faults, c.fault)
			}
			if f.Get("grain") == "" && f.Get("scope") == "" {
				page.has(t, `value="42,000.50"`)
			}
			if c.typed[0] == "product_return_rate_units.green" && c.typed[1] == "lots" {
				page.has(t, `value="lots" aria-label="Product return rate, units: green starts" autocomplete="off" spellcheck="false" aria-invalid="true" aria-describedby="w-product_return_rate_units-green"`)
			}
		}
		if n := len(o.targets()); n != 0 {
			t.Errorf("%d targets were saved", n)
		}
		if log, err := o.Store.AuditEntries(t.Context(), o.m.ID, 5); err != nil || len(log) != 0 {
			t.Errorf("%d audit entries, %v", len(log), err)
		}
	})
}

// Numbers are read and written in the reader's language.
func TestTargetsInTheReadersLanguage(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	anna := o.as("anna")
	anna.header.Set("Accept-Language", "de")
	page := anna.save(form("net_sales.green", "42.000,50 €", "net_sales.red", "37.000", "product_return_rate_units.green", "6,5 %", "product_return_rate_units.red", "0.08"))
	page.has(t, `value="42.000,5"`, `value="37.000"`, "value=\"6,5\u00a0%\"", "value=\"8\u00a0%\"", "22. Nov. 2026")
	all := o.targets()
	if len(all) != 2 || all[0].Anchors != (kpi.Anchors{Green: 42_000.5, Red: 37_000}) || all[1].Anchors != (kpi.Anchors{Green: 0.065, Red: 0.08}) {
		t.Errorf("%+v", all)
	}
	// What the page wrote into its fields is no change.
	f := form("net_sales.green", "42.000,5", "net_sales.red", "37.000", "product_return_rate_units.green", "6,5\u00a0%", "product_return_rate_units.red", "8\u00a0%")
	if page := anna.post(o.at(""), f); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "Nothing was changed") {
		t.Errorf("%d %v", page.status, faultsOf(page.body))
	}
}

// A target for one period only: what held before holds again after it.
func TestATargetForOnePeriod(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	anna := o.as("anna")
	anna.save(form("net_sales.green", "42000", "net_sales.red", "38000"))
	f := form("net_sales.green", "90000", "net_sales.red", "70000", "period", "2026-12", "reason", "Christmas")
	anna.post(o.at(""), f).has(t, "for December 2026 only, then again green ≥ €42,000, red ≤ €38,000", `<option value="2026-12" selected>`)
	anna.save(f)
	b := kpi.NewBook(kpi.Catalogue(), o.targets(), kpi.BookOptions{Live: period.Date(2026, 11, 1)})
	for name, want := range map[string]float64{"2026-11": 42_000, "2026-12": 90_000, "2027-01": 42_000, "2028-05": 42_000} {
		p, err := period.Parse(name, 0, period.Calendar{})
		o.must(err)
		if got, ok := b.For("net_sales", kpi.Whole, p, p.To); !ok || got.Anchors.Green != want {
			t.Errorf("%s: %v, want %v", name, got.Anchors.Green, want)
		}
	}
	// The month after it gets one of its own, and then the version that restored the former is overruled.
	anna.save(form("net_sales.green", "50000", "net_sales.red", "45000", "period", "2027-01"))
	b = kpi.NewBook(kpi.Catalogue(), o.targets(), kpi.BookOptions{Live: period.Date(2026, 11, 1)})
	for name, want := range map[string]float64{"2026-12": 90_000, "2027-01": 50_000, "2027-02": 42_000} {
		p, err := period.Parse(name, 0, period.Calendar{})
		o.must(err)
		if got, ok := b.For("net_sales", kpi.Whole, p, p.To); !ok || got.Anchors.Green != want {
			t.Errorf("%s: %v, want %v", name, got.Anchors.Green, want)
		}
	}
}

func TestATargetEnds(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	anna := o.as("anna")
	anna.save(form("net_sales.green", "42000", "net_sales.red", "38000"))
	anna.get(o.at("/net_sales")).has(t, `name="net_sales.end"`)
	anna.post(o.at(""), form("net_sales.end", "1")).has(t, "From then on it is not scored", "<strong>none</strong>")
	anna.save(form("net_sales.end", "1", "from", "2026-12-01", "reason", "dropped"))
	all := o.targets()
	if len(all) != 2 || !all[1].Ends() || all[1].From != period.Date(2026, 12, 1) || all[1].By != "anna" {
		t.Errorf("%+v", all)
	}
	anna.get(o.at("/net_sales")).has(t, "no target", "dropped")
	o.pass(30 * 24 * time.Hour)
	if page := anna.get(o.at("")); strings.Contains(page.body, `value="42,000"`) {
		t.Error("what has ended is in the field still")
	}
}

// What the configuration holds is shown as such, and left to it where each pull would set it again.
func TestTargetsOfTheFileOnPages(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.file = []kpi.Target{
		{KPI: "net_sales", Grain: period.Monthly, Anchors: kpi.Anchors{Green: 40_000, Red: 35_000}, Reason: "configuration"},
		{KPI: "product_return_rate_units", Grain: period.Monthly, From: period.Date(2026, 1, 1), Anchors: kpi.Anchors{Green: 0.06, Red: 0.09}, Reason: "configuration"},
	}
	pull := func() { // as each pull hands them over
		for _, x := range o.file {
			if x.From == 0 {
				x.From = period.Date(2026, 11, 22)
			}
			_, err := o.Store.PutTarget(t.Context(), o.m.ID, x)
			o.must(err)
		}
	}
	pull()
	anna := o.as("anna")
	page := anna.get(o.at(""))
	page.has(t, "net_sales has its target in fourfold.yml, which every pull reads: change it there, or give it a `from` day there", `<span class="badge tell">file</span>`, `name="product_return_rate_units.green"`)
	if strings.Contains(page.body, `name="net_sales.green"`) || strings.Contains(page.body, `value="net_sales:median"`) {
		t.Error("what the file holds can be typed")
	}
	for _, f := range []url.Values{form("net_sales.green", "50000"), form("net_sales.end", "1")} {
		if page := anna.post(o.at(""), f); page.status != http.StatusUnprocessableEntity || !strings.Contains(strings.Join(faultsOf(page.body), " "), "has its target in fourfold.yml") {
			t.Errorf("%d %v", page.status, faultsOf(page.body))
		}
	}
	same := form("product_return_rate_units.green", "5%", "product_return_rate_units.red", "8%", "from", "2026-01-01")
	if page := anna.post(o.at(""), same); page.status != http.StatusUnprocessableEntity || !strings.Contains(strings.Join(faultsOf(page.body), " "), "let yours begin on another day") {
		t.Errorf("on the file's day: %d %v", page.status, faultsOf(page.body))
	}
	same.Set("from", "2026-11-22")
	anna.post(o.at(""), same).has(t, "no pull takes it back")
	anna.save(same)
	pull()
	pull()
	series := kpi.Series(o.targets(), kpi.Target{KPI: "product_return_rate_units", Grain: period.Monthly})
	if now, ok := kpi.InForce(series, period.Date(2027, 5, 5)); !ok || now.By != "anna" || len(series) != 2 {
		t.Errorf("after pulls: %+v", series)
	}
	anna.get(o.at("/net_sales")).has(t, "has its target in fourfold.yml")
}

// Suggestions fill fields without a script, and leave what was typed.
func TestTargetsAreSuggested(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	anna := o.as("anna")
	anna.get(o.at("?suggest=net_sales:median")).has(t, `value="38,500"`, `value="34,650"`)
	page := anna.post(o.at(""), form("suggest", "net_sales:best", "product_return_rate_units.green", "typed", "reason", "why"))
	page.has(t, `value="typed"`, `value="why"`, `value="41,200"`)
	if len(o.targets()) != 0 || page.status != http.StatusOK {
		t.Errorf("%d, %v", page.status, o.targets())
	}
	anna.get(o.at("?suggest=median&all=1")).has(t, `value="38,500"`, `value="7.15%"`, `value="43.2"`)
	anna.get(o.at("?suggest=nonsense&suggest=net_sale:best&suggest=:")).has(t, "Product return rate")
	vera := o.as("vera").get(o.at("?all=1&suggest=median"))
	if strings.Contains(vera.body, `value="38,500"`) {
		t.Error("a viewer has fields")
	}
}

// What is counted in whole ones is suggested in whole ones, and one at least.
func TestCountsAreSuggestedWhole(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	var all []kpi.Snapshot
	p := period.Of(period.Monthly, period.Date(2024, 10, 1), o.m.Calendar)
	for _, n := range []float64{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0} { // from October 2024 on
		all = append(all, kpi.Snapshot{KPI: "new_products_launched", Definition: 1, Period: p, TakenAt: rigNow, CompleteTo: rigNow, Through: p.To, Status: kpi.Grey,
			Published: true, Backfilled: true, Value: kpi.Value{Num: kpi.Number{Int: int64(n), Exact: true}, Den: 1, Coverage: 1, Has: true, V: n}})
		p = p.Next(o.m.Calendar)
	}
	_, err := o.Store.SaveSnapshots(t.Context(), o.m.ID, all)
	o.must(err)
	anna := o.as("anna")
	page := anna.get(o.at("?all=1"))
	if at := regexp.MustCompile(`new_products_launched:growth" title="([^"]*)"`).FindStringSubmatch(page.body); len(at) == 0 || !strings.Contains(html.UnescapeString(at[1]), "Green ≥ 1, red") {
		t.Errorf("by growth is suggested %v", at)
	}
	anna.get(o.at("?suggest=new_products_launched:growth")).has(t, `name="new_products_launched.green" value="1"`)
}

// A period that began before the data do is a part of one: no suggestion is drawn from it.
func TestNothingIsSuggestedByAPartOfAPeriod(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	anna := o.as("anna")
	grown := func() string {
		t.Helper()
		at := regexp.MustCompile(`net_sales:growth" title="([^"]*)"`).FindStringSubmatch(anna.get(o.at("?all=1")).body)
		if len(at) == 0 {
			t.Fatal("nothing is suggested by growth")
		}
		return html.UnescapeString(at[1])
	}
	if text := grown(); !strings.Contains(text, "November 2025 and") || !strings.Contains(text, "as 12 periods grew") {
		t.Errorf("suggested by %q", text)
	}
	conns, err := o.Store.Connections(t.Context(), o.m.ID)
	o.must(err)
	o.sold(conns[0], time.Date(2024, 11, 22, 9, 0, 0, 0, time.UTC), rigNow)
	if text := grown(); !strings.Contains(text, "as 11 periods grew") {
		t.Errorf("a month of nine days is grown from: %q", text)
	}
}

// What is saved is what was shown: anything else is shown first.
func TestWhatWasNotShownIsNotSaved(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	anna, otto := o.as("anna"), o.as("otto")
	f := form("net_sales.green", "42000")
	page := anna.post(o.at(""), f)
	f.Set("seen", seenField.FindStringSubmatch(page.body)[1])
	f.Set("do", "save")
	f.Set("net_sales.green", "24000")
	anna.post(o.at(""), f).has(t, "This is not what was shown before", "€24,000")
	f.Set("net_sales.green", "42000")
	otto.save(form("net_sales.green", "41000"))
	anna.post(o.at(""), f).has(t, "This is not what was shown before")
	if all := o.targets(); len(all) != 1 || all[0].By != "otto" {
		t.Errorf("%+v", all)
	}
}

func TestWhoMaySeeAndSetTargets(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	for _, c := range []struct {
		who       string
		see, save int
	}{{"vera", 200, 403}, {"anna", 200, 200}, {"otto", 200, 200}, {"strange", 404, 404}} {
		r := o.as(c.who)
		if got := r.get(o.at("")).status; got != c.see {
			t.Errorf("%s sees %d", c.who, got)
		}
		if got := r.get(o.at("/net_sales")).status; got != c.see {
			t.Errorf("%s sees the versions: %d", c.who, got)
		}
		if got := r.post(o.at(""), form("net_sales.green", "42000")).status; got != c.save {
			t.Errorf("%s sets: %d", c.who, got)
		}
	}
	o.browser().get(o.at("")).leads(t, "/sign-in?next="+url.QueryEscape(o.at("")))
	o.browser().post(o.at(""), "net_sales.green", "42000").leads(t, "/sign-in")
	vera := o.as("vera").get(o.at("?all=1"))
	if strings.Contains(vera.body, `action="`+o.at("")+`"`) || !strings.Contains(vera.body, "Net sales") {
		t.Error("a viewer sees a form, or nothing")
	}
}

func TestTargetsThatAreNone(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	anna := o.as("anna")
	for _, path := range []string{"?grain=fortnight", "?scope=planet", "?scope=store:77", "?scope=channel:1/moon", "/net_sale", "/%3Cscript%3E", "?scope=%22%3E%3Cscript%3E"} {
		if page := anna.get(o.at(path)); page.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, page.status)
		}
	}
	for _, f := range []url.Values{form("grain", "fortnight"), form("scope", "store:77")} {
		if page := anna.post(o.at(""), f); page.status != http.StatusNotFound {
			t.Errorf("%v: %d", f, page.status)
		}
	}
	for _, path := range []string{"?grain=week", "?grain=day&all=1", "?grain=quarter", "?grain=year&all=1", "?scope=store:1&all=1", "?all=1"} {
		if page := anna.get(o.at(path)); page.status != http.StatusOK {
			t.Errorf("%s: %d", path, page.status)
		}
	}
	anna.get(o.at("?scope=store:2")).has(t, "&lt;script&gt;")
	anna.save(form("aov.green", "60", "scope", "store:2", "grain", "week", "reason", "of a store"))
	if all := o.targets(); len(all) != 1 || all[0].Scope != (kpi.Scope{Connection: 2}) || all[0].Grain != period.Weekly {
		t.Errorf("%+v", all)
	}
	anna.get(o.at("/aov")).has(t, "&lt;script&gt;", "of a store")
}

// A judging that fails leaves what is saved, and says when it follows.
func TestJudgingFails(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.Judge = func(context.Context, store.Merchant, []kpi.Target) error { return fmt.Errorf("no") }
	o.as("anna").save(form("net_sales.green", "42000")).has(t, "The target is saved.", "with the next pull")
	if len(o.targets()) != 1 {
		t.Error("it is not saved")
	}
}
