package amazonads

import "encoding/json"

// The provider's own types. Amazon writes amounts and IDs as JSON numbers, which are kept as their text.

type profile struct {
	ProfileID    json.Number `json:"profileId"`
	CountryCode  string      `json:"countryCode"`
	CurrencyCode string      `json:"currencyCode"`
	Timezone     string      `json:"timezone"`
	AccountInfo  struct {
		Type string `json:"type"`
		Name string `json:"name"`
	} `json:"accountInfo"`
}

type order struct {
	Name          string        `json:"name"`
	StartDate     string        `json:"startDate"`
	EndDate       string        `json:"endDate"` // the last day
	Configuration configuration `json:"configuration"`
}

type configuration struct {
	AdProduct    string   `json:"adProduct"`
	GroupBy      []string `json:"groupBy"`
	Columns      []string `json:"columns"`
	ReportTypeID string   `json:"reportTypeId"`
	TimeUnit     string   `json:"timeUnit"`
	Format       string   `json:"format"`
}

// report is how far one is, with what was ordered.
type report struct {
	ReportID      string        `json:"reportId"`
	Status        string        `json:"status"`
	URL           string        `json:"url"`
	FailureReason string        `json:"failureReason"`
	StartDate     string        `json:"startDate"`
	EndDate       string        `json:"endDate"`
	Configuration configuration `json:"configuration"`
}

// row is one of a report's file. Which of the columns of purchases and sales it has depends on the product.
type row struct {
	Date         string      `json:"date"`
	CampaignID   json.Number `json:"campaignId"`
	CampaignName string      `json:"campaignName"`
	Currency     string      `json:"campaignBudgetCurrencyCode"`
	Impressions  json.Number `json:"impressions"`
	Clicks       json.Number `json:"clicks"`
	Cost         json.Number `json:"cost"`
	Purchases14d json.Number `json:"purchases14d"`
	Sales14d     json.Number `json:"sales14d"`
	Purchases    json.Number `json:"purchases"`
	Sales        json.Number `json:"sales"`
}

// refusal is an error of Amazon's, in the shapes of its services.
type refusal struct {
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	Details string `json:"details"`
}
