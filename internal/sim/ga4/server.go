// Package ga4 is a simulated Google Analytics 4: its login, its accounts and properties, and reports of visits by day and channel group. What it
// refuses follows the published protos of v1beta and what Google's pages say of its limits.
package ga4

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/sim/google"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

// Hosts of the two interfaces.
const (
	DataHost  = "analyticsdata.googleapis.com"
	AdminHost = "analyticsadmin.googleapis.com"
)

// Version is the only one that answers.
const Version = "v1beta"

// Scope is what a token must be granted.
const Scope = "https://www.googleapis.com/auth/analytics.readonly"

// Options say what there is. The zero value has no accounts, on the wall clock.
type Options struct {
	Now func() time.Time // time.Now where nil
	// Desk is that of another simulated Google product, whose login is this one's; one of its own where nil, for the app "client-id".
	Desk     *oauth.Desk
	Accounts []*Account
	// Page is how many accounts or properties a page holds at most, whatever is asked for: 200 where zero.
	Page int
}

// Faults are what goes wrong, from the next request on.
type Faults struct {
	Down     int    // so many requests answer HTTP 503 with HTML
	Internal int    // so many answer INTERNAL
	Quota    string // the property's budget that is gone, as Google words it: "tokens per day", "tokens per hour", "concurrent requests", …
	Dead     bool   // the version is switched off
	Disabled bool   // the API is not switched on in the Cloud project
	// NoAccess are properties and accounts that the login may not see, Gone those that are deleted, by ID.
	NoAccess, Gone map[string]bool
	// What Google says of the quality of each report. A thresholded one leaves out days of fewer than Least sessions.
	Thresholded, OtherRow, Sampled bool
	Least                          int64
	NoRevenue                      bool   // the login may not see revenue, which is zero then
	Short                          bool   // a report holds fewer rows than it says
	Zone                           string // of every property, from now on; its own where ""
}

// Server is the simulated Google Analytics. It is safe for concurrent use.
type Server struct {
	*host.Host
	google.Door
	// Requests are counted by accountSummaries, properties and runReport.
	host.Handle[Faults]
	opts Options
}

// New makes a server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Page == 0 {
		o.Page = 200
	}
	s := &Server{Door: google.NewDoor(o.Now, o.Desk, Scope), opts: o}
	s.Host = host.New("Google Analytics", s, DataHost, AdminHost, google.AuthorizeHost, google.TokenHost)
	return s
}

// ServeHTTP answers as Google does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if s.Login(w, r) {
		return
	}
	path, known := strings.CutPrefix(r.URL.Path, "/"+Version+"/")
	id, report := strings.CutSuffix(strings.TrimPrefix(path, "properties/"), ":runReport")
	kind := ""
	switch {
	case !known:
	case r.Host == DataHost && report && r.Method == http.MethodPost:
		kind = "runReport"
	case r.Host == AdminHost && (path == "accountSummaries" || path == "properties") && r.Method == http.MethodGet:
		kind = path
	}
	s.Asked(kind)
	f := s.Faults()
	switch {
	case kind == "" || f.Dead:
		google.Broken(w, http.StatusNotFound)
	case s.Strikes(func(f *Faults) *int { return &f.Down }):
		google.Broken(w, http.StatusServiceUnavailable)
	case !s.Bearer(w, r):
	case f.Disabled:
		google.Refuse(w, http.StatusForbidden, "PERMISSION_DENIED", "Google Analytics Data API has not been used in project 12 before or it is disabled. Enable it by visiting "+
			"https://console.developers.google.com/apis/api/analyticsdata.googleapis.com/overview?project=12 then retry.", google.Info("SERVICE_DISABLED"))
	case s.Strikes(func(f *Faults) *int { return &f.Internal }):
		google.Refuse(w, http.StatusInternalServerError, "INTERNAL", "Internal error encountered.")
	case kind == "accountSummaries":
		s.summaries(w, r)
	case kind == "properties":
		s.properties(w, r, f)
	case f.Quota != "":
		google.Refuse(w, http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", "Exhausted property "+f.Quota+". These quota tokens will return soon. To learn more, see "+
			"https://developers.google.com/analytics/devguides/reporting/data/v1/quotas")
	default:
		s.report(w, r, f, id)
	}
}

