package microsoftads

import (
	"encoding/json"

	"fourfold/internal/period"
)

// The provider's own types. Microsoft writes its 64-bit numbers as text; json.Number reads both.

type userQuery struct {
	UserID *string `json:"UserId"` // null for the one who agreed
}

// userAnswer leaves the user's name and addresses, which come with it, where they are.
type userAnswer struct {
	User struct {
		ID json.Number `json:"Id"`
	}
}

type accountQuery struct {
	AccountID string `json:"AccountId"`
}

type accountAnswer struct{ Account *account }

type accountsSearch struct {
	Predicates []predicate
	Ordering   []ordering
	PageInfo   pageInfo
}

type predicate struct{ Field, Operator, Value string }

type ordering struct{ Field, Order string }

type pageInfo struct{ Index, Size int }

type accountsAnswer struct{ Accounts []account }

type account struct {
	ID                     json.Number `json:"Id"`
	Name                   string
	Number                 string
	CurrencyCode           string
	TimeZone               string
	AccountLifeCycleStatus string
	ParentCustomerID       json.Number `json:"ParentCustomerId"`
}

type submission struct{ ReportRequest reportRequest }

// reportRequest begins with its type, by which Microsoft tells requests apart.
type reportRequest struct {
	Type                   string
	ReportName             string
	Format                 string
	FormatVersion          string
	ExcludeReportHeader    bool
	ExcludeReportFooter    bool
	ExcludeColumnHeaders   bool
	ReturnOnlyCompleteData bool
	Aggregation            string
	Columns                []string
	Scope                  reportScope
	Time                   reportTime
}

type reportScope struct {
	AccountIDs []string `json:"AccountIds"`
}

type reportTime struct{ CustomDateRangeStart, CustomDateRangeEnd date }

type date struct{ Day, Month, Year int }

func dateOf(d period.Day) date {
	y, m, day := d.UTC().Date()
	return date{Day: day, Month: int(m), Year: y}
}

type submitted struct {
	ReportRequestID string `json:"ReportRequestId"`
}

type pollAnswer struct {
	ReportRequestStatus struct {
		Status            string
		ReportDownloadURL string `json:"ReportDownloadUrl"`
	}
}

// refusal holds the errors of both services in all their shapes.
type refusal struct {
	OperationErrors, BatchErrors, Errors []problem
}

type problem struct {
	Code      int
	ErrorCode string
	Message   string
}
