package amazonads

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"fourfold/connectors"
	"fourfold/connectors/adstest"
	"fourfold/connectors/daily"
	"fourfold/internal/period"
)

func TestReportsThatAreNotAsAgreedSayWhereAndWhy(t *testing.T) {
	october := period.Days{From: period.Date(2026, 10, 1), To: period.Date(2026, 11, 1)}
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", "no list"},
		{"an error in its place", `{"code":"500"}`, "no list"},
		{"a row that is none", `[{"campaignId":1,"cost":1},7]`, "row 2 cannot be read"},
		{"a cost in quotes that is none", `[{"cost":"much"}]`, "row 1"},
		{"half a click", `[{"date":"2026-10-01","clicks":0.5}]`, "row 1: clicks: it is not a whole number"},
		{"a day that is none", `[{"date":"20261001"}]`, "date: it is not a day"},
		{"a day that was not asked for", `[{"date":"2026-11-01"}]`, "2026-11-01 was not asked for"},
		{"another currency than the profile's", `[{"campaignBudgetCurrencyCode":"USD"}]`, `it is "USD", and the profile is in EUR`},
		{"no campaign", `[{"cost":1}]`, "campaignId: there is none"},
		{"a list that breaks off", `[{"campaignId":1,"date":"2026-10-01"}`, "breaks off"},
	} {
		err := rows(strings.NewReader(c.text), func(r row) error {
			f := figures{}
			f.money("cost", r.Cost)
			f.count("clicks", r.Clicks)
			f.currency(r.Currency, "EUR")
			if r.Date != "" {
				f.day(r.Date, october)
			}
			f.campaign(r.CampaignID)
			return f.err
		})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}

// A report without an address is not one that holds nothing: its days would be zero.
func TestAReportThatIsNowhereIsOrderedAnew(t *testing.T) {
	a := daily.Ask{Account: connectors.Account{Grant: connectors.Grant{Fields: map[string]string{fieldRegion: "eu"}}}, Part: "SPONSORED_PRODUCTS"}
	a.Client = adstest.Says(http.StatusOK, `{"reportId":"1","status":"COMPLETED"}`)
	if ready, err := poll(t.Context(), a, "1"); err != nil || ready.Done || ready.Failed == "" {
		t.Errorf("%+v, %v", ready, err)
	}
}

// The way from Amazon's storage may unpack the file, or not.
func TestReportsAreReadPackedAndUnpacked(t *testing.T) {
	text := `[{"campaignId":158410630682987123,"cost":14.500000000000002,"clicks":null,"sales":1E-4}]` + "\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	for _, file := range []string{text, packed.String()} {
		n := 0
		err := rows(strings.NewReader(file), func(r row) error {
			n++
			f := figures{}
			if r.CampaignID.String() != "158410630682987123" || f.money("cost", r.Cost) != 14_500_000 || f.count("clicks", r.Clicks) != 0 || f.money("sales", r.Sales) != 100 {
				t.Errorf("read %+v", r)
			}
			return f.err
		})
		if err != nil || n != 1 {
			t.Errorf("%d rows, %v", n, err)
		}
	}
	half := packed.Bytes()[:packed.Len()-6]
	if err := rows(bytes.NewReader(half), func(row) error { return nil }); err == nil {
		t.Error("a file without its checksum was read")
	}
	if f := (figures{}); f.money("none", json.Number("")) != 0 {
		t.Error("a column that is not there is not zero")
	}
}
