package microsoftads

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

// file is the report as it is fetched: a ZIP file with one CSV file in it, which begins with a byte order mark.
func (r *report) file(name, omit string) []byte {
	var text strings.Builder
	text.WriteString("\ufeff")
	line := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				text.WriteByte(',')
			}
			text.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
		}
		text.WriteString("\r\n")
	}
	var names []string
	for _, c := range r.Columns {
		if c != omit {
			names = append(names, c)
		}
	}
	if !r.ExcludeReportHeader {
		line([]string{"Report Name: " + name})
		text.WriteString("\r\n")
	}
	if !r.ExcludeColumnHeaders {
		line(names)
	}
	for _, row := range r.rows() {
		cells := make([]string, len(names))
		for i, c := range names {
			cells[i] = r.cell(c, row)
		}
		line(cells)
	}
	if !r.ExcludeReportFooter {
		text.WriteString("\r\n")
		line([]string{"©2026 Microsoft Corporation. All rights reserved. "})
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	f, err := z.Create(name + ".csv")
	if err == nil {
		_, err = f.Write([]byte(text.String()))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err)
	}
	return out.Bytes()
}

// rows are by campaign and day, or by day alone.
func (r *report) rows() []ads.Row {
	told := r.told()
	if r.Type == "CampaignPerformanceReportRequest" {
		return told
	}
	at := map[period.Day]int{}
	var out []ads.Row
	for _, t := range told {
		i, ok := at[t.Day]
		if !ok {
			i = len(out)
			at[t.Day] = i
			out = append(out, ads.Row{Day: t.Day})
		}
		out[i].Add(t)
	}
	return out
}

func (r *report) cell(column string, row ads.Row) string {
	switch column {
	case "TimePeriod":
		return row.Day.String()
	case "AccountId":
		return r.account.ID
	case "AccountName":
		return r.account.Name
	case "CampaignId":
		return row.Campaign.ID
	case "CampaignName":
		return row.Campaign.Name
	case "CampaignStatus":
		return "Active"
	case "CampaignType":
		return row.Campaign.Kind
	case "CurrencyCode":
		return r.account.Currency
	case "Impressions":
		return strconv.FormatInt(row.Impressions, 10)
	case "Clicks":
		return strconv.FormatInt(row.Clicks, 10)
	case "Spend":
		return decimal(row.Spend)
	case "Conversions", "AllConversions", "ConversionsQualified", "AllConversionsQualified":
		return strconv.FormatInt(row.Conversions, 10) + ".00"
	case "Revenue", "AllRevenue":
		if row.Value == 0 {
			return "" // of those who report no revenue
		}
		return decimal(row.Value)
	}
	return ""
}

// decimal has two places, and more where they are needed.
func decimal(m money.Micros) string {
	s := fmt.Sprintf("%d.%06d", m/money.Unit, m%money.Unit)
	for strings.HasSuffix(s, "0") && len(s)-strings.IndexByte(s, '.') > 3 {
		s = s[:len(s)-1]
	}
	return s
}