// page cuts a list by pageSize and pageToken. ok is false where the request was refused.
func (s *Server) page(w http.ResponseWriter, r *http.Request, total int, may ...string) (from, to int, next string, ok bool) {
	q := r.URL.Query()
	for name := range q {
		if name != "pageSize" && name != "pageToken" && !slices.Contains(may, name) {
			google.Refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "Invalid value: unknown name \""+name+"\"")
			return 0, 0, "", false
		}
	}
	size := 50
	if text := q.Get("pageSize"); text != "" {
		size, _ = strconv.Atoi(text)
	}
	if text := q.Get("pageToken"); text != "" {
		from, _ = strconv.Atoi(strings.TrimPrefix(text, "after-"))
	}
	to = min(from+max(1, min(size, s.opts.Page)), total)
	if to < total {
		next = "after-" + strconv.Itoa(to)
	}
	return from, to, next, true
}

func (s *Server) summaries(w http.ResponseWriter, r *http.Request) {
	from, to, next, ok := s.page(w, r, len(s.opts.Accounts))
	if !ok {
		return
	}
	list := []any{}
	for _, a := range s.opts.Accounts[from:to] {
		below := []any{}
		for _, p := range a.Properties {
			below = append(below, map[string]any{"property": "properties/" + p.ID, "displayName": p.Name, "propertyType": "PROPERTY_TYPE_ORDINARY", "parent": "accounts/" + a.ID, "canEdit": false})
		}
		one := map[string]any{"name": "accountSummaries/" + a.ID, "account": "accounts/" + a.ID, "displayName": a.Name}
		if len(below) > 0 {
			one["propertySummaries"] = below
		}
		list = append(list, one)
	}
	answer := map[string]any{"accountSummaries": list}
	if next != "" {
		answer["nextPageToken"] = next
	}
	google.Answer(w, http.StatusOK, answer)
}

func (s *Server) properties(w http.ResponseWriter, r *http.Request, f Faults) {
	id, good := strings.CutPrefix(r.URL.Query().Get("filter"), "ancestor:accounts/")
	i := slices.IndexFunc(s.opts.Accounts, func(a *Account) bool { return a.ID == id })
	if !good || i < 0 || f.NoAccess[id] {
		google.Refuse(w, http.StatusForbidden, "PERMISSION_DENIED", "The caller does not have permission")
		return
	}
	all := slices.DeleteFunc(slices.Clone(s.opts.Accounts[i].Properties), func(p *Property) bool { return f.NoAccess[p.ID] || f.Gone[p.ID] })
	from, to, next, ok := s.page(w, r, len(all), "filter", "showDeleted")
	if !ok {
		return
	}
	answer := map[string]any{}
	if next != "" {
		answer["nextPageToken"] = next
	}
	list := []any{}
	for _, p := range all[from:to] {
		list = append(list, map[string]any{"name": "properties/" + p.ID, "parent": "accounts/" + id, "account": "accounts/" + id, "displayName": p.Name,
			"propertyType": "PROPERTY_TYPE_ORDINARY", "createTime": p.Created.UTC().Format("2006-01-02T15:04:05.000Z"), "updateTime": p.Created.UTC().Format(time.RFC3339),
			"timeZone": p.zone(f), "currencyCode": p.Currency, "serviceLevel": "GOOGLE_ANALYTICS_STANDARD"})
	}
	if len(list) > 0 {
		answer["properties"] = list
	}
	google.Answer(w, http.StatusOK, answer)
}

func (p *Property) zone(f Faults) string {
	if f.Zone != "" {
		return f.Zone
	}
	return p.Zone
}

// find is a property; nil where there is none.
func (s *Server) find(id string) *Property {
	for _, a := range s.opts.Accounts {
		for _, p := range a.Properties {
			if p.ID == id {
				return p
			}
		}
	}
	return nil
}

// earliest is the first day that may be asked for.
var earliest = period.Date(2015, time.August, 14)
