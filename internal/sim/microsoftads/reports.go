package microsoftads

import (
	"crypto/rand"
	"net/http"
	"slices"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

// request is a report's order, with all that the service knows of it.
type request struct {
	Type                   string
	ReportName             *string
	Format                 string
	FormatVersion          string
	ExcludeReportHeader    bool
	ExcludeReportFooter    bool
	ExcludeColumnHeaders   bool
	ReturnOnlyCompleteData bool
	Aggregation            string
	Columns                []string
	Filter                 any
	Scope                  struct {
		AccountIDs []string `json:"AccountIds"`
		Campaigns  any
	}
	Time struct {
		CustomDateRangeStart, CustomDateRangeEnd *date
		PredefinedTime, ReportTimeZone           *string
	}
}

type date struct{ Day, Month, Year int }

func (d date) day() period.Day { return period.Date(d.Year, time.Month(d.Month), d.Day) }

// report is one that was ordered.
type report struct {
	request
	account *ads.Account
	days    period.Days
	ordered time.Time
	polls   int
	fails   bool
}

// link is an address that a report can be fetched at for a while.
type link struct {
	report *report
	until  time.Time
}

const (
	keepsMonths = 36
	lastsReport = 24 * time.Hour
	lastsLink   = 5 * time.Minute
)

// columns that the service knows, of those that are of interest here.
var columns = map[string][]string{
	"CampaignPerformanceReportRequest": {"TimePeriod", "AccountId", "CampaignId", "CampaignName", "CampaignStatus", "CampaignType", "CurrencyCode",
		"Impressions", "Clicks", "Spend", "Conversions", "ConversionsQualified", "Revenue", "AllConversions", "AllConversionsQualified", "AllRevenue"},
	"AccountPerformanceReportRequest": {"TimePeriod", "AccountId", "AccountName", "CurrencyCode", "Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue"},
}

var measures = []string{"Impressions", "Clicks", "Spend", "Conversions", "ConversionsQualified", "Revenue", "AllConversions", "AllConversionsQualified", "AllRevenue"}

func (s *Server) submit(c call) reply {
	var q struct{ ReportRequest *request }
	if a, ok := c.read(&q); !ok {
		return a
	}
	r := q.ReportRequest
	if r == nil {
		return refuse(2001, "ReportingServiceNullReportRequest", "The report request is null.")
	}
	a, no := s.ordered(c.header, r)
	if no.status != 0 {
		return no
	}
	if no := s.check(r); no.status != 0 {
		return no
	}
	if under := s.underWay(); s.Faults().FullHouse || s.opts.AtOnce > 0 && under >= s.opts.AtOnce {
		return refuse(207, "ConcurrentRequestOverLimit", "You have already reached the maximum number of concurrent report requests.")
	}
	id := "3000" + rand.Text()
	made := &report{request: *r, account: a, days: period.Days{From: r.Time.CustomDateRangeStart.day(), To: r.Time.CustomDateRangeEnd.day() + 1}, ordered: s.opts.Now(),
		fails: s.Strikes(func(f *Faults) *int { return &f.Failing })}
	s.reports[id] = made
	return answer(map[string]any{"ReportRequestId": id})
}

// ordered is the account that a report is ordered of, under the customer that it belongs to.
func (s *Server) ordered(h http.Header, r *request) (*ads.Account, reply) {
	customer, id := h.Get("CustomerId"), h.Get("CustomerAccountId")
	if customer == "" || id == "" {
		return nil, refuse(116, "RequestMissingHeaders", "One or more required header elements are missing from the request.")
	}
	if len(r.Scope.AccountIDs) != 1 {
		return nil, refuse(2027, "ReportingServiceInvalidAccountThruCampaignReportScope", "The account through campaign report scope contains one or more values that are not valid.")
	}
	a := s.account(r.Scope.AccountIDs[0])
	if a == nil {
		return nil, refuse(2003, "ReportingServiceAccountNotAuthorized", "The specified report request contains at least one account that you do not have privileges to access.")
	}
	if id != a.ID || customer != s.customer(a.ID) {
		return nil, refuse(106, "UserIsNotAuthorized", "The user is not authorized to perform this action.")
	}
	return a, reply{}
}

// check refuses what the service refuses.
func (s *Server) check(r *request) reply {
	known := columns[r.Type]
	switch {
	case known == nil:
		return refuse(2002, "ReportingServiceUnknownReportType", "The report request type is not valid.")
	case r.Format != "Csv" || !slices.Contains([]string{"", "1.0", "2.0"}, r.FormatVersion) || slices.ContainsFunc(r.Columns, func(c string) bool { return !slices.Contains(known, c) }):
		return refuse(100, "NullRequest", "The request message is null.") // what cannot be read is no request
	case len(r.Columns) == 0:
		return refuse(2014, "ReportingServiceNullColumns", "The list of columns to include in the report cannot be null or empty.")
	case len(slices.Compact(slices.Sorted(slices.Values(r.Columns)))) != len(r.Columns):
		return refuse(2016, "ReportingServiceDuplicateColumns", "The list of columns to include in the report contains duplicate.")
	case !slices.ContainsFunc(r.Columns, func(c string) bool { return slices.Contains(measures, c) }):
		return refuse(2017, "ReportingServiceNoMeasureSelected", "The report request does not specify at least one measurement column.")
	case r.Aggregation != "Daily":
		return refuse(2059, "UnsuportedTimeGrain", "The report type does not support the specified time grain.")
	case !slices.Contains(r.Columns, "TimePeriod"):
		return refuse(2015, "ReportingServiceRequiredColumnsNotSelected", "The list of columns to include in the report must contain all required columns.")
	case r.Time.PredefinedTime != nil || r.Time.CustomDateRangeStart == nil || r.Time.CustomDateRangeEnd == nil:
		return refuse(2008, "ReportingServiceInvalidReportTimeSelection", "The report time is null or contains more than one predefined time, custom date, or custom date range start and end.")
	}
	// Without a zone of its own, a report's today is the Pacific one.
	pacific, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		panic(err)
	}
	now := s.opts.Now()
	from, to := r.Time.CustomDateRangeStart.day(), r.Time.CustomDateRangeEnd.day()
	switch {
	case to < from:
		return refuse(2011, "ReportingServiceEndDateBeforeStartDate", "The report time contains a custom date range that is not valid; the end date cannot be earlier than the start date.")
	case to > period.On(now, pacific):
		return refuse(2010, "ReportingServiceInvalidCustomDateRangeEnd", "The report time contains a custom date range end value that is not valid.")
	case from < period.On(now.AddDate(0, -keepsMonths, 0), time.UTC):
		return refuse(2009, "ReportingServiceInvalidCustomDateRangeStart", "The report time contains a custom date range start value that is not valid.")
	}
	return reply{}
}

