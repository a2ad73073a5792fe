// Package microsoftads plays Microsoft Advertising: its identity platform, the accounts of a user, and reports that are ordered, prepared and
// fetched as ZIP files. What the reports say comes from package ads, as of the simulated clock.
package microsoftads

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

// names are the hosts that are played. The last one stands for the store that reports are fetched from.
var names = []string{"login.microsoftonline.com", "clientcenter.api.bingads.microsoft.com", "reporting.api.bingads.microsoft.com", Storage}

// Storage is where reports are fetched.
const Storage = "bingadsappsstorageprod.blob.core.windows.net"

// Options say what is simulated. Now and Accounts are needed.
type Options struct {
	Now      func() time.Time
	Accounts []*ads.Account
	// The app, as the merchant made it; ClientID, ClientSecret and DeveloperToken of this package where empty.
	ClientID, ClientSecret, DeveloperToken string
	Redirects                              []string // addresses that it may come back to; any where empty
	// Prepares is how long a report takes, Polls how often it is pending at least.
	Prepares time.Duration
	Polls    int
	// AtOnce is how many reports may be under way; no limit where zero.
	AtOnce int
}

// The app, unless Options name another.
const (
	ClientID       = "11112222-aaaa-bbbb-cccc-333344445555"
	ClientSecret   = "microsoft-app-secret" //nolint:gosec // of a simulation
	DeveloperToken = "microsoft-developer-token"
)

// Faults go wrong on demand. Numbers count down.
type Faults struct {
	Down        int               // requests answered by HTTP 503 and a page of HTML
	RateLimited int               // requests refused because of too many in a minute
	FullHouse   bool              // no report is taken because of too many under way
	Failing     int               // reports that end in an error
	Stuck       bool              // no report ends
	Dead        bool              // the version is no longer there
	Reshaped    bool              // the report lacks the column Spend
	Ended       int               // addresses of reports that have ended before they are used
	Withdrawn   map[string]bool   // accounts that the user has no role in any more
	Status      map[string]string // of accounts: Draft, Inactive, Suspended…; Active where not named
}

// Server is the simulated provider.
type Server struct {
	*host.Host
	host.Handle[Faults] // requests are counted by their paths; files as /report
	opts                Options
	desk                *oauth.Desk

	mu      sync.Mutex
	reports map[string]*report
	links   map[string]*link
}

// New makes a provider with a user who sees all the accounts.
func New(o Options) *Server {
	s := &Server{opts: o, reports: map[string]*report{}, links: map[string]*link{}}
	s.opts.DeveloperToken = cmp.Or(o.DeveloperToken, DeveloperToken)
	for _, a := range o.Accounts {
		if zones[a.Zone] == "" {
			panic("simulated Microsoft Advertising: no name for the zone " + a.Zone)
		}
	}
	s.desk = &oauth.Desk{Now: o.Now, ClientID: cmp.Or(o.ClientID, ClientID), ClientSecret: cmp.Or(o.ClientSecret, ClientSecret), Redirects: o.Redirects, Lifetime: time.Hour,
		Refreshes: 90 * 24 * time.Hour, Rotates: true, PKCE: true, Prefix: "EwBw"}
	s.Host = host.New("Microsoft Advertising", s.handler(), names...)
	return s
}

// Desk hands out tokens.
func (s *Server) Desk() *oauth.Desk { return s.desk }

// customer is the ID of the customer that an account belongs to.
func (s *Server) customer(id string) string {
	i := slices.IndexFunc(s.opts.Accounts, func(a *ads.Account) bool { return a.ID == id })
	return strconv.Itoa(777000 + i/2)
}

func (s *Server) account(id string) *ads.Account {
	i := slices.IndexFunc(s.opts.Accounts, func(a *ads.Account) bool { return a.ID == id })
	if i < 0 || s.Faults().Withdrawn[id] {
		return nil
	}
	return s.opts.Accounts[i]
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET login.microsoftonline.com/common/oauth2/v2.0/authorize", s.authorize)
	mux.HandleFunc("POST login.microsoftonline.com/common/oauth2/v2.0/token", s.token)
	for path, serve := range map[string]func(call) reply{
		"POST clientcenter.api.bingads.microsoft.com/CustomerManagement/v13/User/Query":      s.user,
		"POST clientcenter.api.bingads.microsoft.com/CustomerManagement/v13/Account/Query":   s.accountQuery,
		"POST clientcenter.api.bingads.microsoft.com/CustomerManagement/v13/Accounts/Search": s.search,
		"POST reporting.api.bingads.microsoft.com/Reporting/v13/GenerateReport/Submit":       s.submit,
		"POST reporting.api.bingads.microsoft.com/Reporting/v13/GenerateReport/Poll":         s.poll,
	} {
		mux.HandleFunc(path, s.guarded(serve))
	}
	mux.HandleFunc("GET "+Storage+"/reports/{key}", s.download)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
		mux.ServeHTTP(w, r)
	})
}

// authorize wants the scope, and a challenge, which Microsoft recommends.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !strings.Contains(q.Get("scope"), scope) || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "AADSTS900144: the request body must contain the scope", http.StatusBadRequest)
		return
	}
	s.desk.Authorize(w, r)
}

const scope = "https://ads.microsoft.com/msads.manage"

// token wants the scope with every request.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if !strings.Contains(r.PostForm.Get("scope"), scope) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_request","error_description":"AADSTS900144: The request body must contain the following parameter: 'scope'."}`))
		return
	}
	s.desk.Token(w, r)
}
