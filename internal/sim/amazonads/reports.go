package amazonads

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

// order is what is asked for, with all that the service knows of it.
type order struct {
	Name          string        `json:"name"`
	StartDate     string        `json:"startDate"`
	EndDate       string        `json:"endDate"`
	Configuration configuration `json:"configuration"`
}

type configuration struct {
	AdProduct    string   `json:"adProduct"`
	Columns      []string `json:"columns"`
	Filters      []any    `json:"filters"`
	Format       string   `json:"format"`
	GroupBy      []string `json:"groupBy"`
	ReportTypeID string   `json:"reportTypeId"`
	TimeUnit     string   `json:"timeUnit"`
}

// report is one that was ordered.
type report struct {
	order
	id      string
	account *ads.Account
	days    period.Days
	ordered time.Time
	polls   int
	fails   bool
}

type link struct {
	report *report
	until  time.Time
}

// types of reports: the product of each, how many days back it goes, and its columns, of those that are of interest here.
var types = map[string]struct {
	product string
	keeps   int
	columns []string
}{
	"spCampaigns": {"SPONSORED_PRODUCTS", 95, []string{"purchases1d", "purchases7d", "purchases14d", "purchases30d", "sales1d", "sales7d", "sales14d", "sales30d", "spend"}},
	"sbCampaigns": {"SPONSORED_BRANDS", 60, []string{"purchases", "purchasesClicks", "sales", "salesClicks"}},
	"sdCampaigns": {"SPONSORED_DISPLAY", 65, []string{"purchases", "purchasesClicks", "sales", "salesClicks"}},
}

var common = []string{"campaignId", "campaignName", "campaignStatus", "campaignBudgetCurrencyCode", "impressions", "clicks", "cost"}

const lastsLink = time.Hour

// create takes an order. Those of the same type and days are taken for the same while one is under way, whatever else they ask for.
func (s *Server) create(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.Header.Get("Content-Type") != "application/vnd.createasyncreportrequest.v3+json" {
		refuse(w, http.StatusUnsupportedMediaType, "415", "Cannot consume content type")
		return
	}
	if accept := r.Header.Get("Accept"); accept != "" && accept != "*/*" && !strings.HasPrefix(accept, "application/vnd.createasyncreport") {
		refuse(w, http.StatusNotAcceptable, "406", "Cannot produce content type")
		return
	}
	account := s.profile(r)
	if account == nil {
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "Not authorized to access scope "+r.Header.Get("Amazon-Advertising-API-Scope"))
		return
	}
	var o order
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		refuse(w, http.StatusBadRequest, "400", "Could not parse the request body")
		return
	}
	days, fault := s.check(account, o)
	if fault != "" {
		refuse(w, http.StatusBadRequest, "400", fault)
		return
	}
	if s.Faults().Author && o.Configuration.AdProduct == "SPONSORED_BRANDS" {
		refuse(w, http.StatusBadRequest, "400", "KDP authors do not have access to Sponsored Brands functionality")
		return
	}
	for _, other := range s.reports {
		if other.account == account && other.Configuration.ReportTypeID == o.Configuration.ReportTypeID && other.days == days && !other.fails && !s.done(other) {
			refuse(w, http.StatusTooEarly, "425", "The Request is a duplicate of : "+other.id)
			return
		}
	}
	made := &report{order: o, id: uuid(), account: account, days: days, ordered: s.opts.Now(), fails: s.Strikes(func(f *Faults) *int { return &f.Failing })}
	s.reports[made.id] = made
	if s.Strikes(func(f *Faults) *int { return &f.Lost }) {
		panic(http.ErrAbortHandler)
	}
	answer(w, http.StatusOK, s.state(made))
}