func (s *Server) underWay() (n int) {
	for _, r := range s.reports {
		if !s.done(r) && !r.fails {
			n++
		}
	}
	return n
}

func (s *Server) done(r *report) bool {
	return r.polls > s.opts.Polls && s.opts.Now().Sub(r.ordered) >= s.opts.Prepares && !s.Faults().Stuck
}

func (s *Server) poll(c call) reply {
	var q struct {
		ReportRequestID string `json:"ReportRequestId"`
	}
	if a, ok := c.read(&q); !ok {
		return a
	}
	r := s.reports[q.ReportRequestID]
	if r == nil || s.opts.Now().Sub(r.ordered) > lastsReport {
		return refuse(2100, "ReportingServiceInvalidReportId", "The report identifier is not valid.")
	}
	status := func(word string, address *string) reply {
		return answer(map[string]any{"ReportRequestStatus": map[string]any{"Status": word, "ReportDownloadUrl": address}})
	}
	r.polls++
	switch {
	case r.fails:
		return status("Error", nil)
	case !s.done(r):
		return status("Pending", nil)
	case len(r.told()) == 0:
		return status("Success", nil)
	}
	key := rand.Text()
	s.links[key] = &link{report: r, until: s.opts.Now().Add(lastsLink)}
	address := "https://" + Storage + "/reports/" + key + "?sig=" + rand.Text()
	return status("Success", &address)
}

// told is what was known when the report was ordered.
func (r *report) told() []ads.Row { return r.account.Report(r.days, r.ordered) }

func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Asked("/report")
	if r.Header.Get("Authorization") != "" || r.Header.Get("DeveloperToken") != "" {
		s.Leak()
	}
	l := s.links[r.PathValue("key")]
	if s.Strikes(func(f *Faults) *int { return &f.Ended }) {
		l = nil
	}
	if l == nil || s.opts.Now().After(l.until) {
		http.Error(w, "<Error><Code>AuthenticationFailed</Code></Error>", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "application/x-zip-compressed")
	omit := ""
	if s.Faults().Reshaped {
		omit = "Spend"
	}
	_, _ = w.Write(l.report.file(r.PathValue("key"), omit))
}
