package microsoftads

import (
	"strings"
	"testing"

	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
)

const columnLine = "TimePeriod,CampaignId,CampaignName,CampaignType,CurrencyCode,Impressions,Clicks,Spend,ConversionsQualified,Revenue\n"

func TestRowsThatAreNotAsAgreedSayWhereAndWhy(t *testing.T) {
	days := period.Days{From: period.Date(2026, 10, 1), To: period.Date(2026, 11, 1)}
	for _, c := range []struct{ name, text, says string }{
		{"no lines", "", "no line of column names"},
		{"another column", strings.Replace(columnLine, "Spend", "Cost", 1), "lacks the column Spend"},
		{"a day as Americans write it", columnLine + "10/2/2026,1,a,Search,EUR,1,1,1.00,0,0\n", "line 2: column TimePeriod: it is not a day"},
		{"a day that was not asked for", columnLine + "2026-11-01,1,a,Search,EUR,1,1,1.00,0,0\n", "2026-11-01 was not asked for"},
		{"a separator of thousands", columnLine + "2026-10-01,1,a,Search,EUR,1,1,\"1,234.00\",0,0\n", "column Spend"},
		{"more decimals than there are micros", columnLine + "2026-10-01,1,a,Search,EUR,1,1,1.0000001,0,0\n", "more than six decimals"},
		{"half a click", columnLine + "2026-10-01,1,a,Search,EUR,1,0.5,1.00,0,0\n", "column Clicks: it is not a whole number"},
		{"a percentage", columnLine + "2026-10-01,1,a,Search,EUR,1,1,1.00,5%,0\n", "column ConversionsQualified"},
		{"another currency than the account's", columnLine + "2026-10-01,1,a,Search,USD,1,1,1.00,0,0\n", `column CurrencyCode: it is "USD", and the account is in EUR`},
		{"no campaign", columnLine + "2026-10-01,,a,Search,EUR,1,1,1.00,0,0\n", "column CampaignId: there is none"},
		{"too few cells", columnLine + "2026-10-01,1,a\n", "wrong number of fields"},
	} {
		err := campaigns.rows(strings.NewReader(c.text), days, func(r row) error {
			r.day(colDay)
			r.money(colSpend)
			r.count(colClicks)
			r.nearest(colConversions)
			r.currency("EUR")
			r.campaign()
			return r.err()
		})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}

func TestCellsThatAreEmptyAreZero(t *testing.T) {
	days := period.Days{From: period.Date(2026, 10, 1), To: period.Date(2026, 11, 1)}
	text := byteOrderMark + columnLine + "2026-10-31,1,\"a, \"\"b\"\"\",Performance Max,KWD,,--,0.125,0.3333333333,\r\n"
	n := 0
	err := campaigns.rows(strings.NewReader(text), days, func(r row) error {
		n++
		if r.day(colDay) != days.To-1 || r.text(colName) != `a, "b"` || r.count(colImpressions) != 0 || r.count(colClicks) != 0 ||
			r.money(colSpend) != 125_000 || r.nearest(colConversions) != 333_333 || r.nearest(colRevenue) != money.Micros(0) {
			t.Errorf("read %v", r.cells)
		}
		return r.err()
	})
	if err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestChannels(t *testing.T) {
	for kind, want := range map[string]fact.AdChannel{"Search & content": fact.AdSearch, "Shopping": fact.AdShopping, "Audience": fact.AdDisplay,
		"Dynamic search": fact.AdSearch, "DynamicSearch": fact.AdSearch, "Performance max": fact.AdOther, "": fact.AdOther} {
		if got := channelOf(kind); got != want {
			t.Errorf("%q is %s, want %s", kind, got, want)
		}
	}
}