func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// check says what the service finds wrong with an order.
func (s *Server) check(a *ads.Account, o order) (days period.Days, fault string) {
	from, err := period.ParseDay(o.StartDate)
	if err != nil {
		return days, "startDate is invalid"
	}
	to, err := period.ParseDay(o.EndDate)
	if err != nil {
		return days, "endDate is invalid"
	}
	days = period.Days{From: from, To: to + 1}
	c, today := o.Configuration, period.On(s.opts.Now(), a.Location())
	t, known := types[c.ReportTypeID]
	switch {
	case !known:
		return days, "configuration reportTypeId is unknown or invalid"
	case c.AdProduct != t.product:
		return days, "configuration adProduct is invalid for reportTypeId " + c.ReportTypeID
	case c.Format != "GZIP_JSON" || len(c.Filters) > 0 || c.TimeUnit != "DAILY" && c.TimeUnit != "SUMMARY":
		return days, "configuration is invalid"
	case !slices.Equal(c.GroupBy, []string{"campaign"}):
		return days, "configuration groupBy is invalid"
	case to < from:
		return days, "endDate must not be before startDate"
	case days.Len() > 31:
		return days, fmt.Sprintf("startDate to endDate range (%d days) must not exceed maximum range (31 days)", days.Len())
	case int(today-from) > t.keeps:
		return days, fmt.Sprintf("startDate must not be more than %d days in the past", t.keeps)
	case to > today:
		return days, "endDate must not be in the future"
	case len(c.Columns) == 0:
		return days, "configuration columns must not be empty"
	}
	dated := []string{"date"}
	if c.TimeUnit == "SUMMARY" {
		dated = []string{"startDate", "endDate"}
	}
	for i, name := range c.Columns {
		if !slices.Contains(common, name) && !slices.Contains(t.columns, name) && !slices.Contains(dated, name) || slices.Contains(c.Columns[:i], name) {
			return days, "configuration columns includes invalid values: (" + name + ")"
		}
	}
	return days, ""
}

func (s *Server) done(r *report) bool {
	return r.polls > s.opts.Polls && s.opts.Now().Sub(r.ordered) >= s.opts.Prepares && !s.Faults().Stuck
}

// state is a report as the service describes it.
func (s *Server) state(r *report) map[string]any {
	m := map[string]any{"reportId": r.id, "name": r.Name, "startDate": r.StartDate, "endDate": r.EndDate, "configuration": r.Configuration,
		"createdAt": r.ordered.UTC().Format(time.RFC3339Nano), "status": "PENDING", "url": nil, "urlExpiresAt": nil, "fileSize": nil, "failureReason": nil}
	switch {
	case r.fails:
		m["status"], m["failureReason"] = "FAILED", "INTERNAL_ERROR"
	case s.done(r):
		key := rand.Text()
		s.links[key] = &link{r, s.opts.Now().Add(lastsLink)}
		m["status"], m["url"] = "COMPLETED", "https://"+Storage+"/reports/"+key+"?X-Amz-Signature="+rand.Text()
	case r.polls > 0:
		m["status"] = "PROCESSING"
	}
	return m
}

func (s *Server) status(w http.ResponseWriter, r *http.Request, _ []byte) {
	account, found := s.profile(r), s.reports[r.PathValue("id")]
	switch {
	case account == nil:
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "Not authorized to access scope "+r.Header.Get("Amazon-Advertising-API-Scope"))
	case found == nil || found.account != account:
		refuse(w, http.StatusNotFound, "404", "Report not found")
	default:
		found.polls++
		answer(w, http.StatusOK, s.state(found))
	}
}

func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Asked("file")
	if r.Header.Get("Authorization") != "" || r.Header.Get("Amazon-Advertising-API-ClientId") != "" {
		s.Leak()
	}
	l := s.links[r.PathValue("key")]
	if s.Strikes(func(f *Faults) *int { return &f.Ended }) {
		l = nil
	}
	if l == nil || s.opts.Now().After(l.until) {
		http.Error(w, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", http.StatusForbidden)
		return
	}
	file := l.report.file()
	if s.Faults().Cut {
		file = file[:len(file)/2]
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(file)
}
